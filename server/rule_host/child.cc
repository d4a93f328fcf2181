#include "server/rule_host/child.h"

#include <poll.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>

#include "absl/time/clock.h"

namespace shirube {

Child::~Child() {
  if (pid_ == 0) return;
  kill(pid_, SIGKILL);
  Reap();
}

int Child::Start(Spawner* spawner, const std::string& program, const char* mode,
                 uint64_t number, const std::vector<int>& fds) {
  const int error = spawner->Spawn(program, mode, number, fds, &pid_);
  if (error != 0) {
    pid_ = 0;
    return error;
  }
  pidfd_.Reset(static_cast<int>(syscall(SYS_pidfd_open, pid_, 0)));
  return pidfd_.valid() ? 0 : errno;
}

std::optional<siginfo_t> Child::Await(absl::Duration deadline) {
  const absl::Time end = absl::Now() + deadline;
  pollfd ended = {pidfd_.get(), POLLIN, 0};
  while (true) {
    const int64_t left = absl::ToInt64Milliseconds(end - absl::Now());
    if (left < 0) break;
    if (poll(&ended, 1, static_cast<int>(left) + 1) > 0) return Reap();
  }
  kill(pid_, SIGKILL);
  Reap();
  return std::nullopt;
}

siginfo_t Child::Reap() {
  siginfo_t info = {};
  while (waitid(P_PID, static_cast<id_t>(pid_), &info, WEXITED) != 0 &&
         errno == EINTR) {
  }
  pid_ = 0;
  return info;
}

}  // namespace shirube
