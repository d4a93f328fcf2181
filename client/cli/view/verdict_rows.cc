#include "client/cli/view/verdict_rows.h"

#include "client/cli/view/rule_words.h"
#include "client/cli/view/words.h"

namespace shirube::cli {
namespace {

const v1::Indicator& IndicatorOf(const v1::Verdict& verdict,
                                 const IndicatorsByName& indicators) {
  static const v1::Indicator kUnknown;
  auto found = indicators.find(verdict.indicator());
  return found != indicators.end() ? found->second : kUnknown;
}

std::string Joined(const google::protobuf::RepeatedPtrField<std::string>& words,
                   std::string_view between) {
  std::string joined;
  for (const std::string& word : words) {
    if (!joined.empty()) joined += between;
    joined += word;
  }
  return joined;
}

}  // namespace

Table VerdictsForPeople(const std::vector<v1::Verdict>& verdicts,
                        const IndicatorsByName& indicators, const Notes& notes,
                        bool japanese) {
  auto say = [japanese](const char* ja, const char* en) {
    return std::string(japanese ? ja : en);
  };
  Table table;
  table.columns = {{say("判定", "STATUS"), "status"},
                   {say("指標", "INDICATOR"), "indicator", Align::kLeft, true},
                   {say("実績", "ACTUAL"), "actual", Align::kRight},
                   {say("目標", "TARGET"), "target", Align::kRight},
                   {say("理由・印", "REASON, MARKS"), "reason"}};
  for (const v1::Verdict& verdict : verdicts) {
    Tone tone = StatusTone(verdict.status(), verdict.severity());
    std::string reason =
        ReasonBeside(verdict.status(), verdict.reason(), japanese);
    for (const std::string& mark : verdict.marks()) {
      reason += (reason.empty() ? "※" : " ※") + MarkName(mark, japanese);
    }
    if (verdict.waiting()) {
      tone = Tone::kPurple;  // what it shows is not today's
      reason += (reason.empty() ? "" : " ") + NoteSigns(verdict, notes) +
                say("判定待ち", "waiting");
    }
    table.rows.push_back(
        {{StatusLabel(verdict.status(), japanese), tone},
         verdict.indicator_display_name(),
         ActualText(verdict, japanese),
         TargetText(IndicatorOf(verdict, indicators), japanese),
         {reason, tone}});
  }
  return table;
}

Table VerdictsForPrograms(const std::vector<v1::Verdict>& verdicts,
                          const IndicatorsByName& indicators) {
  Table table;
  for (const char* key :
       {"indicator", "title", "status", "reason", "marks", "period", "value",
        "unit", "target", "target_period", "rule_set", "waiting_since"}) {
    table.columns.push_back({key, key});
  }
  for (const v1::Verdict& verdict : verdicts) {
    const v1::Indicator& indicator = IndicatorOf(verdict, indicators);
    std::string id = verdict.indicator();
    id = id.substr(id.rfind('/') + 1);
    table.rows.push_back(
        {id, verdict.indicator_display_name(),
         v1::Verdict::Status_Name(verdict.status()), verdict.reason(),
         Joined(verdict.marks(), " "), verdict.period(), verdict.value(),
         verdict.unit(), indicator.target().value(),
         indicator.target().period(), verdict.rule_set(),
         verdict.waiting() ? TimeName(verdict.waiting_since(), false) : ""});
  }
  return table;
}

}  // namespace shirube::cli
