#include "server/service/convert_subscription.h"

#include "server/ledger/ledger.h"
#include "server/service/convert_common.h"

namespace shirube {
namespace {

using google::protobuf::Duration;

constexpr EnumPair<SubscriptionState, v1::Subscription::State> kStates[] = {
    {SubscriptionState::kActive, v1::Subscription::STATE_ACTIVE},
    {SubscriptionState::kPaused, v1::Subscription::STATE_PAUSED}};
constexpr EnumPair<DeliveryState, v1::Delivery::State> kDeliveries[] = {
    {DeliveryState::kWaiting, v1::Delivery::STATE_WAITING},
    {DeliveryState::kDead, v1::Delivery::STATE_DEAD}};

void FillDuration(absl::Duration from, Duration* out) {
  const int64_t micros = absl::ToInt64Microseconds(from);
  out->set_seconds(micros / 1'000'000);
  out->set_nanos(static_cast<int>(micros % 1'000'000 * 1000));
}

absl::Duration ReadDuration(const Duration& in) {
  return absl::Seconds(in.seconds()) + absl::Nanoseconds(in.nanos());
}

// What is not given is what a new subscription has.
void ReadTimes(const v1::Subscription& in, const std::set<std::string>& fields,
               Subscription* out) {
  const Subscription made;
  if (fields.count("retry_for") != 0) {
    out->retry_for =
        in.has_retry_for() ? ReadDuration(in.retry_for()) : made.retry_for;
  }
  if (fields.count("digest_over") != 0) out->digest_over = in.digest_over();
  if (fields.count("digest_window") != 0) {
    out->digest_window = in.has_digest_window()
                             ? ReadDuration(in.digest_window())
                             : made.digest_window;
  }
}

// Webhooks and Alertmanagers have these in common.
template <typename Sink>
void ReadAddress(const Sink& in, const std::string& sink,
                 const std::set<std::string>& fields, Subscription* out) {
  if (fields.count(sink + ".url") != 0) out->url = in.url();
  if (fields.count(sink + ".allow_private") != 0) {
    out->allow_private = in.allow_private();
  }
  if (fields.count(sink + ".ca_pem") != 0) out->ca_pem = in.ca_pem();
}

void ReadSink(const v1::Subscription& in, const std::set<std::string>& fields,
              Subscription* out) {
  switch (SinkOf(in)) {
    case SinkKind::kWebhook:
      ReadAddress(in.webhook(), "webhook", fields, out);
      if (fields.count("webhook.proxy") != 0) out->proxy = in.webhook().proxy();
      return;
    case SinkKind::kAlertmanager:
      return ReadAddress(in.alertmanager(), "alertmanager", fields, out);
    case SinkKind::kPull:
      if (fields.count("pull.ack_deadline") != 0) {
        out->ack_deadline = in.pull().has_ack_deadline()
                                ? ReadDuration(in.pull().ack_deadline())
                                : Subscription().ack_deadline;
      }
      return;
    case SinkKind::kUnspecified:
      return;
  }
}

}  // namespace

SinkKind SinkOf(const v1::Subscription& in) {
  switch (in.sink_case()) {
    case v1::Subscription::kWebhook:
      return SinkKind::kWebhook;
    case v1::Subscription::kAlertmanager:
      return SinkKind::kAlertmanager;
    case v1::Subscription::kPull:
      return SinkKind::kPull;
    case v1::Subscription::SINK_NOT_SET:
      break;
  }
  return SinkKind::kUnspecified;
}

const std::vector<std::string>& WritableFields(const v1::Subscription& in) {
  using Fields = std::vector<std::string>;
  const auto with = [](Fields more) {
    Fields all = {"display_name", "filter", "retry_for", "digest_over",
                  "digest_window"};
    all.insert(all.end(), more.begin(), more.end());
    return all;
  };
  static const auto& none = *new Fields(with({}));
  static const auto& webhook =
      *new Fields(with({"webhook.url", "webhook.allow_private",
                        "webhook.ca_pem", "webhook.proxy"}));
  static const auto& alertmanager =
      *new Fields(with({"alertmanager.url", "alertmanager.allow_private",
                        "alertmanager.ca_pem"}));
  static const auto& pull = *new Fields(with({"pull.ack_deadline"}));
  switch (SinkOf(in)) {
    case SinkKind::kWebhook:
      return webhook;
    case SinkKind::kAlertmanager:
      return alertmanager;
    case SinkKind::kPull:
      return pull;
    case SinkKind::kUnspecified:
      break;
  }
  return none;
}

void ReadSubscription(const v1::Subscription& in,
                      const std::set<std::string>& fields,
                      const FieldReader& reader, Subscription* out) {
  const SinkKind sink = SinkOf(in);
  if (sink != SinkKind::kUnspecified && sink != out->sink) {
    reader.Refuse("sink",
                  "the kind of sink stays as it is; make another subscription",
                  "送り方の種類は変えられません。別の購読を作ってください");
    return;
  }
  if (fields.count("display_name") != 0) out->display_name = in.display_name();
  if (fields.count("filter") != 0) out->filter = in.filter();
  ReadTimes(in, fields, out);
  ReadSink(in, fields, out);
}

v1::Subscription ToWire(const Subscription& s, const std::string& history) {
  v1::Subscription out;
  out.set_name(NameOf(s.id));
  out.set_etag(EtagOf(s.stamp));
  *out.mutable_create_time() = ToWireTime(s.stamp.create_time);
  *out.mutable_update_time() = ToWireTime(s.stamp.update_time);
  out.set_revision(FormatRevision(history, s.stamp.revision));
  out.set_actor(s.stamp.actor);
  out.set_display_name(s.display_name);
  out.set_filter(s.filter);
  if (s.sink == SinkKind::kWebhook) {
    auto* webhook = out.mutable_webhook();
    webhook->set_url(s.url);
    webhook->set_allow_private(s.allow_private);
    webhook->set_ca_pem(s.ca_pem);
    webhook->set_proxy(s.proxy);
  } else if (s.sink == SinkKind::kAlertmanager) {
    auto* alertmanager = out.mutable_alertmanager();
    alertmanager->set_url(s.url);
    alertmanager->set_allow_private(s.allow_private);
    alertmanager->set_ca_pem(s.ca_pem);
  } else if (s.sink == SinkKind::kPull) {
    FillDuration(s.ack_deadline, out.mutable_pull()->mutable_ack_deadline());
  }
  out.set_state(ToWireEnum(s.state, absl::MakeConstSpan(kStates),
                           v1::Subscription::STATE_UNSPECIFIED));
  out.set_pause_reason(s.pause_reason);
  FillDuration(s.retry_for, out.mutable_retry_for());
  out.set_digest_over(s.digest_over);
  FillDuration(s.digest_window, out.mutable_digest_window());
  return out;
}

v1::Subscription::Statistics ToWire(const DeliveryStatistics& statistics) {
  v1::Subscription::Statistics out;
  out.set_delivered(statistics.delivered);
  out.set_attempts(statistics.attempts);
  out.set_failures(statistics.failures);
  out.set_waiting(statistics.waiting);
  out.set_dead(statistics.dead);
  if (statistics.oldest_waiting != absl::InfiniteFuture()) {
    *out.mutable_oldest_waiting_time() = ToWireTime(statistics.oldest_waiting);
  }
  out.set_last_error(statistics.last_error);
  return out;
}

v1::Delivery::State ToWire(DeliveryState state) {
  return ToWireEnum(state, absl::MakeConstSpan(kDeliveries),
                    v1::Delivery::STATE_UNSPECIFIED);
}

DeliveryState ReadDeliveryState(const FieldReader& reader,
                                std::string_view field,
                                v1::Delivery::State state) {
  if (state == v1::Delivery::STATE_UNSPECIFIED) {
    return DeliveryState::kUnspecified;
  }
  return reader.Enum(field, state, absl::MakeConstSpan(kDeliveries),
                     DeliveryState::kUnspecified);
}

}  // namespace shirube
