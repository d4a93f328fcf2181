// Every case that a built module carries, asked of that module; and what the
// case reader refuses.
#include <string>
#include <vector>

#include "gtest/gtest.h"
#include "rules/cases/case_batch.h"
#include "rules/cases/case_file.h"
#include "tests/rules/cased_module.h"
#include "tests/rules/loaded_module.h"

namespace shirube::rules_test {
namespace {

class ModuleCasesTest : public testing::TestWithParam<std::string> {
 protected:
  CasedModule module_{GetParam()};
};

TEST_P(ModuleCasesTest, AnswersEveryCaseItCarries) {
  ASSERT_EQ(module_.cases().error, "");
  ASSERT_GT(module_.cases().cases.size(), 20u);
  module_.ExpectAnswers(module_.cases().cases);
}

TEST_P(ModuleCasesTest, HasACaseForEveryReasonItDeclares) {
  EXPECT_EQ(module_.ReasonsWithoutACase(), std::vector<std::string>{});
}

INSTANTIATE_TEST_SUITE_P(Defaults, ModuleCasesTest, testing::ValuesIn(kModules),
                         [](const auto& info) { return info.param; });
INSTANTIATE_TEST_SUITE_P(Published, ModuleCasesTest,
                         testing::ValuesIn(kPublishedModules),
                         [](const auto& info) { return info.param; });

// The defaults answer by one judgement, so each answers for all of them.
class DefaultCasesTest : public ModuleCasesTest {};

TEST_P(DefaultCasesTest, AnswersTheCasesOfTheOtherModules) {
  EXPECT_GT(module_.cases().cases.size(), 30u);
  for (const std::string& other : kModules) {
    module_.ExpectAnswers(CasedModule(other).cases().cases);
  }
}

INSTANTIATE_TEST_SUITE_P(Defaults, DefaultCasesTest,
                         testing::ValuesIn(kModules),
                         [](const auto& info) { return info.param; });

std::string ErrorOf(const std::string& text) {
  const cases::ParseResult read = cases::ParseCases(text);
  EXPECT_TRUE(read.cases.empty()) << text;
  return read.error;
}

TEST(CaseFileTest, NamesTheLineAndTheMistake) {
  EXPECT_EQ(ErrorOf(""), "line 0: there is no `case` in this text");
  EXPECT_EQ(ErrorOf("kind level\n"),
            "line 1: a text of cases starts with `case NAME`");
  EXPECT_EQ(ErrorOf("case a\n\n  colour red\n"),
            "line 3: unknown word `colour`");
  EXPECT_EQ(ErrorOf("case a\n  target 1..2 at 20x4\n"),
            "line 2: `20x4` is no period; write it as fy2022, fy2022q3, "
            "m2023-01, cy2014, 2014 or "
            "d2020-03-31");
  EXPECT_EQ(ErrorOf("case a\n  baseline 1e5\n"),
            "line 2: `1e5` is no decimal number of at most 18 digits");
  EXPECT_EQ(ErrorOf("case a\n  value 1\n"),
            "line 2: write `value NUMBER at PERIOD [provisional | restated]`");
  EXPECT_EQ(ErrorOf("case a\n  target 1\n"),
            "line 1: case `a` expects nothing");
  EXPECT_EQ(ErrorOf("case a\n  value 1 at fy2020\n  value 2 at cy2020\n  "
                    "expect NOT_RAISED\n"),
            "line 1: case `a` has two values for one period");
  EXPECT_EQ(ErrorOf("case a\n  expect ON_TRACK\n"),
            "line 2: write `expect STATUS REASON [as of PERIOD] [today "
            "YYYY-MM]` or `expect NOT_RAISED [...]`");
  EXPECT_EQ(ErrorOf("case a\n  today March\n"),
            "line 2: `March` is no month; write it as 2024-03");
  EXPECT_EQ(ErrorOf("case a\n  expect NOT_RAISED today 2024-13\n"),
            "line 2: `2024-13` is no month; write it as 2024-03");
  for (const char* calendar :
       {"", "0", "13", "11 + years", "11 - 2 years", "11 + 11 years"}) {
    EXPECT_EQ(ErrorOf(std::string("case a\n  publication ") + calendar + "\n"),
              "line 2: write `publication MONTH [+ N years]`, as 11 + 2 years");
  }
}

TEST(CaseFileTest, PassesOverAByteOrderMark) {
  const cases::ParseResult read = cases::ParseCases(
      "\xef\xbb\xbf"
      "case a\n  expect NOT_RAISED\n");
  EXPECT_EQ(read.error, "");
  ASSERT_EQ(read.cases.size(), 1u);
  EXPECT_EQ(read.cases[0].name, "a");
}

TEST(CaseFileTest, ReadsPeriodsAsTwelvefoldYears) {
  const auto index = [](const char* text) {
    int32_t value = -1;
    return cases::ParsePeriodIndex(text, &value) ? value : -1;
  };
  EXPECT_EQ(index("fy2022"), 12 * 2022);
  EXPECT_EQ(index("cy2014"), 12 * 2014);
  EXPECT_EQ(index("2014"), 12 * 2014);
  EXPECT_EQ(index("fy2022q1"), 12 * 2021 + 3);
  EXPECT_EQ(index("fy2022q4"), 12 * 2022);
  EXPECT_EQ(index("m2022-04"), 12 * 2021 + 1);
  EXPECT_EQ(index("m2023-03"), 12 * 2022);
  EXPECT_EQ(index("d2020-03-31"), 12 * 2019);
  EXPECT_EQ(index("d2020-04-01"), 12 * 2020);
  for (const char* wrong :
       {"", "fy", "fy22", "fy2022q5", "m2022-13", "d2020-00-01", "2020-03"}) {
    EXPECT_EQ(index(wrong), -1) << wrong;
  }
}

TEST(CaseFileTest, ReadsTheCalendarAndTheMonthOfTheQuestion) {
  const cases::ParseResult read = cases::ParseCases(
      "case a\n"
      "  publication 11 + 2 years\n"
      "  expect STALE OVERDUE\n"
      "  expect STALE OVERDUE today 2020-04\n"
      "  expect STALE OVERDUE as of fy2018\n"
      "  expect NOT_RAISED as of fy2030 today 2024-03\n"
      "  today 2022-12\n"
      "case b\n"
      "  publication 3\n"
      "  expect NOT_RAISED\n");
  ASSERT_EQ(read.error, "");
  const cases::Case& a = read.cases[0];
  EXPECT_EQ(a.publication_month, 11);
  EXPECT_EQ(a.publication_lag_years, 2);
  const auto today = [&](int i) { return a.expectations[i].today_index; };
  EXPECT_EQ(today(0), 12 * 2021 + 9);
  EXPECT_EQ(today(1), 12 * 2019 + 1);
  EXPECT_EQ(today(2), 12 * 2018) << "the last month of the as-of";
  EXPECT_EQ(today(3), 12 * 2023);
  const cases::Case& b = read.cases[1];
  EXPECT_EQ(b.publication_month, 3);
  EXPECT_EQ(b.publication_lag_years, 0);
  EXPECT_EQ(b.expectations[0].today_index, 0) << "that of the case before";

  cases::CaseBatch batch(a, {});
  batch.set_today_index(today(0));
  EXPECT_EQ(*batch.batch()->publication_month, 11);
  EXPECT_EQ(*batch.batch()->publication_lag_years, 2);
  EXPECT_EQ(batch.batch()->today_index, 12 * 2021 + 9);
}

TEST(CaseFileTest, ReadsDecimalsWithTheirScale) {
  cases::Number number;
  ASSERT_TRUE(cases::ParseNumber("-12.50", &number));
  EXPECT_EQ(number.units, -1250);
  EXPECT_EQ(number.scale, 2);
  EXPECT_TRUE(cases::ParseNumber("999999999999999999", &number));
  for (const char* wrong : {"", "-", "1.", ".5", "1..2", "1,000", "1e3", "１",
                            "1000000000000000000"}) {
    EXPECT_FALSE(cases::ParseNumber(wrong, &number)) << wrong;
  }
}

TEST(CaseBatchTest, SaysWhyACaseCannotBeAsked) {
  const auto error = [](const std::string& line) {
    const cases::ParseResult read =
        cases::ParseCases("case a\n" + line + "\nexpect NOT_RAISED\n");
    EXPECT_EQ(read.error, "");
    return cases::CaseBatch(read.cases[0], {{"pace_threshold", 800000}})
        .error();
  };
  EXPECT_EQ(error("parameter other 1"),
            "line 2: the module has no parameter `other`");
  EXPECT_EQ(error("baseline 100000000000000000\ntarget 0.01"),
            "a value has more than 18 digits at the scale of the case");
  EXPECT_EQ(error("parameter pace_threshold 0.9"), "");
}

TEST(CaseBatchTest, HasAsManyPointsAsARowCounts) {
  cases::Case one;
  one.points.resize(65'535);
  one.milestones.resize(65'535);
  EXPECT_EQ(cases::CaseBatch(one, {}).error(), "");
  EXPECT_EQ(*cases::CaseBatch(one, {}).batch()->points_count, 65'535);
  one.points.resize(65'536);
  EXPECT_EQ(cases::CaseBatch(one, {}).error(),
            "the case has 65536 points; a row has at most 65535");
  one.points.clear();
  one.milestones.resize(65'536);
  EXPECT_EQ(cases::CaseBatch(one, {}).error(),
            "the case has 65536 milestones; a row has at most 65535");
}

}  // namespace
}  // namespace shirube::rules_test
