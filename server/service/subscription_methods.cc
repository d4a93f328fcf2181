// The methods of AlertService that make, change and read subscriptions.
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "server/alerting/signature.h"
#include "server/alerting/sink_url.h"
#include "server/base/status_macros.h"
#include "server/domain/validation.h"
#include "server/service/alert_filter.h"
#include "server/service/convert_subscription.h"
#include "server/service/list_request.h"
#include "server/service/methods.h"
#include "server/service/resource_names.h"
#include "server/service/update_mask.h"
#include "shirube/v1/alert_service.pb.h"

namespace shirube {
namespace {

// Everything that is wrong with it as it would be stored. `resolver`: who says
// whether its URL leads anywhere; null: nobody is asked.
void Check(const Subscription& s, NameResolver* resolver,
           const FieldReader& reader) {
  Violations more;
  ValidateSubscription(s, reader.prefix(), &more);
  AddViolation(reader.Path("filter"), AlertFilter::Parse(s.filter).status(),
               &more);
  const char* sink =
      s.sink == SinkKind::kWebhook ? "webhook.url" : "alertmanager.url";
  if (!s.ca_pem.empty()) {
    AddViolation(
        reader.Path(s.sink == SinkKind::kWebhook ? "webhook.ca_pem"
                                                 : "alertmanager.ca_pem"),
        CheckCaPem(s.ca_pem), &more);
  }
  // A proxy resolves the names itself.
  const bool by_proxy = !s.proxy.empty();
  if (!s.url.empty()) {
    const absl::Status status =
        resolver == nullptr || by_proxy
            ? ParseSinkUrl(s.url, s.allow_private).status()
            : CheckSinkReachable(s.url, s.allow_private, resolver);
    AddViolation(reader.Path(sink), status, &more);
  }
  if (by_proxy) {
    // It may be a private one: most are.
    const absl::Status status =
        resolver == nullptr
            ? ParseSinkUrl(s.proxy, /*allow_private=*/true).status()
            : CheckSinkReachable(s.proxy, /*allow_private=*/true, resolver);
    AddViolation(reader.Path("webhook.proxy"), status, &more);
  }
  MergeViolations(more, reader.violations());
}

class SubscriptionMethods final : public Methods {
 public:
  explicit SubscriptionMethods(const Backend& backend) : backend_(backend) {}

  void AddTo(MethodTable* table) override {
    const std::string service = "shirube.v1.AlertService.";
    using Self = SubscriptionMethods;
    (*table)[service + "GetSubscription"] = Bind(this, &Self::Get);
    (*table)[service + "ListSubscriptions"] = Bind(this, &Self::List);
    (*table)[service + "CreateSubscription"] = Bind(this, &Self::Create);
    (*table)[service + "UpdateSubscription"] = Bind(this, &Self::Update);
    (*table)[service + "DeleteSubscription"] = Bind(this, &Self::Delete);
    // They ask the resolver, which takes its time.
    (*table)[service + "CreateSubscription"].slow = true;
    (*table)[service + "UpdateSubscription"].slow = true;
  }

 private:
  v1::Subscription WithStatistics(const Subscription& s) {
    v1::Subscription out = ToWire(s, backend_.history);
    *out.mutable_statistics() = ToWire(backend_.outbox->Statistics(s.id));
    return out;
  }

  absl::Status Get(CallContext&, const v1::GetSubscriptionRequest& request,
                   v1::Subscription* response) {
    Violations violations;
    const auto id = ReadSubscriptionName(FieldReader("", &violations), "name",
                                         request.name());
    SHIRUBE_RETURN_IF_ERROR(ViolationsToStatus(violations));
    SHIRUBE_ASSIGN_OR_RETURN(Snapshot snapshot, TakeSnapshot(backend_));
    SHIRUBE_ASSIGN_OR_RETURN(
        const Subscription found,
        Live(snapshot.reader->GetSubscription(*id), request.name()));
    *response = WithStatistics(found);
    return absl::OkStatus();
  }

  absl::Status List(CallContext& call,
                    const v1::ListSubscriptionsRequest& request,
                    v1::ListSubscriptionsResponse* response) {
    SHIRUBE_ASSIGN_OR_RETURN(
        const ListRequest list,
        ReadListRequest(request, call.method, backend_.history, {}));
    SHIRUBE_ASSIGN_OR_RETURN(Snapshot snapshot, TakeSnapshot(backend_));
    SHIRUBE_ASSIGN_OR_RETURN(const auto rows,
                             snapshot.reader->ListSubscriptions());
    response->set_next_page_token(FillPage(
        list, rows, 0,
        [this](const Subscription& row) { return WithStatistics(row); },
        response->mutable_subscriptions()));
    response->set_revision(snapshot.revision);
    return absl::OkStatus();
  }

