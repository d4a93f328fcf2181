#include "server/rule_host/answer_words.h"

#include <algorithm>

#include "absl/strings/str_cat.h"

namespace shirube {

std::string AnswerWords::ToString() const {
  return reason.empty() ? status : absl::StrCat(status, " ", reason);
}

AnswerWords WordsOf(const Manifest& manifest, const ModuleAnswers& answers,
                    uint32_t position) {
  switch (answers.answer[position]) {
    case kAnswerFault: {
      const ModuleOutcome* fault = answers.fault_at(position);
      return {fault == nullptr ? "no answer" : fault->ToString(), ""};
    }
    case kAnswerNotRaised:
      return {"NOT_RAISED", ""};
    case kAnswerCannotTell:
      return {"NOT_EVALUATED",
              std::string(ReasonWord(manifest, answers.reason[position]))};
    default: {
      const ManifestReason& raised = *manifest.reason(answers.reason[position]);
      return {raised.mark.empty() ? std::string(StatusWord(raised.status))
                                  : raised.mark,
              raised.id};
    }
  }
}

bool Declares(const Manifest& manifest, std::string_view reason) {
  return std::any_of(manifest.reasons.begin(), manifest.reasons.end(),
                     [&](const auto& r) { return r.id == reason; });
}

AnswerWords WantedOf(const Manifest& manifest,
                     const cases::Expectation& expectation) {
  if (!Declares(manifest, expectation.reason)) return {"NOT_RAISED", ""};
  return {expectation.status, expectation.reason};
}

}  // namespace shirube
