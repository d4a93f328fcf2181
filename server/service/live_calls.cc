#include "server/service/live_calls.h"

#include <utility>

#include "absl/time/clock.h"

namespace shirube {

bool LiveCalls::Enter() {
  std::lock_guard<std::mutex> lock(mutex_);
  if (draining_) return false;
  ++count_;
  return true;
}

// Notifies under the lock: the register may be gone right after it is empty.
void LiveCalls::Leave() {
  std::lock_guard<std::mutex> lock(mutex_);
  --count_;
  changed_.notify_all();
}

bool LiveCalls::EnterStream(Kind kind, int most) {
  std::lock_guard<std::mutex> lock(mutex_);
  int& count = streams_[kind];
  if (count >= most) return false;
  ++count;
  return true;
}

void LiveCalls::LeaveStream(Kind kind) {
  std::lock_guard<std::mutex> lock(mutex_);
  --streams_[kind];
}

bool LiveCalls::AddWaiter(const void* call, std::function<void()> wake) {
  std::lock_guard<std::mutex> lock(mutex_);
  if (draining_) return false;
  waiters_[call] = std::move(wake);
  return true;
}

void LiveCalls::RemoveWaiter(const void* call) {
  std::lock_guard<std::mutex> lock(mutex_);
  waiters_.erase(call);
}

void LiveCalls::BeginDrain() {
  std::map<const void*, std::function<void()>> waiters;
  {
    std::lock_guard<std::mutex> lock(mutex_);
    draining_ = true;
    waiters.swap(waiters_);
  }
  for (auto& [call, wake] : waiters) wake();
}

bool LiveCalls::WaitUntilNone(absl::Time deadline) {
  std::unique_lock<std::mutex> lock(mutex_);
  return changed_.wait_until(lock, absl::ToChronoTime(deadline),
                             [this] { return count_ == 0; });
}

}  // namespace shirube
