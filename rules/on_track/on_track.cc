#include "rules/pace/module.h"

extern "C" const shirube_rule* shirube_rule_v0() {
  return shirube::pace::ModuleFor<shirube::pace::Status::kOnTrack>();
}
