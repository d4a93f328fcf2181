// One plan as a read sees it, and the errors of reads that name what is not
// there. Any thread.
#ifndef SHIRUBE_SERVER_EVALUATION_PLAN_VIEW_H_
#define SHIRUBE_SERVER_EVALUATION_PLAN_VIEW_H_

#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "server/domain/indicator.h"
#include "server/evaluation/row_source.h"
#include "server/storage/store.h"

namespace shirube {

// NOT_FOUND RESOURCE_NOT_FOUND.
absl::Status NoSuchIndicator(const IndicatorKey& key);
absl::Status NoSuchPlan(const PlanId& plan);

// INVALID_ARGUMENT AS_OF_IN_FUTURE at `field` for a period that ends after the
// fiscal year of `now`.
absl::Status CheckAsOf(const Period& as_of, const std::string& field,
                       absl::Time now);

// By plan, then as printed.
bool HasPrintedOrder(const Indicator& a, const Indicator& b);

struct PlanView {
  std::shared_ptr<const PlanContext> context;
  std::shared_ptr<const RuleSet> rule_set;  // for who fills it in
  std::vector<Indicator> indicators;        // in printed order
};

absl::StatusOr<std::shared_ptr<const PlanContext>> ContextOf(
    StoreReader& reader, const PlanId& plan);
absl::StatusOr<PlanView> ViewOf(StoreReader& reader, const PlanId& plan);

}  // namespace shirube

#endif  // SHIRUBE_SERVER_EVALUATION_PLAN_VIEW_H_
