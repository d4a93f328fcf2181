#include "server/rule_host/case_review.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace shirube {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;
using Kind = CaseProblem::Kind;

Manifest AManifest() {
  Manifest manifest;
  ManifestParameter upper;
  upper.name = "upper";
  upper.default_millionths = 900'000;
  upper.max_millionths = 1'000'000;
  ManifestParameter lower = upper;
  lower.name = "lower";
  lower.default_millionths = 500'000;
  lower.at_most = "upper";
  manifest.parameters = {upper, lower};
  ManifestReason met, behind;
  met.code = 1;
  met.id = "MET";
  behind.code = 2;
  behind.id = "OURS";
  manifest.reasons = {met, behind};
  return manifest;
}

std::vector<CaseProblem> ProblemsOf(const std::string& text) {
  cases::ParseResult read = cases::ParseCases(text);
  EXPECT_EQ(read.error, "");
  for (cases::Case& one : read.cases) one.file = "cases/x.case";
  return ReviewCases(read.cases, AManifest());
}

constexpr char kGood[] = R"(case Good
  baseline 10 at fy2019
  target 20 at fy2024
  parameter lower 0.5
  value 12.5 at fy2020
  expect ACHIEVED MET
  expect AT_RISK OURS as of fy2019
)";

TEST(CaseReviewTest, FindsNothingWrongWithGoodCases) {
  EXPECT_THAT(ProblemsOf(kGood), IsEmpty());
  // The same said twice is no contradiction.
  EXPECT_THAT(ProblemsOf(std::string(kGood) + kGood), IsEmpty());
}

TEST(CaseReviewTest, FindsOneCaseThatExpectsTwoThings) {
  const auto problems =
      ProblemsOf(std::string(kGood) + "  expect AT_RISK OURS\n");
  ASSERT_THAT(problems, SizeIs(1));
  EXPECT_EQ(problems[0].kind, Kind::kContradiction);
  EXPECT_EQ(problems[0].file, "cases/x.case");
  EXPECT_EQ(problems[0].line, 8);
  EXPECT_THAT(problems[0].en,
              AllOf(HasSubstr("expects AT_RISK OURS"),
                    HasSubstr("cases/x.case:6"), HasSubstr("ACHIEVED MET")));
  EXPECT_THAT(problems[0].ja,
              AllOf(HasSubstr("cases/x.case:6"), HasSubstr("矛盾")));
}

TEST(CaseReviewTest, FindsTwoCasesOfTheSameDataHoweverItIsWritten) {
  const auto problems = ProblemsOf(std::string(kGood) + R"(case Other
  value 12.50 at cy2020
  target 20.0 at 2024
  baseline 10.00 at fy2019
  expect AT_RISK OURS
)");
  ASSERT_THAT(problems, SizeIs(1));
  EXPECT_EQ(problems[0].kind, Kind::kContradiction);
  EXPECT_THAT(problems[0].en, HasSubstr("case \"Good\" with the same data"));
}

TEST(CaseReviewTest, TellsOtherDataTimesAndParametersApart) {
  EXPECT_THAT(ProblemsOf(std::string(kGood) + R"(case Another figure
  baseline 10 at fy2019
  target 20 at fy2024
  value 12.6 at fy2020
  expect AT_RISK OURS
case Another parameter
  baseline 10 at fy2019
  target 20 at fy2024
  parameter lower 0.6
  value 12.5 at fy2020
  expect AT_RISK OURS
case Another time
  baseline 10 at fy2019
  target 20 at fy2024
  value 12.5 at fy2020
  expect AT_RISK OURS as of fy2020
)"),
              IsEmpty());
}

TEST(CaseReviewTest, TakesAReasonOfOthersForNotRaised) {
  // One file for several modules: this one raises nothing there.
  EXPECT_THAT(ProblemsOf(R"(case Shared
  target 20 at fy2024
  value 12 at fy2020
  expect NOT_RAISED
  expect AT_RISK BEHIND
)"),
              IsEmpty());
}

TEST(CaseReviewTest, FindsAParameterOutOfTheManifestsRange) {
  const auto problems = ProblemsOf(
      "case A\n parameter upper 1.000001\n"
      " value 1 at fy2020\n expect NOT_RAISED\n");
  ASSERT_THAT(problems, SizeIs(1));
  EXPECT_EQ(problems[0].kind, Kind::kParameterRange);
  EXPECT_EQ(problems[0].line, 2);
  EXPECT_THAT(problems[0].en,
              HasSubstr("upper is 1.000001; the manifest allows 0 to 1"));
  EXPECT_THAT(problems[0].ja, HasSubstr("範囲外"));
}

TEST(CaseReviewTest, FindsAParameterAboveTheOneItMayNotExceed) {
  const auto problems = ProblemsOf(
      "case A\n parameter lower 0.95\n"
      " value 1 at fy2020\n expect NOT_RAISED\n");
  ASSERT_THAT(problems, SizeIs(1));
  EXPECT_EQ(problems[0].kind, Kind::kParameterRange);
  EXPECT_THAT(problems[0].en, HasSubstr("lower is 0.95, above upper with 0.9"));
}

TEST(CaseReviewTest, FindsAParameterThatTheModuleDoesNotHaveOrHasTwice) {
  auto problems = ProblemsOf(
      "case A\n parameter floor 0.5\n"
      " value 1 at fy2020\n expect NOT_RAISED\n");
  ASSERT_THAT(problems, SizeIs(1));
  EXPECT_EQ(problems[0].kind, Kind::kUnknownParameter);
  EXPECT_THAT(problems[0].en, HasSubstr("it has upper, lower"));
  problems = ProblemsOf(
      "case A\n parameter upper 0.5\n parameter upper 0.6\n"
      " value 1 at fy2020\n expect NOT_RAISED\n");
  ASSERT_THAT(problems, SizeIs(1));
  EXPECT_EQ(problems[0].kind, Kind::kContradiction);
  EXPECT_EQ(problems[0].line, 3);
}

TEST(CaseReviewTest, FindsAReasonThatNobodyDeclares) {
  const auto problems = ProblemsOf(
      "case A\n value 1 at fy2020\n"
      " expect AT_RISK BEHIND\n"
      " expect AT_RISK BEHINDD as of fy2020\n");
  ASSERT_THAT(problems, SizeIs(1));
  EXPECT_EQ(problems[0].kind, Kind::kUnknownReason);
  EXPECT_EQ(problems[0].line, 4);
  EXPECT_THAT(problems[0].en, HasSubstr("BEHINDD"));
}

}  // namespace
}  // namespace shirube
