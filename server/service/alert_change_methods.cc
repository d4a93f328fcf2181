// What people do to alerts.
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/time/civil_time.h"
#include "absl/time/clock.h"
#include "server/base/japan.h"
#include "server/base/limits.h"
#include "server/base/status_macros.h"
#include "server/domain/validation.h"
#include "server/service/methods.h"
#include "server/service/resource_names.h"
#include "shirube/v1/alert_service.pb.h"

namespace shirube {
namespace {

constexpr int kOpenedAtOnce = 500;  // verdicts looked at in one transaction
constexpr int kMostNamed = 1'000;   // in one answer

// Of the people who are alerted.
absl::CivilDay Today() { return DayInJapan(absl::Now()); }

void ReadReviewDate(const FieldReader& reader, const std::string& date) {
  if (date.empty()) return;
  absl::CivilDay day;
  // Written as it is read: "2027-3-1" is refused.
  if (!absl::ParseCivilTime(date, &day) || absl::FormatCivilTime(day) != date) {
    reader.Refuse(
        "review_date",
        absl::StrCat(Quoted(date), " is no day of the form 2027-03-31"),
        absl::StrCat(QuotedJa(date), "は2027-03-31の形の日付ではありません"));
    return;
  }
  if (day > Today()) return;
  const std::string today = absl::FormatCivilTime(Today());
  reader.Refuse(
      "review_date",
      absl::StrCat(date, " has passed or is today (", today,
                   "): give a later day, or none"),
      absl::StrCat(date, "は今日(", today,
                   ")より後ではありません。後の日付にするか、省いてください"));
}

absl::Time ReadUntil(const FieldReader& reader,
                     const v1::SnoozeAlertRequest& request) {
  const absl::Time until = absl::FromUnixSeconds(request.until().seconds()) +
                           absl::Nanoseconds(request.until().nanos());
  const absl::Time now = absl::Now();
  if (until <= now || until > now + absl::Hours(24 * limits::kMaxSnoozeDays)) {
    reader.Refuse("until",
                  absl::StrCat("must be in the future, at most ",
                               limits::kMaxSnoozeDays, " days from now"),
                  absl::StrCat("今より後、", limits::kMaxSnoozeDays,
                               "日以内の時刻を指定してください"));
  }
  return until;
}

class AlertChangeMethods final : public Methods {
 public:
  explicit AlertChangeMethods(const Backend& backend) : backend_(backend) {}

  void AddTo(MethodTable* table) override {
    const std::string service = "shirube.v1.AlertService.";
    using Self = AlertChangeMethods;
    (*table)[service + "AcknowledgeAlert"] = Bind(this, &Self::Acknowledge);
    (*table)[service + "SnoozeAlert"] = Bind(this, &Self::Snooze);
    (*table)[service + "ResolveAlert"] = Bind(this, &Self::Resolve);
    (*table)[service + "OpenExistingAlerts"] = Bind(this, &Self::OpenExisting);
    (*table)[service + "OpenExistingAlerts"].slow = true;
  }

 private:
  template <typename Request>
  absl::Status Change(CallContext& call, const Request& request,
                      const Violations& violations, MutationBody body,
                      v1::Alert* response) {
    SHIRUBE_RETURN_IF_ERROR(ViolationsToStatus(violations));
    SHIRUBE_ASSIGN_OR_RETURN(const MutationResult result,
                             Mutate(backend_, call, request, std::move(body)));
    if (!result.alert) {
      return absl::InternalError("the ledger gave back no alert");
    }
    *response = ToWire(*result.alert, backend_.alert_view);
    return absl::OkStatus();
  }

  absl::Status Acknowledge(CallContext& call,
                           const v1::AcknowledgeAlertRequest& request,
                           v1::Alert* response) {
    Violations violations;
    const FieldReader reader("", &violations);
    const auto key = ReadAlertName(reader, "name", request.name());
    ValidateAlertReason(request.reason(), "reason", &violations);
    CheckRequestId(request, reader);
    // A repeat is answered although its day may have passed by now.
    SHIRUBE_ASSIGN_OR_RETURN(const bool repeated,
                             WasCarriedOut(backend_, call, request));
    if (!repeated) ReadReviewDate(reader, request.review_date());
    return Change(call, request, violations,
                  AcknowledgeAlert{key.value_or(AlertKey{}), request.etag(),
                                   request.reason(), request.review_date()},
                  response);
  }

