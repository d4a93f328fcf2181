// shirube-rule-worker: one rule module in a process of its own. Started by the
// rule host alone, with the descriptors of frame/control.h and its parent's
// process id as the only argument. It says one greeting and then answers
// requests until the host closes the socket.
#include <cerrno>
#include <cstdlib>
#include <cstring>

#include "server/worker/loaded_module.h"
#include "server/worker/serve.h"
#include "server/worker/surroundings.h"

int main(int argc, char** argv) {
  using namespace shirube;
  if (argc != 2) return 2;
  if (!worker::Settle(static_cast<pid_t>(std::atol(argv[1])))) return 0;

  worker::Areas areas;
  frame::Greeting greeting;
  worker::LoadedModule module;
  if (worker::MapAreas(&areas)) {
    greeting = worker::Load(&module);
  } else {
    greeting.status = frame::Greeting::kMapFailed;
    greeting.value = errno;
    std::strncpy(greeting.detail, std::strerror(errno),
                 sizeof(greeting.detail) - 1);
  }
  if (!worker::Send(&greeting, sizeof(greeting))) return 0;
  if (greeting.status != frame::Greeting::kReady) return 0;
  return worker::Serve(module, areas);
}
