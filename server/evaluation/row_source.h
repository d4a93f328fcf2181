// From what is stored to the row that is judged: an indicator, its observations
// and the parameters that apply to it. Shared by the judging thread, which
// applies rows to the table, and by reads, which ask about rows of their own.
#ifndef SHIRUBE_SERVER_EVALUATION_ROW_SOURCE_H_
#define SHIRUBE_SERVER_EVALUATION_ROW_SOURCE_H_

#include <map>
#include <optional>
#include <vector>

#include "absl/status/statusor.h"
#include "server/domain/indicator.h"
#include "server/domain/initiative.h"
#include "server/domain/observation.h"
#include "server/domain/plan.h"
#include "server/evaluation/explanation.h"
#include "server/rule_host/rule_set.h"
#include "server/storage/store.h"
#include "server/table/row_input.h"

namespace shirube {

// What judging takes from a plan besides its indicators.
struct PlanContext {
  Plan plan;
  // What judges it: the set it names, else the default; empty: none is active.
  RuleSetId rule_set;
  // Without entries; those not deleted.
  std::map<InitiativeId, Initiative> initiatives;

  const Initiative* Find(const InitiativeId& id) const;
  // Of the newest change to anything above the indicator.
  Revision RevisionAbove(const Indicator& indicator) const;
  // Whether the plan itself or any of its initiatives sets a parameter.
  bool SetsParameters() const;
};

// Empty for a plan that does not exist or is deleted.
absl::StatusOr<std::optional<PlanContext>> LoadPlanContext(StoreReader& reader,
                                                           const PlanId& plan);

// Whether all that verdicts depend on is the same, but for the rule set.
bool JudgesAlike(const PlanContext& a, const PlanContext& b);

// Every parameter of the rule set as it applies to `indicator`.
std::vector<ParameterSource> ResolveParameters(const Indicator& indicator,
                                               const PlanContext& context,
                                               const RuleSet& rule_set);

// Whether anything at or above `indicator` sets a parameter.
bool IsOverridden(const Indicator& indicator, const PlanContext& context);

// What `indicator` is judged by instead of the rule set's own parameters; only
// names that the set declares.
absl::StatusOr<Overrides> OverridesOf(const Indicator& indicator,
                                      const PlanContext& context,
                                      const RuleSet& rule_set);

// The row without overrides.
absl::StatusOr<RowInput> MakePlainRow(
    const Indicator& indicator, const std::vector<Observation>& observations,
    const PlanContext& context, std::optional<Period> as_of);
absl::StatusOr<RowInput> MakeRow(const Indicator& indicator,
                                 const std::vector<Observation>& observations,
                                 const PlanContext& context,
                                 const RuleSet& rule_set,
                                 std::optional<Period> as_of);

// Whether another baseline or target than the current one was in force.
bool HadOtherAims(const Indicator& indicator, std::optional<Period> as_of);

}  // namespace shirube

#endif  // SHIRUBE_SERVER_EVALUATION_ROW_SOURCE_H_
