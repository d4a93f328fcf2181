// The one module of this process, from the descriptor the host handed over.
// A library is loaded and never unloaded: the loader knows it by its path, and
// a second file behind the same path would silently be the first one. A text is
// run by the Lua engine of the worker itself.
#ifndef SHIRUBE_SERVER_WORKER_LOADED_MODULE_H_
#define SHIRUBE_SERVER_WORKER_LOADED_MODULE_H_

#include <memory>

#include "rules/include/shirube/rule.h"
#include "server/rule_host/frame/areas.h"
#include "server/rule_host/frame/control.h"
#include "server/rule_host/frame/memory_file.h"
#include "server/worker/lua/engine.h"

namespace shirube::worker {

struct LoadedModule {
  void* library = nullptr;
  const shirube_rule* rule = nullptr;
  void* state = nullptr;
  // Of a Lua module: its file, and what runs it.
  frame::Mapping text;
  std::unique_ptr<lua::Engine> engine;
};

// The three steps of a library's start, in this order; each runs code of the
// module. The greeting says what came of it; only kReady lets the next step
// follow.
frame::Greeting OpenLibrary(LoadedModule* module);
frame::Greeting FindRule(LoadedModule* module);
frame::Greeting Create(LoadedModule* module);

// The two steps of a text's start. The first runs nothing of the module and
// comes before all confinement: `engine` stays empty where the file is no Lua
// module. False (errno is set) where memory is missing.
bool PrepareText(uint64_t memory_limit, LoadedModule* module);
frame::Greeting StartText(LoadedModule* module, frame::WorkerPage* page);

// Of a module that runs in the engine and could not answer: leaves on the page
// what its author has to read, and ends the process.
[[noreturn]] void EndWithFailure(const LoadedModule& module,
                                 frame::WorkerPage* page);

}  // namespace shirube::worker

#endif  // SHIRUBE_SERVER_WORKER_LOADED_MODULE_H_
