// What a worker does to itself before it loads or looks at a module: hold on to
// nothing it was not given, die with its parent, take the limits and layers
// upon itself, in the one order in which that works.
#ifndef SHIRUBE_SERVER_WORKER_SURROUNDINGS_H_
#define SHIRUBE_SERVER_WORKER_SURROUNDINGS_H_

#include <sys/resource.h>
#include <sys/types.h>

#include <cstdint>

#include "server/rule_host/frame/areas.h"
#include "server/rule_host/frame/control.h"
#include "server/worker/filter.h"

namespace shirube::worker {

// False when the process should end at once: its parent is gone already.
bool Settle(pid_t parent);

// Opens the module as frame::kLoaderFd, for reading. False (errno is set) where
// that fails.
bool OpenForLoader();

// The confinement, layer by layer. Used once, by the main thread:
//   Confinement confinement(Stage::kLoading, memory_limit);   // builds filters
//   … map memory, which needs calls that are gone afterwards …
//   confinement.Enter(page);      // all layers; of the filters the first
//   … dlopen …
//   confinement.EnterServing();   // the second filter
class Confinement {
 public:
  Confinement(Stage first, uint64_t memory_limit);
  // Closes every descriptor but the socket and the loader's (an inspector
  // keeps none) and takes every layer that there is.
  void Enter(frame::WorkerPage* page);
  void EnterServing();

  // Every layer that could be had is active; why the others are not.
  const frame::LayerReport& report() const { return report_; }
  bool has(frame::Layer layer) const {
    return (report_.active >> layer & 1) != 0;
  }
  // A layer that this machine has could not be taken: then nothing of a module
  // may run. nullptr: there is none such.
  const char* failed() const;

 private:
  void Report(frame::Layer layer, int error);
  int LimitResources(rlim_t mapped);
  int CheckSeals();
  int FirstUnneeded() const;  // descriptor, of those below the loader's

  const Stage first_;
  const uint64_t memory_limit_;
  Filter first_filter_, serving_filter_;
  int filter_error_ = 0;
  bool filters_missing_ = false;  // this machine has none
  frame::LayerReport report_;
};

}  // namespace shirube::worker

#endif  // SHIRUBE_SERVER_WORKER_SURROUNDINGS_H_
