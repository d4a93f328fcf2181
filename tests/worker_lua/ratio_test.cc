// Ratios as a script has them.
#include "tests/worker_lua/engine_fixture.h"

namespace shirube::lua {
namespace {

using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::StartsWith;

using RatioTest = EngineTest;

TEST_F(RatioTest, AreMadeOfIntegersDecimalsAndOfThemselves) {
  EXPECT_EQ(Value("return ratio(7)"), "7");
  EXPECT_EQ(Value("return ratio(1, 3)"), "1/3");
  EXPECT_EQ(Value("return ratio(-6, -4)"), "1.5");
  EXPECT_EQ(Value("return ratio('0.90')"), "0.9");
  EXPECT_EQ(Value("return ratio('0.9', '0.3')"), "3");
  EXPECT_EQ(Value("return ratio(ratio(1, 2), 2)"), "0.25");
  EXPECT_EQ(Value("return ratio(math.mininteger)"), "-9223372036854775808");
}

TEST_F(RatioTest, AreNotMadeOfAnythingElse) {
  EXPECT_THAT(Error("return ratio(0.5)"), HasSubstr("a float is not exact"));
  EXPECT_THAT(Error("return ratio('1e3')"), HasSubstr("ratio(\"1e3\")"));
  EXPECT_THAT(Error("return ratio(nil)"), HasSubstr("not a nil"));
  EXPECT_THAT(Error("return ratio({})"), HasSubstr("not a table"));
  EXPECT_THAT(Error("return ratio(row)"), HasSubstr("not a userdata"));
  EXPECT_THAT(Error("return ratio(1, 0)"), EndsWith("division by zero"));
}

TEST_F(RatioTest, ComputeExactly) {
  EXPECT_EQ(Value("return ratio('0.1') + ratio('0.2')"), "0.3");
  EXPECT_EQ(Value("return ratio(1, 3) + ratio(1, 6)"), "0.5");
  EXPECT_EQ(Value("return ratio(1, 3) - 1"), "-2/3");
  EXPECT_EQ(Value("return 1 - ratio(1, 3)"), "2/3");
  EXPECT_EQ(Value("return 12 * ratio(1, 3)"), "4");
  EXPECT_EQ(Value("return ratio(2) / 3"), "2/3");
  EXPECT_EQ(Value("return 2 / ratio(3)"), "2/3");
  EXPECT_EQ(Value("return -ratio(1, 3)"), "-1/3");
  // The products of integers would wrap here.
  EXPECT_EQ(Value("return ratio(math.maxinteger) * math.maxinteger"),
            "85070591730234615847396907784232501249");
}

TEST_F(RatioTest, AreComparedExactly) {
  EXPECT_EQ(Value("return ratio(1, 3) < ratio(1, 2)"), "true");
  EXPECT_EQ(Value("return ratio(1, 2) <= ratio(2, 4)"), "true");
  EXPECT_EQ(Value("return ratio('0.3') >= ratio('0.1') * 3"), "true");
  EXPECT_EQ(Value("return 1 > ratio(1)"), "false");
  EXPECT_EQ(Value("return 0 < ratio('0.0000001')"), "true");
  EXPECT_EQ(Value("return ratio('0.1') * 3 == ratio('0.3')"), "true");
  EXPECT_EQ(Value("return ratio(1, 2) ~= ratio(2, 4)"), "false");
  EXPECT_EQ(Value("return row:target() == ratio(20)"), "true");
}

TEST_F(RatioTest, AreKeysByTheirValue) {
  EXPECT_EQ(Value("local t = {[ratio(1, 2)] = 'half'}\n"
                  "return t[ratio('0.5')]"),
            "half");
}

TEST_F(RatioTest, GiveWhatTheyConsistOf) {
  EXPECT_EQ(Value("return ratio(-7, 2):numerator()"), "-7");
  EXPECT_EQ(Value("return ratio(-7, 2):denominator()"), "2");
  EXPECT_EQ(Value("return ratio(-7, 2):floor()"), "-4");
  EXPECT_EQ(Value("return ratio(-7, 2):to_number()"), "-3.5");
  EXPECT_EQ(Value("return tonumber(ratio(1, 4))"), "0.25");
  EXPECT_EQ(Value("return math.type(ratio(4):to_number())"), "float");
  EXPECT_EQ(Value("return string.format('%s|%.1f', ratio(1, 3), "
                  "ratio(1, 4):to_number())"),
            "1/3|0.2");
  EXPECT_THAT(Error("local m = ratio(math.maxinteger)\n"
                    "return (m * m):numerator()"),
              HasSubstr("does not fit an integer"));
}

TEST_F(RatioTest, LeaveTonumberAsItIsForEverythingElse) {
  EXPECT_EQ(Value("return tonumber('12')"), "12");
  EXPECT_EQ(Value("return tonumber('zz', 36)"), "1295");
  EXPECT_EQ(Value("return tonumber('no number')"), "nil");
}

TEST_F(RatioTest, EndInAnErrorWithItsLineWhereTheyDoNotFit) {
  const std::string text = Error(
      "local r = ratio(math.maxinteger)\n"
      "r = r * r\n"
      "return r * r");
  EXPECT_THAT(text, StartsWith(Place(3)));
  EXPECT_THAT(text, HasSubstr("does not fit 128 bits"));
  EXPECT_THAT(Error("return ratio(1) / (row:target() - 20)"),
              HasSubstr("division by zero"));
}

TEST_F(RatioTest, RefuseFloatsAndOtherThings) {
  EXPECT_THAT(Error("return row:parameter('pace') >= 0.9"),
              HasSubstr("write ratio(\"0.9\")"));
  EXPECT_THAT(Error("return ratio(1) + 0.5"),
              HasSubstr("a float is not exact"));
  EXPECT_THAT(Error("return ratio(1) + nil"), HasSubstr("not a nil"));
  EXPECT_THAT(Error("return row:latest() - 1"),
              HasSubstr("not a point (its .value?)"));
  EXPECT_THAT(Error("return ratio(1) < 'x'"), HasSubstr("not a string"));
  EXPECT_THAT(Error("return ratio(1).sign"),
              HasSubstr("a ratio has no 'sign'"));
  EXPECT_THAT(Error("return #ratio(1)"), HasSubstr("no length"));
  EXPECT_THAT(Error("ratio(1).x = 1"), HasSubstr("cannot be changed"));
}

TEST_F(RatioTest, SayWhichOperatorsTheyHave) {
  EXPECT_THAT(Error("return row:target() // 2"), HasSubstr("have no //: they"));
  EXPECT_THAT(Error("return 7 % row:target()"), HasSubstr("have no %: they"));
  EXPECT_THAT(Error("return row:target() ^ 2"), HasSubstr("and :to_number()"));
}

TEST_F(RatioTest, AreWrittenIntoTextsByTostring) {
  EXPECT_EQ(Value("return 'p is ' .. tostring(ratio(1, 4)) .. '!'"),
            "p is 0.25!");
  // See value_library.cc.
  EXPECT_THAT(Error("return 'p is ' .. ratio(1, 4)"),
              HasSubstr("attempt to concatenate a userdata value"));
}

TEST_F(RatioTest, AreNoNumbersForTheLibrary) {
  EXPECT_THAT(Error("return math.sqrt(ratio(2))"),
              HasSubstr("number expected, got value of a row; a ratio has "
                        ":to_number()"));
}

TEST_F(RatioTest, OfTheChunkLastAsLongAsTheModule) {
  Probe probe(
      "local LIMIT = ratio('0.9')\n"
      "function judge(row)\n"
      "  if LIMIT ~= ratio('0.9') or LIMIT * 10 ~= ratio(9) then\n"
      "    error('changed')\n"
      "  end\n"
      "  return not_raise(row:latest(), {progress = LIMIT})\n"
      "end");
  rules_test::Batch batch(std::vector<rules_test::Indicator>(500, row_));
  const Probe::Answers answers = probe.Ask(&batch);
  EXPECT_EQ(answers.result, 0) << probe.failure().text;
}

TEST_F(RatioTest, OfARowAreNoneInTheNext) {
  Probe probe(
      "local kept\n"
      "function judge(row)\n"
      "  if kept then return raise(kept < 1 and 'LOW' or 'MET') end\n"
      "  kept = row:target() / 3\n"
      "end");
  rules_test::Batch batch({row_, row_});
  EXPECT_NE(probe.Ask(&batch).result, 0);
  EXPECT_THAT(probe.failure().text, HasSubstr("belongs to another row"));
}

TEST_F(RatioTest, FindTheirPlaceAmongThousands) {
  EXPECT_EQ(Value("local sum, seen, n = ratio(0), {}, 0\n"
                  "for i = 1, 3000 do\n"
                  "  local r = ratio(i, 7)\n"
                  "  sum = sum + r - ratio(i - 1, 7)\n"
                  "  if seen[r] then error('twice') end\n"
                  "  seen[r] = i\n"
                  "end\n"
                  "for i = 1, 3000 do n = n + (seen[ratio(2 * i, 14)] == i "
                  "and 1 or 0) end\n"
                  "return n .. ' ' .. tostring(sum)"),
            "3000 3000/7");
}

}  // namespace
}  // namespace shirube::lua
