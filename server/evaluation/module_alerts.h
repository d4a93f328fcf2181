// Alerts of rule modules that were set aside: one in every plan that is judged
// by them. Made for the follower, on its thread.
#ifndef SHIRUBE_SERVER_EVALUATION_MODULE_ALERTS_H_
#define SHIRUBE_SERVER_EVALUATION_MODULE_ALERTS_H_

#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "server/domain/alert_policy.h"
#include "server/evaluation/table_filler.h"
#include "server/storage/store.h"

namespace shirube {

class ModuleAlerts {
 public:
  explicit ModuleAlerts(const TableFiller* filler) : filler_(filler) {}

  absl::Status Start(StoreReader& reader);
  // Which modules are out, and which of those told are not any more.
  absl::StatusOr<std::vector<Observed>> Of(StoreReader& reader);
  // What Of said last is stored.
  void Keep() { told_ = std::move(out_); }

 private:
  using InPlan = std::pair<PlanId, std::string>;  // and the module

  const TableFiller* const filler_;
  std::set<InPlan> told_, out_;
};

}  // namespace shirube

#endif  // SHIRUBE_SERVER_EVALUATION_MODULE_ALERTS_H_
