// The one module of this process, loaded from the descriptor the host handed
// over and never unloaded. That descriptor stays open: the loader knows a
// library by its path, and a second file behind the same /proc/self/fd/N would
// silently be the first one.
#ifndef SHIRUBE_SERVER_WORKER_LOADED_MODULE_H_
#define SHIRUBE_SERVER_WORKER_LOADED_MODULE_H_

#include "rules/include/shirube/rule.h"
#include "server/rule_host/frame/control.h"

namespace shirube::worker {

struct LoadedModule {
  const shirube_rule* rule = nullptr;
  void* state = nullptr;
};

// Loads and creates; the greeting says what came of it. Only a greeting of
// kReady leaves `module` usable.
frame::Greeting Load(LoadedModule* module);

}  // namespace shirube::worker

#endif  // SHIRUBE_SERVER_WORKER_LOADED_MODULE_H_
