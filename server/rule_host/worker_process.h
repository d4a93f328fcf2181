// One worker: the process of one module, its socket and its two memory areas.
// Used by one thread at a time. What comes out of it is not trusted: the
// messages are checked here, the verdict area by whoever copies it out.
#ifndef SHIRUBE_SERVER_RULE_HOST_WORKER_PROCESS_H_
#define SHIRUBE_SERVER_RULE_HOST_WORKER_PROCESS_H_

#include <sys/types.h>

#include <csignal>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "absl/time/time.h"
#include "server/rule_host/frame/areas.h"
#include "server/rule_host/frame/ask.h"
#include "server/rule_host/frame/control.h"
#include "server/rule_host/frame/memory_file.h"
#include "server/rule_host/lifecycle.h"
#include "server/rule_host/outcome.h"
#include "server/rule_host/spawner.h"

namespace shirube {

class WorkerProcess {
 public:
  struct Options {
    std::string program;                                // shirube-rule-worker
    uint64_t memory_limit_bytes = uint64_t{256} << 20;  // that it may allocate
    absl::Duration start_deadline = absl::Seconds(10);  // to its greeting
  };
  // Starts a worker and waits for its greeting. nullptr with `problem` set
  // where it does not get that far; then nothing of it is left.
  static std::unique_ptr<WorkerProcess> Start(
      Spawner* spawner, const Options& options, int module_fd,
      const frame::ColumnMemory& columns, ModuleProblem* problem);

  // Kills and reaps it.
  ~WorkerProcess();
  WorkerProcess(const WorkerProcess&) = delete;
  WorkerProcess& operator=(const WorkerProcess&) = delete;

  pid_t pid() const { return pid_; }
  int socket() const { return socket_.get(); }  // readable: Receive
  int pidfd() const { return pidfd_.get(); }    // readable: it is dead
  void* request_area() { return request_.base(); }
  void* verdict_area() { return verdicts_.base(); }

  // Sends a request (its sequence is filled in) and starts the clocks. False
  // where the worker is gone: see Autopsy.
  bool Send(frame::Request request);

  // The reply to the request, if it is there; an outcome other than OK when
  // the worker ended or said something else.
  std::optional<frame::Reply> Receive(ModuleOutcome* outcome);

  // TIMED_OUT once the call it is at has used up `call_deadline` of its CPU
  // time or ten times that by the clock, or all calls of the request theirs.
  ModuleOutcome CheckDeadline(absl::Duration call_deadline);

  // Which call of the request it noted last: a hint, its module can write
  // anything there. Good until the next Send, after a death as well.
  std::optional<uint32_t> CallHint() const;
  // CPU time it used since its greeting or its last reply: next to none.
  // Between requests.
  absl::Duration IdleCpu() const;
  // CPU time it used since this was asked last, also once it is dead.
  absl::Duration TakeCpu();
  // Memory of its own, bytes; looked up at most every `at_most`, 0 otherwise.
  int64_t SampleMemory(absl::Duration at_most);

  bool IsAlive() const;
  // Of what it died; of one that hung up and lives on, PROTOCOL_ERROR. Reaps
  // it.
  ModuleOutcome Autopsy();
  void Kill();

 private:
  WorkerProcess() = default;
  struct Clocks {
    absl::Duration cpu, wall;
  };
  Clocks Now() const;
  bool CreateAreas();
  ModuleProblem AwaitGreeting(absl::Duration deadline);
  ModuleProblem ProblemOfDeath();
  ModuleOutcome OutcomeOf(const siginfo_t& info) const;
  frame::WorkerPage PageCopy() const;
  void RaiseCpuLimit(absl::Duration used);
  siginfo_t Reap();

  frame::Fd socket_, pidfd_, request_fd_, verdict_fd_;
  frame::Mapping request_, verdicts_;
  pid_t pid_ = 0;
  clockid_t cpu_clock_ = 0;
  bool reaped_ = false;
  ModuleOutcome death_;

  uint64_t sequence_ = 0;
  uint32_t calls_ = 0;  // of the request under way
  Clocks request_began_, call_began_;
  uint64_t progress_ = 0;

  absl::Duration cpu_limit_ = absl::Seconds(frame::kFirstCpuSeconds);
  absl::Duration idle_since_;            // its CPU clock
  absl::Duration cpu_used_, cpu_taken_;  // until it was reaped; counted already
  absl::Duration memory_sampled_ = -absl::InfiniteDuration();
};

}  // namespace shirube

#endif  // SHIRUBE_SERVER_RULE_HOST_WORKER_PROCESS_H_
