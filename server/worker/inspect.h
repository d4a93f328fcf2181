// The mode "inspect": looks at a module's file in memory, having given up the
// power to do anything else, and leaves what it found in the result area.
#ifndef SHIRUBE_SERVER_WORKER_INSPECT_H_
#define SHIRUBE_SERVER_WORKER_INSPECT_H_

#include <cstdint>

namespace shirube::worker {

// `file_bytes` is the size of the file; the memory file may have only its
// beginning. The exit code of the process.
int Inspect(uint64_t file_bytes);

}  // namespace shirube::worker

#endif  // SHIRUBE_SERVER_WORKER_INSPECT_H_
