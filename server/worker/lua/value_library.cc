// What a script can do with handles: compute and compare with ratios, read the
// fields of points and milestones, go through lists of them. All light userdata
// share one metatable; the handle's tag says which of them it is.
#include "server/worker/lua/engine.h"
#include "server/worker/lua/library.h"

namespace shirube::lua {
namespace {

constexpr const char* kPointStates[] = {"final",  "provisional", "restated",
                                        "unread", "other_unit",  "gap"};

Handle HandleAt(lua_State* state, int index) {
  return Handle::Of(lua_touserdata(state, index));
}

const char* NameOf(Handle::Tag tag) {
  switch (tag) {
    case Handle::kRatio:
      return "ratio";
    case Handle::kPoint:
      return "point";
    case Handle::kMilestone:
      return "milestone";
    case Handle::kPoints:
      return "list of points";
    case Handle::kMilestones:
      return "list of milestones";
    case Handle::kAnswer:
      return "answer";
  }
  return "value";
}

const char* NameAt(lua_State* state, int index) {
  return lua_islightuserdata(state, index) ? NameOf(HandleAt(state, index).tag)
                                           : luaL_typename(state, index);
}

[[noreturn]] void Stale(lua_State* state, Handle::Tag tag) {
  luaL_error(state,
             "this %s belongs to another row: a module keeps nothing from row "
             "to row",
             NameOf(tag));
  __builtin_unreachable();
}

[[noreturn]] void NoRatio(lua_State* state, int index) {
  const bool is_float =
      lua_type(state, index) == LUA_TNUMBER && !lua_isinteger(state, index);
  if (is_float) {
    luaL_error(state,
               "a float is not exact: write ratio(\"0.9\") for 0.9, or compute "
               "with :to_number()");
  }
  luaL_error(state, "a ratio or an integer is needed here, not a %s%s",
             NameAt(state, index),
             lua_islightuserdata(state, index) ? " (its .value?)" : "");
  __builtin_unreachable();
}

int PushResult(lua_State* state, Computed computed, const Exact& value) {
  switch (computed) {
    case Computed::kWell:
      Engine::Of(state)->PushRatio(state, value);
      return 1;
    case Computed::kDividedByZero:
      return luaL_error(state, "division by zero");
    case Computed::kDoesNotFit:
      break;
  }
  return luaL_error(state, "the exact result does not fit 128 bits");
}

template <Computed (*kCompute)(const Exact&, const Exact&, Exact*)>
int Binary(lua_State* state) {
  Exact result;
  const Exact a = CheckExact(state, 1);
  const Exact b = CheckExact(state, 2);
  return PushResult(state, kCompute(a, b, &result), result);
}

int Negate(lua_State* state) {
  return PushResult(state, Computed::kWell, Negative(CheckExact(state, 1)));
}

// Upvalue: the operator.
int NotForRatios(lua_State* state) {
  return luaL_error(state,
                    "ratios have no %s: they have + - * / and :floor(), and "
                    ":to_number() for everything else",
                    lua_tostring(state, lua_upvalueindex(1)));
}

int IsLess(lua_State* state) {
  lua_pushboolean(
      state, Compare(CheckExact(state, 1), CheckExact(state, 2)) < 0 ? 1 : 0);
  return 1;
}

int IsAtMost(lua_State* state) {
  lua_pushboolean(
      state, Compare(CheckExact(state, 1), CheckExact(state, 2)) <= 0 ? 1 : 0);
  return 1;
}

// ---- A ratio's methods. ----

int ToNumber(lua_State* state) {
  lua_pushnumber(state, Approximate(CheckExact(state, 1)));
  return 1;
}

int PushInteger(lua_State* state, Int128 value) {
  if (value != static_cast<int64_t>(value)) {
    return luaL_error(state, "it does not fit an integer of 64 bits");
  }
  lua_pushinteger(state, static_cast<int64_t>(value));
  return 1;
}

int Numerator(lua_State* state) {
  return PushInteger(state, CheckExact(state, 1).numerator);
}

int Denominator(lua_State* state) {
  return PushInteger(state, CheckExact(state, 1).denominator);
}

int Floor(lua_State* state) {
  const Exact value = CheckExact(state, 1);
  return PushInteger(
      state, rule::internal::WholePart(value.numerator, value.denominator));
}

constexpr luaL_Reg kRatioMethods[] = {{"to_number", ToNumber},
                                      {"numerator", Numerator},
                                      {"denominator", Denominator},
                                      {"floor", Floor},
                                      {nullptr, nullptr}};

// ---- Reading. ----

const rule::Row& RowOf(lua_State* state, const Handle& handle) {
  const Engine* const engine = Engine::Of(state);
  const rule::Row& row = engine->row(state);
  if (handle.generation != engine->generation()) Stale(state, handle.tag);
  return row;
}

int PushValue(lua_State* state, const rule::Row& row, int64_t units) {
  Engine::Of(state)->PushRatio(state, OfUnits(units, row.scale()));
  return 1;
}

int PushNumber(lua_State* state, uint32_t number) {
  lua_pushinteger(state, lua_Integer{number} + 1);
  return 1;
}

int PointField(lua_State* state, const Handle& handle, std::string_view field) {
  const rule::Row& row = RowOf(state, handle);
  const rule::Point point = row.points()[handle.index];
  if (field == "index") return lua_pushinteger(state, point.index), 1;
  if (field == "number") return PushNumber(state, handle.index);
  if (field == "state") {
    const bool known = point.state < std::size(kPointStates);
    return lua_pushstring(state, known ? kPointStates[point.state] : "unread"),
           1;
  }
  if (field == "value") {
    return point.has_value() ? PushValue(state, row, point.value)
                             : (lua_pushnil(state), 1);
  }
  return luaL_error(state,
                    "a point has value, index, state and number, no '%s'",
                    field.data());
}

int MilestoneField(lua_State* state, const Handle& handle,
                   std::string_view field) {
  const rule::Row& row = RowOf(state, handle);
  const rule::Milestone milestone = row.milestones()[handle.index];
  if (field == "index") return lua_pushinteger(state, milestone.index), 1;
  if (field == "number") return PushNumber(state, handle.index);
  if (field == "value") return PushValue(state, row, milestone.value);
  return luaL_error(state, "a milestone has value, index and number, no '%s'",
                    field.data());
}

int Item(lua_State* state, const Handle& list, Handle::Tag tag) {
  RowOf(state, list);
  if (!lua_isinteger(state, 2)) {
    return luaL_error(state, "a %s is read by number: list[1] to list[#list]",
                      NameOf(list.tag));
  }
  const lua_Integer i = lua_tointeger(state, 2);
  if (i < 1 || i > lua_Integer{list.index}) {
    lua_pushnil(state);
  } else {
    const Handle item = {tag, list.generation, static_cast<uint32_t>(i - 1)};
    lua_pushlightuserdata(state, item.pointer());
  }
  return 1;
}

// Upvalue: a ratio's methods.
int Index(lua_State* state) {
  const Handle handle = HandleAt(state, 1);
  if (handle.tag == Handle::kPoints) return Item(state, handle, Handle::kPoint);
  if (handle.tag == Handle::kMilestones) {
    return Item(state, handle, Handle::kMilestone);
  }
  if (lua_type(state, 2) != LUA_TSTRING) {
    return luaL_error(state, "a %s is no list", NameOf(handle.tag));
  }
  size_t length = 0;
  const char* const text = lua_tolstring(state, 2, &length);
  if (handle.tag == Handle::kPoint) {
    return PointField(state, handle, {text, length});
  }
  if (handle.tag == Handle::kMilestone) {
    return MilestoneField(state, handle, {text, length});
  }
  lua_settop(state, 2);
  if (lua_rawget(state, lua_upvalueindex(1)) == LUA_TNIL ||
      handle.tag != Handle::kRatio) {
    return luaL_error(state, "a %s has no '%s'", NameOf(handle.tag), text);
  }
  return 1;
}

int NewIndex(lua_State* state) {
  return luaL_error(state, "a %s cannot be changed",
                    NameOf(HandleAt(state, 1).tag));
}

int Length(lua_State* state) {
  const Handle handle = HandleAt(state, 1);
  if (handle.tag != Handle::kPoints && handle.tag != Handle::kMilestones) {
    return luaL_error(state, "a %s has no length", NameOf(handle.tag));
  }
  RowOf(state, handle);
  lua_pushinteger(state, handle.index);
  return 1;
}

int ToText(lua_State* state) {
  const Handle handle = HandleAt(state, 1);
  if (handle.tag != Handle::kRatio) {
    lua_pushstring(state, NameOf(handle.tag));
    return 1;
  }
  char text[kPrintedBytes];
  const size_t length = Print(CheckExact(state, 1), text);
  lua_pushlstring(state, text, length);
  return 1;
}

// ratio(3), ratio(1, 3), ratio("0.90"), ratio("0.9", 2)
int MakeRatio(lua_State* state) {
  const auto read = [&](int argument) {
    if (lua_type(state, argument) != LUA_TSTRING) {
      return CheckExact(state, argument);
    }
    Exact value;
    size_t length = 0;
    const char* const text = lua_tolstring(state, argument, &length);
    if (!OfDecimal({text, length}, &value)) {
      luaL_error(state, "ratio(\"%s\"): not a decimal like \"-12.5\" that fits",
                 text);
    }
    return value;
  };
  const Exact numerator = read(1);
  if (lua_isnone(state, 2)) {
    return PushResult(state, Computed::kWell, numerator);
  }
  Exact result;
  const Exact denominator = read(2);
  return PushResult(state, Over(numerator, denominator, &result), result);
}

// No __concat: after one that had the stack grow, Lua 5.4.4 goes on with the
// old stack. Nothing else a script can reach has one.
constexpr luaL_Reg kMetamethods[] = {
    {"__add", Binary<Plus>}, {"__sub", Binary<Minus>}, {"__mul", Binary<Times>},
    {"__div", Binary<Over>}, {"__unm", Negate},        {"__lt", IsLess},
    {"__le", IsAtMost},      {"__len", Length},        {"__newindex", NewIndex},
    {"__tostring", ToText},  {nullptr, nullptr}};

constexpr struct {
  const char *event, *sign;
} kNoOperators[] = {{"__idiv", "//"}, {"__mod", "%"}, {"__pow", "^"}};

}  // namespace

Exact CheckExact(lua_State* state, int argument) {
  if (lua_islightuserdata(state, argument)) {
    const Handle handle = HandleAt(state, argument);
    if (handle.tag != Handle::kRatio) NoRatio(state, argument);
    const Exact* const value = Engine::Of(state)->FindRatio(handle);
    if (value == nullptr) Stale(state, handle.tag);
    return *value;
  }
  if (!lua_isinteger(state, argument)) NoRatio(state, argument);
  return {lua_tointeger(state, argument), 1};
}

void AddValues(lua_State* state) {
  lua_pushcfunction(state, MakeRatio);
  lua_setfield(state, -2, "ratio");
  lua_pushlightuserdata(state, nullptr);
  luaL_newlib(state, kMetamethods);
  for (const auto& [event, sign] : kNoOperators) {
    lua_pushstring(state, sign);
    lua_pushcclosure(state, NotForRatios, 1);
    lua_setfield(state, -2, event);
  }
  luaL_newlib(state, kRatioMethods);
  lua_pushcclosure(state, Index, 1);
  lua_setfield(state, -2, "__index");
  // In "number expected, got …".
  lua_pushliteral(state, "value of a row; a ratio has :to_number()");
  lua_setfield(state, -2, "__name");
  lua_pushboolean(state, 0);
  lua_setfield(state, -2, "__metatable");
  lua_setmetatable(state, -2);
  lua_pop(state, 1);
}

}  // namespace shirube::lua
