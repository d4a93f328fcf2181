// table.sort: stable, by merging. Lua's own asks the clock where it is slow,
// and leaves equal elements in an order that nobody knows.
#include <algorithm>

#include "server/worker/lua/library.h"

namespace shirube::lua {
namespace {

constexpr int kTable = 1, kOrder = 2, kFrom = 3, kTo = 4;  // on the stack

// Whether element `right` has to come before element `left`, of table kFrom.
bool ComesFirst(lua_State* state, lua_Integer right, lua_Integer left) {
  const bool ordered = !lua_isnoneornil(state, kOrder);
  if (ordered) lua_pushvalue(state, kOrder);
  lua_rawgeti(state, kFrom, right);
  lua_rawgeti(state, kFrom, left);
  bool first = false;
  if (ordered) {
    lua_call(state, 2, 1);
    first = lua_toboolean(state, -1) != 0;
    lua_pop(state, 1);
  } else {
    first = lua_compare(state, -2, -1, LUA_OPLT) != 0;
    lua_pop(state, 2);
  }
  return first;
}

// Elements [first, middle) and [middle, end) of kFrom are in order; those of
// kTo will be.
void Merge(lua_State* state, lua_Integer first, lua_Integer middle,
           lua_Integer end) {
  lua_Integer left = first, right = middle;
  for (lua_Integer to = first; to < end; ++to) {
    const bool take_right =
        left == middle || (right < end && ComesFirst(state, right, left));
    lua_rawgeti(state, kFrom, take_right ? right++ : left++);
    lua_rawseti(state, kTo, to);
  }
}

int Sort(lua_State* state) {
  luaL_checktype(state, kTable, LUA_TTABLE);
  if (!lua_isnoneornil(state, kOrder)) {
    luaL_checktype(state, kOrder, LUA_TFUNCTION);
  }
  lua_settop(state, kOrder);
  const lua_Integer n = luaL_len(state, kTable);
  lua_newtable(state);
  for (lua_Integer i = 1; i <= n; ++i) {
    lua_rawgeti(state, kTable, i);
    lua_rawseti(state, kFrom, i);
  }
  lua_newtable(state);
  for (lua_Integer width = 1; width < n; width *= 2) {
    for (lua_Integer first = 1; first <= n; first += 2 * width) {
      Merge(state, first, std::min(first + width, n + 1),
            std::min(first + 2 * width, n + 1));
    }
    lua_insert(state, kFrom);  // what was filled is read next
  }
  for (lua_Integer i = 1; i <= n; ++i) {
    lua_rawgeti(state, kFrom, i);
    lua_rawseti(state, kTable, i);
  }
  return 0;
}

}  // namespace

void AddSort(lua_State* state) {
  lua_pushcfunction(state, Sort);
  lua_setfield(state, -2, "sort");
}

}  // namespace shirube::lua
