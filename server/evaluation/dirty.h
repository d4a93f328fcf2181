// What the change log says was touched, gathered until it is applied. Pure.
#ifndef SHIRUBE_SERVER_EVALUATION_DIRTY_H_
#define SHIRUBE_SERVER_EVALUATION_DIRTY_H_

#include <set>

#include "server/storage/records.h"

namespace shirube {

struct Dirty {
  std::set<IndicatorKey> indicators;
  // Plans that changed themselves or in their tree: their indicators are dirty
  // where that changes how they are judged.
  std::set<PlanId> plans;
  bool everything = false;  // another rule set is active
  Revision through = 0;     // all causes up to here are in

  void Add(const Change& change);
  bool empty() const {
    return indicators.empty() && plans.empty() && !everything;
  }
};

}  // namespace shirube

#endif  // SHIRUBE_SERVER_EVALUATION_DIRTY_H_
