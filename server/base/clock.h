// What time it is. Everything that needs the time is handed a Clock, so that a
// test decides it. Safe from any thread.
#ifndef SHIRUBE_SERVER_BASE_CLOCK_H_
#define SHIRUBE_SERVER_BASE_CLOCK_H_

#include <mutex>

#include "absl/time/time.h"

namespace shirube {

class Clock {
 public:
  virtual ~Clock() = default;
  virtual absl::Time Now() const = 0;
};

// The machine's clock, which may run back; the ledger keeps commit times from
// doing so.
class SystemClock final : public Clock {
 public:
  absl::Time Now() const override;
};

// Stands still until it is told otherwise.
class FakeClock final : public Clock {
 public:
  explicit FakeClock(absl::Time now) : now_(now) {}

  absl::Time Now() const override;
  void Set(absl::Time now);
  void Advance(absl::Duration by);

 private:
  mutable std::mutex mutex_;
  absl::Time now_;
};

}  // namespace shirube

#endif  // SHIRUBE_SERVER_BASE_CLOCK_H_
