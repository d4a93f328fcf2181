// What a worker does to itself before it loads a module: hold on to nothing it
// was not given, die with its parent, leave no core.
//
// The place for the confinement (Landlock, system call filters): between
// Settle and loading, and between loading and the first request.
#ifndef SHIRUBE_SERVER_WORKER_SURROUNDINGS_H_
#define SHIRUBE_SERVER_WORKER_SURROUNDINGS_H_

#include <sys/types.h>

namespace shirube::worker {

// False when the process should end at once: its parent is gone already.
bool Settle(pid_t parent);

}  // namespace shirube::worker

#endif  // SHIRUBE_SERVER_WORKER_SURROUNDINGS_H_
