#include "server/rule_host/worker_process.h"

#include <poll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <ctime>
#include <fstream>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "server/base/text.h"
#include "server/rule_host/frame/areas.h"
#include "server/rule_host/system_call.h"

namespace shirube {
namespace {

// After a closed socket: how long its process may take to end by itself.
constexpr int kEndMillis = 1'000;

absl::Duration Read(clockid_t clock) {
  timespec now = {};
  if (clock_gettime(clock, &now) != 0) return absl::ZeroDuration();
  return absl::DurationFromTimespec(now);
}

bool HeaderFits(const frame::Header& header, uint64_t sequence) {
  return header.magic == frame::kControlMagic &&
         header.version == frame::kControlVersion &&
         header.sequence == sequence;
}

ModuleOutcome ProtocolError(std::string detail) {
  return {.kind = ModuleOutcome::Kind::kProtocolError,
          .detail = std::move(detail)};
}

ModuleProblem InitFailed(const std::string& text) {
  return {
      ModuleReason::kInitFailed, absl::StrCat(text, "; mend the source"),
      absl::StrCat("読み込み時のエラー: ", text, "。ソースを直してください")};
}

ModuleProblem ProblemOf(const frame::Greeting& greeting) {
  // A constructor can say anything here: cut at its field, and nothing that a
  // terminal or a log would take for more than text.
  const std::string detail = Displayable(
      {greeting.detail, strnlen(greeting.detail, sizeof(greeting.detail))});
  switch (greeting.status) {
    case frame::Greeting::kReady:
      return {};
    case frame::Greeting::kLoadFailed:
    case frame::Greeting::kMissingSymbol:
      return {ModuleReason::kMissingSymbol, detail};
    case frame::Greeting::kOtherAbi:
      return {greeting.value > SHIRUBE_RULE_ABI_MINOR
                  ? ModuleReason::kAbiTooNew
                  : ModuleReason::kAbiTooOld,
              detail};
    case frame::Greeting::kInitFailed:
      // An interpreter says what is wrong, create only a number.
      if (greeting.value == 0) return InitFailed(detail);
      return {ModuleReason::kInitFailed,
              absl::StrCat(detail, ": it returned ", greeting.value)};
    case frame::Greeting::kMapFailed:
      return {ModuleReason::kWorkerUnavailable, detail};
    case frame::Greeting::kUnconfined:
      return {ModuleReason::kWorkerUnavailable,
              absl::StrCat("its worker could not be confined (", detail,
                           "), so nothing of the module was run"),
              absl::StrCat("ワーカーを隔離できない(", detail,
                           ")ため、モジュールを実行しませんでした")};
    default:
      return {ModuleReason::kInitFailed, "its worker's greeting is unknown"};
  }
}

// What the interpreter of a worker said that ended with kFailedExit. The text
// is the module's: cut at its field, and nothing but text.
ModuleOutcome Failed(const frame::WorkerPage& page) {
  using Kind = ModuleOutcome::Kind;
  ModuleOutcome outcome;
  outcome.detail =
      Displayable({page.text, strnlen(page.text, sizeof(page.text))});
  switch (page.failure) {
    case frame::kMemoryUsedUp:
      outcome.kind = Kind::kOutOfMemory;
      break;
    case frame::kTimeUsedUp:
      outcome.kind = Kind::kTimedOut;
      break;
    default:
      outcome.kind = Kind::kCrashed;
  }
  return outcome;
}

bool IsFailed(const siginfo_t& info, const frame::WorkerPage& page) {
  return page.failure != frame::kNoFailure && info.si_code == CLD_EXITED &&
         info.si_status == frame::kFailedExit;
}

struct StageWords {
  const char* en;
  const char* ja;
};

// What a worker was at before it served.
StageWords WordsOf(uint32_t stage) {
  switch (stage) {
    case frame::kSettling:
      return {"before its code ran", "モジュールの実行前"};
    case frame::kLoading:
      return {"while it was being loaded (a constructor)",
              "読み込み中(コンストラクター)"};
    case frame::kEntering:
      return {"in shirube_rule_v0", "shirube_rule_v0 の中"};
    case frame::kCreating:
      return {"in create", "create の中"};
    default:
      return {"after create", "create の後"};
  }
}

}  // namespace

std::unique_ptr<WorkerProcess> WorkerProcess::Start(
    Spawner* spawner, const Options& options, int module_fd,
    const frame::ColumnMemory& columns, ModuleProblem* problem) {
  std::unique_ptr<WorkerProcess> worker(new WorkerProcess());
  int sockets[2] = {-1, -1};
  if (!worker->CreateAreas() ||
      socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, sockets) != 0) {
    *problem = {ModuleReason::kWorkerUnavailable, std::strerror(errno)};
    return nullptr;
  }
  worker->socket_.Reset(sockets[0]);
  frame::Fd theirs(sockets[1]);
  // In the order of the numbers in frame/control.h.
  const std::vector<int> fds = {theirs.get(), module_fd, columns.fd,
                                worker->request_fd_.get(),
                                worker->verdict_fd_.get()};
  pid_t pid = 0;
  const int error = spawner->Spawn(options.program, frame::kModeRun,
                                   options.memory_limit_bytes, fds, &pid);
  theirs.Reset();  // or the end of the worker would not end the conversation
  if (error != 0) {
    *problem = {ModuleReason::kWorkerUnavailable,
                absl::StrCat(options.program,
                             " cannot be started: ", std::strerror(error))};
    return nullptr;
  }
  worker->pid_ = pid;
  worker->pidfd_.Reset(static_cast<int>(syscall(SYS_pidfd_open, pid, 0)));
  clock_getcpuclockid(pid, &worker->cpu_clock_);
  if (!worker->pidfd_.valid()) {
    *problem = {ModuleReason::kWorkerUnavailable,
                absl::StrCat("no pidfd: ", std::strerror(errno))};
    return nullptr;
  }
  *problem = worker->AwaitGreeting(options.start_deadline);
  if (!problem->ok()) return nullptr;
  return worker;
}

