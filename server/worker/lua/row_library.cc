// The methods of `row`: those of shirube::rule::Row (rule.hpp), with words for
// numbers that stand for words, and ratios of the values as printed.
#include <algorithm>
#include <optional>

#include "server/worker/lua/engine.h"
#include "server/worker/lua/library.h"

namespace shirube::lua {
namespace {

constexpr const char* kKinds[] = {"level", "cumulative", "maintain", "band",
                                  "qualitative"};
constexpr const char* kMeasures[] = {"rate", "amount"};
// None is nil.
constexpr const char* kOperators[] = {nullptr, "at_least", "at_most", "below",
                                      "above", "around",   "about"};

const rule::Row& RowAt(lua_State* state) {
  const Engine* const engine = Engine::Of(state);
  if (lua_touserdata(state, 1) != engine->row_userdata()) {
    luaL_error(state, "called without its row: write a colon, row:target()");
  }
  return engine->row(state);
}

template <size_t n>
int PushWord(lua_State* state, const char* const (&words)[n], int number) {
  const bool known = number >= 0 && static_cast<size_t>(number) < n;
  lua_pushstring(state, known ? words[number] : nullptr);  // nullptr: nil
  return 1;
}

int PushInteger(lua_State* state, int64_t value) {
  lua_pushinteger(state, value);
  return 1;
}

template <typename Number>
int PushInteger(lua_State* state, const std::optional<Number>& value) {
  if (value.has_value()) return PushInteger(state, int64_t{*value});
  lua_pushnil(state);
  return 1;
}

int PushExact(lua_State* state, const Exact& value) {
  Engine::Of(state)->PushRatio(state, value);
  return 1;
}

int PushUnits(lua_State* state, const rule::Row& row,
              const std::optional<int64_t>& units) {
  if (units.has_value()) return PushExact(state, OfUnits(*units, row.scale()));
  lua_pushnil(state);
  return 1;
}

int PushHandle(lua_State* state, Handle::Tag tag, uint32_t index) {
  const Handle handle = {tag, Engine::Of(state)->generation(), index};
  lua_pushlightuserdata(state, handle.pointer());
  return 1;
}

// ---- What was handed over. ----

int Kind(lua_State* state) {
  return PushWord(state, kKinds, RowAt(state).kind());
}
int Measure(lua_State* state) {
  return PushWord(state, kMeasures, RowAt(state).measure());
}
int Op(lua_State* state) {
  return PushWord(state, kOperators, RowAt(state).op());
}
int DirectionGiven(lua_State* state) {
  return PushInteger(state, int64_t{RowAt(state).direction_given()});
}
int Scale(lua_State* state) {
  return PushInteger(state, int64_t{RowAt(state).scale()});
}
int NoiseBand(lua_State* state) {
  const rule::Row& row = RowAt(state);
  return PushUnits(state, row, row.noise_band());
}
int Baseline(lua_State* state) {
  const rule::Row& row = RowAt(state);
  return PushUnits(state, row, row.baseline());
}
int BaselineIndex(lua_State* state) {
  return PushInteger(state, RowAt(state).baseline_index());
}
int Target(lua_State* state) {
  const rule::Row& row = RowAt(state);
  return PushUnits(state, row, row.target());
}
int TargetUpper(lua_State* state) {
  const rule::Row& row = RowAt(state);
  return PushUnits(state, row, row.target_upper());
}
int TargetIndex(lua_State* state) {
  return PushInteger(state, RowAt(state).target_index());
}
int WindowStartIndex(lua_State* state) {
  return PushInteger(state, RowAt(state).window_start_index());
}
int Points(lua_State* state) {
  return PushHandle(state, Handle::kPoints, RowAt(state).points().size());
}
int Latest(lua_State* state) {
  const uint32_t n = RowAt(state).points().size();
  if (n > 0) return PushHandle(state, Handle::kPoint, n - 1);
  lua_pushnil(state);
  return 1;
}
int Milestones(lua_State* state) {
  return PushHandle(state, Handle::kMilestones,
                    RowAt(state).milestones().size());
}
int MilestoneAt(lua_State* state) {
  const rule::Row& row = RowAt(state);
  const lua_Integer index = luaL_checkinteger(state, 2);
  if (index != static_cast<int32_t>(index)) return lua_pushnil(state), 1;
  return PushUnits(state, row, row.milestone_at(static_cast<int32_t>(index)));
}
int PublicationMonth(lua_State* state) {
  return PushInteger(state, RowAt(state).publication_month());
}
int PublicationLagYears(lua_State* state) {
  return PushInteger(state, int64_t{RowAt(state).publication_lag_years()});
}
int DueIndex(lua_State* state) {
  const rule::Row& row = RowAt(state);
  const lua_Integer index = luaL_checkinteger(state, 2);
  // Indexes are those of years of four digits.
  luaL_argcheck(state, index >= -1'000'000 && index <= 1'000'000, 2,
                "not an index");
  return PushInteger(state, row.due_index(static_cast<int32_t>(index)));
}
int TodayIndex(lua_State* state) {
  return PushInteger(state, RowAt(state).today_index());
}

constexpr struct {
  const char* name;
  int bit;
} kPresent[] = {{"baseline", SHIRUBE_HAS_BASELINE},
                {"baseline_period", SHIRUBE_HAS_BASELINE_PERIOD},
                {"baseline_unread", SHIRUBE_BASELINE_UNREAD},
                {"baseline_other_unit", SHIRUBE_BASELINE_OTHER_UNIT},
                {"target", SHIRUBE_HAS_TARGET},
                {"target_period", SHIRUBE_HAS_TARGET_PERIOD},
                {"target_unread", SHIRUBE_TARGET_UNREAD},
                {"target_other_unit", SHIRUBE_TARGET_OTHER_UNIT},
                {"target_words", SHIRUBE_TARGET_WORDS},
                {"target_every_year", SHIRUBE_TARGET_EVERY_YEAR},
                {"window_start", SHIRUBE_HAS_WINDOW_START}};

int Has(lua_State* state) {
  const rule::Row& row = RowAt(state);
  const std::string_view name = luaL_checkstring(state, 2);
  for (const auto& present : kPresent) {
    if (name != present.name) continue;
    lua_pushboolean(state, row.has(present.bit) ? 1 : 0);
    return 1;
  }
  return luaL_error(state, "row:has(\"%s\"): a row knows of nothing like that",
                    name.data());
}

// ---- What the rule set adds. ----

int Parameter(lua_State* state) {
  RowAt(state);
  const std::string_view name = luaL_checkstring(state, 2);
  const auto& names = Engine::Of(state)->names().parameters;
  for (uint32_t p = 0; p < names.size(); ++p) {
    if (name == names[p]) {
      return PushExact(state, Engine::Of(state)->parameter(p));
    }
  }
  return luaL_error(state, "the manifest has no parameter '%s'", name.data());
}

int FactsWanted(lua_State* state) {
  RowAt(state);
  lua_pushboolean(state, Engine::Of(state)->facts_wanted() ? 1 : 0);
  return 1;
}

// ---- What follows from it. ----

int Start(lua_State* state) {
  const rule::Row& row = RowAt(state);
  return PushUnits(state, row, row.start());
}
int StartIndex(lua_State* state) {
  return PushInteger(state, RowAt(state).start_index());
}
int Direction(lua_State* state) {
  return PushInteger(state, int64_t{RowAt(state).direction()});
}

struct Goal {
  Exact lower, upper;
};

Goal GoalOf(lua_State* state, const rule::Row& row) {
  if (!row.target().has_value()) {
    luaL_error(state, "the row has no target: ask row:obstacle() first");
  }
  return {OfUnits(*row.target(), row.scale()),
          OfUnits(*row.target_upper(), row.scale())};
}

bool IsMet(const rule::Row& row, const Goal& goal, const Exact& x) {
  const int at = Compare(x, goal.lower);
  if (row.kind() == SHIRUBE_KIND_BAND) {
    return at >= 0 && Compare(x, goal.upper) <= 0;
  }
  switch (row.op()) {
    case SHIRUBE_OP_AT_MOST:
      return at <= 0;
    case SHIRUBE_OP_BELOW:
      return at < 0;
    case SHIRUBE_OP_ABOVE:
      return at > 0;
    default:
      return row.direction() * at >= 0;
  }
}

int Met(lua_State* state) {
  const rule::Row& row = RowAt(state);
  const Exact x = CheckExact(state, 2);
  lua_pushboolean(state, IsMet(row, GoalOf(state, row), x) ? 1 : 0);
  return 1;
}

int Missing(lua_State* state) {
  const rule::Row& row = RowAt(state);
  const Exact x = CheckExact(state, 2);
  const Goal goal = GoalOf(state, row);
  Exact below, above, most;
  if (Minus(goal.lower, x, &below) != Computed::kWell ||
      Minus(x, goal.upper, &above) != Computed::kWell) {
    return luaL_error(state, "the exact result does not fit 128 bits");
  }
  const bool band = row.kind() == SHIRUBE_KIND_BAND;
  const bool up = row.direction() > 0;
  if ((band || up) && Compare(below, most) > 0) most = below;
  if ((band || !up) && Compare(above, most) > 0) most = above;
  return PushExact(state, most);
}

int HasWay(lua_State* state) {
  const rule::Row& row = RowAt(state);
  if (row.kind() == SHIRUBE_KIND_CUMULATIVE) GoalOf(state, row);
  lua_pushboolean(state, row.has_way() ? 1 : 0);
  return 1;
}

// By the name that the manifest has for the code, if it has one.
int Obstacle(lua_State* state) {
  const rule::Code code = RowAt(state).obstacle();
  if (code == rule::kNoObstacle) return lua_pushnil(state), 1;
  const Names::Reason* const reason = Engine::Of(state)->names().reason(code);
  lua_pushstring(state,
                 reason != nullptr ? reason->id.c_str() : ObstacleName(code));
  return 1;
}

int ToText(lua_State* state) {
  lua_pushliteral(state, "row");
  return 1;
}

constexpr luaL_Reg kMethods[] = {{"kind", Kind},
                                 {"measure", Measure},
                                 {"op", Op},
                                 {"direction_given", DirectionGiven},
                                 {"scale", Scale},
                                 {"noise_band", NoiseBand},
                                 {"has", Has},
                                 {"baseline", Baseline},
                                 {"baseline_index", BaselineIndex},
                                 {"target", Target},
                                 {"target_upper", TargetUpper},
                                 {"target_index", TargetIndex},
                                 {"window_start_index", WindowStartIndex},
                                 {"points", Points},
                                 {"latest", Latest},
                                 {"milestones", Milestones},
                                 {"milestone_at", MilestoneAt},
                                 {"publication_month", PublicationMonth},
                                 {"publication_lag_years", PublicationLagYears},
                                 {"due_index", DueIndex},
                                 {"today_index", TodayIndex},
                                 {"parameter", Parameter},
                                 {"facts_wanted", FactsWanted},
                                 {"start", Start},
                                 {"start_index", StartIndex},
                                 {"direction", Direction},
                                 {"met", Met},
                                 {"missing", Missing},
                                 {"has_way", HasWay},
                                 {"obstacle", Obstacle},
                                 {nullptr, nullptr}};

}  // namespace

void* PushRow(lua_State* state) {
  void* const row = lua_newuserdatauv(state, 1, 0);
  lua_createtable(state, 0, 4);
  luaL_newlib(state, kMethods);
  lua_setfield(state, -2, "__index");
  lua_pushcfunction(state, ToText);
  lua_setfield(state, -2, "__tostring");
  lua_pushliteral(state, "row");
  lua_setfield(state, -2, "__name");
  lua_pushboolean(state, 0);
  lua_setfield(state, -2, "__metatable");
  lua_setmetatable(state, -2);
  return row;
}

}  // namespace shirube::lua
