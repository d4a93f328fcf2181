// shirube-rule-worker: one rule module in a process of its own, or a look at
// one. Started by the rule host alone; modes, arguments and descriptors are in
// frame/control.h. As a worker it says one greeting and then answers requests
// until the host closes the socket.
#include <cerrno>
#include <cstdlib>
#include <cstring>

#include "server/worker/allocation.h"
#include "server/worker/inspect.h"
#include "server/worker/loaded_module.h"
#include "server/worker/serve.h"
#include "server/worker/surroundings.h"

namespace shirube::worker {
namespace {

// Runs the module's code; the page always says how far it got.
frame::Greeting Load(frame::WorkerPage* page, Confinement* confinement,
                     LoadedModule* module) {
  // Its confinement is complete already.
  if (module->engine != nullptr) {
    page->stage = frame::kCreating;
    const frame::Greeting greeting = StartText(module, page);
    if (greeting.status == frame::Greeting::kReady) {
      page->stage = frame::kServing;
    }
    return greeting;
  }
  page->stage = frame::kLoading;
  frame::Greeting greeting = OpenLibrary(module);
  if (greeting.status != frame::Greeting::kReady) return greeting;
  confinement->EnterServing();
  page->stage = frame::kEntering;
  greeting = FindRule(module);
  if (greeting.status != frame::Greeting::kReady) return greeting;
  page->stage = frame::kCreating;
  greeting = Create(module);
  if (greeting.status == frame::Greeting::kReady) page->stage = frame::kServing;
  return greeting;
}

bool Greet(frame::Greeting greeting, const Confinement& confinement) {
  greeting.layers = confinement.report();
  return Send(&greeting, sizeof(greeting));
}

int Run(uint64_t memory_limit) {
  LoadedModule module;
  const bool prepared = PrepareText(memory_limit, &module);
  // Nothing has to be loaded for a text: what is forbidden while serving is
  // forbidden from its first line.
  const bool is_text = module.engine != nullptr;
  Confinement confinement(is_text ? Stage::kServing : Stage::kLoading,
                          memory_limit);
  Areas areas;
  frame::Greeting greeting;
  if (!prepared || !MapAreas(&areas) || (!is_text && !OpenForLoader())) {
    greeting.status = frame::Greeting::kMapFailed;
    greeting.value = errno;
    std::strncpy(greeting.detail, std::strerror(errno),
                 sizeof(greeting.detail) - 1);
    Greet(greeting, confinement);
    return 0;
  }
  auto* page =
      frame::At<frame::WorkerPage>(areas.verdicts.base(), frame::kWorkerPage);
  NoteFailedAllocations(page);
  confinement.Enter(page);
  if (const char* layer = confinement.failed()) {
    greeting.status = frame::Greeting::kUnconfined;
    std::strncpy(greeting.detail, layer, sizeof(greeting.detail) - 1);
    Greet(greeting, confinement);
    return 0;
  }
  greeting = Load(page, &confinement, &module);
  if (!Greet(greeting, confinement)) return 0;
  if (greeting.status != frame::Greeting::kReady) return 0;
  return Serve(module, areas);
}

// Takes every layer and tells which of them hold.
int Probe(uint64_t memory_limit) {
  static frame::WorkerPage page;
  Confinement confinement(Stage::kLoading, memory_limit);
  confinement.Enter(&page);
  confinement.EnterServing();
  Greet(frame::Greeting(), confinement);
  return 0;
}

}  // namespace
}  // namespace shirube::worker

int main(int argc, char** argv) {
  using namespace shirube;
  if (argc != 4) return 2;
  const auto parent = static_cast<pid_t>(std::atol(argv[2]));
  const uint64_t number = std::strtoull(argv[3], nullptr, 10);
  if (!worker::Settle(parent)) return 0;
  if (std::strcmp(argv[1], frame::kModeRun) == 0) return worker::Run(number);
  if (std::strcmp(argv[1], frame::kModeProbe) == 0) {
    return worker::Probe(number);
  }
  if (std::strcmp(argv[1], frame::kModeInspect) == 0) {
    return worker::Inspect(number);
  }
  return 2;
}
