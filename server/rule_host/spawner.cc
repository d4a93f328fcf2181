#include "server/rule_host/spawner.h"

#include <fcntl.h>
#include <spawn.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>

#include "server/rule_host/frame/control.h"
#include "server/rule_host/frame/memory_file.h"

namespace shirube {
namespace {

class FileActions {
 public:
  FileActions() { posix_spawn_file_actions_init(&actions_); }
  ~FileActions() { posix_spawn_file_actions_destroy(&actions_); }
  posix_spawn_file_actions_t* get() { return &actions_; }

 private:
  posix_spawn_file_actions_t actions_;
};

class Attributes {
 public:
  Attributes() {
    posix_spawnattr_init(&attributes_);
    // A group of its own: Ctrl-C is for the server, which ends its workers
    // when it has drained. Signals as a fresh process has them.
    posix_spawnattr_setflags(&attributes_, POSIX_SPAWN_SETPGROUP |
                                               POSIX_SPAWN_SETSIGMASK |
                                               POSIX_SPAWN_SETSIGDEF);
    posix_spawnattr_setpgroup(&attributes_, 0);
    sigset_t none, all;
    sigemptyset(&none);
    sigfillset(&all);
    posix_spawnattr_setsigmask(&attributes_, &none);
    posix_spawnattr_setsigdefault(&attributes_, &all);
  }
  ~Attributes() { posix_spawnattr_destroy(&attributes_); }
  const posix_spawnattr_t* get() const { return &attributes_; }

 private:
  posix_spawnattr_t attributes_;
};

int Start(const std::string& program, const char* mode, uint64_t number,
          const std::vector<int>& fds, pid_t* pid) {
  // Copies above all target numbers, so that no dup2 overwrites a source.
  std::vector<frame::Fd> sources;
  for (const int fd : fds) {
    sources.emplace_back(fcntl(fd, F_DUPFD_CLOEXEC, 64));
    if (!sources.back().valid()) return errno;
  }
  FileActions actions;
  posix_spawn_file_actions_addopen(actions.get(), 0, "/dev/null", O_RDONLY, 0);
  posix_spawn_file_actions_addopen(actions.get(), 1, "/dev/null", O_WRONLY, 0);
  posix_spawn_file_actions_adddup2(actions.get(), 1, 2);
  for (size_t i = 0; i < sources.size(); ++i) {
    posix_spawn_file_actions_adddup2(actions.get(), sources[i].get(),
                                     frame::kControlFd + static_cast<int>(i));
  }
  const Attributes attributes;
  std::string name = program;
  std::string mode_word = mode;
  std::string parent = std::to_string(getpid());
  std::string amount = std::to_string(number);
  char* argv[] = {name.data(), mode_word.data(), parent.data(), amount.data(),
                  nullptr};
  char* environment[] = {nullptr};
  return posix_spawn(pid, program.c_str(), actions.get(), attributes.get(),
                     argv, environment);
}

}  // namespace

Spawner::Spawner() : thread_([this] { Loop(); }) {}

Spawner::~Spawner() {
  {
    const std::lock_guard lock(mu_);
    stopping_ = true;
  }
  changed_.notify_all();
  thread_.join();
}

void Spawner::Loop() {
  std::unique_lock lock(mu_);
  while (true) {
    changed_.wait(lock, [this] { return stopping_ || work_ != nullptr; });
    if (work_ == nullptr) return;
    work_();
    work_ = nullptr;
    changed_.notify_all();
  }
}

int Spawner::Spawn(const std::string& program, const char* mode,
                   uint64_t number, const std::vector<int>& fds, pid_t* pid) {
  const std::lock_guard turn(turn_);
  int result = 0;
  std::unique_lock lock(mu_);
  work_ = [&] { result = Start(program, mode, number, fds, pid); };
  changed_.notify_all();
  changed_.wait(lock, [this] { return work_ == nullptr; });
  return result;
}

}  // namespace shirube
