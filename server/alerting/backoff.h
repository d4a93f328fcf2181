// How long to wait before a delivery is tried again: exponential with full
// jitter, so that what failed together does not come back together. Pure.
#ifndef SHIRUBE_SERVER_ALERTING_BACKOFF_H_
#define SHIRUBE_SERVER_ALERTING_BACKOFF_H_

#include <algorithm>

#include "absl/time/time.h"

namespace shirube {

inline constexpr absl::Duration kShortestBackoff = absl::Seconds(1);
inline constexpr absl::Duration kLongestBackoff = absl::Hours(1);

// `random` is in [0, 1): the wait lies between 0 and 1 s after the first
// attempt, 2 s after the second … and 1 h at most.
inline absl::Duration Backoff(int attempts, double random) {
  absl::Duration ceiling = kShortestBackoff;
  for (int i = 1; i < attempts && ceiling < kLongestBackoff; ++i) ceiling *= 2;
  return std::min(ceiling, kLongestBackoff) * random;
}

}  // namespace shirube

#endif  // SHIRUBE_SERVER_ALERTING_BACKOFF_H_
