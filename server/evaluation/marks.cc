#include "server/evaluation/marks.h"

#include "absl/strings/str_cat.h"
#include "server/domain/era.h"

namespace shirube {
namespace {

// Only the actual and the target count where no path leads from the baseline.
bool UsesBaseline(const Verdict& verdict) {
  const std::string& reason = verdict.reason;
  return !reason.starts_with("MET_") && reason != "HOLDING" &&
         reason != "MISSED";
}

bool IsMixed(const RowPoint& judged, const YearKinds& kinds,
             const Verdict& verdict) {
  bool calendar = judged.period.is_calendar_year() || kinds.target_calendar;
  bool fiscal = !judged.period.is_calendar_year() || kinds.target_fiscal;
  if (UsesBaseline(verdict)) {
    calendar |= kinds.baseline_calendar;
    fiscal |= kinds.baseline_fiscal;
  }
  return calendar && fiscal;
}

void NoteKind(const std::optional<Period>& period, bool* calendar,
              bool* fiscal) {
  if (!period) return;
  (period->is_calendar_year() ? *calendar : *fiscal) = true;
}

LocalizedText TextOf(std::string_view mark, const Verdict& verdict,
                     const Indicator& indicator) {
  const std::string ja =
      verdict.period ? ShortJapanese(*verdict.period) + "実績" : "実績値";
  const std::string en =
      verdict.period ? absl::StrCat("The ", English(*verdict.period), " figure")
                     : "The figure";
  if (mark == "STALE" && !verdict.period) {
    return {"公表時期を過ぎた実績値が記録されていない。",
            "No figure has been recorded although its time of publication has "
            "passed."};
  }
  if (mark == "STALE") {
    return {
        absl::StrCat(ja,
                     "より新しい実績値が、公表時期を過ぎても"
                     "記録されていない。"),
        absl::StrCat("No figure newer than that of ", English(*verdict.period),
                     " has been recorded although its time of publication "
                     "has passed.")};
  }
  if (mark == "PROVISIONAL") {
    return {ja + "は速報値である。", en + " is provisional."};
  }
  if (mark == "RESTATED") {
    return {ja + "は公表後に改定された値である。",
            en + " was restated after publication."};
  }
  if (mark == "ASSUMED_TO_DATE") {
    const auto& start = indicator.window_start;
    return {absl::StrCat(ja, "を",
                         start ? ShortJapanese(*start) + "から" : "期間の初め",
                         "の累計とみなした。"),
            absl::StrCat(en, " was taken as a total",
                         start ? " from " + English(*start) : "", " to date.")};
  }
  if (mark == "MIXED_YEAR_KIND") {
    return {"年と年度が混在しており、同じ数字の年として比べた。",
            "Calendar and fiscal years are mixed and were compared by their "
            "number."};
  }
  if (mark == "CONFLICT") {
    return {absl::StrCat("判定モジュール ", verdict.module, " と ",
                         verdict.conflicting_module,
                         " の判定が異なるため、悪い方を採った。"),
            absl::StrCat("Rule modules ", verdict.module, " and ",
                         verdict.conflicting_module,
                         " disagree; the worse status was taken.")};
  }
  return {MarkJapanese(mark), MarkEnglish(mark)};
}

}  // namespace

YearKinds YearKindsOf(const Indicator& indicator, const Baseline* baseline,
                      const Target* target) {
  YearKinds kinds;
  if (indicator.kind == IndicatorKind::kCumulative) {
    NoteKind(indicator.window_start, &kinds.baseline_calendar,
             &kinds.baseline_fiscal);
  } else if (baseline != nullptr) {
    NoteKind(baseline->period, &kinds.baseline_calendar,
             &kinds.baseline_fiscal);
  }
  for (const Milestone& milestone : indicator.milestones) {
    NoteKind(milestone.period, &kinds.baseline_calendar,
             &kinds.baseline_fiscal);
  }
  if (target != nullptr && !target->every_year) {
    NoteKind(target->period, &kinds.target_calendar, &kinds.target_fiscal);
  }
  return kinds;
}

void AddPointMarks(const RowPoint& judged, const YearKinds& kinds,
                   Verdict* verdict) {
  if (judged.state == ObservationState::kProvisional) {
    AddMark("PROVISIONAL", &verdict->marks);
  }
  if (judged.state == ObservationState::kRestated) {
    AddMark("RESTATED", &verdict->marks);
  }
  if (judged.assumed_to_date) AddMark("ASSUMED_TO_DATE", &verdict->marks);
  const bool evaluated = verdict->status != Status::kNotEvaluated &&
                         verdict->status != Status::kIndeterminate;
  if (evaluated && IsMixed(judged, kinds, *verdict)) {
    AddMark("MIXED_YEAR_KIND", &verdict->marks);
  }
}

std::vector<MarkText> TextsOfMarks(const Verdict& verdict,
                                   const Indicator& indicator) {
  std::vector<MarkText> texts;
  for (const std::string& mark : verdict.marks) {
    texts.push_back({mark, TextOf(mark, verdict, indicator)});
  }
  if (verdict.status == Status::kIndeterminate) return texts;
  for (const ModuleFault& fault : verdict.failed) {
    if (verdict.waiting_since) break;  // the sentence itself says it
    texts.push_back(
        {fault.reason,
         {absl::StrCat("判定モジュール ", fault.module, " は回答できなかった(",
                       ReasonJapanese(fault.reason), ")。"),
          absl::StrCat("Rule module ", fault.module, " gave no answer (",
                       ReasonEnglish(fault.reason), ").")}});
  }
  return texts;
}

}  // namespace shirube
