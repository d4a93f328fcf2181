#include "server/alerting/delivery_queue.h"

#include <algorithm>

namespace shirube {

DeliveryQueue::DeliveryQueue(int64_t position,
                             std::vector<StoredDelivery> stored)
    : cursor_(position) {
  for (StoredDelivery& one : stored) AddStored(std::move(one));
}

int64_t DeliveryQueue::through() const {
  return rowless_.empty() ? cursor_ : *rowless_.begin() - 1;
}

// No alert is named so.
std::string DeliveryQueue::LaneOf(const Outgoing& outgoing) {
  return outgoing.count > 1 ? "digest" : outgoing.alert_name;
}

void DeliveryQueue::Add(Outgoing outgoing) {
  cursor_ = std::max(cursor_, outgoing.position);
  // One that has a row beyond the position, from an earlier start.
  if (items_.count(outgoing.position) != 0) return;
  Item item;
  item.stored.outgoing = std::move(outgoing);
  Insert(std::move(item));
}

void DeliveryQueue::AddDigest(Outgoing outgoing) {
  cursor_ = std::max(cursor_, outgoing.position);
  Item item;
  item.stored.outgoing = std::move(outgoing);
  item.has_row = true;  // by the Settle that the engine issues with this call
  item.held = true;
  Insert(std::move(item));
}

void DeliveryQueue::Release(int64_t position) {
  const auto it = items_.find(position);
  if (it == items_.end()) return;
  it->second.held = false;
  Refresh(&lanes_[LaneOf(it->second.stored.outgoing)]);
}

void DeliveryQueue::AddStored(StoredDelivery stored) {
  if (items_.count(stored.outgoing.position) != 0) return;
  Item item;
  item.stored = std::move(stored);
  item.has_row = true;
  Insert(std::move(item));
}

void DeliveryQueue::Insert(Item item) {
  const int64_t position = item.stored.outgoing.position;
  if (item.stored.outgoing.count > 1) digest_ = position;
  if (!item.has_row) rowless_.insert(position);
  Lane& lane = lanes_[LaneOf(item.stored.outgoing)];
  lane.waiting.insert(position);
  items_.emplace(position, std::move(item));
  Refresh(&lane);
}

// The first of a lane stands in ready_ exactly while it may be started.
void DeliveryQueue::Refresh(Lane* lane) {
  if (lane->ready.has_value()) ready_.erase(*lane->ready);
  lane->ready.reset();
  if (lane->busy || lane->waiting.empty()) return;
  const int64_t position = *lane->waiting.begin();
  const Item& item = items_.at(position);
  if (item.held) return;
  lane->ready = {item.stored.next_attempt, position};
  ready_.insert(*lane->ready);
}

bool DeliveryQueue::DigestIsFirst() const {
  return items_.begin()->first == *digest_;
}

const StoredDelivery* DeliveryQueue::Start(absl::Time now) {
  for (auto it = ready_.begin(); it != ready_.end() && it->first <= now; ++it) {
    if (digest_.has_value() &&
        (it->second > *digest_ || (it->second == *digest_ && !DigestIsFirst())))
      continue;
    const Item& item = items_.at(it->second);
    Lane& lane = lanes_.at(LaneOf(item.stored.outgoing));
    lane.busy = true;
    Refresh(&lane);
    return &item.stored;
  }
  return nullptr;
}

absl::Time DeliveryQueue::next_time() const {
  for (const auto& [time, position] : ready_) {
    if (digest_.has_value() &&
        (position > *digest_ || (position == *digest_ && !DigestIsFirst())))
      continue;
    return time;
  }
  return absl::InfiniteFuture();
}

StoredDelivery DeliveryQueue::Done(int64_t position) {
  const auto it = items_.find(position);
  StoredDelivery stored = std::move(it->second.stored);
  items_.erase(it);
  rowless_.erase(position);
  if (digest_ == position) digest_.reset();
  const auto lane = lanes_.find(LaneOf(stored.outgoing));
  lane->second.busy = false;
  lane->second.waiting.erase(position);
  Refresh(&lane->second);
  if (lane->second.waiting.empty()) lanes_.erase(lane);
  return stored;
}

StoredDelivery DeliveryQueue::Retry(int64_t position, StoredDelivery changed) {
  Item& item = items_.at(position);
  item.stored = std::move(changed);
  item.has_row = true;
  rowless_.erase(position);
  PutBack(position);
  return item.stored;
}

void DeliveryQueue::PutBack(int64_t position) {
  Lane& lane = lanes_.at(LaneOf(items_.at(position).stored.outgoing));
  lane.busy = false;
  Refresh(&lane);
}

// The log is in the order of its commits.
absl::Time DeliveryQueue::oldest_committed() const {
  return items_.empty() ? absl::InfiniteFuture()
                        : items_.begin()->second.stored.outgoing.committed;
}

}  // namespace shirube
