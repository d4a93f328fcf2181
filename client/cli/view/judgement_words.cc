#include "client/cli/view/judgement_words.h"

#include "client/cli/view/rule_words.h"
#include "client/cli/view/words.h"

namespace shirube::cli {
namespace {

constexpr std::string_view kSets = "ruleSets/";
constexpr size_t kSetIdShown = 11;  // rs- and eight digits

// As the module says it; what the module does not say is our own word.
std::string ReasonTitle(const v1::Judgement& judgement, bool japanese) {
  const std::string& own =
      japanese ? judgement.reason_title().ja() : judgement.reason_title().en();
  if (!own.empty()) return own;
  return ReasonBeside(judgement.status(), judgement.reason(), japanese);
}

std::string InBrackets(const std::string& text, bool japanese) {
  if (text.empty()) return "";
  return (japanese ? "(" : " (") + text + ")";
}

std::string WithSymbol(const v1::Judgement& judgement, bool japanese) {
  std::string label = StatusLabel(judgement.status(), japanese);
  if (!judgement.symbol().empty()) label += " " + judgement.symbol();
  return label;
}

bool IsJudged(VerdictStatus status) {
  return status == v1::Verdict::STATUS_ACHIEVED ||
         status == v1::Verdict::STATUS_ON_TRACK ||
         status == v1::Verdict::STATUS_AT_RISK;
}

}  // namespace

std::string JudgementLabel(const v1::Judgement& judgement, bool japanese) {
  std::string label = WithSymbol(judgement, japanese);
  if (IsJudged(judgement.status())) return label;
  if (judgement.faults_size() > 0) {
    const v1::ModuleFault& fault = judgement.faults(0);
    return label + InBrackets(ModuleIdOf(fault.module()) + " " +
                                  FaultName(fault.reason(), japanese),
                              japanese);
  }
  return label + InBrackets(ReasonTitle(judgement, japanese), japanese);
}

std::string JudgementWithReason(const v1::Judgement& judgement, bool japanese) {
  std::string text =
      IsJudged(judgement.status())
          ? WithSymbol(judgement, japanese) +
                InBrackets(ReasonTitle(judgement, japanese), japanese)
          : JudgementLabel(judgement, japanese);
  for (const std::string& mark : judgement.marks()) {
    text += " ※" + MarkName(mark, japanese);
  }
  return text;
}

Tone JudgementTone(const v1::Judgement& judgement) {
  return StatusTone(judgement.status(), judgement.severity());
}

std::string YardstickLabel(std::string_view asked, bool japanese) {
  if (!asked.starts_with(kSets)) return ModuleText(asked);
  asked.remove_prefix(kSets.size());
  if (asked == "default") return japanese ? "既定" : "default";
  if (asked.size() <= kSetIdShown) return std::string(asked);
  return std::string(asked.substr(0, kSetIdShown)) + "…";
}

std::string YardstickKey(std::string_view asked) {
  if (asked.starts_with(kSets)) {
    return std::string(asked.substr(kSets.size()));
  }
  std::string key = ModuleText(asked);
  if (const size_t space = key.find(' '); space != std::string::npos) {
    key[space] = '@';
  }
  return key;
}

}  // namespace shirube::cli
