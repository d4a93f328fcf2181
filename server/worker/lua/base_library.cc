// pairs, next, tostring, tonumber, pcall and string.format: as in Lua's manual,
// but for what would be different in another worker, or would let a script
// outlive its end.
#include <algorithm>
#include <cstring>

#include "server/worker/lua/engine.h"
#include "server/worker/lua/key_order.h"
#include "server/worker/lua/library.h"

namespace shirube::lua {
namespace {

void CheckKey(lua_State* state, Key* key) {
  if (ReadKey(state, -1, key)) return;
  luaL_error(state,
             "a table with a key that is a %s has no order; use numbers or "
             "texts as keys",
             luaL_typename(state, -1));
}

// pairs' iterator: upvalues are the keys in order and how many it has given.
int NextInOrder(lua_State* state) {
  luaL_checktype(state, 1, LUA_TTABLE);  // whoever has it can call it
  const lua_Integer n = luaL_len(state, lua_upvalueindex(1));
  lua_Integer i = lua_tointeger(state, lua_upvalueindex(2));
  while (i < n) {
    lua_rawgeti(state, lua_upvalueindex(1), ++i);
    lua_pushvalue(state, -1);
    // What was taken out meanwhile is passed over.
    if (lua_rawget(state, 1) != LUA_TNIL) {
      lua_pushinteger(state, i);
      lua_replace(state, lua_upvalueindex(2));
      return 2;
    }
    lua_pop(state, 2);
  }
  return 0;
}

// The keys of table 1 as a list, pushed; how many.
lua_Integer PushKeys(lua_State* state) {
  lua_newtable(state);
  lua_Integer n = 0;
  for (lua_pushnil(state); lua_next(state, 1) != 0;) {
    lua_pop(state, 1);
    lua_pushvalue(state, -1);
    lua_rawseti(state, -3, ++n);
  }
  return n;
}

// Of a list of points or milestones.
int NextItem(lua_State* state) {
  // Whoever has the function can call it with any number.
  const auto i = static_cast<lua_Integer>(
      static_cast<lua_Unsigned>(luaL_checkinteger(state, 2)) + 1);
  lua_pushinteger(state, i);
  return lua_geti(state, 1, i) == LUA_TNIL ? 1 : 2;
}

bool IsList(lua_State* state, int index) {
  if (!lua_islightuserdata(state, index)) return false;
  const Handle handle = Handle::Of(lua_touserdata(state, index));
  return handle.tag == Handle::kPoints || handle.tag == Handle::kMilestones;
}

int Pairs(lua_State* state) {
  if (IsList(state, 1)) {
    lua_pushcfunction(state, NextItem);
    lua_pushvalue(state, 1);
    lua_pushinteger(state, 0);
    return 3;
  }
  luaL_checktype(state, 1, LUA_TTABLE);
  lua_settop(state, 1);
  const lua_Integer n = PushKeys(state);
  auto* keys = static_cast<Key*>(
      lua_newuserdatauv(state, static_cast<size_t>(n) * sizeof(Key) + 1, 0));
  for (lua_Integer i = 0; i < n; ++i) {
    lua_rawgeti(state, 2, i + 1);  // its text stays: the list has it
    CheckKey(state, &keys[i]);
    keys[i].position = i + 1;
    lua_pop(state, 1);
  }
  std::sort(keys, keys + n);
  lua_createtable(state, static_cast<int>(n), 0);
  for (lua_Integer i = 0; i < n; ++i) {
    lua_rawgeti(state, 2, keys[i].position);
    lua_rawseti(state, -2, i + 1);
  }
  lua_pushinteger(state, 0);
  lua_pushcclosure(state, NextInOrder, 2);
  lua_pushvalue(state, 1);
  return 2;
}

// The first key behind that of argument 2. Looks at all of them every time;
// for going through a table there is pairs.
int Next(lua_State* state) {
  luaL_checktype(state, 1, LUA_TTABLE);
  lua_settop(state, 2);
  Key after = {}, best = {}, key;
  const bool from_start = lua_isnil(state, 2);
  if (!from_start) {
    lua_pushvalue(state, 2);
    CheckKey(state, &after);
    lua_pop(state, 1);
  }
  lua_settop(state, 4);  // 3 and 4: the best so far
  bool found = false;
  for (lua_pushnil(state); lua_next(state, 1) != 0;) {
    lua_insert(state, -2);  // value, key
    CheckKey(state, &key);
    if ((from_start || after < key) && (!found || key < best)) {
      found = true;
      best = key;
      lua_pushvalue(state, -1);
      lua_replace(state, 3);
      lua_pushvalue(state, -2);
      lua_replace(state, 4);
    }
    lua_remove(state, -2);
  }
  lua_settop(state, 4);
  return found ? 2 : (lua_pushnil(state), 1);
}

// A table's or a function's text is its type: the address is another one in
// every worker.
bool HasAddress(lua_State* state, int index) {
  switch (lua_type(state, index)) {
    case LUA_TTABLE:
    case LUA_TFUNCTION:
      return true;
    default:
      return false;
  }
}

int ToString(lua_State* state) {
  luaL_checkany(state, 1);
  if (HasAddress(state, 1)) {
    lua_pushstring(state, luaL_typename(state, 1));
  } else {
    luaL_tolstring(state, 1, nullptr);
  }
  return 1;
}

// Upvalue: Lua's own.
int ToNumber(lua_State* state) {
  if (lua_islightuserdata(state, 1)) {
    const Handle handle = Handle::Of(lua_touserdata(state, 1));
    if (handle.tag == Handle::kRatio) {
      lua_pushnumber(state, Approximate(CheckExact(state, 1)));
      return 1;
    }
  }
  lua_pushvalue(state, lua_upvalueindex(1));
  lua_insert(state, 1);
  lua_call(state, lua_gettop(state) - 1, 1);
  return 1;
}

// What a script catches are its own errors. A used up budget and refused memory
// go on to the end.
int PCall(lua_State* state) {
  luaL_checkany(state, 1);
  lua_pushboolean(state, 1);
  lua_insert(state, 1);
  const int status = lua_pcall(state, lua_gettop(state) - 2, LUA_MULTRET, 0);
  if (status == LUA_OK) return lua_gettop(state);
  Engine* const engine = Engine::Of(state);
  if (status == LUA_ERRMEM) engine->NoteOutOfMemory();
  if (engine->must_end()) return lua_error(state);
  lua_pushboolean(state, 0);
  lua_insert(state, -2);
  return 2;
}

// Upvalue: Lua's own.
int Format(lua_State* state) {
  size_t length = 0;
  const char* format = luaL_checklstring(state, 1, &length);
  for (size_t i = 0; i + 1 < length; ++i) {
    if (format[i] != '%') continue;
    i += 1 + strspn(format + i + 1, "-+ #0123456789.");
    if (format[i] == 'p') {
      return luaL_error(state, "%%p is not there: an address means nothing");
    }
  }
  const int n = lua_gettop(state);
  for (int i = 2; i <= n; ++i) {
    if (!HasAddress(state, i)) continue;
    lua_pushstring(state, luaL_typename(state, i));
    lua_replace(state, i);
  }
  lua_pushvalue(state, lua_upvalueindex(1));
  lua_insert(state, 1);
  lua_call(state, n, 1);
  return 1;
}

}  // namespace

void AddBase(lua_State* state) {
  constexpr luaL_Reg kFunctions[] = {{"pairs", Pairs},
                                     {"next", Next},
                                     {"tostring", ToString},
                                     {"pcall", PCall},
                                     {nullptr, nullptr}};
  luaL_setfuncs(state, kFunctions, 0);
  lua_getglobal(state, "tonumber");
  lua_pushcclosure(state, ToNumber, 1);
  lua_setfield(state, -2, "tonumber");
}

void AddFormat(lua_State* state) {
  lua_getfield(state, -1, "format");
  lua_pushcclosure(state, Format, 1);
  lua_setfield(state, -2, "format");
}

}  // namespace shirube::lua
