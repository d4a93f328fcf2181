// What happens at a system call that the filters do not allow: the loader's
// opening of the module is answered, everything else is noted on the worker's
// page and ends the process.
#ifndef SHIRUBE_SERVER_WORKER_TRAP_H_
#define SHIRUBE_SERVER_WORKER_TRAP_H_

#include "server/rule_host/frame/areas.h"

namespace shirube::worker {

// The path by which the module is loaded, and what is open for it.
inline constexpr char kModulePath[] = "/proc/self/fd/4";

// Before the first filter. `page` outlives everything.
bool InstallTrap(frame::WorkerPage* page);

}  // namespace shirube::worker

#endif  // SHIRUBE_SERVER_WORKER_TRAP_H_
