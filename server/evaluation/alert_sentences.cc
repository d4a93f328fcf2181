#include "server/evaluation/alert_sentences.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "server/base/japan.h"
#include "server/domain/era.h"
#include "server/domain/publication.h"
#include "server/domain/verdict.h"
#include "server/evaluation/numbers.h"

namespace shirube {
namespace {

std::string NamedJapanese(const NamedLagging& one) {
  return absl::StrCat(one.name, "(", ReasonJapanese(one.reason),
                      one.period ? "、" : "",
                      one.period ? ShortJapanese(*one.period) : "", ")");
}

std::string NamedEnglish(const NamedLagging& one) {
  return absl::StrCat(one.name, " (", ReasonEnglish(one.reason),
                      one.period ? ", " : "",
                      one.period ? English(*one.period) : "", ")");
}

std::string Indicators(int n) {
  return absl::StrCat(n, n == 1 ? " indicator" : " indicators");
}

// "2023年11月", of a month.
std::string MonthJapanese(const Period& month) {
  return absl::StrCat(month.year(), "年", month.month(), "月");
}

// As people in Japan see the clock.
std::string TimeText(absl::Time time) {
  return absl::FormatTime("%Y-%m-%d %H:%M", time, JapanTime());
}

}  // namespace

LocalizedText InitiativeText(const std::string& name, Status status,
                             const StatusCounts& counts,
                             const std::vector<NamedLagging>& named) {
  const std::string end_ja =
      absl::StrCat("判定:", std::string(StatusJapanese(status)));
  const std::string end_en =
      absl::StrCat("Status: ", std::string(StatusEnglish(status)));
  if (counts.at_risk == 0) {
    return {absl::StrCat("「", name, "」の指標", counts.total(),
                         "件に要改善のものはない。", end_ja),
            absl::StrCat("None of the ", Indicators(counts.total()), " of “",
                         name, "” is at risk. ", end_en, ".")};
  }
  std::vector<std::string> ja, en;
  for (const NamedLagging& one : named) {
    ja.push_back(NamedJapanese(one));
    en.push_back(NamedEnglish(one));
  }
  const int more = counts.at_risk - static_cast<int>(named.size());
  if (more > 0) {
    ja.push_back(absl::StrCat("ほか", more, "件"));
    en.push_back(absl::StrCat(more, " more"));
  }
  return {
      absl::StrCat("「", name, "」の指標", counts.total(), "件のうち",
                   counts.at_risk, "件が要改善である(", absl::StrJoin(ja, "、"),
                   ")。", end_ja),
      absl::StrCat(counts.at_risk, " of ", Indicators(counts.total()), " of “",
                   name, "” ", counts.at_risk == 1 ? "is" : "are",
                   " at risk: ", absl::StrJoin(en, ", "), ". ", end_en, ".")};
}

LocalizedText LaggingInitiativeWayOut(const FlagPolicy& policy) {
  if (policy.kind == FlagPolicy::Kind::kWorst) {
    return {"要改善の指標がなくなれば解消する。",
            "It ends when none of its indicators is at risk."};
  }
  const std::string share = PrintPercent(ToRatio(policy.at_risk_share), 0);
  return {absl::StrCat("要改善の指標が判定できた指標の", share,
                       "未満になれば解消する。"),
          absl::StrCat("It ends when less than ", share,
                       " of the indicators evaluated are at risk.")};
}

LocalizedText NotPlannedText(const std::string& name,
                             const Period& fiscal_year) {
  return {
      absl::StrCat("要改善の「", name, "」について、",
                   LongJapanese(fiscal_year), "の主な取組計画に記載がない。"),
      absl::StrCat("“", name,
                   "” is at risk and is not mentioned among the actions "
                   "planned for ",
                   English(fiscal_year), ".")};
}

LocalizedText NotPlannedWayOut(const Period& fiscal_year) {
  return {absl::StrCat(LongJapanese(fiscal_year),
                       "の取組計画が記載されれば解消する。"),
          absl::StrCat("It ends when an action is planned for ",
                       English(fiscal_year), ".")};
}

LocalizedText NoLongerMissingText(const std::string& name, bool lags,
                                  bool planned) {
  if (lags && !planned) {
    return {
        absl::StrCat("「", name,
                     "」の取組計画の記載は、判定する時点か関連付けが変わった"
                     "ため、見直しの対象でなくなった。"),
        absl::StrCat("Whether “", name,
                     "” is planned for is no longer asked: another period "
                     "is judged, or no indicator is linked to it.")};
  }
  if (lags) {
    return {absl::StrCat("「", name, "」の取組計画が記載された。"),
            absl::StrCat("Actions are planned for “", name, "” now.")};
  }
  return {absl::StrCat("「", name, "」は要改善でなくなった。"),
          absl::StrCat("“", name, "” is not at risk any more.")};
}

LocalizedText OverdueText(const std::string& name, const Period& missing,
                          const Publication& publication,
                          const std::optional<Period>& newest) {
  const Period due = MonthOfPublication(missing, publication);
  return {absl::StrCat("「", name, "」の", ShortJapanese(missing), "の実績値は",
                       MonthJapanese(due),
                       "に公表される予定だったが、まだ記録されて", "いない(",
                       newest ? "最新は" : "実績値なし",
                       newest ? ShortJapanese(*newest) : "", ")。"),
          absl::StrCat("The ", English(missing), " figure of “", name,
                       "” was due in ", due.year(), "-",
                       absl::Dec(due.month(), absl::kZeroPad2),
                       " and has not been recorded (",
                       newest ? "the newest is of " : "there is none",
                       newest ? English(*newest) : "", ").")};
}

LocalizedText OverdueWayOut(const Period& missing) {
  return {
      absl::StrCat(ShortJapanese(missing), "の実績値が記録されれば解消する。"),
      absl::StrCat("It ends when the figure for ", English(missing),
                   " is recorded.")};
}

LocalizedText NotOverdueText(const std::string& name, const Period& missing) {
  return {absl::StrCat("「", name, "」の", ShortJapanese(missing),
                       "の実績値は、公表予定を過ぎた未記録ではなくなった。"),
          absl::StrCat("The ", English(missing), " figure of “", name,
                       "” is not overdue any more.")};
}

LocalizedText ModuleText(const QuarantineRecord& quarantine) {
  const std::string when = TimeText(quarantine.time);
  return {
      absl::StrCat("判定モジュール ", quarantine.module, " ",
                   quarantine.version, " を ", when,
                   " に隔離した: ", quarantine.ja),
      absl::StrCat("Rule module ", quarantine.module, " ", quarantine.version,
                   " was set aside at ", when, " (Japan): ", quarantine.en)};
}

LocalizedText ModuleWayOut(const QuarantineRecord& quarantine) {
  return {absl::StrCat("直した版に切り替えるか、`shirube rule release ",
                       quarantine.module, "` で隔離を解けば解消する。"),
          absl::StrCat("It ends when a mended version takes over, or after "
                       "`shirube rule release ",
                       quarantine.module, "`.")};
}

LocalizedText ModuleBackText(const std::string& module) {
  return {absl::StrCat("判定モジュール ", module,
                       " の隔離が解かれたか、判定基準から外れた。"),
          absl::StrCat("Rule module ", module,
                       " was released, or judges this plan no more.")};
}

}  // namespace shirube
