#include "server/domain/indicator.h"

#include "gtest/gtest.h"
#include "tests/unit/domain/builders.h"

namespace shirube {
namespace {

// 2,400 from the start, 3,000 from FY2023 on.
Indicator Revised() {
  Indicator indicator = People();
  Target revised = indicator.targets[0];
  revised.value = Number("3000");
  revised.effective_from = P("fy2023");
  indicator.targets.push_back(revised);
  return indicator;
}

std::string TargetAt(const Indicator& indicator, std::string_view as_of) {
  const Target* target = TargetAsOf(indicator, P(as_of));
  return target == nullptr ? "none" : target->value.number->ToString();
}

TEST(IndicatorTest, JudgesByTheTargetInForce) {
  const Indicator indicator = Revised();
  EXPECT_EQ(TargetAt(indicator, "fy2022"), "2400");
  EXPECT_EQ(TargetAt(indicator, "m2023-03"), "2400");
  EXPECT_EQ(TargetAt(indicator, "m2023-04"), "3000");
  EXPECT_EQ(TargetAt(indicator, "fy2023q1"), "3000");
  EXPECT_EQ(TargetAt(indicator, "d2023-04-01"), "3000");
  EXPECT_EQ(TargetAt(indicator, "fy2023"), "3000");
  EXPECT_EQ(TargetAsOf(indicator, std::nullopt)->value.number->ToString(),
            "3000");
}

TEST(IndicatorTest, HasNoTargetBeforeItsFirst) {
  Indicator indicator = People();
  indicator.targets[0].effective_from = P("fy2022");
  EXPECT_EQ(TargetAt(indicator, "fy2021"), "none");
  EXPECT_EQ(TargetAt(indicator, "fy2022"), "2400");
  indicator.targets.clear();
  EXPECT_EQ(TargetAsOf(indicator, std::nullopt), nullptr);
}

TEST(IndicatorTest, KeepsBaselinesInTheSameWay) {
  Indicator indicator = People();
  indicator.baselines.push_back({Number("1700"), P("fy2020"), P("fy2022")});
  EXPECT_EQ(BaselineAsOf(indicator, P("fy2021"))->value.number->ToString(),
            "1619");
  EXPECT_EQ(BaselineAsOf(indicator, P("fy2022"))->value.number->ToString(),
            "1700");
}

TEST(IndicatorTest, KnowsANumericTarget) {
  Indicator indicator = People();
  EXPECT_TRUE(HasNumericTarget(indicator));
  indicator.kind = IndicatorKind::kBand;
  EXPECT_FALSE(HasNumericTarget(indicator));
  indicator.targets[0].upper = Number("2500");
  EXPECT_TRUE(HasNumericTarget(indicator));
  indicator.kind = IndicatorKind::kQualitative;
  EXPECT_FALSE(HasNumericTarget(indicator));
  indicator = People();
  indicator.targets[0].value = Unread("2400?");
  EXPECT_FALSE(HasNumericTarget(indicator));
}

}  // namespace
}  // namespace shirube
