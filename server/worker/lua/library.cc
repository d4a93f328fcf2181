#include "server/worker/lua/library.h"

#include "server/worker/lua/engine.h"

namespace shirube::lua {
namespace {

// Of the libraries, what depends on nothing but its arguments and does nothing
// but answer. A module that needs more is asking for what no rule may do.
constexpr const char* kBase[] = {"assert", "error", "ipairs", "select", "type"};
constexpr const char* kLeftOutOfMath[] = {"random", "randomseed"};
constexpr const char* kLeftOutOfString[] = {"dump"};

// Writes to a library, and to globals once the chunk has run.
int Refuse(lua_State* state) {
  if (lua_type(state, 2) == LUA_TSTRING) {
    return luaL_error(state, "%s cannot be changed: it is a library's",
                      lua_tostring(state, 2));
  }
  return luaL_error(state, "a library cannot be changed");
}

int SetGlobal(lua_State* state) {
  if (Engine::Of(state)->serving()) {
    const bool named = lua_type(state, 2) == LUA_TSTRING;
    return luaL_error(
        state,
        "global '%s' cannot be set in judge: a module keeps nothing from row "
        "to row; make it local",
        named ? lua_tostring(state, 2) : "?");
  }
  lua_rawset(state, lua_upvalueindex(1));
  return 0;
}

// Replaces the table on top by an empty one that reads from it. The function
// below it takes writes.
void Lock(lua_State* state) {
  lua_newtable(state);                 // writer, table, stand-in
  lua_createtable(state, 0, 3);        // …, metatable
  lua_rotate(state, -3, -1);           // writer, stand-in, metatable, table
  lua_setfield(state, -2, "__index");  // writer, stand-in, metatable
  lua_pushboolean(state, 0);
  lua_setfield(state, -2, "__metatable");
  lua_rotate(state, -3, -1);  // stand-in, metatable, writer
  lua_setfield(state, -2, "__newindex");
  lua_setmetatable(state, -2);
}

void LockLibrary(lua_State* state) {
  lua_pushcfunction(state, Refuse);
  lua_insert(state, -2);
  Lock(state);
}

template <size_t n>
void LeaveOut(lua_State* state, const char* const (&names)[n]) {
  for (const char* name : names) {
    lua_pushnil(state);
    lua_setfield(state, -2, name);
  }
}

// Pushes a new library table; what luaopen_* does besides stays.
void Open(lua_State* state, lua_CFunction open) {
  lua_pushcfunction(state, open);
  lua_call(state, 0, 1);
}

// Into the table below the top.
void Give(lua_State* state, const char* name) {
  LockLibrary(state);
  lua_setfield(state, -2, name);
}

void GiveBase(lua_State* state) {
  Open(state,
       luaopen_base);  // it is the state's own global table: emptied below
  for (const char* name : kBase) {
    lua_getfield(state, -1, name);
    lua_setfield(state, -3, name);
  }
  lua_pop(state, 1);
  AddBase(state);
}

}  // namespace

void PushEnvironment(lua_State* state) {
  lua_newtable(state);
  GiveBase(state);
  Open(state, luaopen_math);
  LeaveOut(state, kLeftOutOfMath);
  Give(state, "math");
  Open(state, luaopen_table);
  AddSort(state);
  Give(state, "table");
  Open(state, luaopen_utf8);
  Give(state, "utf8");
  Open(state, luaopen_string);
  LeaveOut(state, kLeftOutOfString);
  AddFormat(state);
  // ("x"):rep(3) reads the library's own table, through this metatable.
  lua_pushliteral(state, "");
  lua_getmetatable(state, -1);
  lua_pushboolean(state, 0);
  lua_setfield(state, -2, "__metatable");
  lua_pop(state, 2);
  Give(state, "string");
  AddValues(state);
  AddAnswers(state);
  // What the chunk defines is read where our own is.
  lua_pushvalue(state, -1);
  lua_pushcclosure(state, SetGlobal, 1);
  lua_insert(state, -2);
  Lock(state);
  // Nobody reaches the state's own globals; nothing is left in them either.
  lua_newtable(state);
  lua_rawseti(state, LUA_REGISTRYINDEX, LUA_RIDX_GLOBALS);
}

}  // namespace shirube::lua
