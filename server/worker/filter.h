// The system call filters: which calls a worker may still make, and at which
// stage. Everything else traps (SIGSYS, see trap.h).
//
// The first filter is the boundary. A module's constructors run under it and
// share the process: they could rewrite any code that runs later, so a second
// filter that is only installed after them can be prevented, and counts for
// nothing against a module that means harm. It is there to make what remains
// as small as can be for every other one. So the first filter allows nothing
// that may not be done for ever.
#ifndef SHIRUBE_SERVER_WORKER_FILTER_H_
#define SHIRUBE_SERVER_WORKER_FILTER_H_

#include <linux/filter.h>

#include <cstdint>
#include <vector>

namespace shirube::worker {

enum class Stage {
  kLoading,     // dlopen of the module, through frame::kLoaderFd
  kServing,     // the module's functions, the control socket
  kInspecting,  // looking at memory that is mapped already
};

using Filter = std::vector<sock_filter>;

// 0, or the errno of what failed. Opens a descriptor for a moment and writes to
// it: before all confinement.
int BuildFilter(Stage stage, Filter* filter);

// 0, or why this kernel, or what surrounds us, takes no filters.
int FiltersMissing();

// 0, or an errno. For this process and for ever; needs no_new_privs. One system
// call, nothing else.
int InstallFilter(const Filter& filter);

}  // namespace shirube::worker

#endif  // SHIRUBE_SERVER_WORKER_FILTER_H_
