// A process of the worker program that the host waits for: reaped whatever
// happens. One thread at a time.
#ifndef SHIRUBE_SERVER_RULE_HOST_CHILD_H_
#define SHIRUBE_SERVER_RULE_HOST_CHILD_H_

#include <sys/types.h>

#include <csignal>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/time/time.h"
#include "server/rule_host/frame/memory_file.h"
#include "server/rule_host/spawner.h"

namespace shirube {

class Child {
 public:
  Child() = default;
  // Kills it, if it lives.
  ~Child();
  Child(const Child&) = delete;
  Child& operator=(const Child&) = delete;

  // As Spawner::Spawn; once. 0, or an errno.
  int Start(Spawner* spawner, const std::string& program, const char* mode,
            uint64_t number, const std::vector<int>& fds);
  // How it ended; nullopt where it did not within `deadline` and was killed.
  std::optional<siginfo_t> Await(absl::Duration deadline);

 private:
  siginfo_t Reap();

  pid_t pid_ = 0;  // 0: none, or reaped
  frame::Fd pidfd_;
};

}  // namespace shirube

#endif  // SHIRUBE_SERVER_RULE_HOST_CHILD_H_
