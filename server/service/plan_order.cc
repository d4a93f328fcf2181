#include "server/service/plan_order.h"

#include <algorithm>
#include <tuple>
#include <utility>

namespace shirube {

std::vector<Initiative> InTreeOrder(std::vector<Initiative> initiatives) {
  std::sort(initiatives.begin(), initiatives.end(),
            [](const Initiative& a, const Initiative& b) {
              return std::tie(a.plan, a.order, a.id) <
                     std::tie(b.plan, b.order, b.id);
            });
  std::map<InitiativeKey, std::vector<size_t>> children;
  for (size_t i = 0; i < initiatives.size(); ++i) {
    children[{initiatives[i].plan, initiatives[i].parent}].push_back(i);
  }
  std::vector<size_t> order, stack;
  std::vector<bool> seen(initiatives.size(), false);
  const auto visit = [&](size_t root) {
    stack.assign(1, root);
    while (!stack.empty()) {
      const size_t i = stack.back();
      stack.pop_back();
      if (seen[i]) continue;
      seen[i] = true;
      order.push_back(i);
      const auto& below = children[initiatives[i].key()];
      stack.insert(stack.end(), below.rbegin(), below.rend());
    }
  };
  for (size_t i = 0; i < initiatives.size(); ++i) {
    if (initiatives[i].parent.empty()) visit(i);
  }
  for (size_t i = 0; i < initiatives.size(); ++i) {
    if (!seen[i]) visit(i);
  }
  std::vector<Initiative> sorted;
  sorted.reserve(initiatives.size());
  for (size_t i : order) sorted.push_back(std::move(initiatives[i]));
  return sorted;
}

void SortAsPrinted(std::vector<Indicator>* indicators) {
  std::sort(indicators->begin(), indicators->end(),
            [](const Indicator& a, const Indicator& b) {
              return std::tie(a.plan, a.order, a.id) <
                     std::tie(b.plan, b.order, b.id);
            });
}

std::vector<InitiativeId> PlacesOf(const Indicator& indicator) {
  if (!indicator.links.empty()) return indicator.links;
  if (!indicator.printed_under.empty()) return {indicator.printed_under};
  return {};
}

std::map<IndicatorId, std::set<InitiativeId>> InitiativesAbove(
    const std::vector<Initiative>& initiatives,
    const std::vector<Indicator>& indicators) {
  std::map<InitiativeId, InitiativeId> parents;
  for (const Initiative& initiative : initiatives) {
    parents[initiative.id] = initiative.parent;
  }
  std::map<IndicatorId, std::set<InitiativeId>> above;
  for (const Indicator& indicator : indicators) {
    std::set<InitiativeId>& all = above[indicator.id];
    for (InitiativeId id : PlacesOf(indicator)) {
      while (!id.empty() && all.insert(id).second) {
        const auto parent = parents.find(id);
        id = parent == parents.end() ? InitiativeId() : parent->second;
      }
    }
  }
  return above;
}

}  // namespace shirube
