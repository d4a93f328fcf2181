// What of one subscription is in memory: a bounded window of its log, in order
// per alert. Knows no network and no clock. Used by the engine's thread alone.
#ifndef SHIRUBE_SERVER_ALERTING_DELIVERY_QUEUE_H_
#define SHIRUBE_SERVER_ALERTING_DELIVERY_QUEUE_H_

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "absl/time/time.h"
#include "server/alerting/delivery.h"

namespace shirube {

class DeliveryQueue {
 public:
  // Everything up to `position` is delivered or among `stored`.
  DeliveryQueue(int64_t position, std::vector<StoredDelivery> stored);

  size_t size() const { return items_.size(); }
  // Up to where the log has been read.
  int64_t cursor() const { return cursor_; }
  void set_cursor(int64_t cursor) { cursor_ = cursor; }
  // Up to where everything is delivered or has a row.
  int64_t through() const;

  // One just read from the log.
  void Add(Outgoing outgoing);
  // A digest: goes out after all that is here, and holds what comes after it.
  // Not before Release, when its row is durable: after a crash it must be the
  // same digest.
  void AddDigest(Outgoing outgoing);
  void Release(int64_t position);
  bool has_digest() const { return digest_.has_value(); }
  // One that has a row: of an earlier start, or DEAD and wanted again.
  void AddStored(StoredDelivery stored);

  // The one to start at `now`, marked as under way; null: none.
  const StoredDelivery* Start(absl::Time now);
  // When Start will have one, as far as is known.
  absl::Time next_time() const;

  const StoredDelivery* Find(int64_t position) const {
    return &items_.at(position).stored;
  }
  // Of one under way. Done: delivered or dead, it leaves; Retry: it has a row
  // now. Both return what is to be settled.
  StoredDelivery Done(int64_t position);
  StoredDelivery Retry(int64_t position, StoredDelivery changed);
  // It was not sent after all: no attempt counts.
  void PutBack(int64_t position);

  absl::Time oldest_committed() const;

 private:
  struct Item {
    StoredDelivery stored;
    bool has_row = false;
    bool held = false;  // until Release
  };
  // The deliveries of one alert: only the first may be under way.
  struct Lane {
    std::set<int64_t> waiting;
    bool busy = false;
    // The entry of ready_, where there is one.
    std::optional<std::pair<absl::Time, int64_t>> ready;
  };

  static std::string LaneOf(const Outgoing& outgoing);
  void Insert(Item item);
  void Refresh(Lane* lane);
  bool DigestIsFirst() const;

  int64_t cursor_;
  std::map<int64_t, Item> items_;
  std::set<int64_t> rowless_;
  std::unordered_map<std::string, Lane> lanes_;
  std::set<std::pair<absl::Time, int64_t>> ready_;
  std::optional<int64_t> digest_;
};

}  // namespace shirube

#endif  // SHIRUBE_SERVER_ALERTING_DELIVERY_QUEUE_H_
