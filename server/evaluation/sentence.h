// The sentence that says why, in Japanese and English, ready to be pasted into
// a report. Pure; called by Evaluator for the default modules' reasons, and for
// other modules' with the message of their manifest.
#ifndef SHIRUBE_SERVER_EVALUATION_SENTENCE_H_
#define SHIRUBE_SERVER_EVALUATION_SENTENCE_H_

#include <optional>
#include <string_view>
#include <vector>

#include "server/domain/indicator.h"
#include "server/domain/verdict.h"
#include "server/evaluation/explanation.h"
#include "server/evaluation/numbers.h"

namespace shirube {

struct SentenceInput {
  const Indicator* indicator = nullptr;
  const Baseline* baseline = nullptr;  // in force; nullptr: none
  const Target* target = nullptr;      // in force; nullptr: none
  const Derivation* derivation = nullptr;
  const Verdict* verdict = nullptr;
  std::vector<MarkText> marks;
  // The default thresholds used: they decide how many digits are printed.
  Ratio pace_threshold = Ratio(4, 5);
  Ratio behind_threshold = Ratio(3, 5);
  // The observation that would be judged; nullptr: none.
  const Observation* latest = nullptr;
  bool sum_has_gap = false;  // of a cumulative: a year of the window is missing
  // Of a module that is not one of the defaults.
  std::optional<LocalizedText> message;
  std::optional<LocalizedText> reason_title;  // of the same manifest
  std::vector<ModuleFact> facts;
  // Since when the modules that the verdict waits for are out; none: since the
  // verdict waits.
  std::optional<absl::Time> out_since;
};

LocalizedText WriteSentence(const SentenceInput& input);

// 順調, or the reason's name where it differs: おおむね順調. `title`: what the
// manifest calls a reason that is not one of the defaults'. Of a verdict that
// waits it says so: a kept status is not today's.
LocalizedText StatusText(const Verdict& verdict,
                         const std::optional<LocalizedText>& title);

// Whether the sentence of `reason` is written here.
bool IsDefaultReason(std::string_view reason);

// The two halves; WriteSentence puts marks and judgement behind them.
std::string JapaneseStatement(const SentenceInput& input);
std::string EnglishStatement(const SentenceInput& input);

// `{actual}`, `{period}`, `{baseline}`, `{target}` … and every fact by its
// name; an unknown name stays as it is.
std::string FillMessage(std::string_view message, const SentenceInput& input,
                        Language language);

}  // namespace shirube

#endif  // SHIRUBE_SERVER_EVALUATION_SENTENCE_H_