bool WorkerProcess::CreateAreas() {
  request_fd_ =
      frame::CreateMemoryFile("shirube-request", frame::kRequestBytes);
  verdict_fd_ =
      frame::CreateMemoryFile("shirube-verdicts", frame::kVerdictBytes);
  if (!request_fd_.valid() || !verdict_fd_.valid()) return false;
  request_ = frame::Map(request_fd_.get(), frame::kRequestBytes,
                        frame::Access::kReadWrite);
  verdicts_ = frame::MapVerdictArea(verdict_fd_.get());
  return request_.valid() && verdicts_.valid() &&
         frame::SealMemoryFile(request_fd_.get(), frame::Seal::kNoNewWriters) &&
         frame::SealMemoryFile(verdict_fd_.get(), frame::Seal::kWritable);
}

ModuleProblem WorkerProcess::AwaitGreeting(absl::Duration deadline) {
  pollfd ready = {socket_.get(), POLLIN, 0};
  const absl::Duration end = Read(CLOCK_MONOTONIC) + deadline;
  while (true) {
    const absl::Duration left = end - Read(CLOCK_MONOTONIC);
    if (left <= absl::ZeroDuration()) {
      const StageWords at = WordsOf(PageCopy().stage);
      const std::string limit = absl::FormatDuration(deadline);
      return {ModuleReason::kInitTimeout,
              absl::StrCat("not ready after ", limit, ", still ", at.en,
                           ": a module must be ready at once"),
              absl::StrCat(limit, " たっても準備ができません(", at.ja,
                           ")。モジュールはすぐに準備を終える必要があります"),
              /*took_too_long=*/true};
    }
    const int n =
        poll(&ready, 1, static_cast<int>(absl::ToInt64Milliseconds(left)) + 1);
    if (n > 0) break;
  }
  frame::Greeting greeting;
  const ssize_t got =
      recv(socket_.get(), &greeting, sizeof(greeting), MSG_DONTWAIT);
  if (got <= 0) {
    return ProblemOfDeath();
  }
  if (got != sizeof(greeting) || !HeaderFits(greeting.header, 0)) {
    return {ModuleReason::kInitFailed, "its worker said no proper greeting"};
  }
  idle_since_ = Read(cpu_clock_);
  return ProblemOf(greeting);
}

