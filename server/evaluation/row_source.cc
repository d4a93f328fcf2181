#include "server/evaluation/row_source.h"

#include <algorithm>
#include <set>
#include <utility>

#include "server/base/status_macros.h"
#include "server/domain/parameters.h"
#include "server/evaluation/rule_sets.h"

namespace shirube {
namespace {

constexpr int kMillionthsScale = 6;

Decimal FromMillionths(int64_t millionths) {
  const absl::StatusOr<Decimal> value =
      Decimal::Make(millionths, kMillionthsScale);
  return value.ok() ? *value : Decimal();
}

// Without the zeros that millionths bring.
Decimal Shortest(const Decimal& value) {
  int64_t units = value.units();
  int scale = value.scale();
  while (scale > 0 && units % 10 == 0) {
    units /= 10;
    --scale;
  }
  return *Decimal::Make(units, scale);
}

template <typename T>
bool EqualOverrides(const T& a, const T& b) {
  return a.parameters == b.parameters;
}

}  // namespace

const Initiative* PlanContext::Find(const InitiativeId& id) const {
  const auto it = initiatives.find(id);
  return it == initiatives.end() ? nullptr : &it->second;
}

Revision PlanContext::RevisionAbove(const Indicator& indicator) const {
  Revision newest = plan.stamp.revision;
  std::set<InitiativeId> seen;  // a tree has no cycles; a broken one might
  for (const InitiativeId& link : indicator.links) {
    const Initiative* initiative = Find(link);
    while (initiative != nullptr && seen.insert(initiative->id).second) {
      newest = std::max(newest, initiative->stamp.revision);
      initiative = Find(initiative->parent);
    }
  }
  return newest;
}

bool PlanContext::SetsParameters() const {
  return !plan.parameters.empty() ||
         std::any_of(
             initiatives.begin(), initiatives.end(),
             [](const auto& one) { return !one.second.parameters.empty(); });
}

absl::StatusOr<std::optional<PlanContext>> LoadPlanContext(StoreReader& reader,
                                                           const PlanId& plan) {
  SHIRUBE_ASSIGN_OR_RETURN(std::optional<Plan> found, reader.GetPlan(plan));
  if (!found || found->stamp.deleted()) return std::optional<PlanContext>();
  PlanContext context;
  context.plan = *std::move(found);
  SHIRUBE_ASSIGN_OR_RETURN(context.rule_set,
                           RuleSets::ActiveId(reader, context.plan.rule_set));
  ListQuery query;
  query.plan = plan;
  SHIRUBE_ASSIGN_OR_RETURN(std::vector<Initiative> initiatives,
                           reader.ListInitiatives(query));
  for (Initiative& initiative : initiatives) {
    initiative.entries.clear();
    const InitiativeId id = initiative.id;
    context.initiatives.emplace(id, std::move(initiative));
  }
  return std::optional<PlanContext>(std::move(context));
}

bool JudgesAlike(const PlanContext& a, const PlanContext& b) {
  if (!EqualOverrides(a.plan, b.plan)) return false;
  return std::equal(
      a.initiatives.begin(), a.initiatives.end(), b.initiatives.begin(),
      b.initiatives.end(), [](const auto& x, const auto& y) {
        return x.first == y.first && x.second.parent == y.second.parent &&
               EqualOverrides(x.second, y.second);
      });
}

std::vector<ParameterSource> ResolveParameters(const Indicator& indicator,
                                               const PlanContext& context,
                                               const RuleSet& rule_set) {
  Parameters defaults;
  for (const auto& [name, millionths] : rule_set.parameters()) {
    defaults[name] = FromMillionths(millionths);
  }
  std::vector<ParameterSource> sources;
  for (const ParameterSpec& spec : rule_set.parameter_specs()) {
    const ResolvedParameter resolved = ResolveParameter(
        spec, indicator,
        [&](const InitiativeId& id) { return context.Find(id); },
        context.plan.parameters, defaults);
    ParameterSource source;
    source.name = spec.name;
    source.value = Shortest(resolved.value);
    source.scope = resolved.scope == ParameterScope::kDefault
                       ? ParameterScope::kRuleSet
                       : resolved.scope;
    source.initiative = resolved.initiative;
    source.stricter_taken = resolved.differs;
    source.modules = rule_set.modules_with(spec.name);
    sources.push_back(std::move(source));
  }
  return sources;
}

bool IsOverridden(const Indicator& indicator, const PlanContext& context) {
  if (!indicator.parameters.empty() || !context.plan.parameters.empty()) {
    return true;
  }
  for (const InitiativeId& link : indicator.links) {
    std::set<InitiativeId> seen;
    const Initiative* initiative = context.Find(link);
    while (initiative != nullptr && seen.insert(initiative->id).second) {
      if (!initiative->parameters.empty()) return true;
      initiative = context.Find(initiative->parent);
    }
  }
  return false;
}

absl::StatusOr<Overrides> OverridesOf(const Indicator& indicator,
                                      const PlanContext& context,
                                      const RuleSet& rule_set) {
  Overrides overrides;
  if (!IsOverridden(indicator, context)) return overrides;  // as usual
  for (const ParameterSource& source :
       ResolveParameters(indicator, context, rule_set)) {
    if (source.scope == ParameterScope::kRuleSet) continue;
    SHIRUBE_ASSIGN_OR_RETURN(const Decimal value,
                             source.value.Rescaled(kMillionthsScale));
    overrides[source.name] = value.units();
  }
  return overrides;
}

absl::StatusOr<RowInput> MakePlainRow(
    const Indicator& indicator, const std::vector<Observation>& observations,
    const PlanContext& context, std::optional<Period> as_of) {
  Revision newest =
      std::max(indicator.stamp.revision, context.RevisionAbove(indicator));
  for (const Observation& observation : observations) {
    newest = std::max(newest, observation.stamp.revision);
  }
  return BuildRow(indicator, observations, {}, as_of, newest);
}

absl::StatusOr<RowInput> MakeRow(const Indicator& indicator,
                                 const std::vector<Observation>& observations,
                                 const PlanContext& context,
                                 const RuleSet& rule_set,
                                 std::optional<Period> as_of) {
  SHIRUBE_ASSIGN_OR_RETURN(
      RowInput row, MakePlainRow(indicator, observations, context, as_of));
  SHIRUBE_ASSIGN_OR_RETURN(row.overrides,
                           OverridesOf(indicator, context, rule_set));
  return row;
}

bool HadOtherAims(const Indicator& indicator, std::optional<Period> as_of) {
  return BaselineAsOf(indicator, as_of) !=
             BaselineAsOf(indicator, std::nullopt) ||
         TargetAsOf(indicator, as_of) != TargetAsOf(indicator, std::nullopt);
}

}  // namespace shirube
