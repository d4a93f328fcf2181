#include "server/worker/surroundings.h"

#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

#include <csignal>

#include "server/rule_host/frame/control.h"

namespace shirube::worker {
namespace {

void Limit(__rlimit_resource_t resource, rlim_t most) {
  const rlimit limit = {most, most};
  setrlimit(resource, &limit);  // a limit that is lower already is as good
}

}  // namespace

bool Settle(pid_t parent) {
  close_range(frame::kFirstOtherFd, ~0U, 0);
  // The signal comes when the *thread* that started us ends; the host keeps it
  // as long as itself. If the host died before this line, no signal comes.
  if (prctl(PR_SET_PDEATHSIG, SIGKILL) != 0) return false;
  if (getppid() != parent) return false;
  prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
  prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
  Limit(RLIMIT_CORE, 0);
  Limit(RLIMIT_FSIZE, 0);
  Limit(RLIMIT_NOFILE, 32);  // the loader opens the module and libraries
  Limit(RLIMIT_DATA,
        512UL << 20);  // of its own memory; shared maps are not in it
  return true;
}

}  // namespace shirube::worker
