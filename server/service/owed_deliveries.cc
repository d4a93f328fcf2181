#include "server/service/owed_deliveries.h"

#include <algorithm>
#include <iterator>

#include "server/base/status_macros.h"

namespace shirube {
namespace {

constexpr int kPageRows = 256;

DeliveryRecord Untried(const SubscriptionId& id, int64_t position) {
  DeliveryRecord record;
  record.subscription = id;
  record.position = position;
  record.next_attempt_time = absl::UnixEpoch();
  return record;
}

}  // namespace

OwedDeliveries::OwedDeliveries(StoreReader* reader,
                               const Subscription& subscription,
                               AlertFilter filter, DeliveryState wanted,
                               int64_t after)
    : reader_(reader),
      id_(subscription.id),
      filter_(std::move(filter)),
      wanted_(wanted),
      after_(after),
      rows_after_(after),
      log_after_(std::max(after, subscription.position)),
      // What was given up has been tried: the log says nothing of it.
      log_end_(wanted == DeliveryState::kDead) {}

absl::Status OwedDeliveries::Fill() {
  if (rows_.empty() && !rows_end_) {
    SHIRUBE_ASSIGN_OR_RETURN(
        auto read, reader_->ListDeliveries(id_, rows_after_, kPageRows));
    rows_end_ = read.size() < kPageRows;
    if (!read.empty()) rows_after_ = read.back().position;
    std::move(read.begin(), read.end(), std::back_inserter(rows_));
  }
  if (log_.empty() && !log_end_) {
    SHIRUBE_ASSIGN_OR_RETURN(auto read,
                             reader_->ListTransitions(log_after_, kPageRows));
    log_end_ = read.size() < kPageRows;
    if (!read.empty()) log_after_ = read.back().position;
    std::move(read.begin(), read.end(), std::back_inserter(log_));
  }
  return absl::OkStatus();
}

// A digest's row stands at its last transition, and for all of them.
bool OwedDeliveries::InDigest(int64_t position) const {
  return !rows_.empty() && rows_.front().count > 1 &&
         rows_.front().first_position <= position;
}

bool OwedDeliveries::IsOwed(const DeliveryRecord& record) const {
  if (record.state == DeliveryState::kDone) return false;
  return wanted_ == DeliveryState::kUnspecified || wanted_ == record.state;
}

Found<DeliveryRecord> OwedDeliveries::Next() {
  for (; looked_at_ < kMostLookedAt; ++looked_at_) {
    SHIRUBE_RETURN_IF_ERROR(Fill());
    at_end_ = rows_.empty() && log_.empty();
    if (at_end_) return std::optional<DeliveryRecord>();
    if (!rows_.empty() &&
        (log_.empty() || rows_.front().position <= log_.front().position)) {
      DeliveryRecord record = std::move(rows_.front());
      rows_.pop_front();
      if (!log_.empty() && log_.front().position == record.position) {
        log_.pop_front();
      }
      after_ = record.position;
      if (IsOwed(record)) return std::optional<DeliveryRecord>(record);
      continue;
    }
    const AlertTransition step = std::move(log_.front());
    log_.pop_front();
    after_ = step.position;
    if (!InDigest(step.position) && filter_.Matches(step.alert)) {
      return std::optional<DeliveryRecord>(Untried(id_, step.position));
    }
  }
  return std::optional<DeliveryRecord>();
}

}  // namespace shirube
