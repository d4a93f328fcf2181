// Kills the server from inside what happens: when a message arrives, in the
// middle of an answer, right after one, right after a call that recorded. One
// kill for each aim. From any thread.
#ifndef SHIRUBE_TESTS_E2E_ALERTS_KILLER_H_
#define SHIRUBE_TESTS_E2E_ALERTS_KILLER_H_

#include <sys/types.h>

#include <array>
#include <condition_variable>
#include <mutex>

#include "absl/time/time.h"

namespace shirube::e2e {

enum class Moment {
  kNever,
  kTime,        // whenever the test says so
  kArrival,     // a message has come, nothing is answered
  kHalfAnswer,  // half of the answer is written
  kAnswer,      // the answer is written
  kRecorded,    // a call that changes something has returned
};
inline constexpr int kMoments = 6;
const char* NameOf(Moment moment);

class Killer {
 public:
  // `pid` dies when `moment` comes for the (`skip` + 1)-th time.
  void Aim(pid_t pid, Moment moment, int skip);
  // Whether it is this moment's turn: then the caller calls Kill, once.
  bool Takes(Moment moment);
  void Kill();
  // Whether it was killed within `patience`.
  bool AwaitKill(absl::Duration patience);
  // Nothing is killed any more; whether it was, since Aim.
  bool Disarm();
  // Deaths so far, by the moment.
  int count(Moment moment) const;

 private:
  mutable std::mutex mutex_;
  std::condition_variable died_;
  pid_t pid_ = -1;
  Moment moment_ = Moment::kNever;
  int skip_ = 0;
  bool taken_ = false;
  bool killed_ = false;
  std::array<int, kMoments> count_ = {};
};

}  // namespace shirube::e2e

#endif  // SHIRUBE_TESTS_E2E_ALERTS_KILLER_H_
