// Notes failed allocations of this process, see allocation.cc.
#ifndef SHIRUBE_SERVER_WORKER_ALLOCATION_H_
#define SHIRUBE_SERVER_WORKER_ALLOCATION_H_

#include "server/rule_host/frame/areas.h"

namespace shirube::worker {

// From here on, on `page`, which outlives everything.
void NoteFailedAllocations(frame::WorkerPage* page);

}  // namespace shirube::worker

#endif  // SHIRUBE_SERVER_WORKER_ALLOCATION_H_
