#include "server/evaluation/dirty.h"

#include <algorithm>
#include <utility>

namespace shirube {

void Dirty::Add(const Change& change) {
  through = std::max(through, change.revision);
  for (const Touched& touched : change.touched) {
    if (touched.kind == ResourceKind::kRuleSet &&
        (change.causes_judging || touched.type == ChangeType::kUpdated)) {
      activated[touched.plan] |= change.causes_judging;
    }
    if (!change.causes_judging) continue;
    switch (touched.kind) {
      case ResourceKind::kIndicator:
        if (touched.type != ChangeType::kCreated) {
          redefined.insert({touched.plan, IndicatorId(touched.id)});
        }
        [[fallthrough]];
      case ResourceKind::kObservation:
        indicators.insert({touched.plan, IndicatorId(touched.id)});
        break;
      case ResourceKind::kPlan:
      case ResourceKind::kInitiative:
        plans.insert(touched.plan);
        break;
      case ResourceKind::kRuleModule:
        modules.insert(touched.id);
        break;
      case ResourceKind::kAlert:
        told.insert(touched.plan);
        break;
      case ResourceKind::kRuleSet:
      case ResourceKind::kAssessment:
      case ResourceKind::kSubscription:
      case ResourceKind::kPlanSource:
        break;
    }
  }
}

void Dirty::Add(Dirty other) {
  indicators.merge(other.indicators);
  redefined.merge(other.redefined);
  plans.merge(other.plans);
  for (const auto& [plan, judge] : other.activated) activated[plan] |= judge;
  modules.merge(other.modules);
  told.merge(other.told);
  through = std::max(through, other.through);
}

}  // namespace shirube
