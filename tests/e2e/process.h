// Real processes for the end-to-end tests: a server of the build, a command and
// what it printed, a folder that goes away.
#ifndef SHIRUBE_TESTS_E2E_PROCESS_H_
#define SHIRUBE_TESTS_E2E_PROCESS_H_

#include <sys/types.h>

#include <condition_variable>
#include <filesystem>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace shirube::e2e {

class TempDir {
 public:
  TempDir();
  ~TempDir();
  TempDir(const TempDir&) = delete;
  std::filesystem::path operator/(const std::string& name) const {
    return path_ / name;
  }
  const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

struct CommandResult {
  int exit_code = -1;  // 128 + signal where it was killed
  std::string out, err;
};

// Runs a program to its end. `environment` is added to the test's own
// ("NAME=value"); `input` is its standard input.
CommandResult RunProgram(const std::vector<std::string>& arguments,
                         const std::vector<std::string>& environment = {},
                         const std::string& input = "");

// A `shirubed` of this build.
class Server {
 public:
  // Starts it with `arguments` and waits until it listens. Null when it ended
  // instead: then `failure` has its exit code and what it printed. `wrapper` is
  // a program that becomes it: WRAPPER shirubed ARGUMENTS….
  static std::unique_ptr<Server> Start(
      const std::vector<std::string>& arguments,
      CommandResult* failure = nullptr, const std::string& wrapper = "");
  ~Server();  // kills it, if it still runs

  // What --listen got: "unix:/tmp/…/socket" or "127.0.0.1:41234".
  const std::string& address() const { return address_; }
  pid_t pid() const { return pid_; }

  // What it has logged so far.
  std::string Log() const;
  // Waits until its log has `text`; false where it ends without.
  bool WaitForLog(const std::string& text) const;

  // Sends `signal` and waits for the end: the exit code, 128 + signal where
  // that ended it.
  int End(int signal);

  // Runs the command `shirube` of this build against this server.
  CommandResult Shirube(std::vector<std::string> arguments,
                        const std::string& input = "") const;

 private:
  Server() = default;
  void Drain(int log);
  pid_t pid_ = -1;
  std::thread drain_;  // reads its log until it ends
  mutable std::mutex mutex_;
  mutable std::condition_variable more_;
  std::string log_;     // guarded by mutex_
  bool ended_ = false;  // guarded by mutex_
  std::string address_;
};

// Paths of this build's programs.
std::string Binary(const std::string& name);

}  // namespace shirube::e2e

#endif  // SHIRUBE_TESTS_E2E_PROCESS_H_
