#include "server/evaluation/alert_subject.h"

#include <algorithm>

namespace shirube {

std::vector<InitiativeId> InitiativesAbove(const Indicator& indicator,
                                           const PlanContext& context) {
  std::vector<InitiativeId> level = indicator.links;
  if (level.empty() && !indicator.printed_under.empty()) {
    level.push_back(indicator.printed_under);
  }
  std::vector<InitiativeId> found;
  while (!level.empty()) {
    std::vector<InitiativeId> above;
    for (const InitiativeId& id : level) {
      const Initiative* initiative = context.Find(id);
      if (initiative == nullptr ||
          std::find(found.begin(), found.end(), id) != found.end()) {
        continue;
      }
      found.push_back(id);
      if (!initiative->parent.empty()) above.push_back(initiative->parent);
    }
    level = std::move(above);
  }
  return found;
}

std::string OwnerOf(const Indicator& indicator, const PlanContext& context) {
  if (!indicator.owner.empty()) return indicator.owner;
  for (const InitiativeId& id : InitiativesAbove(indicator, context)) {
    const Initiative* initiative = context.Find(id);
    if (!initiative->owner.empty()) return initiative->owner;
  }
  return context.plan.owner;
}

absl::StatusOr<std::vector<Alert>> UnresolvedAlerts(StoreReader& reader,
                                                    AlertKind kind,
                                                    const PlanId& plan) {
  AlertQuery query;
  query.plan = plan;
  query.kind = kind;
  query.unresolved = true;
  return reader.ListAlerts(query);
}

}  // namespace shirube
