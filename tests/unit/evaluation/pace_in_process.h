// The default judgement in this process: the very arithmetic of the modules
// over one row, so that sentences are tested with the facts they really get.
#ifndef TESTS_UNIT_EVALUATION_PACE_IN_PROCESS_H_
#define TESTS_UNIT_EVALUATION_PACE_IN_PROCESS_H_

#include <optional>
#include <vector>

#include "server/evaluation/explanation.h"
#include "server/table/row_input.h"

namespace shirube::testing {

struct PaceAnswer {
  Verdict verdict;
  std::optional<size_t> judged_point;
  std::vector<ModuleFact> facts;
};

PaceAnswer JudgeInProcess(const RowInput& row, int64_t pace_millionths = 800000,
                          int64_t behind_millionths = 600000);

// The whole way of a sentence: row, judgement, marks, derivation, text.
Explanation ExplainInProcess(const Indicator& indicator,
                             const std::vector<Observation>& observations);

}  // namespace shirube::testing

#endif  // TESTS_UNIT_EVALUATION_PACE_IN_PROCESS_H_
