// What alerts of judged indicators say: made from the state as it is stored,
// for the follower, on its thread, just before verdicts are given to the
// ledger.
//
// Never fails: an alert whose texts cannot be had keeps those that it has, a
// new one has none, and judging goes on.
#ifndef SHIRUBE_SERVER_EVALUATION_ALERT_NEWS_H_
#define SHIRUBE_SERVER_EVALUATION_ALERT_NEWS_H_

#include <map>
#include <memory>
#include <vector>

#include "absl/time/time.h"
#include "server/evaluation/evaluator.h"
#include "server/evaluation/rule_sets.h"
#include "server/evaluation/scratch_judge.h"

namespace shirube {

class AlertNewsMaker {
 public:
  AlertNewsMaker(const Evaluator::Dependencies& deps, RuleSets* rule_sets);

  // Safe from any thread. See Evaluator::LaggingWithoutAlert.
  absl::StatusOr<LaggingPage> Lagging(const PlanId& plan,
                                      const IndicatorId& after, int limit,
                                      bool texts) const;

  // Of those verdicts that lag, or whose indicator has an alert that is not
  // resolved. Looking for flip points ends after `flip_time`: a text without
  // one is better than one that comes late.
  std::vector<AlertNews> Of(const std::vector<Verdict>& verdicts,
                            absl::Duration flip_time = kFlipTime) const;

 private:
  static constexpr absl::Duration kFlipTime = absl::Milliseconds(250);

  struct Group;
  absl::StatusOr<std::vector<AlertNews>> Make(
      const std::vector<Verdict>& verdicts, absl::Duration flip_time) const;
  absl::StatusOr<bool> IsTold(StoreReader& reader,
                              const Verdict& verdict) const;
  // `contexts`: of the plans met before.
  absl::Status Load(
      StoreReader& reader, const Verdict& verdict,
      std::map<PlanId, std::shared_ptr<const PlanContext>>* contexts,
      std::map<RuleSetId, Group>* groups, std::vector<AlertNews>* news) const;
  void AddTexts(const Group& group, absl::Time flips_until, size_t* flips,
                std::vector<AlertNews>* news) const;

  const Evaluator::Dependencies deps_;
  RuleSets* const rule_sets_;
  const ScratchJudge scratch_;
};

}  // namespace shirube

#endif  // SHIRUBE_SERVER_EVALUATION_ALERT_NEWS_H_
