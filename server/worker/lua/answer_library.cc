// raise(reason, point, facts), not_raise(point, facts), cannot_tell(reason,
// point, facts): what judge returns. Names that the manifest does not have are
// errors, whether or not anybody wants the facts.
#include <cstring>

#include "server/worker/lua/engine.h"
#include "server/worker/lua/library.h"

namespace shirube::lua {
namespace {

rule::Code ReasonAt(lua_State* state, int argument, bool raised) {
  const std::string_view id = luaL_checkstring(state, argument);
  for (const Names::Reason& reason : Engine::Of(state)->names().reasons) {
    if (id != reason.id) continue;
    if (reason.raised == raised) return reason.code;
    luaL_error(state, "the manifest says of %s that it is answered %s",
               id.data(),
               reason.raised ? "RAISED: use raise()"
                             : "CANNOT_TELL: use cannot_tell()");
  }
  luaL_error(state, "the manifest has no reason '%s'", id.data());
  return 0;
}

// SHIRUBE_NO_POINT where there is none.
uint16_t PointAt(lua_State* state, int argument) {
  if (lua_isnoneornil(state, argument)) return SHIRUBE_NO_POINT;
  if (lua_islightuserdata(state, argument)) {
    const Handle handle = Handle::Of(lua_touserdata(state, argument));
    if (handle.tag == Handle::kPoint) {
      if (handle.generation != Engine::Of(state)->generation()) {
        luaL_error(state, "the point judged belongs to another row");
      }
      return static_cast<uint16_t>(handle.index);
    }
  }
  luaL_error(state,
             "the point judged has to be a point of the row, like "
             "row:latest()");
  return 0;
}

uint32_t FactAt(lua_State* state, int index) {
  const auto& facts = Engine::Of(state)->names().facts;
  if (lua_type(state, index) == LUA_TSTRING) {
    const char* const name = lua_tostring(state, index);
    for (uint32_t f = 0; f < facts.size() && f < frame::kMaxFacts; ++f) {
      if (facts[f].name == name) return f;
    }
    luaL_error(state, "the manifest has no fact '%s'", name);
  }
  luaL_error(state, "facts are given by name: {progress = p}");
  return 0;
}

// The ABI has facts of the row's unit in units of its scale.
Exact InUnits(lua_State* state, const Exact& value) {
  int64_t power = 1;
  for (int i = Engine::Of(state)->row(state).scale(); i > 0; --i) power *= 10;
  Exact units;
  if (Times(value, {power, 1}, &units) != Computed::kWell) {
    luaL_error(state, "a fact does not fit 128 bits");
  }
  return units;
}

void ReadFacts(lua_State* state, int argument) {
  if (lua_isnoneornil(state, argument)) return;
  luaL_checktype(state, argument, LUA_TTABLE);
  Engine* const engine = Engine::Of(state);
  lua_settop(state, argument);
  for (lua_pushnil(state); lua_next(state, argument) != 0; lua_pop(state, 1)) {
    const uint32_t fact = FactAt(state, -2);
    const Exact value = CheckExact(state, lua_gettop(state));
    engine->GiveFact(fact, engine->names().facts[fact].in_units
                               ? InUnits(state, value)
                               : value);
  }
}

int Give(lua_State* state, uint8_t answer, rule::Code reason, int point) {
  Engine* const engine = Engine::Of(state);
  engine->row(state);
  engine->BeginAnswer();
  const uint16_t judged = PointAt(state, point);
  ReadFacts(state, point + 1);
  engine->PushAnswer(state, {answer, reason, judged});
  return 1;
}

int Raise(lua_State* state) {
  return Give(state, SHIRUBE_RAISED, ReasonAt(state, 1, true), 2);
}

int NotRaise(lua_State* state) { return Give(state, SHIRUBE_NOT_RAISED, 0, 1); }

int CannotTell(lua_State* state) {
  return Give(state, SHIRUBE_CANNOT_TELL, ReasonAt(state, 1, false), 2);
}

}  // namespace

void AddAnswers(lua_State* state) {
  constexpr luaL_Reg kFunctions[] = {{"raise", Raise},
                                     {"not_raise", NotRaise},
                                     {"cannot_tell", CannotTell},
                                     {nullptr, nullptr}};
  luaL_setfuncs(state, kFunctions, 0);
}

}  // namespace shirube::lua