  absl::Status Snooze(CallContext& call, const v1::SnoozeAlertRequest& request,
                      v1::Alert* response) {
    Violations violations;
    const FieldReader reader("", &violations);
    const auto key = ReadAlertName(reader, "name", request.name());
    CheckRequestId(request, reader);
    SHIRUBE_ASSIGN_OR_RETURN(const bool repeated,
                             WasCarriedOut(backend_, call, request));
    absl::Time until;
    if (!repeated) until = ReadUntil(reader, request);
    return Change(call, request, violations,
                  SnoozeAlert{key.value_or(AlertKey{}), request.etag(), until},
                  response);
  }

  absl::Status Resolve(CallContext& call,
                       const v1::ResolveAlertRequest& request,
                       v1::Alert* response) {
    Violations violations;
    const FieldReader reader("", &violations);
    const auto key = ReadAlertName(reader, "name", request.name());
    ValidateAlertReason(request.reason(), "reason", &violations);
    CheckRequestId(request, reader);
    return Change(call, request, violations,
                  ResolveAlert{key.value_or(AlertKey{}), request.etag(),
                               request.reason()},
                  response);
  }

  // In pieces, so that nobody waits for a hundred thousand alerts. Each has a
  // record of its own beside the request's id, which says where it ended: a
  // repeat answers those that are stored and goes on behind the last of them.
  absl::Status OpenExisting(CallContext& call,
                            const v1::OpenExistingAlertsRequest& request,
                            v1::OpenExistingAlertsResponse* response) {
    Violations violations;
    const FieldReader reader("", &violations);
    const auto plan = ReadPlanName(reader, "parent", request.parent());
    CheckRequestId(request, reader);
    SHIRUBE_RETURN_IF_ERROR(ViolationsToStatus(violations));
    IndicatorId after;
    for (int piece = 0;; ++piece) {
      OpenExistingAlerts body;
      body.plan = *plan;
      Mutation mutation = MutationOf(call, request, {});
      if (mutation.request && piece > 0) {
        absl::StrAppend(&mutation.request->method, "#", piece);
      }
      SHIRUBE_ASSIGN_OR_RETURN(const bool stored, IsStored(mutation));
      if (!stored) SHIRUBE_RETURN_IF_ERROR(Fill(after, &body));
      mutation.body = std::move(body);
      SHIRUBE_ASSIGN_OR_RETURN(
          const MutationResult result,
          backend_.ledger->SubmitAndWait(std::move(mutation)));
      Add(result, response);
      if (result.through.empty()) return absl::OkStatus();
      after = result.through;
    }
  }

  absl::StatusOr<bool> IsStored(const Mutation& mutation) const {
    if (!mutation.request) return false;
    SHIRUBE_ASSIGN_OR_RETURN(const Snapshot snapshot, TakeSnapshot(backend_));
    SHIRUBE_ASSIGN_OR_RETURN(
        const auto found,
        snapshot.reader->GetRequest(mutation.request->method,
                                    mutation.request->request_id));
    return found.has_value();
  }

  // The next ones that lag without an alert.
  absl::Status Fill(const IndicatorId& after, OpenExistingAlerts* body) const {
    LaggingPage page;
    page.after = after;
    page.last = false;
    while (page.news.empty() && !page.last) {
      SHIRUBE_ASSIGN_OR_RETURN(
          page, backend_.evaluator->LaggingWithoutAlert(
                    body->plan, page.after, kOpenedAtOnce, /*texts=*/true));
    }
    body->news = std::move(page.news);
    if (!page.last) body->through = page.after;
    return absl::OkStatus();
  }

  void Add(const MutationResult& result,
           v1::OpenExistingAlertsResponse* response) const {
    for (const AlertKey& key : result.alerts) {
      if (response->alerts_size() < kMostNamed) {
        response->add_alerts(NameOf(key));
      }
    }
    response->set_opened_count(response->opened_count() +
                               static_cast<int>(result.alerts.size()));
    response->set_revision(backend_.Token(result.revision));
  }

  const Backend& backend_;
};

}  // namespace

std::unique_ptr<Methods> MakeAlertChangeMethods(const Backend& backend) {
  return std::make_unique<AlertChangeMethods>(backend);
}

}  // namespace shirube
