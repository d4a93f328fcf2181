// The one module of this process, loaded from the descriptor the host handed
// over and never unloaded: the loader knows a library by its path, and a second
// file behind the same path would silently be the first one.
#ifndef SHIRUBE_SERVER_WORKER_LOADED_MODULE_H_
#define SHIRUBE_SERVER_WORKER_LOADED_MODULE_H_

#include "rules/include/shirube/rule.h"
#include "server/rule_host/frame/control.h"

namespace shirube::worker {

struct LoadedModule {
  void* library = nullptr;
  const shirube_rule* rule = nullptr;
  void* state = nullptr;
};

// The three steps of a start, in this order; each runs code of the module. The
// greeting says what came of it; only kReady lets the next step follow.
frame::Greeting OpenLibrary(LoadedModule* module);
frame::Greeting FindRule(LoadedModule* module);
frame::Greeting Create(LoadedModule* module);

}  // namespace shirube::worker

#endif  // SHIRUBE_SERVER_WORKER_LOADED_MODULE_H_
