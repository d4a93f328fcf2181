// Keeps a receiver that is down from costing anything: after some failures in a
// row nothing is sent for a while, then one probe, and only its success lets
// the rest go on. What an open circuit holds back counts no attempt. Used by
// the delivery engine's thread alone.
#ifndef SHIRUBE_SERVER_ALERTING_CIRCUIT_H_
#define SHIRUBE_SERVER_ALERTING_CIRCUIT_H_

#include <algorithm>

#include "absl/time/time.h"

namespace shirube {

class Circuit {
 public:
  static constexpr int kFailuresToOpen = 5;
  static constexpr absl::Duration kFirstPause = absl::Seconds(1);
  static constexpr absl::Duration kLongestPause = absl::Minutes(1);

  // Whether a request may start, `in_flight` being under way.
  bool Allows(absl::Time now, int in_flight) const {
    return !open() || (now >= probe_at_ && in_flight == 0);
  }
  bool open() const { return failures_ >= kFailuresToOpen; }
  // When a probe may start; in the past where it is closed.
  absl::Time probe_at() const {
    return open() ? probe_at_ : absl::InfinitePast();
  }

  void Succeeded() {
    failures_ = 0;
    pause_ = kFirstPause;
  }
  // Failures of what was under way when it opened do not lengthen the pause.
  void Failed(absl::Time now) {
    ++failures_;
    if (!open() || now < probe_at_) return;
    probe_at_ = now + pause_;
    pause_ = std::min(pause_ * 2, kLongestPause);
  }

 private:
  int failures_ = 0;
  absl::Duration pause_ = kFirstPause;
  absl::Time probe_at_ = absl::InfinitePast();
};

}  // namespace shirube

#endif  // SHIRUBE_SERVER_ALERTING_CIRCUIT_H_
