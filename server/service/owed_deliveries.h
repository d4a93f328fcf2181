// What a subscription has not been told yet, in the order of the log: what was
// tried and has a row, and what waits untried and has none.
#ifndef SHIRUBE_SERVER_SERVICE_OWED_DELIVERIES_H_
#define SHIRUBE_SERVER_SERVICE_OWED_DELIVERIES_H_

#include <cstdint>
#include <deque>
#include <optional>
#include <utility>

#include "server/domain/subscription.h"
#include "server/service/alert_filter.h"
#include "server/storage/store.h"

namespace shirube {

// Reads one state of the store, a page at a time, whatever the backlog.
class OwedDeliveries {
 public:
  // Those beyond `after`; `wanted` unspecified: waiting and given up. `reader`
  // outlives it.
  OwedDeliveries(StoreReader* reader, const Subscription& subscription,
                 AlertFilter filter, DeliveryState wanted, int64_t after);

  // None: that was the last one, or enough has been looked at; see at_end().
  Found<DeliveryRecord> Next();
  bool at_end() const { return at_end_; }
  // Up to here everything has been looked at.
  int64_t after() const { return after_; }

  static constexpr int kMostLookedAt = 20'000;

 private:
  absl::Status Fill();
  bool InDigest(int64_t position) const;
  bool IsOwed(const DeliveryRecord& record) const;

  StoreReader* const reader_;
  const SubscriptionId id_;
  const AlertFilter filter_;
  const DeliveryState wanted_;
  int64_t after_;
  int looked_at_ = 0;
  bool at_end_ = false;
  // Of each, what has been read and not looked at, and where to read on.
  std::deque<DeliveryRecord> rows_;
  int64_t rows_after_;
  bool rows_end_ = false;
  std::deque<AlertTransition> log_;
  int64_t log_after_;
  bool log_end_;
};

}  // namespace shirube

#endif  // SHIRUBE_SERVER_SERVICE_OWED_DELIVERIES_H_
