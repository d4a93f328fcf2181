// The flag (進捗区分) of an initiative: what the verdicts of its indicators add
// up to. A pure function of them.
#ifndef SHIRUBE_SERVER_DOMAIN_FLAG_POLICY_H_
#define SHIRUBE_SERVER_DOMAIN_FLAG_POLICY_H_

#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "server/domain/ids.h"
#include "server/domain/indicator.h"
#include "server/domain/initiative.h"
#include "server/domain/period.h"
#include "server/domain/plan.h"
#include "server/domain/verdict.h"

namespace shirube {

// One indicator as the policy sees it.
struct FlagInput {
  IndicatorId indicator;
  bool numeric_target = false;
  Status status = Status::kNotEvaluated;
  std::optional<Period> period;  // of its actual
};

struct StatusCounts {
  int achieved = 0, on_track = 0, at_risk = 0, not_evaluated = 0,
      indeterminate = 0;
  int total() const {
    return achieved + on_track + at_risk + not_evaluated + indeterminate;
  }
  int evaluated() const { return achieved + on_track + at_risk; }
  void Add(Status status, int by = 1);
};

struct Flag {
  InitiativeId initiative;  // empty: the plan's own counts
  Status status = Status::kNotEvaluated;
  std::string reason;  // NO_INDICATOR, NONE_EVALUATED; empty otherwise
  StatusCounts counts;
  bool partial = false;  // some are not evaluated
  std::vector<IndicatorId> deciding;
  std::optional<Period> oldest_period, newest_period;
};

// What the status of a flag depends on: each indicator added once.
struct FlagTally {
  StatusCounts counts;
  int numeric = 0;           // have a numeric target
  int numeric_achieved = 0;  // of those
  void Add(Status status, bool numeric_target, int by = 1);
};
Status DecideFlagStatus(const FlagTally& tally, const FlagPolicy& policy);

// Which initiatives of a plan count an indicator. Keeps no reference.
class FlagTree {
 public:
  explicit FlagTree(const std::vector<Initiative>& initiatives);
  // Positions in `initiatives`, ascending: where it belongs, and all above.
  std::vector<size_t> CountedBy(const Indicator& indicator) const;

 private:
  void Climb(const InitiativeId& home, std::set<size_t>* reached) const;

  std::map<InitiativeId, size_t> position_;
  std::vector<InitiativeId> parents_;
};

// The flag over the set `inputs` (each indicator once).
Flag DecideFlag(const std::vector<FlagInput>& inputs, const FlagPolicy& policy);

// The flags of all initiatives of one plan, in the order of `initiatives`, and
// the plan's counts (no status). An indicator belongs to what it is linked to,
// and to `printed_under` only while it has no links; initiatives above count it
// too, once.
struct PlanFlags {
  std::vector<Flag> initiatives;
  Flag plan;
};
PlanFlags DecidePlanFlags(const std::vector<Initiative>& initiatives,
                          const std::vector<Indicator>& indicators,
                          const std::map<IndicatorId, FlagInput>& inputs,
                          const FlagPolicy& policy);

}  // namespace shirube

#endif  // SHIRUBE_SERVER_DOMAIN_FLAG_POLICY_H_
