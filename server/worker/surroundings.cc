#include "server/worker/surroundings.h"

#include <fcntl.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <iterator>

#include "server/worker/landlock.h"
#include "server/worker/trap.h"

namespace shirube::worker {
namespace {

constexpr rlim_t kStackBytes = rlim_t{8} << 20;
// What comes to a worker's address space beside the memory it may take: the
// module's file, the stack.
constexpr rlim_t kBesidesBytes = rlim_t{128} << 20;

// The address space in use, the maps it shares included; 0 (errno is set) where
// that cannot be told.
rlim_t MappedBytes() {
  const int fd = open("/proc/self/statm", O_RDONLY | O_CLOEXEC);
  if (fd < 0) return 0;
  char text[64] = {};
  const ssize_t n = read(fd, text, sizeof(text) - 1);
  close(fd);
  if (n <= 0) return 0;
  return std::strtoull(text, nullptr, 10) *
         static_cast<rlim_t>(sysconf(_SC_PAGESIZE));
}

int Limit(__rlimit_resource_t resource, rlim_t soft, rlim_t hard) {
  rlimit limit = {};
  if (getrlimit(resource, &limit) != 0) return errno;
  limit.rlim_max = std::min(limit.rlim_max, hard);  // or it is lower already
  limit.rlim_cur = std::min(limit.rlim_max, soft);
  return setrlimit(resource, &limit) == 0 ? 0 : errno;
}

int GiveUpPrivileges() {
  if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) return errno;
  return prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) == 0 ? 0 : errno;
}

}  // namespace

bool Settle(pid_t parent) {
  close_range(frame::kFirstOtherFd, ~0U, 0);
  // The signal comes when the *thread* that started us ends; the host keeps it
  // as long as itself. If the host died before this line, no signal comes.
  if (prctl(PR_SET_PDEATHSIG, SIGKILL) != 0) return false;
  return getppid() == parent;
}

bool OpenForLoader() {
  // Opened anew: a duplicate would share its position with the host and with
  // every other worker of this module.
  const int fd = open(kModulePath, O_RDONLY | O_CLOEXEC);
  if (fd < 0) return false;
  if (fd == frame::kLoaderFd) return true;
  const bool moved = dup2(fd, frame::kLoaderFd) == frame::kLoaderFd;
  close(fd);
  return moved;
}

Confinement::Confinement(Stage first, uint64_t memory_limit)
    : first_(first), memory_limit_(memory_limit) {
  filter_error_ = FiltersMissing();
  filters_missing_ = filter_error_ != 0;
  if (filter_error_ == 0) filter_error_ = BuildFilter(first, &first_filter_);
  if (filter_error_ == 0 && first == Stage::kLoading) {
    filter_error_ = BuildFilter(Stage::kServing, &serving_filter_);
  }
}

void Confinement::Report(frame::Layer layer, int error) {
  const uint32_t bit = 1U << layer;
  report_.active = error == 0 ? report_.active | bit : report_.active & ~bit;
  report_.error[layer] = static_cast<uint8_t>(error);
}

int Confinement::CheckSeals() {
  constexpr int kFrozen = F_SEAL_WRITE | F_SEAL_SHRINK | F_SEAL_GROW;
  const int seals = fcntl(frame::kModuleFd, F_GET_SEALS);
  if (seals < 0) return errno;
  return (seals & kFrozen) == kFrozen ? 0 : EPERM;
}

int Confinement::LimitResources(rlim_t mapped) {
  if (mapped == 0) return ENOENT;
  // Without a filter the loader opens the module itself.
  const rlim_t files = filter_error_ == 0 ? 0 : frame::kLoaderFd + 8;
  const int errors[] = {
      Limit(RLIMIT_CORE, 0, 0), Limit(RLIMIT_FSIZE, 0, 0),
      Limit(RLIMIT_NPROC, 0, 0), Limit(RLIMIT_NOFILE, files, files),
      Limit(RLIMIT_STACK, kStackBytes, kStackBytes),
      // Its own memory; shared maps are not in it.
      Limit(RLIMIT_DATA, memory_limit_, memory_limit_),
      // And what that does not count: memory that was filled and made read-only
      // since, and the tables of maps that are empty.
      Limit(RLIMIT_AS, mapped + memory_limit_ + kBesidesBytes,
            mapped + memory_limit_ + kBesidesBytes),
      // A backstop: the host raises it ahead of a worker that it watches.
      Limit(RLIMIT_CPU, frame::kFirstCpuSeconds, RLIM_INFINITY)};
  for (const int error : errors) {
    if (error != 0) return error;
  }
  return 0;
}

int Confinement::FirstUnneeded() const {
  // The result area and the module of an inspector are mapped.
  if (first_ == Stage::kInspecting) return frame::kControlFd;
  // Without filters the loader opens the module itself.
  return filter_error_ == 0 ? frame::kModuleFd : frame::kModuleFd + 1;
}

void Confinement::Enter(frame::WorkerPage* page) {
  const rlim_t mapped = MappedBytes();  // before that cannot be read any more
  Report(frame::kSealedMemory, CheckSeals());
  close_range(0, frame::kControlFd - 1, 0);
  close_range(static_cast<unsigned>(FirstUnneeded()), frame::kLoaderFd - 1, 0);
  close_range(frame::kLoaderFd + 1, ~0U, 0);
  Report(frame::kNoNewPrivileges, GiveUpPrivileges());
  Report(frame::kLandlock, RestrictByLandlock(&report_.landlock_abi));
  Report(frame::kRlimits, LimitResources(mapped));
  if (filter_error_ == 0 && !InstallTrap(page)) filter_error_ = errno;
  if (filter_error_ == 0) filter_error_ = InstallFilter(first_filter_);
  Report(frame::kSeccomp, filter_error_);
}

const char* Confinement::failed() const {
  constexpr const char* kNames[] = {"sealed_memory", "no_new_privs", "rlimits",
                                    "landlock", "seccomp"};
  static_assert(std::size(kNames) == frame::kLayers);
  for (uint32_t layer = 0; layer < frame::kLayers; ++layer) {
    const bool may_lack =
        layer == frame::kSeccomp
            ? filters_missing_
            : layer == frame::kLandlock && report_.landlock_abi == 0;
    if (report_.error[layer] != 0 && !may_lack) return kNames[layer];
  }
  return nullptr;
}

void Confinement::EnterServing() {
  if (!has(frame::kSeccomp)) return;
  Report(frame::kSeccomp, InstallFilter(serving_filter_));
}

}  // namespace shirube::worker
