#include "server/worker/lua/key_order.h"

#include <tuple>

namespace shirube::lua {

bool Key::operator<(const Key& other) const {
  return std::tie(rank, approximate, is_float, exact, text) <
         std::tie(other.rank, other.approximate, other.is_float, other.exact,
                  other.text);
}

bool ReadKey(lua_State* state, int index, Key* key) {
  *key = {};
  switch (lua_type(state, index)) {
    case LUA_TNUMBER:
      key->rank = Key::kNumber;
      key->approximate = lua_tonumber(state, index);
      key->is_float = lua_isinteger(state, index) == 0;
      if (!key->is_float) key->exact = lua_tointeger(state, index);
      return true;
    case LUA_TSTRING: {
      size_t length = 0;
      const char* text = lua_tolstring(state, index, &length);
      key->rank = Key::kText;
      key->text = {text, length};
      return true;
    }
    case LUA_TLIGHTUSERDATA:
      key->rank = Key::kHandle;
      key->exact = reinterpret_cast<int64_t>(lua_touserdata(state, index));
      return true;
    case LUA_TBOOLEAN:
      key->rank = Key::kBoolean;
      key->exact = lua_toboolean(state, index);
      return true;
    default:
      return false;
  }
}

}  // namespace shirube::lua
