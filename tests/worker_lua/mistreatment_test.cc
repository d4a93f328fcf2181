// Everything that a script can call, called with everything that it can have:
// it gets an answer or an error, and the process goes on. Half of what there is
// to see here is what the address sanitizer says.
#include <algorithm>
#include <random>

#include "tests/worker_lua/engine_fixture.h"

namespace shirube::lua {
namespace {

// Calls functions by chance; what they give are arguments of the next calls.
constexpr char kCaller[] = R"(
local functions, values = {}, {}
local function take(library)
  for _, f in ipairs(library) do functions[#functions + 1] = f end
end
take{assert, error, ipairs, pairs, next, select, type, tostring, tonumber,
     pcall, ratio, raise, not_raise, cannot_tell}
take{math.abs, math.ceil, math.floor, math.fmod, math.max, math.min, math.modf,
     math.tointeger, math.type, math.ult, math.sqrt, math.exp, math.log}
take{string.byte, string.char, string.find, string.format, string.gmatch,
     string.gsub, string.len, string.lower, string.match, string.pack,
     string.packsize, string.reverse, string.sub, string.unpack, string.upper}
take{table.concat, table.insert, table.pack, table.remove, table.sort,
     table.unpack}
take{utf8.char, utf8.codepoint, utf8.codes, utf8.len, utf8.offset}
local one = ratio(1)
take{one.to_number, one.numerator, one.denominator, one.floor}

local function operate(a, b, n)
  if n == 1 then return a + b elseif n == 2 then return a - b
  elseif n == 3 then return a * b elseif n == 4 then return a / b
  elseif n == 5 then return a < b elseif n == 6 then return a <= b
  elseif n == 7 then return -a elseif n == 8 then return #a
  elseif n == 9 then return a[b] elseif n == 10 then return a .. b
  elseif n == 11 then return a == b elseif n == 12 then return a // b
  else a[b] = n end
end

function judge(row)
  local seed = SEED + row:target():floor()
  local function chance(n)
    seed = (seed * 1103515245 + 12345) & 0x7fffffff
    return (seed >> 8) % n + 1
  end
  local methods = {row.kind, row.measure, row.op, row.direction_given,
    row.scale, row.noise_band, row.has, row.baseline, row.baseline_index,
    row.target, row.target_upper, row.target_index, row.window_start_index,
    row.points, row.latest, row.milestones, row.milestone_at,
    row.publication_month, row.publication_lag_years, row.due_index,
    row.today_index, row.parameter, row.facts_wanted, row.start,
    row.start_index, row.direction, row.met, row.missing, row.has_way,
    row.obstacle}
  local pool = {false, true, 0, 1, -1, 3, math.maxinteger, math.mininteger,
    0.5, -1e300, 1 / 0, 0 / 0, '', 'x', '1.5', 'pace', 'target', 'LOW',
    'value', 'index', '%s %d', '(.-)%1', '%b()', {}, {1, 2, 3}, {a = 1},
    {progress = 1}, row, row:points(), row:latest(), row:milestones(),
    row:milestones()[1], ratio(1, 3), ratio(math.maxinteger) * 3, judge, chance,
    tostring, raise('LOW')}
  local function any()
    local i = chance(#pool + 4)
    if i <= #pool then return pool[i] end
  end
  local answers = 0
  for i = 1, 300 do
    local results
    local kind = chance(10)
    if kind <= 3 then
      results = {pcall(methods[chance(#methods)], row, any(), any())}
    elseif kind <= 4 then
      results = {pcall(methods[chance(#methods)], any(), any())}
    elseif kind <= 6 then
      results = {pcall(operate, any(), any(), chance(13))}
    else
      local f = functions[chance(#functions)]
      local n = chance(4)
      if n == 1 then results = {pcall(f, any())}
      elseif n == 2 then results = {pcall(f, any(), any())}
      elseif n == 3 then results = {pcall(f, any(), any(), any())}
      else results = {pcall(f, any(), any(), any(), any())} end
    end
    if results[1] and results[2] ~= nil then
      answers = answers + 1
      pool[chance(#pool)] = results[2]
    end
  end
  if answers < 20 then error('only ' .. answers .. ' calls went well') end
  return not_raise(row:latest())
end
)";

using MistreatmentTest = EngineTest;

TEST_F(MistreatmentTest, OfEveryFunctionLeavesTheProcessWell) {
  const Limits limits = {.memory_bytes = size_t{16} << 20,
                         .instructions_a_row = 300'000};
  row_.milestones = {{2020 * 12, 150}};
  std::vector<rules_test::Indicator> rows(40, row_);
  for (size_t i = 0; i < rows.size(); ++i) {
    rows[i].target = static_cast<int64_t>(10 * i);
  }
  rules_test::Batch batch(rows);
  batch.get()->want_facts = 1;
  uint32_t answered = 0;
  for (int seed = 1; seed <= 25; ++seed) {
    Probe probe("local SEED = " + std::to_string(7919 * seed) + kCaller,
                limits);
    ASSERT_TRUE(probe.started()) << probe.failure().text;
    for (uint32_t row = 0; row < batch.size(); ++row) {
      const Probe::Answers answers = probe.Ask(batch.get(), &row, 1);
      if (answers.result == 0) {
        ++answered;
        continue;
      }
      // Chance may as well use up memory or time; it may break nothing else.
      EXPECT_NE(probe.failure().kind, frame::kRaisedError)
          << seed << " " << row << ": " << probe.failure().text;
    }
  }
  EXPECT_GT(answered, 900u);
}

// A source with mistakes anywhere is an error with a line, or runs.
TEST_F(MistreatmentTest, OfTheSourceLeavesTheProcessWell) {
  const Limits limits = {.memory_bytes = size_t{8} << 20,
                         .instructions_a_row = 50'000,
                         .instructions_at_start = 50'000};
  const std::string source = std::string("local SEED = 1") + kCaller;
  std::mt19937 random(5);
  rules_test::Batch batch({row_});
  int started = 0, refused = 0;
  for (int i = 0; i < 400; ++i) {
    std::string broken = source;
    for (int k = 0; k < 1 + i % 4; ++k) {
      const size_t at = random() % broken.size();
      const size_t from = random() % broken.size();
      switch (random() % 4) {
        case 0:
          broken.erase(at, 1 + random() % 5);
          break;
        case 1:
          broken.insert(at, source.substr(from % source.size(), random() % 9));
          break;
        case 2:
          broken[at] = "()[]{}=,.:;'\"-+*/%<>~#0a\n"[random() % 24];
          break;
        default:
          broken.resize(at);
      }
      if (broken.empty()) break;
    }
    Probe probe(broken, limits);
    if (!probe.started()) {
      ++refused;
      EXPECT_THAT(probe.failure().text, ::testing::StartsWith("probe.lua:"));
      continue;
    }
    ++started;
    probe.Ask(&batch);
  }
  EXPECT_GT(started, 20);
  EXPECT_GT(refused, 100);
}

}  // namespace
}  // namespace shirube::lua
