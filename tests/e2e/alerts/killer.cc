#include "tests/e2e/alerts/killer.h"

#include <signal.h>

namespace shirube::e2e {

const char* NameOf(Moment moment) {
  static constexpr const char* kNames[kMoments] = {
      "never",           "at a time",     "on arrival", "in half an answer",
      "after an answer", "after a record"};
  return kNames[static_cast<int>(moment)];
}

void Killer::Aim(pid_t pid, Moment moment, int skip) {
  const std::lock_guard lock(mutex_);
  pid_ = pid;
  moment_ = moment;
  skip_ = skip;
  taken_ = killed_ = false;
}

bool Killer::Takes(Moment moment) {
  const std::lock_guard lock(mutex_);
  if (pid_ < 0 || taken_ || moment != moment_ || skip_-- > 0) return false;
  taken_ = true;
  return true;
}

void Killer::Kill() {
  const std::lock_guard lock(mutex_);
  // Whoever took it may come after the end of its run.
  if (pid_ < 0 || killed_) return;
  kill(pid_, SIGKILL);
  killed_ = true;
  ++count_[static_cast<int>(moment_)];
  died_.notify_all();
}

bool Killer::AwaitKill(absl::Duration patience) {
  std::unique_lock lock(mutex_);
  return died_.wait_for(lock, absl::ToChronoMilliseconds(patience),
                        [this] { return killed_; });
}

bool Killer::Disarm() {
  const std::lock_guard lock(mutex_);
  pid_ = -1;
  return killed_;
}

int Killer::count(Moment moment) const {
  const std::lock_guard lock(mutex_);
  return count_[static_cast<int>(moment)];
}

}  // namespace shirube::e2e
