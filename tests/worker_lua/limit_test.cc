// Time, depth and memory: what ends, how, and what comes after it.
#include "tests/worker_lua/engine_fixture.h"

namespace shirube::lua {
namespace {

using ::testing::HasSubstr;
using ::testing::StartsWith;

class LimitTest : public EngineTest {
 protected:
  static constexpr Limits kSmall = {.memory_bytes = size_t{8} << 20,
                                    .instructions_a_row = 200'000,
                                    .instructions_at_start = 300'000};
  void ExpectTimedOut(const std::string& body) {
    const Failure failure = FailureOf(body, kSmall);
    EXPECT_EQ(failure.kind, frame::kTimeUsedUp) << body << failure.text;
    EXPECT_THAT(failure.text, StartsWith("probe.lua:"));
    EXPECT_THAT(failure.text, HasSubstr("used up the 200000 instructions"));
  }
  void ExpectOutOfMemory(const std::string& body) {
    const Failure failure =
        FailureOf(body, {.memory_bytes = kSmall.memory_bytes});
    EXPECT_EQ(failure.kind, frame::kMemoryUsedUp) << body << failure.text;
    EXPECT_THAT(failure.text, StartsWith("probe.lua:"));
    EXPECT_THAT(failure.text, HasSubstr("more memory than the 8 MiB"));
  }
};

TEST_F(LimitTest, EndsWhatDoesNotCome) {
  ExpectTimedOut("while true do end");
  ExpectTimedOut("for i = 1, math.maxinteger do local x = i end");
  ExpectTimedOut("repeat local s = ('x'):rep(10) until false");
  ExpectTimedOut("::again:: goto again");
  ExpectTimedOut("local function f() return f() end\nreturn f()");
}

TEST_F(LimitTest, NamesTheLine) {
  EXPECT_THAT(FailureOf("local x = 0\n\nwhile true do x = x + 1 end").text,
              StartsWith(Place(3)));
}

TEST_F(LimitTest, LetsNobodyCatchATimeOut) {
  ExpectTimedOut("pcall(function() while true do end end)");
  ExpectTimedOut("while true do pcall(function() while true do end end) end");
  ExpectTimedOut(
      "local function again() pcall(again) while true do end end\n"
      "pcall(pcall, pcall, again)");
  ExpectTimedOut(
      "table.sort({2, 1}, function() pcall(function()\n"
      "  while true do end end) return true end)");
  ExpectTimedOut("string.gsub('x', 'x', function() while true do end end)");
}

TEST_F(LimitTest, CountsEveryRowFromTheStart) {
  const std::string source =
      "function judge(row)\n"
      "  local n = row:target() == ratio(99) and 30000 or 10000\n"
      "  for i = 1, n do local x = i + i end\n"
      "  return not_raise()\n"
      "end";
  Limits limits = kSmall;
  limits.instructions_a_row = 40'000;
  Probe probe(source, limits);
  rules_test::Batch many(std::vector<rules_test::Indicator>(50, row_));
  EXPECT_EQ(probe.Ask(&many).result, 0) << probe.failure().text;
  rules_test::Indicator slow = row_;
  slow.target = 990;
  rules_test::Batch one({row_, slow});
  EXPECT_EQ(probe.Ask(&one).result, Engine::kFailed);
  EXPECT_EQ(probe.failure().kind, frame::kTimeUsedUp);
  // And answers again.
  EXPECT_EQ(probe.Ask(&many).result, 0) << probe.failure().text;
}

TEST_F(LimitTest, EndsDeepRecursion) {
  Failure failure =
      FailureOf("local function f(n) return 1 + f(n + 1) end\nreturn f(1)");
  EXPECT_EQ(failure.kind, frame::kRaisedError);
  EXPECT_THAT(failure.text, StartsWith(Place(1)));
  EXPECT_THAT(failure.text, HasSubstr("stack overflow"));
  // Nor is this one caught.
  failure = FailureOf(
      "local function f(n) return 1 + f(n + 1) end\n"
      "pcall(f, 1)\nreturn not_raise()");
  EXPECT_EQ(failure.kind, frame::kRaisedError);
  EXPECT_EQ(Value("local function f(n) return n == 0 and 0 or 1 + f(n - 1) "
                  "end\nreturn f(1000)"),
            "1000");
}

TEST_F(LimitTest, EndsRecursionThroughLibraries) {
  EXPECT_THAT(Error("local function f() return (string.gsub('x', 'x', f)) end\n"
                    "return f()"),
              HasSubstr("stack overflow"));
  EXPECT_THAT(
      Error("local function f() table.sort({2, 1}, f) return true end\nf()"),
      HasSubstr("stack overflow"));
  EXPECT_THAT(
      Error("local function f() error(select(2, pcall(f)), 0) end\nf()"),
      HasSubstr("stack overflow"));
  EXPECT_THAT(
      Error("return ('x'):rep(300000):match(('.-'):rep(300000) .. 'b')"),
      HasSubstr("pattern too complex"));
}

TEST_F(LimitTest, RefusesASourceThatIsTooDeep) {
  const std::string deep(1'000, '(');
  EXPECT_THAT(StartFailure("local x = " + deep).text, HasSubstr("overflow"));
  std::string nested;
  for (int i = 0; i < 1'000; ++i) nested += "{";
  EXPECT_THAT(StartFailure("local x = " + nested).text, HasSubstr("overflow"));
}

TEST_F(LimitTest, EndsMemoryBombs) {
  ExpectOutOfMemory("local s = 'x'\nwhile true do s = s .. s end");
  ExpectOutOfMemory("return #string.rep('x', 1 << 30)");
  ExpectOutOfMemory("local t = {}\nfor i = 1, 1e9 do t[i] = i end");
  ExpectOutOfMemory(
      "local t = {}\nwhile true do t = {t, {}, {}, {}, {}, {}} end");
  ExpectOutOfMemory("local t = {}\nfor i = 1, 1e9 do t['k' .. i] = {} end");
  ExpectOutOfMemory("for i = 1, 1 << 30 do ratio(i, 3) end");
}

TEST_F(LimitTest, LetsNobodyCatchRefusedMemory) {
  ExpectOutOfMemory("while true do pcall(string.rep, 'x', 1 << 30) end");
  ExpectOutOfMemory(
      "pcall(function() local s = 'x' while true do s = s .. s end end)\n"
      "return not_raise()");
}

TEST_F(LimitTest, IsReadyForTheNextRowAfterABomb) {
  Probe probe(
      "function judge(row)\n"
      "  if row:target() == ratio(99) then return #('x'):rep(1 << 30) end\n"
      "  return not_raise(row:latest())\n"
      "end",
      kSmall);
  rules_test::Indicator bad = row_;
  bad.target = 990;
  rules_test::Batch bomb({bad}), good({row_});
  for (int i = 0; i < 3; ++i) {
    EXPECT_EQ(probe.Ask(&bomb).result, Engine::kFailed);
    EXPECT_EQ(probe.failure().kind, frame::kMemoryUsedUp);
    EXPECT_EQ(probe.Ask(&good).result, 0) << probe.failure().text;
  }
}

TEST_F(LimitTest, HoldsAtTheStart) {
  Failure failure = StartFailure("while true do end", kSmall);
  EXPECT_EQ(failure.kind, frame::kTimeUsedUp);
  EXPECT_THAT(failure.text, StartsWith("probe.lua:20: "));
  EXPECT_THAT(failure.text, HasSubstr("that the start has"));
  failure = StartFailure("x = ('x'):rep(1 << 30)", kSmall);
  EXPECT_EQ(failure.kind, frame::kMemoryUsedUp);
}

TEST_F(LimitTest, KeepsItsMemoryOverManyRows) {
  Probe probe(
      "function judge(row)\n"
      "  local t = {}\n"
      "  for i, p in ipairs(row:points()) do t[i] = tostring(p.value) end\n"
      "  return not_raise(row:latest(), {progress = ratio(#t, 3)})\n"
      "end");
  rules_test::Batch batch(std::vector<rules_test::Indicator>(1000, row_));
  ASSERT_EQ(probe.Ask(&batch).result, 0) << probe.failure().text;
  for (int i = 0; i < 20; ++i) probe.Ask(&batch);
  EXPECT_LT(probe.memory_used(), size_t{2} << 20);
}

}  // namespace
}  // namespace shirube::lua
