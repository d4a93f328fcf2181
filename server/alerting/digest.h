// Storm control: when a subscription's transitions come faster than `over` in
// `window`, the rest of them becomes one digest. Judged by the times of their
// commits, so that it does not matter when the engine gets to them. Pure.
#ifndef SHIRUBE_SERVER_ALERTING_DIGEST_H_
#define SHIRUBE_SERVER_ALERTING_DIGEST_H_

#include <deque>
#include <optional>
#include <string>

#include "absl/time/time.h"
#include "server/alerting/delivery.h"

namespace shirube {

// Alerts that a digest names; it counts all.
inline constexpr size_t kDigestNames = 100;

// What a receiver knows a digest by.
std::string DigestKey(const SubscriptionId& id, int64_t first, int64_t last);

// Adds one transition to what a digest says of those that it stands for.
void AddToDigest(const Outgoing& one, Outgoing* digest);

class DigestMaker {
 public:
  // `over` 0: never.
  DigestMaker(int over, absl::Duration window) : over_(over), window_(window) {}

  // Whether `outgoing` is sent by itself; otherwise it became part of the
  // digest being gathered. Where it falls after that digest's window, nothing
  // is changed and kFull is answered: take the digest first.
  enum class Fate { kAlone, kGathered, kFull };
  Fate Offer(const Outgoing& outgoing);

  bool gathering() const { return gathered_.has_value(); }
  // When what is being gathered may be taken.
  absl::Time due() const { return start_ + window_; }
  // The digest; the key and position are set.
  Outgoing Take();

 private:
  int over_;
  absl::Duration window_;
  std::deque<absl::Time> alone_;  // commits of the last `over_` sent alone
  std::optional<Outgoing> gathered_;
  absl::Time start_;
};

}  // namespace shirube

#endif  // SHIRUBE_SERVER_ALERTING_DIGEST_H_
