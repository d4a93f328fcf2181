// The methods of AlertService that read alerts.
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
constexpr int kAlertsAtOnce = 256;
constexpr int kMostLookedAt = 20'000;  // for one page

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
    LatestAlertsQuery query;
    query.unresolved = request.filter().empty();
    if (plan->value() != "-") {
      SHIRUBE_RETURN_IF_ERROR(
          Live(snapshot.reader->GetPlan(*plan), request.parent()).status());
      query.plan = *plan;
    }
    const bool first_page = list.cursor.offset == 0;
    SHIRUBE_RETURN_IF_ERROR(ReadCursor(list, snapshot.reader.get(), &query));
    SHIRUBE_RETURN_IF_ERROR(
        AddPage(list, snapshot.reader.get(), query, response));
    response->set_revision(snapshot.revision);
    if (query.plan.empty() || !first_page) return absl::OkStatus();
    return AddLagging(query.plan, response);
  }

  // All pages show the alerts as they were at the end of the log when the first
  // one was read: the cursor is that position, and the last one listed.
  static absl::Status ReadCursor(const ListRequest& list, StoreReader* reader,
                                 LatestAlertsQuery* query) {
    if (list.cursor.offset == 0) {
      SHIRUBE_ASSIGN_OR_RETURN(query->at, reader->LastTransition());
      return absl::OkStatus();
    }
    query->at = list.cursor.at;
    query->before = list.cursor.offset;
    SHIRUBE_ASSIGN_OR_RETURN(const LogStart start,
                             reader->TransitionLogStart());
    return query->at < start.position ? PageTokenInvalid() : absl::OkStatus();
  }

  absl::Status AddPage(const ListRequest& list, StoreReader* reader,
                       LatestAlertsQuery query,
                       v1::ListAlertsResponse* response) const {
    query.limit = kAlertsAtOnce;
    for (int looked_at = 0; looked_at < kMostLookedAt;) {
      SHIRUBE_ASSIGN_OR_RETURN(const auto rows,
                               reader->ListLatestAlerts(query));
      for (const AlertTransition& row : rows) {
        v1::Alert alert = ToWire(row.alert, backend_.alert_view);
        const bool wanted = list.filter.Matches(
            [&](std::string_view field) { return ReadField(alert, field); });
        if (wanted && response->alerts_size() == list.page_size) {
          return EndPage(list, query, response);
        }
        if (wanted) *response->add_alerts() = std::move(alert);
        query.before = row.position;
      }
      looked_at += static_cast<int>(rows.size());
      if (rows.size() < kAlertsAtOnce) return absl::OkStatus();
    }
    return EndPage(list, query, response);
  }

  static absl::Status EndPage(const ListRequest& list,
                              const LatestAlertsQuery& query,
                              v1::ListAlertsResponse* response) {
    response->set_next_page_token(
        SealPageToken(list.binding, {query.at, query.before}));
    return absl::OkStatus();
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
