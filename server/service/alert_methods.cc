// The methods of AlertService that read alerts.
#include <algorithm>
#include <utility>

#include "server/base/status_macros.h"
#include "server/service/list_request.h"
#include "server/service/methods.h"
#include "server/service/resource_names.h"
#include "shirube/v1/alert_service.pb.h"

namespace shirube {
namespace {

constexpr size_t kMostLagging = 1'000;  // named in one answer
constexpr int kVerdictsAtOnce = 4'096;

class AlertMethods final : public Methods {
 public:
  explicit AlertMethods(const Backend& backend) : backend_(backend) {}

  void AddTo(MethodTable* table) override {
    const std::string service = "shirube.v1.AlertService.";
    using Self = AlertMethods;
    (*table)[service + "GetAlert"] = Bind(this, &Self::Get);
    (*table)[service + "ListAlerts"] = Bind(this, &Self::List);
    (*table)[service + "ListAlertTransitions"] =
        Bind(this, &Self::ListTransitions);
    for (const char* name :
         {"GetAlert", "ListAlerts", "ListAlertTransitions"}) {
      (*table)[service + name].wait_for = [](const google::protobuf::Message&) {
        return WaitFor::kJudged;
      };
    }
  }

 private:
  absl::Status Get(CallContext&, const v1::GetAlertRequest& request,
                   v1::Alert* response) {
    Violations violations;
    const auto key =
        ReadAlertName(FieldReader("", &violations), "name", request.name());
    SHIRUBE_RETURN_IF_ERROR(ViolationsToStatus(violations));
    SHIRUBE_ASSIGN_OR_RETURN(Snapshot snapshot, TakeSnapshot(backend_));
    SHIRUBE_ASSIGN_OR_RETURN(const auto alert, snapshot.reader->GetAlert(*key));
    if (!alert) return NotFound(request.name());
    *response = ToWire(*alert, backend_.alert_view);
    return absl::OkStatus();
  }

  absl::Status List(CallContext& call, const v1::ListAlertsRequest& request,
                    v1::ListAlertsResponse* response) {
    SHIRUBE_ASSIGN_OR_RETURN(
        const ListRequest list,
        ReadListRequest(
            request, call.method, backend_.history,
            {"state", "kind", "severity", "status", "reason", "owner",
             "subject", "period", "escalated", "create_time", "update_time"}));
    Violations violations;
    const auto plan = ReadPlanName(FieldReader("", &violations), "parent",
                                   request.parent(), Wildcard::kAllowed);
    SHIRUBE_RETURN_IF_ERROR(ViolationsToStatus(violations));
    SHIRUBE_ASSIGN_OR_RETURN(Snapshot snapshot, TakeSnapshot(backend_));
    AlertQuery query;
    query.unresolved = request.filter().empty();
    if (plan->value() != "-") {
      SHIRUBE_RETURN_IF_ERROR(
          Live(snapshot.reader->GetPlan(*plan), request.parent()).status());
      query.plan = *plan;
    }
    SHIRUBE_ASSIGN_OR_RETURN(std::vector<Alert> alerts,
                             snapshot.reader->ListAlerts(query));
    std::stable_sort(alerts.begin(), alerts.end(),
                     [](const Alert& a, const Alert& b) {
                       return a.stamp.revision > b.stamp.revision;
                     });
    response->set_next_page_token(FillPage(
        list, alerts, 0,
        [this](const Alert& alert) {
          return ToWire(alert, backend_.alert_view);
        },
        response->mutable_alerts()));
    response->set_revision(snapshot.revision);
    const bool first_page = list.cursor.offset == 0;
    if (query.plan.empty() || !first_page) return absl::OkStatus();
    return AddLagging(query.plan, response);
  }

  absl::Status AddLagging(const PlanId& plan,
                          v1::ListAlertsResponse* response) {
    LaggingPage page;
    page.last = false;
    while (!page.last) {
      SHIRUBE_ASSIGN_OR_RETURN(
          page, backend_.evaluator->LaggingWithoutAlert(
                    plan, page.after, kVerdictsAtOnce, /*texts=*/false));
      for (const AlertNews& one : page.news) {
        if (response->lagging_without_alert_size() == kMostLagging) {
          return absl::OkStatus();
        }
        response->add_lagging_without_alert(NameOf(one.key));
      }
    }
    return absl::OkStatus();
  }

  absl::Status ListTransitions(CallContext& call,
                               const v1::ListAlertTransitionsRequest& request,
                               v1::ListAlertTransitionsResponse* response) {
    SHIRUBE_ASSIGN_OR_RETURN(
        const ListRequest list,
        ReadListRequest(request, call.method, backend_.history, {}));
    Violations violations;
    const auto key =
        ReadAlertName(FieldReader("", &violations), "parent", request.parent());
    SHIRUBE_RETURN_IF_ERROR(ViolationsToStatus(violations));
    SHIRUBE_ASSIGN_OR_RETURN(Snapshot snapshot, TakeSnapshot(backend_));
    SHIRUBE_ASSIGN_OR_RETURN(const auto alert, snapshot.reader->GetAlert(*key));
    if (!alert) return NotFound(request.parent());
    // The first ones of a resolved alert may be gone.
    SHIRUBE_ASSIGN_OR_RETURN(const auto rows,
                             snapshot.reader->ListTransitionsOf(
                                 *key, list.cursor.offset, list.page_size));
    for (const AlertTransition& row : rows) {
      *response->add_transitions() = ToWire(row, backend_.alert_view);
    }
    if (!rows.empty() && rows.back().alert.seq < alert->seq) {
      response->set_next_page_token(
          SealPageToken(list.binding, {0, rows.back().alert.seq}));
    }
    response->set_revision(snapshot.revision);
    return absl::OkStatus();
  }

  const Backend& backend_;
};

}  // namespace

std::unique_ptr<Methods> MakeAlertMethods(const Backend& backend) {
  return std::make_unique<AlertMethods>(backend);
}

}  // namespace shirube
