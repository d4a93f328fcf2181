// Whose an alert is and what stands above it: owner and initiatives of its
// subject, for the alert's fields and the filters of subscriptions; and which
// alerts of a kind there are.
#ifndef SHIRUBE_SERVER_EVALUATION_ALERT_SUBJECT_H_
#define SHIRUBE_SERVER_EVALUATION_ALERT_SUBJECT_H_

#include <string>
#include <vector>

#include "server/evaluation/row_source.h"

namespace shirube {

// What the indicator is linked to, or printed under while it has no links, and
// all above: the nearest first, each once.
std::vector<InitiativeId> InitiativesAbove(const Indicator& indicator,
                                           const PlanContext& context);

// The indicator's own owner, else that of the nearest of these initiatives,
// else the plan's; empty where nobody is named.
std::string OwnerOf(const Indicator& indicator, const PlanContext& context);

// Those not resolved, of one plan or (empty) of all.
absl::StatusOr<std::vector<Alert>> UnresolvedAlerts(
    StoreReader& reader, AlertKind kind, const PlanId& plan = PlanId());

}  // namespace shirube

#endif  // SHIRUBE_SERVER_EVALUATION_ALERT_SUBJECT_H_