  absl::Status Create(CallContext& call,
                      const v1::CreateSubscriptionRequest& request,
                      v1::CreateSubscriptionResponse* response) {
    Violations violations;
    const FieldReader reader("", &violations);
    ReadNewId(reader, "subscription_id", request.subscription_id());
    CheckRequestId(request, reader);
    SHIRUBE_ASSIGN_OR_RETURN(const bool repeated,
                             WasCarriedOut(backend_, call, request));
    const v1::Subscription& in = request.subscription();
    CreateSubscription create;
    Subscription& made = create.subscription;
    made.id = SubscriptionId(request.subscription_id());
    made.sink = SinkOf(in);
    const auto& fields = WritableFields(in);
    const FieldReader below = reader.At("subscription");
    ReadSubscription(in, {fields.begin(), fields.end()}, below, &made);
    Check(made, repeated ? nullptr : backend_.resolver, below);
    if (made.sink == SinkKind::kWebhook) {
      ReadSecret(in.webhook().secret(), below.At("webhook"), &made);
    }
    SHIRUBE_RETURN_IF_ERROR(ViolationsToStatus(violations));
    const std::string secret =
        made.secrets.empty() ? "" : made.secrets.front().secret;
    SHIRUBE_ASSIGN_OR_RETURN(
        const MutationResult result,
        Mutate(backend_, call, request, std::move(create)));
    if (!result.subscription) {
      return absl::InternalError("the ledger gave back no subscription");
    }
    *response->mutable_subscription() =
        ToWire(*result.subscription, backend_.history);
    if (!result.repeated) response->set_secret(secret);
    return absl::OkStatus();
  }

  static void ReadSecret(const std::string& given, const FieldReader& reader,
                         Subscription* made) {
    if (!given.empty()) {
      AddViolation(reader.Path("secret"), DecodeSecret(given).status(),
                   reader.violations());
    }
    made->secrets = {
        {given.empty() ? MakeSecret() : given, absl::Now(), std::nullopt}};
  }

  absl::Status Update(CallContext& call,
                      const v1::UpdateSubscriptionRequest& request,
                      v1::Subscription* response) {
    Violations violations;
    const FieldReader reader("", &violations);
    const v1::Subscription& in = request.subscription();
    const FieldReader below = reader.At("subscription");
    const auto id = ReadSubscriptionName(below, "name", in.name());
    CheckRequestId(request, reader);
    const std::set<std::string> fields = Fields(request, reader);
    if (!in.webhook().secret().empty()) {
      below.Refuse("webhook.secret",
                   "is replaced by RotateSubscriptionSecret, so that both sign "
                   "for a day; leave it empty",
                   "鍵はRotateSubscriptionSecretで取り替えてください"
                   "(一日は新旧の両方で署名します)。ここでは空にしてください");
    }
    SHIRUBE_RETURN_IF_ERROR(ViolationsToStatus(violations));
    SHIRUBE_ASSIGN_OR_RETURN(const bool repeated,
                             WasCarriedOut(backend_, call, request));
    const auto patch = [in, fields](Subscription& s, NameResolver* resolver) {
      Violations wrong;
      const FieldReader place("subscription", &wrong);
      ReadSubscription(in, fields, place, &s);
      Check(s, resolver, place);
      return ViolationsToStatus(wrong);
    };
    if (!repeated) {
      // Names are resolved here: the ledger's thread must not wait for them.
      SHIRUBE_ASSIGN_OR_RETURN(Snapshot snapshot, TakeSnapshot(backend_));
      SHIRUBE_ASSIGN_OR_RETURN(
          Subscription tried,
          Live(snapshot.reader->GetSubscription(*id), in.name()));
      SHIRUBE_RETURN_IF_ERROR(patch(tried, backend_.resolver));
    }
    UpdateSubscription update;
    update.id = *id;
    update.etag = in.etag();
    update.patch = [patch](Subscription& s) { return patch(s, nullptr); };
    return Changed(call, request, std::move(update), response);
  }

  // An empty mask means the fields that are set; those of the sink too.
  static std::set<std::string> Fields(
      const v1::UpdateSubscriptionRequest& request, const FieldReader& reader) {
    const v1::Subscription& in = request.subscription();
    std::set<std::string> fields =
        ReadUpdateMask(request.update_mask(), in, WritableFields(in), reader);
    if (!request.update_mask().paths().empty()) return fields;
    const auto add = [&](bool set, const char* field) {
      if (set) fields.insert(field);
    };
    add(!in.webhook().url().empty(), "webhook.url");
    add(in.webhook().allow_private(), "webhook.allow_private");
    add(!in.webhook().ca_pem().empty(), "webhook.ca_pem");
    add(!in.webhook().proxy().empty(), "webhook.proxy");
    add(!in.alertmanager().url().empty(), "alertmanager.url");
    add(in.alertmanager().allow_private(), "alertmanager.allow_private");
    add(!in.alertmanager().ca_pem().empty(), "alertmanager.ca_pem");
    add(in.pull().has_ack_deadline(), "pull.ack_deadline");
    return fields;
  }

  absl::Status Delete(CallContext& call,
                      const v1::DeleteSubscriptionRequest& request,
                      v1::Subscription* response) {
    Violations violations;
    const FieldReader reader("", &violations);
    const auto id = ReadSubscriptionName(reader, "name", request.name());
    CheckRequestId(request, reader);
    SHIRUBE_RETURN_IF_ERROR(ViolationsToStatus(violations));
    return Changed(call, request, DeleteSubscription{*id, request.etag()},
                   response);
  }

  template <typename Request>
  absl::Status Changed(CallContext& call, const Request& request,
                       MutationBody body, v1::Subscription* response) {
    SHIRUBE_ASSIGN_OR_RETURN(const MutationResult result,
                             Mutate(backend_, call, request, std::move(body)));
    if (!result.subscription) {
      return absl::InternalError("the ledger gave back no subscription");
    }
    *response = ToWire(*result.subscription, backend_.history);
    return absl::OkStatus();
  }

  const Backend& backend_;
};

}  // namespace

std::unique_ptr<Methods> MakeSubscriptionMethods(const Backend& backend) {
  return std::make_unique<SubscriptionMethods>(backend);
}

}  // namespace shirube
