#include "server/worker/filter.h"

#include <linux/futex.h>
#include <linux/seccomp.h>
#include <seccomp.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>

#include "server/rule_host/frame/control.h"

namespace shirube::worker {
namespace {

// Collects rules; remembers the first error.
class Rules {
 public:
  Rules() : context_(seccomp_init(SCMP_ACT_TRAP)) {
    if (context_ == nullptr) {
      error_ = ENOMEM;
      return;
    }
    // i386 calls of a 64-bit process, and the like.
    Note(seccomp_attr_set(context_, SCMP_FLTATR_ACT_BADARCH, SCMP_ACT_TRAP));
  }
  ~Rules() {
    if (context_ != nullptr) seccomp_release(context_);
  }
  Rules(const Rules&) = delete;
  Rules& operator=(const Rules&) = delete;

  template <typename... Conditions>
  void Allow(int call, Conditions... conditions) {
    Add(SCMP_ACT_ALLOW, call, conditions...);
  }
  template <typename... Conditions>
  void Add(uint32_t action, int call, Conditions... conditions) {
    if (error_ != 0) return;
    const scmp_arg_cmp list[] = {conditions..., scmp_arg_cmp{}};
    Note(seccomp_rule_add_array(context_, action, call, sizeof...(conditions),
                                list));
  }
  int Export(Filter* filter);

 private:
  void Note(int result) {
    if (result != 0 && error_ == 0) error_ = -result;
  }
  scmp_filter_ctx context_;
  int error_ = 0;
};

int Rules::Export(Filter* filter) {
  if (error_ != 0) return error_;
  const int fd = memfd_create("shirube-filter", MFD_CLOEXEC);
  if (fd < 0) return errno;
  int error = -seccomp_export_bpf(context_, fd);
  const off_t bytes = lseek(fd, 0, SEEK_END);
  if (error == 0 && bytes > 0) {
    filter->resize(static_cast<size_t>(bytes) / sizeof(sock_filter));
    if (pread(fd, filter->data(), static_cast<size_t>(bytes), 0) != bytes) {
      error = EIO;
    }
  }
  close(fd);
  return error;
}

constexpr uint32_t Low(int value) { return static_cast<uint32_t>(value); }

// Its own memory, an end, and what abort() does on the way to it.
void AllowOwnBusiness(Rules* rules) {
  for (const int call :
       {SCMP_SYS(munmap), SCMP_SYS(mremap), SCMP_SYS(brk), SCMP_SYS(exit),
        SCMP_SYS(exit_group), SCMP_SYS(rt_sigreturn), SCMP_SYS(rt_sigprocmask),
        SCMP_SYS(restart_syscall), SCMP_SYS(getpid), SCMP_SYS(gettid)}) {
    rules->Allow(call);
  }
  // Private memory of nobody's file. Shared memory and memory that grows
  // downwards do not count against RLIMIT_DATA.
  constexpr int kOwn = MAP_PRIVATE | MAP_ANONYMOUS;
  constexpr int kKind = MAP_TYPE | MAP_ANONYMOUS | MAP_GROWSDOWN | MAP_HUGETLB;
  rules->Allow(SCMP_SYS(mmap), SCMP_A2(SCMP_CMP_MASKED_EQ, PROT_EXEC, 0),
               SCMP_A3(SCMP_CMP_MASKED_EQ, kKind, kOwn));
  rules->Allow(SCMP_SYS(mprotect), SCMP_A2(SCMP_CMP_MASKED_EQ, PROT_EXEC, 0));
  for (const int advice : {MADV_DONTNEED, MADV_FREE}) {
    rules->Allow(SCMP_SYS(madvise), SCMP_A2(SCMP_CMP_EQ, Low(advice)));
  }
  for (const int operation :
       {FUTEX_WAIT, FUTEX_WAKE, FUTEX_WAIT_BITSET, FUTEX_WAKE_BITSET}) {
    constexpr uint32_t kOperation =
        ~Low(FUTEX_PRIVATE_FLAG | FUTEX_CLOCK_REALTIME);
    rules->Allow(SCMP_SYS(futex),
                 SCMP_A1(SCMP_CMP_MASKED_EQ, kOperation, Low(operation)));
  }
  rules->Allow(SCMP_SYS(tgkill),
               SCMP_A0(SCMP_CMP_EQ, static_cast<uint32_t>(getpid())),
               SCMP_A2(SCMP_CMP_EQ, SIGABRT));
  // The C library's last words before an abort: it is not there, and the abort
  // is what gets reported.
  for (const int call : {SCMP_SYS(write), SCMP_SYS(writev)}) {
    rules->Add(SCMP_ACT_ERRNO(EBADF), call,
               SCMP_A0(SCMP_CMP_EQ, STDERR_FILENO));
  }
}

void AllowConversation(Rules* rules) {
  rules->Allow(SCMP_SYS(recvfrom), SCMP_A0(SCMP_CMP_EQ, frame::kControlFd));
  rules->Allow(SCMP_SYS(sendto), SCMP_A0(SCMP_CMP_EQ, frame::kControlFd),
               SCMP_A4(SCMP_CMP_EQ, 0));
}

// What ld.so does with the one file; it opens it through the trap.
void AllowLoading(Rules* rules) {
  const auto own = SCMP_A0(SCMP_CMP_EQ, frame::kLoaderFd);
  for (const int call :
       {SCMP_SYS(read), SCMP_SYS(pread64), SCMP_SYS(fstat), SCMP_SYS(close)}) {
    rules->Allow(call, own);
  }
  // Private and of the file: where a map is anonymous the kernel looks at no
  // descriptor, and any number would let memory through that nothing counts.
  constexpr int kKind = MAP_TYPE | MAP_ANONYMOUS | MAP_GROWSDOWN | MAP_HUGETLB;
  rules->Allow(SCMP_SYS(mmap), SCMP_A3(SCMP_CMP_MASKED_EQ, kKind, MAP_PRIVATE),
               SCMP_A4(SCMP_CMP_EQ, frame::kLoaderFd));
  // The second filter. Another one can only take away.
  rules->Allow(SCMP_SYS(seccomp), SCMP_A0(SCMP_CMP_EQ, SECCOMP_SET_MODE_FILTER),
               SCMP_A1(SCMP_CMP_EQ, 0));
}

}  // namespace

int BuildFilter(Stage stage, Filter* filter) {
  Rules rules;
  AllowOwnBusiness(&rules);
  // Both filters hold at once, so the first has all that the second allows.
  if (stage != Stage::kInspecting) AllowConversation(&rules);
  if (stage == Stage::kLoading) AllowLoading(&rules);
  return rules.Export(filter);
}

int FiltersMissing() {
  // With filters it complains of the missing program, and of nothing before.
  const long result = syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, nullptr);
  return result != 0 && errno != EFAULT ? errno : 0;
}

int InstallFilter(const Filter& filter) {
  sock_fprog program = {};
  program.len = static_cast<unsigned short>(filter.size());
  program.filter = const_cast<sock_filter*>(filter.data());  // only read
  return syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, &program) == 0
             ? 0
             : errno;
}

}  // namespace shirube::worker
