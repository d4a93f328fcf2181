#include "server/evaluation/dirty.h"

#include <algorithm>

namespace shirube {

void Dirty::Add(const Change& change) {
  through = std::max(through, change.revision);
  if (!change.causes_judging) return;
  for (const Touched& touched : change.touched) {
    switch (touched.kind) {
      case ResourceKind::kIndicator:
      case ResourceKind::kObservation:
        indicators.insert({touched.plan, IndicatorId(touched.id)});
        break;
      case ResourceKind::kPlan:
      case ResourceKind::kInitiative:
        plans.insert(touched.plan);
        break;
      case ResourceKind::kRuleSet:
        everything = true;
        break;
      case ResourceKind::kAssessment:
      case ResourceKind::kPlanSource:
        break;
    }
  }
}

}  // namespace shirube
