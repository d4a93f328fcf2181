// How a Lua module failed, with what its author has to read.
#ifndef SHIRUBE_SERVER_WORKER_LUA_FAILURE_H_
#define SHIRUBE_SERVER_WORKER_LUA_FAILURE_H_

#include "server/rule_host/frame/areas.h"

namespace shirube::lua {

struct Failure {
  frame::WorkerFailure kind = frame::kNoFailure;
  char text[sizeof(frame::WorkerPage::text)] = {};  // "name.lua:12: …"
};

}  // namespace shirube::lua

#endif  // SHIRUBE_SERVER_WORKER_LUA_FAILURE_H_
