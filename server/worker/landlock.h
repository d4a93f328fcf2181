// Landlock with an empty rule set: no file, no port, no signal, no abstract
// socket outside of this process. The second layer, behind the filters.
#ifndef SHIRUBE_SERVER_WORKER_LANDLOCK_H_
#define SHIRUBE_SERVER_WORKER_LANDLOCK_H_

#include <cstdint>

namespace shirube::worker {

// 0, or the errno that says why not (ENOSYS, EOPNOTSUPP: this kernel has none).
// `abi` is the kernel's version of it, 0 without one. Needs no_new_privs.
int RestrictByLandlock(int32_t* abi);

}  // namespace shirube::worker

#endif  // SHIRUBE_SERVER_WORKER_LANDLOCK_H_
