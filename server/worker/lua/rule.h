// A Lua module as a `shirube_rule` of the ABI: what the worker serves, and what
// tests of both kinds of modules ask in their own process.
#ifndef SHIRUBE_SERVER_WORKER_LUA_RULE_H_
#define SHIRUBE_SERVER_WORKER_LUA_RULE_H_

#include <string>
#include <string_view>

#include "server/worker/lua/engine.h"
#include "server/worker/lua/failure.h"
#include "shirube/rule.h"

namespace shirube::lua {

// create() starts an engine of its own with the file that this thread named
// last, here; 0, or see LastFailure(). What create() gives is an Engine and
// belongs to the thread that made it.
const shirube_rule* RuleOf(std::string_view file, const Limits& limits = {});

// The same for an engine that is there already and was started: its evaluate()
// and nothing else is to be called.
const shirube_rule* EngineRule();

// What ended the last create() or evaluate() of this thread that was no
// success.
const Failure& LastFailure();

}  // namespace shirube::lua

#endif  // SHIRUBE_SERVER_WORKER_LUA_RULE_H_
