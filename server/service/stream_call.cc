#include "server/service/stream_call.h"

#include <algorithm>

#include "absl/time/clock.h"
#include "server/base/logging.h"

namespace shirube {
namespace {

// What a drain leaves a message that is on its way.
constexpr absl::Duration kGrace = absl::Milliseconds(200);

absl::Status TooSlow() {
  return absl::CancelledError("the client took nothing for minutes");
}

}  // namespace

void StreamCall::State::End(absl::Status why) {
  std::lock_guard<std::mutex> lock(mutex);
  if (ended.ok()) ended = std::move(why);
  changed.notify_all();
}

RawReactor* StreamCall::Make(const Shape& shape,
                             grpc::CallbackServerContext* context) {
  auto* call = new StreamCall(shape, context);
  call->Open();
  return call;
}

void StreamCall::Answer() {
  if (!shape_.method->stream) {
    FinishWith(absl::InternalError("no streaming method is bound here"));
    return;
  }
  LiveCalls* live_calls = shape_.dependencies->live_calls;
  const auto end = [state = state_] { state->End(ShuttingDown()); };
  if (!live_calls->AddWaiter(this, end)) {
    FinishWith(ShuttingDown());
    return;
  }
  absl::Status status = shape_.method->stream(caller_, *request_, *this);
  Settle();
  live_calls->RemoveWaiter(this);
  if (refused_) {
    std::lock_guard<std::mutex> lock(state_->mutex);
    status = state_->ended;
  }
  FinishWith(status);
}

bool StreamCall::Write(const google::protobuf::Message& message) {
  grpc::ByteBuffer bytes;
  if (absl::Status status = Serialize(message, &bytes); !status.ok()) {
    state_->End(std::move(status));
  }
  {
    std::unique_lock<std::mutex> lock(state_->mutex);
    if (!WaitUntilTaken(&lock)) {
      refused_ = true;
      return false;
    }
    state_->in_flight = true;
  }
  message_ = std::move(bytes);
  StartWrite(&message_);
  return true;
}

bool StreamCall::WaitUntilTaken(std::unique_lock<std::mutex>* lock) {
  const absl::Time stalled = absl::Now() + kLongestStall;
  const absl::Time until = std::min(caller_.deadline, stalled);
  const bool in_time = state_->changed.wait_until(
      *lock, absl::ToChronoTime(until),
      [this] { return !state_->in_flight || !state_->ended.ok(); });
  if (state_->ended.ok() && absl::Now() >= caller_.deadline) {
    state_->ended = DeadlinePassed();
  } else if (!in_time) {
    state_->ended = TooSlow();
    LogWarning(caller_.method, ": let a reader go that took nothing for ",
               absl::FormatDuration(kLongestStall));
  }
  return state_->ended.ok();
}

void StreamCall::Settle() {
  std::unique_lock<std::mutex> lock(state_->mutex);
  const auto taken = [this] { return !state_->in_flight; };
  if (!taken() && state_->ended.ok()) WaitUntilTaken(&lock);
  if (taken()) return;
  if (state_->changed.wait_for(lock, absl::ToChronoMilliseconds(kGrace),
                               taken)) {
    return;
  }
  lock.unlock();
  context_->TryCancel();  // gives the message back
  lock.lock();
  state_->changed.wait(lock, taken);
}

void StreamCall::OnWriteDone(bool ok) {
  const std::shared_ptr<State> state = state_;
  std::lock_guard<std::mutex> lock(state->mutex);
  state->in_flight = false;
  if (!ok && state->ended.ok()) state->ended = CalledOff();
  state->changed.notify_all();
}

void StreamCall::OnCancel() {
  state_->End(CalledOff());
  Cancel();
}

}  // namespace shirube
