// The methods of AlertService about what goes out: pausing, tests, secrets,
// seeking, deliveries that wait or were given up.
#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "server/alerting/signature.h"
#include "server/base/status_macros.h"
#include "server/base/text.h"
#include "server/service/alert_filter.h"
#include "server/service/convert_common.h"
#include "server/service/convert_subscription.h"
#include "server/service/list_request.h"
#include "server/service/methods.h"
#include "server/service/owed_deliveries.h"
#include "server/service/resource_names.h"
#include "shirube/v1/alert_service.pb.h"

namespace shirube {
namespace {

// Both secrets sign for so long after a rotation.
constexpr absl::Duration kBothSign = absl::Hours(24);
constexpr size_t kShownAnswer = 500;

// Of text that may be in any encoding, or none.
std::string Shown(std::string_view text) {
  std::string shown = Displayable(text);
  size_t end = std::min(shown.size(), kShownAnswer);
  while (end < shown.size() && end > 0 && (shown[end] & 0xC0) == 0x80) --end;
  shown.resize(end);
  return shown;
}

absl::Status WrongSink(const std::string& name) {
  return MakeError(
      absl::StatusCode::kFailedPrecondition, "WRONG_SINK",
      absl::StrCat(name,
                   " is no webhook or Alertmanager: its receiver fetches, or "
                   "it has no secret"),
      absl::StrCat(name,
                   "は、この操作ができる種類の購読ではありません(受け手が"
                   "取りに来る、または秘密の鍵を持たない)"),
      {{"name", name}});
}

class DeliveryMethods final : public Methods {
 public:
  explicit DeliveryMethods(const Backend& backend) : backend_(backend) {}

  void AddTo(MethodTable* table) override {
    const std::string service = "shirube.v1.AlertService.";
    using Self = DeliveryMethods;
    (*table)[service + "PauseSubscription"] = Bind(this, &Self::Pause);
    (*table)[service + "ResumeSubscription"] = Bind(this, &Self::Resume);
    (*table)[service + "TestSubscription"] = Bind(this, &Self::Test);
    (*table)[service + "TestSubscription"].slow = true;
    (*table)[service + "RotateSubscriptionSecret"] = Bind(this, &Self::Rotate);
    (*table)[service + "SeekSubscription"] = Bind(this, &Self::Seek);
    (*table)[service + "ListDeliveries"] = Bind(this, &Self::ListDeliveries);
    (*table)[service + "RedeliverDeliveries"] = Bind(this, &Self::Redeliver);
    (*table)[service + "RedeliverDeliveries"].slow = true;
  }

 private:
  template <typename Request>
  absl::StatusOr<SubscriptionId> IdOf(const Request& request) {
    Violations violations;
    const FieldReader reader("", &violations);
    const auto id = ReadSubscriptionName(reader, "name", request.name());
    CheckRequestId(request, reader);
    SHIRUBE_RETURN_IF_ERROR(ViolationsToStatus(violations));
    return *id;
  }

  absl::StatusOr<Subscription> Find(const SubscriptionId& id) {
    SHIRUBE_ASSIGN_OR_RETURN(Snapshot snapshot, TakeSnapshot(backend_));
    return Live(snapshot.reader->GetSubscription(id), NameOf(id));
  }

  template <typename Request>
  absl::StatusOr<MutationResult> Changed(CallContext& call,
                                         const Request& request,
                                         MutationBody body) {
    SHIRUBE_ASSIGN_OR_RETURN(MutationResult result,
                             Mutate(backend_, call, request, std::move(body)));
    if (!result.subscription) {
      return absl::InternalError("the ledger gave back no subscription");
    }
    return result;
  }

  template <typename Request>
  absl::Status SetState(CallContext& call, const Request& request,
                        SubscriptionState state, v1::Subscription* response) {
    SHIRUBE_ASSIGN_OR_RETURN(const SubscriptionId id, IdOf(request));
    UpdateSubscription update;
    update.id = id;
    update.action = call.method;
    update.patch = [state](Subscription& s) {
      s.state = state;
      s.pause_reason.clear();
      return absl::OkStatus();
    };
    SHIRUBE_ASSIGN_OR_RETURN(const MutationResult result,
                             Changed(call, request, std::move(update)));
    *response = ToWire(*result.subscription, backend_.history);
    return absl::OkStatus();
  }

