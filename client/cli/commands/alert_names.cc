#include "client/cli/commands/alert_names.h"

#include <vector>

#include "client/cli/names.h"
#include "server/base/status_macros.h"

namespace shirube::cli {
namespace {

absl::StatusOr<v1::Alert> FindAmong(const Context& context,
                                    const std::string& parent,
                                    const std::string& filter,
                                    const std::string& text) {
  v1::ListAlertsRequest request;
  request.set_parent(parent);
  request.set_filter(filter);
  SHIRUBE_ASSIGN_OR_RETURN(const std::vector<v1::Alert> rows,
                           context.alerts().AllAlerts(request).All());
  std::vector<Candidate> candidates;
  for (const v1::Alert& row : rows) {
    candidates.push_back(
        {row.name(), row.subject_display_name(), {IdOf(row.subject())}});
  }
  SHIRUBE_ASSIGN_OR_RETURN(const size_t found,
                           Choose(context, text, candidates, "通知", "alert"));
  return rows[found];
}

}  // namespace

absl::StatusOr<v1::Alert> FindAlert(const Context& context,
                                    const std::string& text) {
  if (text.starts_with("plans/")) {
    v1::GetAlertRequest request;
    request.set_name(text);
    return context.alerts().GetAlert(request);
  }
  std::string parent = "plans/-";
  if (!context.plan.empty()) {
    SHIRUBE_ASSIGN_OR_RETURN(const v1::Plan plan,
                             FindPlan(context, context.plan));
    parent = plan.name();
  }
  auto found = FindAmong(context, parent, "", text);
  if (!absl::IsNotFound(found.status())) return found;
  return FindAmong(context, parent, "state = RESOLVED", text);
}

absl::StatusOr<v1::Subscription> FindSubscription(const Context& context,
                                                  const std::string& text) {
  SHIRUBE_ASSIGN_OR_RETURN(
      const std::vector<v1::Subscription> rows,
      context.alerts().AllSubscriptions(v1::ListSubscriptionsRequest()).All());
  std::vector<Candidate> candidates;
  for (const v1::Subscription& row : rows) {
    candidates.push_back({row.name(), row.display_name(), {}});
  }
  SHIRUBE_ASSIGN_OR_RETURN(
      const size_t found,
      Choose(context, text, candidates, "通知先", "subscription"));
  return rows[found];
}

}  // namespace shirube::cli
