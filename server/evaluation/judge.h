// From answers to verdicts: asks the rule host about a selection of rows and
// combines what the modules say of each. Any thread.
#ifndef SHIRUBE_SERVER_EVALUATION_JUDGE_H_
#define SHIRUBE_SERVER_EVALUATION_JUDGE_H_

#include <functional>
#include <optional>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "server/domain/verdict.h"
#include "server/evaluation/explanation.h"
#include "server/evaluation/marks.h"
#include "server/rule_host/rule_host.h"
#include "server/table/table.h"

namespace shirube {

struct JudgedRow {
  Verdict verdict;
  std::optional<size_t> judged_point;  // of the row's points
  std::vector<ModuleFact> facts;       // with want_facts; deciding module first
};

struct JudgeOptions {
  AskOptions ask;
  absl::Time now;
  // Of each row: by part and position. None: no calendar year anywhere.
  std::function<YearKinds(size_t part, uint32_t k)> year_kinds;
  // Parameters of each row instead of the table's, which are those of the set
  // that is active; nullptr for a row without. None: the table's.
  std::function<const Overrides*(size_t part, uint32_t k)> overrides;
};

// Calls `sink` for every row in order. A module that fails is in the verdicts;
// an error means that nothing was asked.
using JudgedSink = std::function<void(size_t part, uint32_t k, JudgedRow row)>;
absl::Status JudgeRows(RuleHost& host, const RuleSet& rule_set,
                       const Selection& selection, const JudgeOptions& options,
                       const JudgedSink& sink);

// The halves of it, for who judges rows by several sets: what the modules say,
// part by part, and what that comes to for one row of a part.
absl::Status AskRows(RuleHost& host, const RuleSet& rule_set,
                     const Selection& selection, const JudgeOptions& options,
                     const RuleHost::Sink& sink);
JudgedRow JudgeRow(const RuleSet& rule_set, const Selection& selection,
                   const JudgeOptions& options, size_t part, uint32_t k,
                   const std::vector<ModuleAnswers>& answers);

// Whether both say the same: status, reason, marks, period, value, rule set,
// and since when it waits.
bool SaysTheSame(const Verdict& a, const Verdict& b);

}  // namespace shirube

#endif  // SHIRUBE_SERVER_EVALUATION_JUDGE_H_
