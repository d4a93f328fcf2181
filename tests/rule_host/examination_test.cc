// What `rule check` finds: one tiny module a broken promise.
#include "server/rule_host/examination.h"

#include <map>

#include "gmock/gmock.h"
#include "tests/rule_host/bench_fixture.h"

namespace shirube {
namespace {

using ::testing::AllOf;
using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::StartsWith;

using Outcome = CheckResult::Outcome;

constexpr char kCases[] = R"(
case Reached
  target 50 at fy2024
  value 60 at fy2022
  expect ACHIEVED MET
case The one it may not stand
  target 666 at fy2024
  value 60 at fy2022
  expect NOT_RAISED
)";

class ExaminationTest : public BenchFixture {
 protected:
  void Examine(const std::string& module, int made_up_rows = 200) {
    const ModuleFile& file = Open(module);
    for (CheckResult& check : shirube::Examine(
             &bench_, file, Cases(kCases), {.made_up_rows = made_up_rows})) {
      order_.push_back(check.id);
      if (check.outcome == Outcome::kFailed) failed_.push_back(check.id);
      checks_[check.id] = std::move(check);
    }
  }

  std::map<std::string, CheckResult> checks_;
  std::vector<std::string> order_, failed_;
};

TEST_F(ExaminationTest, FindsNothingWrongWithASteadyModule) {
  Examine("steady");
  EXPECT_THAT(failed_, IsEmpty());
  EXPECT_THAT(order_,
              testing::ElementsAre("loads", "empty", "rows", "alone",
                                   "permuted", "again", "facts",
                                   "second_worker", "time", "memory", "cases"));
  EXPECT_THAT(checks_["rows"].en, HasSubstr("seed 20210401"));
  EXPECT_THAT(checks_["time"].note_en, HasSubstr("the limit is 100 ms"));
}

TEST_F(ExaminationTest, FindsNothingWrongWithASteadyModuleInLua) {
  Examine("lua_careful");
  EXPECT_THAT(failed_, IsEmpty());
}

TEST_F(ExaminationTest, NamesTheRowAndBothAnswersOfAModuleWithState) {
  Examine("counts_calls");
  EXPECT_THAT(failed_, Contains("again"));
  EXPECT_THAT(failed_, Contains("cases"));
  const CheckResult& again = checks_["again"];
  ASSERT_FALSE(again.findings.empty());
  const Finding& finding = again.findings[0];
  EXPECT_TRUE(finding.own);
  EXPECT_EQ(finding.row, "The one it may not stand");
  EXPECT_EQ(finding.line, 6);
  EXPECT_THAT(finding.first, StartsWith("NOT_RAISED"));
  EXPECT_THAT(finding.then, StartsWith("NOT_EVALUATED UNSURE"));
  EXPECT_THAT(finding.row_text, AllOf(StartsWith("case The one"),
                                      HasSubstr("target 666 at fy2024"),
                                      Not(HasSubstr("expect"))));
}

TEST_F(ExaminationTest, FindsStateOfALuaModule) {
  Examine("lua_keeps_count");
  EXPECT_THAT(failed_, Contains("permuted"));
}

TEST_F(ExaminationTest, FindsAnswersThatGoByTheOrderOfRows) {
  Examine("remembers_row");
  EXPECT_THAT(failed_,
              AllOf(Contains("alone"), Contains("permuted"),
                    Not(Contains("again")), Not(Contains("second_worker"))));
}

TEST_F(ExaminationTest, FindsAnswersThatGoByTheWorker) {
  Examine("differs_by_worker");
  EXPECT_THAT(failed_,
              AllOf(Contains("second_worker"), Not(Contains("permuted")),
                    Not(Contains("again"))));
}

TEST_F(ExaminationTest, FindsAnswersThatChangeWithFacts) {
  Examine("differs_with_facts");
  EXPECT_THAT(failed_, AllOf(Contains("facts"), Not(Contains("again"))));
}

TEST_F(ExaminationTest, NamesTheRowThatKillsItAndGoesOnWithTheOthers) {
  Examine("crashes_on_row");
  EXPECT_THAT(failed_, testing::ElementsAre("rows", "cases"));
  ASSERT_FALSE(checks_["rows"].findings.empty());
  EXPECT_EQ(checks_["rows"].findings[0].then, "CRASHED (signal 11)");
  EXPECT_EQ(checks_["rows"].findings[0].first, "");
}

TEST_F(ExaminationTest, GivesTheTextOfALuaErrorWithItsRow) {
  Examine("lua_errors_on_row");
  ASSERT_FALSE(checks_["rows"].findings.empty());
  EXPECT_THAT(checks_["rows"].findings[0].then, HasSubstr(".lua:"));
}

TEST_F(ExaminationTest, ReportsAModuleThatRefusesTheEmptyBatch) {
  Examine("refuses_empty");
  EXPECT_THAT(failed_, Contains("empty"));
  EXPECT_THAT(checks_["empty"].note_en, HasSubstr("evaluate returned 3"));
}

TEST_F(ExaminationTest, SkipsEverythingWhereTheModuleDoesNotLoad) {
  Examine("crashes_in_create");
  EXPECT_THAT(failed_, testing::ElementsAre("loads"));
  EXPECT_THAT(checks_["loads"].note_en, HasSubstr("LOAD_CRASHED"));
  EXPECT_EQ(checks_["again"].outcome, Outcome::kSkipped);
  EXPECT_EQ(checks_["cases"].outcome, Outcome::kSkipped);
}

TEST_F(ExaminationTest, MakesUpTheSameRowsFromOneSeed) {
  Examine("remembers_row");
  const Finding first = checks_["alone"].findings.at(0);
  Examine("remembers_row");
  EXPECT_EQ(checks_["alone"].findings.at(0).row_text, first.row_text);
  EXPECT_EQ(checks_["alone"].findings.at(0).then, first.then);
}

class ShortOfTimeTest : public ExaminationTest {
 protected:
  // A thousandth of what is usual, for a whole call.
  ShortOfTimeTest() { limits_.call_deadline = absl::Microseconds(1); }
  Workbench::Limits limits_;
};

TEST_F(ShortOfTimeTest, HoldsTheTimeOfACallAgainstTheLimit) {
  Workbench bench(SHIRUBE_WORKER, limits_);
  const ModuleFile& file = Open("lua_careful");
  bool over = false;
  for (const CheckResult& check :
       shirube::Examine(&bench, file, Cases(kCases), {.made_up_rows = 50})) {
    // A slow machine notices it while rows are asked already.
    over |= check.outcome == Outcome::kFailed &&
            (check.note_en.find("the limit is 0.001 ms") != std::string::npos ||
             (!check.findings.empty() &&
              check.findings[0].then.find("TIMED_OUT") != std::string::npos));
  }
  EXPECT_TRUE(over);
}

}  // namespace
}  // namespace shirube
