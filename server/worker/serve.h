// Answers requests until the host closes the socket.
#ifndef SHIRUBE_SERVER_WORKER_SERVE_H_
#define SHIRUBE_SERVER_WORKER_SERVE_H_

#include "server/rule_host/frame/control.h"
#include "server/rule_host/frame/memory_file.h"
#include "server/worker/loaded_module.h"

namespace shirube::worker {

// The shared memory, mapped.
struct Areas {
  frame::Mapping columns;   // read-only
  frame::Mapping request;   // read-only
  frame::Mapping verdicts;  // writable
};

// False (errno is set) when something cannot be mapped.
bool MapAreas(Areas* areas);

// The exit code of the process.
int Serve(const LoadedModule& module, const Areas& areas);

bool Send(const void* message, size_t bytes);

}  // namespace shirube::worker

#endif  // SHIRUBE_SERVER_WORKER_SERVE_H_
