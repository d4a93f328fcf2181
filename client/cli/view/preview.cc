#include "client/cli/view/preview.h"

#include <algorithm>
#include <sstream>

#include "client/cli/output/width.h"
#include "client/cli/view/judgement_words.h"
#include "client/cli/view/rule_tables.h"
#include "client/cli/view/rule_words.h"

namespace shirube::cli {
namespace {

constexpr int kPeriodWidth = 7;
constexpr int kStatusWidthJa = 12, kStatusWidthEn = 16;
constexpr int kSymbolWidth = 6;  // beside a status
constexpr int kLeastName = 12;

std::string Number(int64_t count) { return Grouped(std::to_string(count)); }

// "demo" of "plans/demo/indicators/x".
std::string PlanIdOf(const std::string& name) {
  const size_t begin = std::min(name.find('/'), name.size() - 1) + 1;
  return name.substr(begin, name.find('/', begin) - begin);
}

struct Side {
  std::string text;
  Tone tone = Tone::kPlain;
};

std::string Line(const std::string& as_of, const Side& before,
                 const Side& after, const std::string& name,
                 const std::string& title, const PreviewLook& how) {
  const Look& look = how.look;
  const int status = look.japanese ? kStatusWidthJa : kStatusWidthEn;
  std::string front;
  if (how.periods) {
    front = Pad(PeriodName(as_of, look.japanese), kPeriodWidth);
  }
  const std::string was = Pad(before.text, status);
  const std::string is = Pad(after.text, status + kSymbolWidth);
  std::string what = how.plans ? "[" + PlanIdOf(name) + "] " + title : title;
  std::replace(what.begin(), what.end(), '\n', ' ');
  if (look.width > 0) {
    const int used = DisplayWidth(front + was + " → " + is + " ");
    what = Truncate(what, std::max(kLeastName, look.width - used));
  }
  return front + look.Painted(was, before.tone) + " → " +
         look.Painted(is, after.tone) + " " + what;
}

Side StatusSide(VerdictStatus status, bool japanese) {
  return {StatusLabel(status, japanese), StatusTone(status)};
}

std::string Transitions(const v1::PreviewSummary& summary, bool japanese) {
  std::string text;
  for (const v1::StatusTransition& row : summary.transitions()) {
    text += (text.empty() ? "" : (japanese ? "、" : ", ")) +
            StatusLabel(row.before(), japanese) + " → " +
            StatusLabel(row.after(), japanese) + " " + Number(row.count());
    if (japanese) text += "件";
  }
  return text;
}

std::string VerdictSentence(const v1::PreviewSummary& summary, bool japanese) {
  const std::string all = Number(summary.evaluated_count());
  const std::string changed = Number(summary.changed_count());
  if (summary.changed_count() == 0) {
    return japanese ? "指標" + all + "件の判定は1つも変わりません。"
                    : "none of " + all + " verdicts changes.";
  }
  const std::string how = Transitions(summary, japanese);
  return japanese ? "指標" + all + "件のうち" + changed +
                        "件の判定が変わります: " + how + "。"
                  : changed + " of " + all + " verdicts change: " + how + ".";
}

std::string RewordedSentence(const v1::PreviewSummary& summary, bool japanese) {
  if (summary.reworded_count() == 0) return "";
  const std::string count = Number(summary.reworded_count());
  return japanese ? "ほかに" + count + "件は、理由や印だけが変わります。"
                  : " " + count +
                        " more keep their status and change their "
                        "reason or marks.";
}

std::string FlagSentence(const v1::PreviewSummary& summary, bool japanese) {
  if (summary.flag_count() == 0) return "";
  const std::string all = Number(summary.flag_count());
  const std::string changed = Number(summary.changed_flag_count());
  if (summary.changed_flag_count() == 0) {
    return japanese ? "施策・柱" + all + "件の進捗区分は変わりません。"
                    : "none of " + all + " flags changes.";
  }
  return japanese ? "施策・柱" + all + "件のうち" + changed +
                        "件の進捗区分が変わります。"
                  : changed + " of " + all + " flags change.";
}

std::string FaultLines(const v1::PreviewSummary& summary, const Look& look) {
  std::string text;
  for (const v1::ModuleFault& fault : summary.faults()) {
    const std::string module = ModuleText(fault.module());
    const std::string what = FaultName(fault.reason(), look.japanese);
    text +=
        look.Painted(
            look.Say("? モジュール " + module +
                         " が答えなかった指標があります(" + what + ")",
                     "? module " + module +
                         " left indicators without an answer (" + what + ")"),
            Tone::kPurple) +
        "\n";
  }
  return text;
}

}  // namespace

std::string ChangeLine(const v1::VerdictChange& change,
                       const PreviewLook& look) {
  const bool japanese = look.look.japanese;
  const bool reworded = change.before().status() == change.after().status();
  const auto side = [&](const v1::Judgement& judgement) {
    return Side{reworded ? JudgementWithReason(judgement, japanese)
                         : JudgementLabel(judgement, japanese),
                JudgementTone(judgement)};
  };
  return Line(change.as_of(), side(change.before()), side(change.after()),
              change.indicator(), change.indicator_display_name(), look);
}

std::string ChangeLine(const v1::FlagChange& change, const PreviewLook& look) {
  const bool japanese = look.look.japanese;
  return Line(change.as_of(), StatusSide(change.before(), japanese),
              StatusSide(change.after(), japanese), change.initiative(),
              std::string(look.look.Say("進捗区分: ", "flag: ")) +
                  change.initiative_display_name(),
              look);
}

std::string SummaryText(const v1::PreviewSummary& summary,
                        const PreviewLook& how) {
  const Look& look = how.look;
  const bool japanese = look.japanese;
  std::string head;
  if (!summary.as_of().empty()) {
    head = PeriodName(summary.as_of(), japanese);
    head += japanese ? "までの実績値で: " : ": ";
  }
  std::string text =
      look.Painted(head + VerdictSentence(summary, japanese), Tone::kBold);
  text += RewordedSentence(summary, japanese);
  if (const std::string flags = FlagSentence(summary, japanese);
      !flags.empty()) {
    text += (how.periods ? (japanese ? "" : " ") : "\n") + flags;
  }
  text += "\n" + FaultLines(summary, look);
  if (how.periods) return text;
  const Table counts =
      CountsBeforeAndAfter(summary.before(), summary.after(), japanese);
  if (counts.rows.empty()) return text;
  std::ostringstream table;
  counts.PrintText(table, look.width, look.color);
  return text + "\n" + table.str();
}

std::string ProgressText(const v1::PreviewProgress& progress, bool japanese) {
  const int64_t done = progress.evaluated_count();
  const int64_t total = std::max<int64_t>(progress.total_count(), 1);
  const std::string percent =
      std::to_string(std::min<int64_t>(100, 100 * done / total)) + "%";
  const std::string of = Number(done) + " / " + Number(total);
  const std::string changed = Number(progress.changed_count());
  return japanese
             ? "判定中 " + of + "(" + percent + ") 変わる判定 " + changed + "件"
             : "judging " + of + " (" + percent + "), " + changed + " change";
}

Table ChangesForPrograms(const std::vector<v1::VerdictChange>& changes) {
  Table table;
  for (const char* key : {"as_of", "indicator", "title", "status_before",
                          "reason_before", "symbol_before", "status_after",
                          "reason_after", "symbol_after", "period", "value"}) {
    table.columns.push_back({key, key});
  }
  for (const v1::VerdictChange& change : changes) {
    const v1::Judgement &before = change.before(), &after = change.after();
    table.rows.push_back(
        {change.as_of(), change.indicator(), change.indicator_display_name(),
         v1::Verdict::Status_Name(before.status()), before.reason(),
         before.symbol(), v1::Verdict::Status_Name(after.status()),
         after.reason(), after.symbol(), after.period(), after.value()});
  }
  return table;
}

}  // namespace shirube::cli
