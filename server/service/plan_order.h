// The order in which a plan is printed, and which indicators stand below which
// initiative. Pure.
#ifndef SHIRUBE_SERVER_SERVICE_PLAN_ORDER_H_
#define SHIRUBE_SERVER_SERVICE_PLAN_ORDER_H_

#include <map>
#include <set>
#include <string>
#include <vector>

#include "server/domain/indicator.h"
#include "server/domain/initiative.h"

namespace shirube {

// Parents before children, siblings by `order`, equal ones by id. One whose
// parent is not among them comes last.
std::vector<Initiative> InTreeOrder(std::vector<Initiative> initiatives);

// By `order`, equal ones by plan and id.
void SortAsPrinted(std::vector<Indicator>* indicators);

// Initiatives that an indicator stands at: its links, or what it is printed
// under while it has none.
std::vector<InitiativeId> PlacesOf(const Indicator& indicator);

// Those and all above them, by indicator.
std::map<IndicatorId, std::set<InitiativeId>> InitiativesAbove(
    const std::vector<Initiative>& initiatives,
    const std::vector<Indicator>& indicators);

}  // namespace shirube

#endif  // SHIRUBE_SERVER_SERVICE_PLAN_ORDER_H_