  absl::Status Pause(CallContext& call,
                     const v1::PauseSubscriptionRequest& request,
                     v1::Subscription* response) {
    return SetState(call, request, SubscriptionState::kPaused, response);
  }
  absl::Status Resume(CallContext& call,
                      const v1::ResumeSubscriptionRequest& request,
                      v1::Subscription* response) {
    return SetState(call, request, SubscriptionState::kActive, response);
  }

  absl::Status Test(CallContext& call,
                    const v1::TestSubscriptionRequest& request,
                    v1::TestSubscriptionResponse* response) {
    SHIRUBE_ASSIGN_OR_RETURN(const SubscriptionId id, IdOf(request));
    SHIRUBE_ASSIGN_OR_RETURN(const Subscription found, Find(id));
    if (found.sink == SinkKind::kPull) return WrongSink(request.name());
    const absl::Time start = absl::Now();
    SHIRUBE_ASSIGN_OR_RETURN(const TestAnswer answer,
                             backend_.outbox->Test(id, call.deadline));
    response->set_delivered(answer.delivered);
    response->set_http_status(answer.http_status);
    response->set_error(answer.error);
    response->set_answer(Shown(answer.text));
    const int64_t took = absl::ToInt64Nanoseconds(absl::Now() - start);
    response->mutable_took()->set_seconds(took / 1'000'000'000);
    response->mutable_took()->set_nanos(static_cast<int>(took % 1'000'000'000));
    return absl::OkStatus();
  }

  absl::Status Rotate(CallContext& call,
                      const v1::RotateSubscriptionSecretRequest& request,
                      v1::RotateSubscriptionSecretResponse* response) {
    SHIRUBE_ASSIGN_OR_RETURN(const SubscriptionId id, IdOf(request));
    Violations violations;
    if (!request.secret().empty()) {
      AddViolation("secret", DecodeSecret(request.secret()).status(),
                   &violations);
    }
    SHIRUBE_RETURN_IF_ERROR(ViolationsToStatus(violations));
    const std::string secret =
        request.secret().empty() ? MakeSecret() : request.secret();
    UpdateSubscription update;
    update.id = id;
    update.action = call.method;
    update.patch = [secret, now = absl::Now(),
                    name = request.name()](Subscription& s) {
      if (s.sink != SinkKind::kWebhook) return WrongSink(name);
      std::vector<SubscriptionSecret> secrets = {{secret, now, std::nullopt}};
      if (!s.secrets.empty()) {
        secrets.push_back(s.secrets.front());
        secrets.back().expire_time = now + kBothSign;
      }
      s.secrets = std::move(secrets);
      return absl::OkStatus();
    };
    SHIRUBE_ASSIGN_OR_RETURN(const MutationResult result,
                             Changed(call, request, std::move(update)));
    *response->mutable_subscription() =
        ToWire(*result.subscription, backend_.history);
    if (!result.repeated) response->set_secret(secret);
    return absl::OkStatus();
  }

  absl::Status Seek(CallContext& call,
                    const v1::SeekSubscriptionRequest& request,
                    v1::SeekSubscriptionResponse* response) {
    SHIRUBE_ASSIGN_OR_RETURN(const SubscriptionId id, IdOf(request));
    SeekSubscription seek;
    seek.id = id;
    if (request.has_time()) {
      SHIRUBE_ASSIGN_OR_RETURN(seek.time, ReadTime(request.time()));
    } else if (!request.revision().empty()) {
      if (request.revision() != "earliest") {
        SHIRUBE_ASSIGN_OR_RETURN(seek.revision,
                                 ReadRevision(request.revision()));
      }
    } else {
      return ViolationsToStatus(
          {{"time", "REQUIRED", "give a time or a revision to go back to",
            "戻る先の時刻かリビジョンを指定してください"}});
    }
    SHIRUBE_ASSIGN_OR_RETURN(const MutationResult result,
                             Changed(call, request, std::move(seek)));
    *response->mutable_subscription() =
        ToWire(*result.subscription, backend_.history);
    return absl::OkStatus();
  }

  static absl::StatusOr<absl::Time> ReadTime(
      const google::protobuf::Timestamp& wire) {
    const absl::Time time =
        absl::FromUnixSeconds(wire.seconds()) + absl::Nanoseconds(wire.nanos());
    if (time <= absl::Now()) return time;
    return ViolationsToStatus(
        {{"time", "INVALID_FIELD",
          "is in the future: give the time from which on everything is to be "
          "sent again",
          "未来の時刻です。いつからのものを送り直すかを、過去の時刻で指定して"
          "ください"}});
  }

  absl::StatusOr<Revision> ReadRevision(const std::string& token) {
    SHIRUBE_ASSIGN_OR_RETURN(
        const Revision revision,
        ParseRevision(backend_.history, token, "revision"));
    SHIRUBE_ASSIGN_OR_RETURN(Snapshot snapshot, TakeSnapshot(backend_));
    if (revision <= snapshot.head.revision) return revision;
    return ViolationsToStatus(
        {{"revision", "REVISION_INVALID",
          absl::StrCat("is later than the latest one, ", snapshot.revision),
          absl::StrCat("最新のリビジョン", snapshot.revision, "より後です")}});
  }

  absl::Status ListDeliveries(CallContext& call,
                              const v1::ListDeliveriesRequest& request,
                              v1::ListDeliveriesResponse* response) {
    SHIRUBE_ASSIGN_OR_RETURN(
        const ListRequest list,
        ReadListRequest(request, call.method, backend_.history, {}));
    Violations violations;
    const FieldReader reader("", &violations);
    const auto id = ReadSubscriptionName(reader, "parent", request.parent());
    const DeliveryState state =
        ReadDeliveryState(reader, "state", request.state());
    SHIRUBE_RETURN_IF_ERROR(ViolationsToStatus(violations));
    SHIRUBE_ASSIGN_OR_RETURN(Snapshot snapshot, TakeSnapshot(backend_));
    SHIRUBE_ASSIGN_OR_RETURN(
        const Subscription subscription,
        Live(snapshot.reader->GetSubscription(*id), request.parent()));
    SHIRUBE_ASSIGN_OR_RETURN(AlertFilter filter,
                             AlertFilter::Parse(subscription.filter));
    // The cursor is a position of the log: what is owed comes and goes below.
    OwedDeliveries owed(snapshot.reader.get(), subscription, std::move(filter),
                        state, list.cursor.offset);
    while (response->deliveries_size() < list.page_size) {
      SHIRUBE_ASSIGN_OR_RETURN(const auto next, owed.Next());
      if (!next) break;
      SHIRUBE_RETURN_IF_ERROR(Add(*next, response));
    }
    if (!owed.at_end()) {
      response->set_next_page_token(
          SealPageToken(list.binding, {0, owed.after()}));
    }
    return absl::OkStatus();
  }

  absl::Status Add(const DeliveryRecord& row,
                   v1::ListDeliveriesResponse* response) {
    v1::Delivery* out = response->add_deliveries();
    out->set_subscription(NameOf(row.subscription));
    SHIRUBE_ASSIGN_OR_RETURN(const std::string key,
                             backend_.outbox->KeyOf(row));
    out->set_idempotency_key(key);
    out->set_state(ToWire(row.state));
    out->set_attempts(row.attempts);
    SHIRUBE_ASSIGN_OR_RETURN(const absl::Time committed,
                             backend_.outbox->CommittedAt(row.position));
    *out->mutable_time() = ToWireTime(committed);
    if (row.state == DeliveryState::kWaiting &&
        row.next_attempt_time > absl::UnixEpoch()) {
      *out->mutable_next_attempt_time() = ToWireTime(row.next_attempt_time);
    }
    out->set_last_error(row.last_error);
    return absl::OkStatus();
  }

  absl::Status Redeliver(CallContext& call,
                         const v1::RedeliverDeliveriesRequest& request,
                         v1::RedeliverDeliveriesResponse* response) {
    Violations violations;
    const FieldReader reader("", &violations);
    const auto id = ReadSubscriptionName(reader, "parent", request.parent());
    CheckRequestId(request, reader);
    SHIRUBE_RETURN_IF_ERROR(ViolationsToStatus(violations));
    RedeliverDeliveries again;
    again.id = *id;
    if (request.idempotency_keys_size() > 0) {
      SHIRUBE_ASSIGN_OR_RETURN(
          again.wanted,
          backend_.outbox->GivenUp(*id, {request.idempotency_keys().begin(),
                                         request.idempotency_keys().end()}));
    }
    SHIRUBE_ASSIGN_OR_RETURN(const MutationResult result,
                             Mutate(backend_, call, request, std::move(again)));
    response->set_redelivered_count(static_cast<int>(result.count));
    return absl::OkStatus();
  }

  const Backend& backend_;
};

}  // namespace

std::unique_ptr<Methods> MakeDeliveryMethods(const Backend& backend) {
  return std::make_unique<DeliveryMethods>(backend);
}

}  // namespace shirube
