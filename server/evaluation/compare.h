// Several yardsticks side by side over one plan: the work behind
// Evaluator::Compare. On the caller's thread; rows are made for the question,
// so that a module that fails on them is not set aside for it.
#ifndef SHIRUBE_SERVER_EVALUATION_COMPARE_H_
#define SHIRUBE_SERVER_EVALUATION_COMPARE_H_

#include <vector>

#include "absl/status/statusor.h"
#include "server/evaluation/comparison.h"
#include "server/evaluation/evaluator.h"
#include "server/evaluation/preview_pace.h"
#include "server/evaluation/rule_sets.h"
#include "server/evaluation/scratch_judge.h"

namespace shirube {

struct CompareDependencies {
  Store* store = nullptr;
  RuleSets* rule_sets = nullptr;
  const ScratchJudge* scratch = nullptr;
  const PreviewStop* stop = nullptr;
};

// As Evaluator::Compare says; `options.as_of` is checked by the caller.
absl::StatusOr<Comparison> CompareYardsticks(
    const CompareDependencies& deps, const PlanId& plan,
    const std::vector<IndicatorId>& only,
    const std::vector<Yardstick>& yardsticks, const ReadOptions& options);

}  // namespace shirube

#endif  // SHIRUBE_SERVER_EVALUATION_COMPARE_H_
