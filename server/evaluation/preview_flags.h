// The flags of one plan by two rule sets, added up while its indicators are
// judged: the domain's policy over the tree as Evaluator::Flags uses it. Of one
// thread; made by PreviewSource.
#ifndef SHIRUBE_SERVER_EVALUATION_PREVIEW_FLAGS_H_
#define SHIRUBE_SERVER_EVALUATION_PREVIEW_FLAGS_H_

#include <optional>
#include <vector>

#include "server/domain/flag_policy.h"
#include "server/evaluation/comparison.h"
#include "server/evaluation/row_source.h"

namespace shirube {

class PreviewFlags {
 public:
  // For so many periods, each by its position.
  PreviewFlags(const PlanContext& context, size_t periods);

  // The initiatives that count `indicator`.
  std::vector<size_t> CountedBy(const Indicator& indicator) const {
    return tree_.CountedBy(indicator);
  }
  void Add(size_t period, const std::vector<size_t>& counted_by,
           bool numeric_target, Status before, Status after);

  size_t size() const { return initiatives_.size(); }
  // Those that differ, in the order of ListInitiatives.
  std::vector<FlagChange> Changes(size_t period,
                                  const std::optional<Period>& as_of) const;

 private:
  struct Pair {
    FlagTally before, after;
  };

  const PlanId plan_;
  const FlagPolicy policy_;
  const std::vector<Initiative> initiatives_;
  const FlagTree tree_;
  std::vector<Pair> tallies_;  // of each initiative, period after period
};

}  // namespace shirube

#endif  // SHIRUBE_SERVER_EVALUATION_PREVIEW_FLAGS_H_
