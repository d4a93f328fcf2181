#include "server/base/clock.h"

#include "absl/time/clock.h"

namespace shirube {

absl::Time SystemClock::Now() const { return absl::Now(); }

absl::Time FakeClock::Now() const {
  std::lock_guard<std::mutex> lock(mutex_);
  return now_;
}

void FakeClock::Set(absl::Time now) {
  std::lock_guard<std::mutex> lock(mutex_);
  now_ = now;
}

void FakeClock::Advance(absl::Duration by) {
  std::lock_guard<std::mutex> lock(mutex_);
  now_ += by;
}

}  // namespace shirube
