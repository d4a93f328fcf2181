// What a script finds: the allowed part of Lua's libraries, and ours. All of
// it is added to a new state before anything of a module is there.
//
// Scripts see locked stand-ins of the tables, never the tables themselves, and
// nothing whose answer depends on addresses, clocks or chance.
#ifndef SHIRUBE_SERVER_WORKER_LUA_LIBRARY_H_
#define SHIRUBE_SERVER_WORKER_LUA_LIBRARY_H_

#include "lua.hpp"

namespace shirube::lua {

// ---- library.cc. Each of these runs inside a protected call.

// Leaves the environment of the chunk on the stack: reads come from a table
// that holds all of the below, writes go there until the engine is serving.
void PushEnvironment(lua_State* state);

// ---- They add to the table on top of the stack.

// pairs and next in one order everywhere, tostring without addresses, pcall
// that catches no time-out: base_library.cc.
void AddBase(lua_State* state);
// table.sort that is stable and asks no clock: table_library.cc.
void AddSort(lua_State* state);
// string.format without addresses; takes what it replaces from the table.
void AddFormat(lua_State* state);
// ratio(), and what all handles can: value_library.cc.
void AddValues(lua_State* state);
// raise, not_raise, cannot_tell: answer_library.cc.
void AddAnswers(lua_State* state);

// The one row object, pushed: row_library.cc.
void* PushRow(lua_State* state);

// ---- Between them: value_library.cc.

struct Exact;
// A ratio or an integer; raises an error for anything else.
Exact CheckExact(lua_State* state, int argument);

}  // namespace shirube::lua

#endif  // SHIRUBE_SERVER_WORKER_LUA_LIBRARY_H_