ModuleProblem WorkerProcess::ProblemOfDeath() {
  const ModuleOutcome outcome = Autopsy();
  const StageWords at = WordsOf(PageCopy().stage);
  if (outcome.kind == ModuleOutcome::Kind::kForbiddenCall) {
    return {ModuleReason::kLoadForbiddenCall,
            absl::StrCat("called ", outcome.call, " ", at.en,
                         "; a module may compute and nothing else: take the "
                         "call out"),
            absl::StrCat(at.ja, "に ", outcome.call,
                         " を呼びました。モジュールに許されるのは計算だけです。"
                         "この呼び出しを除いてください")};
  }
  const uint32_t failure = PageCopy().failure;
  if (failure == frame::kRaisedError || failure == frame::kMemoryUsedUp) {
    return InitFailed(outcome.detail);
  }
  if (failure == frame::kTimeUsedUp) {
    return {ModuleReason::kInitTimeout,
            absl::StrCat(outcome.detail,
                         ": outside its functions a module may only define"),
            absl::StrCat(outcome.detail, ": 関数の外でできるのは定義だけです")};
  }
  return {ModuleReason::kLoadCrashed,
          absl::StrCat(outcome.ToString(), " ", at.en),
          absl::StrCat(at.ja, "に終了しました: ", outcome.ToString())};
}

frame::WorkerPage WorkerProcess::PageCopy() const {
  frame::WorkerPage copy;
  std::memcpy(
      &copy, frame::At<frame::WorkerPage>(verdicts_.base(), frame::kWorkerPage),
      sizeof(copy));
  return copy;
}

ModuleOutcome WorkerProcess::OutcomeOf(const siginfo_t& info) const {
  using Kind = ModuleOutcome::Kind;
  const frame::WorkerPage page = PageCopy();
  const bool exited = info.si_code == CLD_EXITED;
  // SIGSYS itself where the module blocked it.
  if (page.forbidden_call != 0
          ? exited && info.si_status == frame::kForbiddenExit
          : !exited && info.si_status == SIGSYS) {
    return {.kind = Kind::kForbiddenCall,
            .call = page.forbidden_call == 0
                        ? std::string("a system call")
                        : SystemCallName(page.forbidden_arch,
                                         page.forbidden_call - 1)};
  }
  if (IsFailed(info, page)) return Failed(page);
  if (page.malloc_failed != 0 && page.malloc_failed == page.progress + 1) {
    return {.kind = Kind::kOutOfMemory,
            .detail = "died in a call in which it was refused memory"};
  }
  if (exited) return {.kind = Kind::kExited, .exit_code = info.si_status};
  if (info.si_status == SIGXCPU) {
    return {.kind = Kind::kTimedOut,
            .detail = "used up the CPU time of its process"};
  }
  return {.kind = Kind::kCrashed, .signal = info.si_status};
}

// Ahead of what it may use until the next look, so that the limit only ends a
// worker that nobody watches any more.
void WorkerProcess::RaiseCpuLimit(absl::Duration used) {
  constexpr absl::Duration kAhead = absl::Seconds(frame::kFirstCpuSeconds);
  if (used + kAhead / 2 < cpu_limit_) return;
  cpu_limit_ = absl::Ceil(used, absl::Seconds(1)) + kAhead;
  rlimit limit = {};
  prlimit(pid_, RLIMIT_CPU, nullptr, &limit);  // its hard one is our own
  limit.rlim_cur = std::min(
      limit.rlim_max, static_cast<rlim_t>(absl::ToInt64Seconds(cpu_limit_)));
  prlimit(pid_, RLIMIT_CPU, &limit, nullptr);
}

WorkerProcess::~WorkerProcess() {
  if (pid_ != 0) Kill();
}

WorkerProcess::Clocks WorkerProcess::Now() const {
  return {Read(cpu_clock_), Read(CLOCK_MONOTONIC)};
}

bool WorkerProcess::Send(frame::Request request) {
  request.header.sequence = ++sequence_;
  calls_ = request.n / frame::kCallRows + 1;
  progress_ = 0;
  request_began_ = call_began_ = Now();
  RaiseCpuLimit(request_began_.cpu);
  while (true) {
    const ssize_t sent = send(socket_.get(), &request, sizeof(request),
                              MSG_NOSIGNAL | MSG_DONTWAIT);
    if (sent >= 0) return sent == sizeof(request);
    if (errno != EINTR) return false;
  }
}

