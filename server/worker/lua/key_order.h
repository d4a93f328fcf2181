// The one order of a table's keys. Lua's own depends on the addresses and the
// seed of a state, so that two workers would go through one table differently.
#ifndef SHIRUBE_SERVER_WORKER_LUA_KEY_ORDER_H_
#define SHIRUBE_SERVER_WORKER_LUA_KEY_ORDER_H_

#include <cstdint>
#include <string_view>

#include "lua.hpp"

namespace shirube::lua {

// Numbers by value, then texts by bytes, then what stands for values of the
// row, then false and true.
struct Key {
  enum Rank { kNumber, kText, kHandle, kBoolean };
  Rank rank;
  double approximate;  // of a number
  bool is_float;       // where that is not enough
  int64_t exact;       // an integer, a handle's bits, a boolean
  std::string_view text;
  int64_t position;  // for whoever sorts

  bool operator<(const Key& other) const;
};

// Of the value at `index`, whose text stays where it is. False for a table or a
// function: they have no order.
bool ReadKey(lua_State* state, int index, Key* key);

}  // namespace shirube::lua

#endif  // SHIRUBE_SERVER_WORKER_LUA_KEY_ORDER_H_
