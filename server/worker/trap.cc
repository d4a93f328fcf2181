#include "server/worker/trap.h"

#include <fcntl.h>
#include <linux/audit.h>
#include <sys/syscall.h>
#include <ucontext.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstring>

#include "server/rule_host/frame/control.h"

namespace shirube::worker {
namespace {

#if defined(__x86_64__)
constexpr uint32_t kArchitecture = AUDIT_ARCH_X86_64;
#elif defined(__aarch64__)
constexpr uint32_t kArchitecture = AUDIT_ARCH_AARCH64;
#else
#error "no rule modules for this machine yet"
#endif

frame::WorkerPage* noted_page = nullptr;
bool was_opened = false;

// The registers of the call that trapped.
class Call {
 public:
#if defined(__x86_64__)
  explicit Call(void* context)
      : registers_(static_cast<ucontext_t*>(context)->uc_mcontext.gregs) {}
  uint64_t argument(int i) const {
    constexpr int kArguments[] = {REG_RDI, REG_RSI, REG_RDX, REG_R10};
    return static_cast<uint64_t>(registers_[kArguments[i]]);
  }
  void Return(int64_t value) { registers_[REG_RAX] = value; }

 private:
  greg_t* registers_;
#else
  explicit Call(void* context)
      : registers_(static_cast<ucontext_t*>(context)->uc_mcontext.regs) {}
  uint64_t argument(int i) const { return registers_[i]; }
  void Return(int64_t value) { registers_[0] = static_cast<uint64_t>(value); }

 private:
  unsigned long long* registers_;
#endif
};

const char* Text(uint64_t address) {
  return reinterpret_cast<const char*>(address);
}

// The loader opens the module, once. It gets a descriptor that is open already:
// no call that opens anything is ever made.
bool AnswerOpen(Call* call) {
  constexpr uint64_t kFlags = O_RDONLY | O_CLOEXEC;
  if (was_opened || static_cast<int>(call->argument(0)) != AT_FDCWD ||
      call->argument(2) != kFlags ||
      std::strcmp(Text(call->argument(1)), kModulePath) != 0) {
    return false;
  }
  was_opened = true;
  call->Return(frame::kLoaderFd);
  return true;
}

// glibc asks for a descriptor's status by a call that takes a path, too.
bool AnswerStatus(Call* call) {
  if (call->argument(0) != frame::kLoaderFd ||
      call->argument(3) != AT_EMPTY_PATH ||
      Text(call->argument(1))[0] != '\0') {
    return false;
  }
  const long result = syscall(SYS_fstat, frame::kLoaderFd, call->argument(2));
  call->Return(result == 0 ? 0 : -errno);
  return true;
}

void OnTrap(int, siginfo_t* info, void* context) {
  // First, so that whatever happens below is blamed on this call. The page is
  // shared with the host, which looks at it after our end: no lock, no race.
  noted_page->forbidden_arch = info->si_arch;
  noted_page->forbidden_call = static_cast<uint32_t>(info->si_syscall) + 1;
  const int saved_errno = errno;
  Call call(context);
  const bool answered =
      info->si_arch == kArchitecture &&
      ((info->si_syscall == SYS_openat && AnswerOpen(&call)) ||
       (info->si_syscall == SYS_newfstatat && AnswerStatus(&call)));
  if (!answered) syscall(SYS_exit_group, frame::kForbiddenExit);
  noted_page->forbidden_call = 0;
  errno = saved_errno;
}

}  // namespace

bool InstallTrap(frame::WorkerPage* page) {
  noted_page = page;
  struct sigaction action = {};
  action.sa_sigaction = OnTrap;
  action.sa_flags = SA_SIGINFO;
  return sigaction(SIGSYS, &action, nullptr) == 0;
}

}  // namespace shirube::worker
