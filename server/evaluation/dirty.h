// What the change log says was touched, gathered until it is applied. Pure.
#ifndef SHIRUBE_SERVER_EVALUATION_DIRTY_H_
#define SHIRUBE_SERVER_EVALUATION_DIRTY_H_

#include <map>
#include <set>
#include <string>

#include "server/storage/records.h"

namespace shirube {

struct Dirty {
  std::set<IndicatorKey> indicators;
  // Those of them that were there before and changed themselves, not only their
  // figures: they may belong to other initiatives now.
  std::set<IndicatorKey> redefined;
  // Plans that changed themselves or in their tree: their indicators are dirty
  // where that changes how they are judged.
  std::set<PlanId> plans;
  // Plans (empty: the default) for which a rule set was activated. True: its
  // verdicts are still to be made; false: they came with the activation.
  std::map<PlanId, bool> activated;
  // Modules, by sha256, that were set aside or released: what is judged by them
  // is dirty.
  std::set<std::string> modules;
  // Plans in which alerts were opened for what lagged already.
  std::set<PlanId> told;
  Revision through = 0;  // all causes up to here are in

  void Add(const Change& change);
  void Add(Dirty other);
  bool empty() const {
    return indicators.empty() && plans.empty() && activated.empty() &&
           modules.empty() && told.empty();
  }
};

}  // namespace shirube

#endif  // SHIRUBE_SERVER_EVALUATION_DIRTY_H_
