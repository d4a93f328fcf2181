#include "server/alerting/delivery_settling.h"

namespace shirube {

void DeliverySettling::Stamp(
    const std::function<std::optional<Standing>(const SubscriptionId&)>&
        stands) {
  for (Settled& settled : open_) {
    const auto standing = stands(settled.delivery.outgoing.subscription);
    if (!standing) continue;
    // What comes back after a failure, and was of a subscription since begun
    // anew, says nothing of where this one stands.
    if (std::exchange(settled.stamped, true) &&
        settled.epoch != standing->epoch) {
      continue;
    }
    settled.epoch = standing->epoch;
    settled.through = standing->through;
  }
}

void DeliverySettling::Forget(const SubscriptionId& id) {
  std::erase_if(open_, [&](const Settled& settled) {
    return settled.delivery.outgoing.subscription == id;
  });
}

void DeliverySettling::Flush(Done done, std::function<absl::Time()> now) {
  out_ = std::exchange(open_, {});
  // The inbox drops what comes after the engine's end, and with it `this`.
  auto back = [this, done = std::move(done), now = std::move(now)](bool ok) {
    std::vector<Settled> batch = std::exchange(out_, {});
    if (ok) return done(batch);
    batch.insert(batch.end(), std::make_move_iterator(open_.begin()),
                 std::make_move_iterator(open_.end()));
    open_ = std::move(batch);
    not_before_ = now() + absl::Seconds(1);
  };
  write_(out_, [inbox = inbox_, back](absl::Status status) {
    inbox->Post([back, ok = status.ok()] { back(ok); });
  });
}

}  // namespace shirube