std::optional<frame::Reply> WorkerProcess::Receive(ModuleOutcome* outcome) {
  frame::Reply reply;
  const ssize_t got =
      recv(socket_.get(), &reply, sizeof(reply), MSG_DONTWAIT | MSG_TRUNC);
  if (got < 0 && (errno == EAGAIN || errno == EINTR)) return std::nullopt;
  if (got <= 0) {
    *outcome = Autopsy();
    return std::nullopt;
  }
  if (got != sizeof(reply) || !HeaderFits(reply.header, sequence_) ||
      reply.status > frame::Reply::kRefused) {
    *outcome = ProtocolError(
        absl::StrCat("a message of ", got, " bytes that answers no request"));
    return std::nullopt;
  }
  idle_since_ = Read(cpu_clock_);
  return reply;
}

ModuleOutcome WorkerProcess::CheckDeadline(absl::Duration call_deadline) {
  const Clocks now = Now();
  RaiseCpuLimit(now.cpu);
  auto* page =
      frame::At<frame::WorkerPage>(verdicts_.base(), frame::kWorkerPage);
  const uint64_t progress =
      std::atomic_ref<uint64_t>(page->progress).load(std::memory_order_relaxed);
  if (progress != progress_) {
    // A new call, or a module that writes there: which is why the whole
    // request is bounded, too.
    progress_ = progress;
    call_began_ = now;
  }
  const auto over = [&](const Clocks& began, absl::Duration most) {
    return now.cpu - began.cpu > most || now.wall - began.wall > 10 * most;
  };
  if (!over(call_began_, call_deadline) &&
      !over(request_began_, calls_ * call_deadline)) {
    return {};
  }
  return {.kind = ModuleOutcome::Kind::kTimedOut,
          .detail = absl::StrCat("no answer within ",
                                 absl::FormatDuration(call_deadline),
                                 " of CPU time a call")};
}

std::optional<uint32_t> WorkerProcess::CallHint() const {
  auto* page =
      frame::At<frame::WorkerPage>(verdicts_.base(), frame::kWorkerPage);
  const uint64_t progress =
      std::atomic_ref<uint64_t>(page->progress).load(std::memory_order_relaxed);
  const auto call = static_cast<uint32_t>(progress);
  if (progress >> 32 != (sequence_ & UINT32_MAX) || call >= calls_) {
    return std::nullopt;
  }
  return call;
}

absl::Duration WorkerProcess::IdleCpu() const {
  return reaped_ ? absl::ZeroDuration() : Read(cpu_clock_) - idle_since_;
}

absl::Duration WorkerProcess::TakeCpu() {
  if (!reaped_) cpu_used_ = Read(cpu_clock_);
  return cpu_used_ - std::exchange(cpu_taken_, cpu_used_);
}

int64_t WorkerProcess::SampleMemory(absl::Duration at_most) {
  const absl::Duration now = Read(CLOCK_MONOTONIC);
  if (reaped_ || now - memory_sampled_ < at_most) return 0;
  memory_sampled_ = now;
  std::ifstream status(absl::StrCat("/proc/", pid_, "/status"));
  std::string word;
  int64_t kibibytes = 0;
  while (status >> word) {
    if (word == "RssAnon:" && status >> kibibytes) return kibibytes * 1024;
  }
  return 0;
}

bool WorkerProcess::IsAlive() const {
  pollfd dead = {pidfd_.get(), POLLIN, 0};
  return poll(&dead, 1, 0) == 0;
}

ModuleOutcome WorkerProcess::Autopsy() {
  if (reaped_) return death_;
  pollfd dead = {pidfd_.get(), POLLIN, 0};
  // Its socket closes a moment before the process has ended.
  const bool by_itself = poll(&dead, 1, kEndMillis) > 0;
  const siginfo_t info = Reap();
  death_ = by_itself ? OutcomeOf(info)
                     : ProtocolError("closed its socket and went on");
  return death_;
}

void WorkerProcess::Kill() {
  if (!reaped_) Reap();
}

siginfo_t WorkerProcess::Reap() {
  kill(pid_, SIGKILL);  // of a dead process: does nothing
  siginfo_t info = {};
  const auto await = [&](int options) {
    while (waitid(P_PID, static_cast<id_t>(pid_), &info, WEXITED | options) !=
               0 &&
           errno == EINTR) {
    }
  };
  await(WNOWAIT);
  cpu_used_ = Read(cpu_clock_);  // goes away with it
  await(0);
  reaped_ = true;
  return info;
}

}  // namespace shirube
