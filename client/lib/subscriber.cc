#include "client/lib/subscriber.h"

#include <algorithm>
#include <utility>

namespace shirube::client {
namespace {

constexpr absl::Duration kFirstPause = absl::Milliseconds(100);

// What another try may mend.
bool WaitsOut(const absl::Status& status) {
  return status.ok() || absl::IsUnavailable(status) ||
         absl::IsResourceExhausted(status) || absl::IsInternal(status) ||
         absl::IsUnknown(status) || absl::IsAborted(status);
}

}  // namespace

AckHandle::AckHandle(std::shared_ptr<Exchange> exchange, std::string id)
    : exchange_(std::move(exchange)), id_(std::move(id)) {}

AckHandle& AckHandle::operator=(AckHandle&& other) noexcept {
  if (this == &other) return *this;
  Nack();
  exchange_ = std::move(other.exchange_);
  id_ = std::move(other.id_);
  return *this;
}

AckHandle::~AckHandle() { Nack(); }

void AckHandle::Ack() {
  const auto exchange = std::exchange(exchange_, nullptr);
  if (exchange == nullptr) return;
  v1::StreamingPullRequest request;
  request.add_ack_ids(id_);
  exchange->Write(request);
}

void AckHandle::Nack() {
  const auto exchange = std::exchange(exchange_, nullptr);
  if (exchange == nullptr) return;
  v1::StreamingPullRequest request;
  request.add_nack_ids(id_);
  exchange->Write(request);
}

void AckHandle::Extend() {
  if (exchange_ == nullptr) return;
  v1::StreamingPullRequest request;
  request.add_extend_ids(id_);
  exchange_->Write(request);
}

Subscriber::Subscriber(std::shared_ptr<Connection> connection,
                       std::string subscription, Options options,
                       Settings settings)
    : connection_(std::move(connection)),
      subscription_(std::move(subscription)),
      options_(std::move(options)),
      settings_(settings),
      thread_([this] { Run(); }) {}

Subscriber::Subscriber(std::shared_ptr<Connection> connection, Passing passing,
                       Options options, Settings settings)
    : connection_(std::move(connection)),
      passing_(std::move(passing)),
      options_(std::move(options)),
      settings_(settings),
      thread_([this] { Run(); }) {}

Subscriber::~Subscriber() {
  Stop();
  thread_.join();
}

void Subscriber::Stop() {
  std::lock_guard lock(mutex_);
  stopped_ = true;
  if (exchange_ != nullptr) exchange_->Cancel();
  changed_.notify_all();
}

absl::StatusOr<std::optional<ReceivedAlert>> Subscriber::Next(
    absl::Time until) {
  std::unique_lock lock(mutex_);
  const auto something = [this] {
    return stopped_ || !received_.empty() || !ended_.ok();
  };
  if (until == absl::InfiniteFuture()) {
    changed_.wait(lock, something);
  } else {
    changed_.wait_until(lock, absl::ToChronoTime(until), something);
  }
  if (stopped_) return absl::CancelledError("the subscriber was stopped");
  if (!received_.empty()) {
    std::optional<ReceivedAlert> next(std::move(received_.front()));
    received_.pop_front();
    return next;
  }
  if (!ended_.ok()) return ended_;
  return std::nullopt;
}

void Subscriber::Run() {
  absl::Duration pause = kFirstPause;
  while (true) {
    absl::Status status = Follow(&pause);
    {
      std::lock_guard lock(mutex_);
      if (stopped_) return;
      if (!WaitsOut(status)) {
        ended_ = std::move(status);
        changed_.notify_all();
        return;
      }
    }
    if (!Rest(pause)) return;
    pause = std::min(pause * 2, settings_.longest_pause);
  }
}

bool Subscriber::Rest(absl::Duration pause) {
  std::unique_lock lock(mutex_);
  return !changed_.wait_for(lock, absl::ToChronoNanoseconds(pause),
                            [this] { return stopped_; });
}

v1::StreamingPullRequest Subscriber::First() {
  v1::StreamingPullRequest first;
  first.set_max_outstanding(settings_.max_outstanding);
  first.set_subscription(subscription_);
  if (!passing_) return first;
  first.mutable_passing()->set_filter(passing_->filter);
  std::lock_guard lock(mutex_);
  first.mutable_passing()->set_after_ack_id(last_id_);
  return first;
}

absl::Status Subscriber::Follow(absl::Duration* pause) {
  absl::StatusOr<std::unique_ptr<Exchange>> opened =
      connection_->Open("/shirube.v1.AlertService/StreamingPull", options_);
  if (!opened.ok()) return opened.status();
  const std::shared_ptr<Exchange> exchange = *std::move(opened);
  {
    std::lock_guard lock(mutex_);
    if (stopped_) return absl::OkStatus();
    exchange_ = exchange;
  }
  exchange->Write(First());
  v1::StreamingPullResponse response;
  while (exchange->Read(&response)) {
    *pause = kFirstPause;
    std::lock_guard lock(mutex_);
    for (auto& message : *response.mutable_messages()) {
      last_id_ = message.ack_id();
      received_.push_back({std::move(*message.mutable_transition()),
                           message.delivery_attempt(),
                           AckHandle(exchange, message.ack_id())});
    }
    changed_.notify_all();
  }
  // Its messages come again over the next connection: what has not been handed
  // out would only be handed out twice. Those that pass come once.
  std::deque<ReceivedAlert> stale;
  {
    std::lock_guard lock(mutex_);
    exchange_ = nullptr;
    if (!passing_) stale.swap(received_);
  }
  return exchange->Finish();
}

}  // namespace shirube::client
