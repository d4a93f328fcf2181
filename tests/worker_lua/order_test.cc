// The same answers, in whatever order and state they are asked for.
#include <algorithm>
#include <numeric>
#include <random>

#include "tests/worker_lua/engine_fixture.h"

namespace shirube::lua {
namespace {

using ::testing::HasSubstr;

using OrderTest = EngineTest;

constexpr char kSource[] = R"(
function judge(row)
  local why = row:obstacle()
  if why then return cannot_tell('NOT_COVERED') end
  local actual = row:latest()
  local start = row:start()
  if not start or start == row:target() then return not_raise(actual) end
  local facts = {progress = (actual.value - start) / (row:target() - start),
                 gap = row:missing(actual.value)}
  if facts.progress >= row:parameter('pace') then
    return raise('MET', actual, facts)
  end
  return raise('LOW', actual, facts)
end
)";

std::vector<rules_test::Indicator> ManyRows(uint32_t n) {
  std::mt19937 random(11);
  std::vector<rules_test::Indicator> rows(n);
  for (rules_test::Indicator& row : rows) {
    row.op = static_cast<uint8_t>(random() % 7);
    row.kind = static_cast<uint8_t>(random() % 4);
    row.scale = static_cast<uint8_t>(random() % 4);
    row.window_start_index = 2015 * 12;
    if (random() % 5 != 0) row.baseline = static_cast<int>(random() % 2000);
    if (random() % 9 != 0) row.target = static_cast<int>(random() % 3000);
    row.target_upper = row.target.value_or(0) + 10;
    for (int year = 2016; year < 2016 + static_cast<int>(random() % 6);
         ++year) {
      row.points.push_back({year * 12, static_cast<int>(random() % 3000)});
    }
  }
  return rows;
}

TEST_F(OrderTest, AnswersTheSameWhenAskedTwice) {
  rules_test::Batch batch(ManyRows(1000));
  batch.get()->want_facts = 1;
  Probe one(kSource), other(kSource);
  const Probe::Answers first = one.Ask(&batch);
  ASSERT_EQ(first.result, 0) << one.failure().text;
  EXPECT_TRUE(one.Ask(&batch) == first);
  EXPECT_TRUE(other.Ask(&batch) == first);
  // All kinds of answers are among them.
  for (const uint8_t answer :
       {SHIRUBE_RAISED, SHIRUBE_NOT_RAISED, SHIRUBE_CANNOT_TELL}) {
    EXPECT_GT(std::count(first.answer.begin(), first.answer.end(), answer), 20);
  }
}

TEST_F(OrderTest, AnswersTheSameInAnotherOrderAndOneByOne) {
  constexpr uint32_t kRows = 500;
  rules_test::Batch batch(ManyRows(kRows));
  batch.get()->want_facts = 1;
  // A parameter of stride 8 goes by position.
  shirube_parameter parameters[2];
  const int64_t values[] = {800000, 600000};
  parameters[0] = {&values[0], 0, 0};
  parameters[1] = {&values[1], 0, 0};
  batch.get()->parameters = parameters;
  Probe probe(kSource);
  const Probe::Answers whole = probe.Ask(&batch);
  ASSERT_EQ(whole.result, 0) << probe.failure().text;
  std::vector<uint32_t> rows(kRows);
  std::iota(rows.begin(), rows.end(), 0);
  std::shuffle(rows.begin(), rows.end(), std::mt19937(3));
  const Probe::Answers permuted = probe.Ask(batch.get(), rows.data(), kRows);
  for (uint32_t k = 0; k < kRows; ++k) {
    const uint32_t row = rows[k];
    const Probe::Answers single = probe.Ask(batch.get(), &row, 1);
    for (const auto& [answers, at, n] :
         {std::tuple{&permuted, k, kRows}, std::tuple{&single, 0u, 1u}}) {
      ASSERT_EQ(answers->answer[at], whole.answer[row]);
      ASSERT_EQ(answers->reason[at], whole.reason[row]);
      ASSERT_EQ(answers->judged_point[at], whole.judged_point[row]);
      for (uint32_t f = 0; f < kFacts; ++f) {
        ASSERT_EQ(answers->numerator[f * n + at].low,
                  whole.numerator[f * kRows + row].low);
        ASSERT_EQ(answers->denominator[f * n + at].low,
                  whole.denominator[f * kRows + row].low);
      }
    }
  }
}

TEST_F(OrderTest, AnswersTheSameWithoutFacts) {
  rules_test::Batch with(ManyRows(300)), without(ManyRows(300));
  with.get()->want_facts = 1;
  Probe probe(kSource);
  const Probe::Answers a = probe.Ask(&with), b = probe.Ask(&without);
  EXPECT_EQ(a.answer, b.answer);
  EXPECT_EQ(a.reason, b.reason);
  EXPECT_EQ(std::count_if(b.denominator.begin(), b.denominator.end(),
                          [](const shirube_int128& d) { return d.low != 0; }),
            0);
}

TEST_F(OrderTest, GoesThroughATableInOneOrder) {
  EXPECT_EQ(
      Value("local t = {zeta = 1, alpha = 2, [10] = 3, [2] = 4, [1] = 5,\n"
            "  [2.5] = 6, [true] = 7, [false] = 8, Beta = 9}\n"
            "local keys = {}\n"
            "for k, v in pairs(t) do\n"
            "  keys[#keys + 1] = tostring(k) .. '=' .. v\n"
            "end\n"
            "return table.concat(keys, ' ')"),
      "1=5 2=4 2.5=6 10=3 Beta=9 alpha=2 zeta=1 false=8 true=7");
  EXPECT_EQ(Value("local t, keys = {b = 1, a = 2, c = 3, [7] = 0}, {}\n"
                  "local k, v = next(t)\n"
                  "while k do keys[#keys + 1] = k k, v = next(t, k) end\n"
                  "return table.concat(keys, ' ')"),
            "7 a b c");
}

TEST_F(OrderTest, PassesOverWhatIsTakenOutOfATableMeanwhile) {
  EXPECT_EQ(Value("local t, n = {a = 1, b = 2, c = 3}, 0\n"
                  "for k in pairs(t) do t.b = nil n = n + 1 end\n"
                  "return n"),
            "2");
  EXPECT_EQ(Value("for k in pairs({}) do error('none') end\nreturn 1"), "1");
}

TEST_F(OrderTest, GoesThroughNothingButATable) {
  EXPECT_THAT(Error("local step = pairs({a = 1})\nreturn step(7)"),
              HasSubstr("table expected"));
  EXPECT_THAT(Error("local step = pairs({a = 1})\nreturn step()"),
              HasSubstr("table expected"));
}

TEST_F(OrderTest, HasNoOrderForTables) {
  EXPECT_THAT(Error("for k in pairs({[{}] = 1}) do end"),
              HasSubstr("a key that is a table has no order"));
  EXPECT_THAT(Error("return next({[print or judge] = 1})"),
              HasSubstr("function"));
  EXPECT_THAT(Error("return pairs(nil)"), HasSubstr("table expected"));
  EXPECT_THAT(Error("return next(3)"), HasSubstr("table expected"));
}

TEST_F(OrderTest, SortsStably) {
  EXPECT_EQ(Value("local t = {}\n"
                  "for i = 1, 200 do t[i] = {key = i * 7919 % 10, i = i} end\n"
                  "table.sort(t, function(a, b) return a.key < b.key end)\n"
                  "for i = 2, 200 do\n"
                  "  local a, b = t[i - 1], t[i]\n"
                  "  if a.key > b.key or a.key == b.key and a.i > b.i then\n"
                  "    return 'not at ' .. i\n"
                  "  end\n"
                  "end\n"
                  "return #t"),
            "200");
  EXPECT_EQ(Value("local t = {3, 1, 2}\ntable.sort(t)\n"
                  "return table.concat(t, ',')"),
            "1,2,3");
  EXPECT_EQ(Value("local t = {ratio(1, 2), ratio(1, 3), ratio(2)}\n"
                  "table.sort(t, function(a, b) return a > b end)\n"
                  "return tostring(t[1]) .. tostring(t[3])"),
            "21/3");
  EXPECT_EQ(Value("table.sort({})\ntable.sort({1})\nreturn 1"), "1");
}

TEST_F(OrderTest, SortsByAnOrderThatContradictsItself) {
  EXPECT_EQ(Value("local t = {}\n"
                  "for i = 1, 500 do t[i] = i end\n"
                  "table.sort(t, function() return true end)\n"
                  "return #t"),
            "500");
}

}  // namespace
}  // namespace shirube::lua
