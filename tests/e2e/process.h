// Real processes for the end-to-end tests: a server of the build, a command and
// what it printed, a folder that goes away.
#ifndef SHIRUBE_TESTS_E2E_PROCESS_H_
#define SHIRUBE_TESTS_E2E_PROCESS_H_

#include <sys/types.h>

#include <chrono>
#include <condition_variable>
#include <filesystem>
#include <functional>
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

// A program that runs on while the test does, and what it prints.
class Program {
 public:
  // Whether what it starts gets the signals that it gets.
  enum class Children { kOnTheirOwn, kWithIt };

  // Starts it; `environment` is added to the test's own.
  explicit Program(const std::vector<std::string>& arguments,
                   const std::vector<std::string>& environment = {},
                   Children children = Children::kOnTheirOwn);
  ~Program();  // kills it, if it still runs
  Program(const Program&) = delete;

  pid_t pid() const { return pid_; }

  // What it has printed so far, errors included.
  std::string Log() const;
  // Waits until `enough` of what it has printed; false where it ends without,
  // or the time is over.
  bool WaitForLog(const std::function<bool(const std::string&)>& enough,
                  std::chrono::seconds limit = std::chrono::hours(1)) const;

  // Sends `signal` and waits for the end: the exit code, 128 + signal where
  // that ended it.
  int End(int signal);
  // Waits for the end.
  int AwaitEnd();

 private:
  void Drain(int log);
  pid_t pid_ = -1;
  Children children_;
  std::thread drain_;  // reads what it prints until it ends
  mutable std::mutex mutex_;
  mutable std::condition_variable more_;
  std::string log_;     // guarded by mutex_
  bool ended_ = false;  // guarded by mutex_
};

// A `shirubed` of this build.
class Server {
 public:
  // Starts it with `arguments` and waits until it listens. Null when it ended
  // instead: then `failure` has its exit code and what it printed. `wrapper` is
  // a program that becomes it: WRAPPER shirubed ARGUMENTS….
  static std::unique_ptr<Server> Start(
      const std::vector<std::string>& arguments,
      CommandResult* failure = nullptr, const std::string& wrapper = "");

  // What --listen got: "unix:/tmp/…/socket" or "127.0.0.1:41234".
  const std::string& address() const { return address_; }
  pid_t pid() const { return program_.pid(); }

  // What it has logged so far.
  std::string Log() const { return program_.Log(); }
  // Waits until its log has `text`; false where it ends without.
  bool WaitForLog(const std::string& text) const;

  // As of Program.
  int End(int signal) { return program_.End(signal); }

  // Runs the command `shirube` of this build against this server.
  CommandResult Shirube(std::vector<std::string> arguments,
                        const std::string& input = "") const;

 private:
  explicit Server(const std::vector<std::string>& command)
      : program_(command) {}
  Program program_;
  std::string address_;
};

// Paths of this build's programs.
std::string Binary(const std::string& name);

}  // namespace shirube::e2e

#endif  // SHIRUBE_TESTS_E2E_PROCESS_H_
