#include "server/evaluation/plan_view.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "server/base/japan.h"
#include "server/base/status_macros.h"
#include "server/domain/violation.h"
#include "server/ledger/ledger.h"

namespace shirube {
namespace {

absl::Status NotThere(const std::string& name) {
  return MakeError(absl::StatusCode::kNotFound, "RESOURCE_NOT_FOUND",
                   absl::StrCat(name, " does not exist"),
                   absl::StrCat(name, " はありません"), {{"resource", name}});
}

// The fiscal year in Japan, which begins in April.
int FiscalYearOf(absl::Time now) {
  const absl::CivilDay day = DayInJapan(now);
  return static_cast<int>(day.year()) - (day.month() < 4 ? 1 : 0);
}

}  // namespace

absl::Status NoSuchIndicator(const IndicatorKey& key) {
  return NotThere(NameOf(key));
}

absl::Status NoSuchPlan(const PlanId& plan) { return NotThere(NameOf(plan)); }

absl::Status CheckAsOf(const Period& as_of, const std::string& field,
                       absl::Time now) {
  const int year = FiscalYearOf(now);
  if (as_of.index12() <= 12 * year) return absl::OkStatus();
  return ViolationsToStatus(
      {{field, "AS_OF_IN_FUTURE",
        absl::StrCat(as_of.ToId(), " ends after the current fiscal year ", year,
                     "; take an earlier period or set allow_future"),
        absl::StrCat(as_of.ToId(), " は現在の年度(", year,
                     "年度)より後です。前の期間を指定するか allow_future を"
                     "指定してください")}});
}

bool HasPrintedOrder(const Indicator& a, const Indicator& b) {
  if (a.plan != b.plan) return a.plan < b.plan;
  if (a.order != b.order) return a.order < b.order;
  return a.id < b.id;
}

absl::StatusOr<std::shared_ptr<const PlanContext>> ContextOf(
    StoreReader& reader, const PlanId& plan) {
  SHIRUBE_ASSIGN_OR_RETURN(std::optional<PlanContext> context,
                           LoadPlanContext(reader, plan));
  if (!context) return NoSuchPlan(plan);
  return std::make_shared<const PlanContext>(*std::move(context));
}

absl::StatusOr<PlanView> ViewOf(StoreReader& reader, const PlanId& plan) {
  PlanView view;
  SHIRUBE_ASSIGN_OR_RETURN(view.context, ContextOf(reader, plan));
  ListQuery query;
  query.plan = plan;
  SHIRUBE_ASSIGN_OR_RETURN(view.indicators, reader.ListIndicators(query));
  std::sort(view.indicators.begin(), view.indicators.end(), HasPrintedOrder);
  return view;
}

}  // namespace shirube
