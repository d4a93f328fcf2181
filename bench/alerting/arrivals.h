// A receiver that takes note of when each event came, by its key.
#ifndef SHIRUBE_BENCH_ALERTING_ARRIVALS_H_
#define SHIRUBE_BENCH_ALERTING_ARRIVALS_H_

#include <condition_variable>
#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <unordered_map>

#include "absl/time/time.h"
#include "bench/measure.h"
#include "tests/unit/alerting/receiver.h"

namespace shirube {

class Arrivals {
 public:
  // `look` sees every request first.
  explicit Arrivals(std::function<void(const Request&)> look = {});

  std::string url() const { return receiver_.Url("/hook"); }

  // When it came first; waits until it has. Ends the program when it does not.
  Clock::time_point When(const std::string& key);
  // Until so many different ones have come; false when none has for a while.
  bool Await(size_t count);
  size_t count() const;
  int repeated() const;
  Clock::time_point last() const;

 private:
  Reply Take(const Request& request);

  const std::function<void(const Request&)> look_;
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::unordered_map<std::string, Clock::time_point> came_;
  Clock::time_point last_;
  int repeated_ = 0;
  Receiver receiver_;  // last: it calls Take
};

}  // namespace shirube

#endif  // SHIRUBE_BENCH_ALERTING_ARRIVALS_H_
