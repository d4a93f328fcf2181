#include "rules/cases/case_text.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace shirube::cases {
namespace {

constexpr char kEverything[] = R"(case Everything that a case may say
  kind cumulative
  measure amount
  direction down
  window fy2020
  baseline 18.20 at fy2019q3
  target at_most -0.5 at m2024-01
  milestone 3 at fy2021
  noise_band 0.1
  publication 11 + 2 years
  parameter enough 0.800000
  value 21.4 at fy2020
  value unread at fy2021
  value gap at fy2022
  value 7 at m2023-05 provisional
  expect ON_TRACK ON_PACE as of fy2020
  expect AT_RISK BEHIND as of fy2022 today 2022-06
  expect NOT_RAISED today 2024-02
)";

TEST(CaseTextTest, IsReadBackAsItWasWritten) {
  const ParseResult read = ParseCases(kEverything);
  ASSERT_EQ(read.error, "");
  EXPECT_EQ(CaseText(read.cases[0]), kEverything);
}

TEST(CaseTextTest, WritesABandAndATargetInWords) {
  for (const std::string text :
       {"case A\n  kind band\n  target 40..60 at fy2024\n  expect NOT_RAISED\n",
        "case B\n  target words every year\n  expect NOT_RAISED\n",
        "case C\n  expect NOT_RAISED\n"}) {
    const ParseResult read = ParseCases(text);
    ASSERT_EQ(read.error, "");
    EXPECT_EQ(CaseText(read.cases[0]), text);
  }
}

TEST(CaseTextTest, NamesEveryPeriodSoThatItIsReadBack) {
  for (int32_t index = 12 * 2018; index <= 12 * 2022; ++index) {
    int32_t back = 0;
    ASSERT_TRUE(ParsePeriodIndex(PeriodText(index), &back))
        << PeriodText(index);
    EXPECT_EQ(back, index) << PeriodText(index);
  }
}

TEST(CaseTextTest, WritesNumbersWithTheirDigits) {
  EXPECT_EQ(NumberText({1820, 2}), "18.20");
  EXPECT_EQ(NumberText({-5, 2}), "-0.05");
  EXPECT_EQ(NumberText({0, 0}), "0");
  EXPECT_EQ(NumberText({-999999999999999999, 0}), "-999999999999999999");
}

}  // namespace
}  // namespace shirube::cases
