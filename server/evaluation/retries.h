// Rows that a module gave no answer for, to be asked about again without
// anything having changed: a worker that was killed once must not leave a
// verdict INDETERMINATE for ever. First soon, then after twice as long each
// time, up to five minutes. That costs no worker, because the host does not ask
// again about rows that it knows to be fatal; so a row that still fails after
// about two hours is left until something changes it. Of a module that does not
// run, rows are tried for ever. One thread.
#ifndef SHIRUBE_SERVER_EVALUATION_RETRIES_H_
#define SHIRUBE_SERVER_EVALUATION_RETRIES_H_

#include <chrono>
#include <map>
#include <set>

#include "server/domain/ids.h"

namespace shirube {

// Rows without an answer; true: because the module does not run.
using FaultedRows = std::map<IndicatorKey, bool>;

class Retries {
 public:
  using Clock = std::chrono::steady_clock;
  explicit Retries(Clock::duration first) : first_(first), delay_(first) {}

  // Those whose time has come join `due`. True: for some of them a module did
  // not run.
  bool TakeInto(Clock::time_point now, std::set<IndicatorKey>* due);
  // After `judged` were judged and `faulted` of them had no answer.
  void Note(Clock::time_point now, const std::set<IndicatorKey>& judged,
            const FaultedRows& faulted);
  // time_point::max(): nothing is to be tried again.
  Clock::time_point next() const { return next_; }

 private:
  static constexpr int kMostTries = 24;
  static constexpr Clock::duration kLongest = std::chrono::minutes(5);

  bool NoteFault(const IndicatorKey& key, bool endless);

  const Clock::duration first_;
  Clock::duration delay_;
  Clock::time_point next_ = Clock::time_point::max();
  std::map<IndicatorKey, int> tries_;  // of those that failed last time
  std::set<IndicatorKey> waiting_;     // to be tried again
  std::set<IndicatorKey> taken_;       // are being tried again
  bool module_out_ = false;            // of one of waiting_
};

}  // namespace shirube

#endif  // SHIRUBE_SERVER_EVALUATION_RETRIES_H_
