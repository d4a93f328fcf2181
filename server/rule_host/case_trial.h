// A module against what its cases expect: every expectation is asked without
// facts, with them, and once more with the rows the other way round, and every
// answer compared. One thread.
#ifndef SHIRUBE_SERVER_RULE_HOST_CASE_TRIAL_H_
#define SHIRUBE_SERVER_RULE_HOST_CASE_TRIAL_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/numeric/int128.h"
#include "rules/cases/case_file.h"
#include "server/rule_host/answer_words.h"
#include "server/rule_host/lifecycle.h"
#include "server/rule_host/trial.h"

namespace shirube {

struct CaseFact {
  std::string name;
  absl::int128 numerator = 0, denominator = 1;  // in units of the row
  bool in_row_units = false;
};

// How a case was asked.
enum class CaseAsking { kFirst, kWithFacts, kAgainBackwards };

// What became of one expectation.
struct CaseResult {
  const cases::Case* one;  // of the trial's rows
  const cases::Expectation* expectation;
  AnswerWords wanted;  // of this module: NOT_RAISED for a reason of others
  AnswerWords found;   // empty where it gave no answer
  bool passed = false;
  bool masked = false;  // the host answered
  // Which answer `found` is: the first that is wrong.
  CaseAsking asking = CaseAsking::kFirst;
  // No answer: what the module did instead ("CRASHED (signal 11)").
  std::optional<ModuleOutcome> fault;
  std::optional<cases::Point> judged;
  std::vector<CaseFact> facts;
};

struct CaseTrialOptions {
  // Rows that may fail by themselves before the rest is not asked.
  size_t most_faults = 20;
};

// The results in the order of the rows and their expectations. `together` is
// set where a question failed as a whole although each of its rows passes
// alone. A problem where no worker can be had any more; the results are then
// as far as it got.
ModuleProblem RunCases(Trial* trial, const CaseTrialOptions& options,
                       std::vector<CaseResult>* results,
                       std::optional<ModuleOutcome>* together);

// "CRASHED (signal 11)": an outcome over one row, without its number.
std::string FaultText(const ModuleOutcome& outcome);

}  // namespace shirube

#endif  // SHIRUBE_SERVER_RULE_HOST_CASE_TRIAL_H_
