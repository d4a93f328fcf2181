// A subscription: one receiver of transitions, and how it is told. What is
// owed to it is the log of transitions beyond `position`, and the deliveries
// that are listed one by one.
#ifndef SHIRUBE_SERVER_DOMAIN_SUBSCRIPTION_H_
#define SHIRUBE_SERVER_DOMAIN_SUBSCRIPTION_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/time/time.h"
#include "server/domain/ids.h"
#include "server/domain/resource.h"

namespace shirube {

enum class SinkKind : uint8_t { kUnspecified, kWebhook, kAlertmanager, kPull };
enum class SubscriptionState : uint8_t { kUnspecified, kActive, kPaused };

struct SubscriptionSecret {
  std::string secret;  // "whsec_…"
  absl::Time create_time;
  std::optional<absl::Time> expire_time;  // of one that was replaced
  friend bool operator==(const SubscriptionSecret&,
                         const SubscriptionSecret&) = default;
};

struct Subscription {
  SubscriptionId id;
  std::string display_name;
  std::string filter;  // as written; parsed by who matches
  SinkKind sink = SinkKind::kUnspecified;
  std::string url;             // of kWebhook and kAlertmanager
  bool allow_private = false;  // likewise
  std::string ca_pem;          // likewise
  std::string proxy;           // of kWebhook
  absl::Duration ack_deadline = absl::Seconds(60);  // of kPull
  std::vector<SubscriptionSecret> secrets;          // newest first, at most two
  SubscriptionState state = SubscriptionState::kActive;
  std::string pause_reason;  // empty where a person paused it
  absl::Duration retry_for = absl::Hours(24 * 14);
  int digest_over = 0;  // 0: never
  absl::Duration digest_window = absl::Minutes(1);
  // Everything up to here is settled, or has a delivery of its own.
  int64_t position = 0;
  // Of the last Seek: what was settled before it does not count any more.
  Revision seek_revision = 0;
  Stamp stamp;
};

enum class DeliveryState : uint8_t {
  kUnspecified,
  kWaiting,  // to be tried at `next_attempt_time`
  kDead,     // given up
  kDone,     // settled out of order, beyond the subscription's position
};

// What became of one transition for one subscription, where the position alone
// does not say it.
struct DeliveryRecord {
  SubscriptionId subscription;
  int64_t position = 0;  // of the transition; of a digest, of its last one
  DeliveryState state = DeliveryState::kWaiting;
  int attempts = 0;
  absl::Time first_attempt_time;
  absl::Time next_attempt_time;
  std::string last_error;
  // Of a digest: `count` transitions from this one on.
  int64_t first_position = 0;
  int64_t count = 1;
  friend bool operator==(const DeliveryRecord&,
                         const DeliveryRecord&) = default;
};

}  // namespace shirube

#endif  // SHIRUBE_SERVER_DOMAIN_SUBSCRIPTION_H_
