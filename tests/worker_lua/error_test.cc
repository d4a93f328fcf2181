// What an author reads of an error.
#include <cstring>

#include "tests/worker_lua/engine_fixture.h"

namespace shirube::lua {
namespace {

using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

using ErrorTest = EngineTest;

TEST_F(ErrorTest, HasItsLineAndItsName) {
  const std::string text = Error("local nothing\n\nreturn nothing.there");
  EXPECT_EQ(text, Place(3) + "attempt to index a nil value (local 'nothing')");
  EXPECT_EQ(Error("error('so')"), Place(1) + "so");
}

TEST_F(ErrorTest, HasALineEvenWhereItGivesNone) {
  EXPECT_EQ(Error("\nerror('so', 0)"), Place(2) + "so");
  EXPECT_EQ(Error("\n\nassert(false)"), Place(3) + "assertion failed!");
  EXPECT_EQ(Error("\ntable.sort({1, 'x'})"),
            Place(2) + "attempt to compare string with number");
}

TEST_F(ErrorTest, OfAHelperHasTheLineOfTheHelper) {
  const Failure failure = [&] {
    Probe probe(
        "local function helper(x)\n"
        "  return x + nil\n"
        "end\n"
        "function judge(row) return helper(1) end");
    rules_test::Batch batch({row_});
    probe.Ask(&batch);
    return probe.failure();
  }();
  EXPECT_THAT(failure.text, StartsWith("probe.lua:21: "));
  EXPECT_EQ(failure.kind, frame::kRaisedError);
}

TEST_F(ErrorTest, MayBeAnyValue) {
  EXPECT_THAT(Error("error({})"), HasSubstr("it is a table value"));
  EXPECT_THAT(Error("error(nil)"), HasSubstr("it is a nil value"));
  EXPECT_THAT(Error("error(12)"), EndsWith("12"));
}

TEST_F(ErrorTest, IsBoundedAndCutBetweenCharacters) {
  const Failure failure = FailureOf("error(('進'):rep(1000), 0)");
  const std::string text = failure.text;
  EXPECT_LT(text.size(), sizeof(failure.text));
  EXPECT_GT(text.size(), sizeof(failure.text) - 8);
  EXPECT_THAT(text, EndsWith("進進"));
  EXPECT_EQ((text.size() - Place(1).size()) % 3, 0u);
}

TEST_F(ErrorTest, OfSyntaxHasItsLine) {
  Failure failure = StartFailure("function judge(row)\n  return (1\nend");
  EXPECT_EQ(failure.kind, frame::kRaisedError);
  EXPECT_THAT(failure.text, StartsWith("probe.lua:22: "));
  EXPECT_THAT(failure.text, HasSubstr("near 'end'"));
  EXPECT_THAT(StartFailure("x = = 1").text, StartsWith("probe.lua:20: "));
}

TEST_F(ErrorTest, OfTheChunkHasItsLine) {
  EXPECT_EQ(std::string(StartFailure("\nlocal x = nil + 1").text),
            "probe.lua:21: attempt to perform arithmetic on a nil value");
}

TEST_F(ErrorTest, SaysThatJudgeIsMissing) {
  for (const char* source :
       {"", "local function judge(row) end", "judge = 3", "Judge = print"}) {
    const Failure failure = StartFailure(source);
    EXPECT_EQ(failure.kind, frame::kRaisedError);
    EXPECT_THAT(failure.text, HasSubstr("has no function judge(row)"));
    EXPECT_THAT(failure.text, StartsWith("probe.lua"));
  }
}

TEST_F(ErrorTest, HasTheEndOfALongName) {
  const std::string id = "a" + std::string(58, 'b') + "end";
  std::string text = Probe::TextOf("function judge(row) return nil + 1 end");
  text.replace(text.find("probe"), 5, id);
  void* state = nullptr;
  const shirube_rule* rule = RuleOf(text);
  ASSERT_EQ(rule->create(&state), 0) << LastFailure().text;
  rules_test::Batch batch({row_});
  shirube_verdicts verdicts = {};
  verdicts.struct_size = sizeof(verdicts);
  EXPECT_NE(rule->evaluate(state, batch.get(), nullptr, 1, &verdicts), 0);
  EXPECT_EQ(std::string(LastFailure().text),
            "..." + std::string(49, 'b') +
                "end.lua:20: attempt to perform arithmetic on a nil value");
  rule->destroy(state);
}

TEST_F(ErrorTest, OfOneRowCostsNoOther) {
  Probe probe(
      "function judge(row)\n"
      "  if row:target() == ratio(99) then error('this one') end\n"
      "  return not_raise(row:latest())\n"
      "end");
  rules_test::Indicator bad = row_;
  bad.target = 990;
  rules_test::Batch batch({row_, bad, row_});
  EXPECT_EQ(probe.Ask(&batch).result, Engine::kFailed);
  EXPECT_THAT(probe.failure().text, StartsWith("probe.lua:21: this one"));
  const uint32_t others[] = {2, 0};
  const Probe::Answers answers = probe.Ask(batch.get(), others, 2);
  EXPECT_EQ(answers.result, 0);
  EXPECT_EQ(answers.answer[1], SHIRUBE_NOT_RAISED);
}

TEST_F(ErrorTest, SaysNothingWhereThereIsNone) {
  EXPECT_EQ(Error("return not_raise()"), "");
  EXPECT_THAT(Error("local ok = pcall(error, 'x')"), Not(HasSubstr("x")));
}

}  // namespace
}  // namespace shirube::lua
