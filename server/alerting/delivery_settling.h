// What is done but not durable yet: handed to the log in batches, one at a
// time, so that what became durable is always a beginning of what was done. A
// batch that fails comes back in front of the next one. Used by the thread that
// delivers alone.
#ifndef SHIRUBE_SERVER_ALERTING_DELIVERY_SETTLING_H_
#define SHIRUBE_SERVER_ALERTING_DELIVERY_SETTLING_H_

#include <functional>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "absl/time/time.h"
#include "server/alerting/delivery.h"
#include "server/alerting/inbox.h"

namespace shirube {

// Where a subscription stands when its deliveries are handed on.
struct Standing {
  int64_t epoch = 0;
  int64_t through = 0;
};

class DeliverySettling {
 public:
  // As DeliveryLog::Settle.
  using Write = std::function<void(std::vector<Settled>,
                                   std::function<void(absl::Status)>)>;
  DeliverySettling(Write write, std::shared_ptr<Inbox> inbox)
      : write_(std::move(write)), inbox_(std::move(inbox)) {}

  void Add(Settled settled) { open_.push_back(std::move(settled)); }
  std::vector<Settled>& open() { return open_; }
  size_t size() const { return open_.size() + out_.size(); }
  bool out() const { return !out_.empty(); }
  // Whether Flush would do something at `now`; after a failure not at once.
  bool Due(absl::Time now) const {
    return !open_.empty() && out_.empty() && now >= not_before_;
  }
  absl::Time not_before() const { return not_before_; }

  // Before Flush: `stands` answers for each subscription that is served.
  void Stamp(
      const std::function<std::optional<Standing>(const SubscriptionId&)>&
          stands);
  // Of a subscription that is gone or begun anew, nothing more is written.
  void Forget(const SubscriptionId& id);

  // `done` is called on the inbox's thread with what became durable.
  using Done = std::function<void(const std::vector<Settled>&)>;
  void Flush(Done done, std::function<absl::Time()> now);

 private:
  Write write_;
  std::shared_ptr<Inbox> inbox_;
  std::vector<Settled> open_;
  std::vector<Settled> out_;
  absl::Time not_before_ = absl::InfinitePast();
};

}  // namespace shirube

#endif  // SHIRUBE_SERVER_ALERTING_DELIVERY_SETTLING_H_
