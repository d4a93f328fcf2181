#include "server/evaluation/derivation.h"

#include <gtest/gtest.h>

#include "tests/unit/evaluation/builders.h"
#include "tests/unit/evaluation/pace_in_process.h"

namespace shirube {
namespace {

using testing::At;
using testing::Dec;
using testing::ExplainInProcess;
using testing::IndicatorBuilder;
using testing::Measured;

TEST(DerivationTest, GivesTheNumbersOfAPathExactly) {
  const Indicator i = IndicatorBuilder("人")
                          .Baseline("1619", "R1")
                          .Target("2400", "R6")
                          .Build();
  const Explanation e = ExplainInProcess(
      i, {Measured(i, "R3", "2000"), Measured(i, "R4", "2233")});
  const Derivation& d = e.derivation;
  EXPECT_EQ(d.expected, Ratio(10438, 5));
  EXPECT_EQ(d.gap, Ratio(727, 5));
  EXPECT_EQ(d.progress, Ratio(614, 781));
  EXPECT_EQ(d.expected_share, Ratio(3, 5));
  EXPECT_EQ(d.time_share, Ratio(3, 5));
  EXPECT_EQ(d.pace_ratio, Ratio(614 * 5, 781 * 3));
  EXPECT_EQ(d.missing_at_baseline, Ratio(781, 1));
  EXPECT_EQ(d.missing_at_actual, Ratio(167, 1));
  EXPECT_EQ(d.direction, Direction::kUp);
  EXPECT_EQ(d.direction_from, "DIFFERENCE");
  EXPECT_FALSE(d.met);
  ASSERT_EQ(d.path.size(), 2u);
  EXPECT_EQ(d.path[0].role, TrendPoint::Role::kBaseline);
  EXPECT_EQ(d.path[1].period, At("R6"));
  ASSERT_EQ(d.trend.size(), 2u);
  EXPECT_EQ(d.trend[0].value, Dec("2000"));
}

TEST(DerivationTest, TakesAFactOfAnotherUnitForAnotherThing) {
  const Indicator i = IndicatorBuilder("人")
                          .Baseline("1619", "R1")
                          .Target("2400", "R6")
                          .Build();
  const std::vector<Observation> observations = {Measured(i, "R4", "2233")};
  const RowInput row = BuildRow(i, observations, {}, std::nullopt, 1).value();
  DerivationInput input;
  input.indicator = &i;
  input.observations = &observations;
  input.baseline = &i.baselines[0];
  input.target = &i.targets[0];
  input.row = &row;
  input.judged = 0;
  input.facts = {{"theirs", "ratio", {"expected", Ratio(4, 5)}},
                 {"theirs", "unit", {"progress", Ratio(614, 1)}}};
  EXPECT_FALSE(MakeDerivation(input).expected);
  EXPECT_FALSE(MakeDerivation(input).gap);
  EXPECT_FALSE(MakeDerivation(input).progress);
  input.facts.push_back({"ours", "unit", {"expected", Ratio(2100, 1)}});
  EXPECT_EQ(MakeDerivation(input).gap, Ratio(133, 1));
}

TEST(DerivationTest, CountsAGapOfADecreaseAsBetter) {
  const Indicator i = IndicatorBuilder("人")
                          .Baseline("105000", "H25")
                          .Target("21000", "R4", Operator::kAtMost)
                          .Build();
  const Explanation e = ExplainInProcess(i, {Measured(i, "H28", "74000")});
  EXPECT_EQ(e.derivation.gap, Ratio(3000, 1));
  EXPECT_EQ(e.derivation.direction_from, "OPERATOR");
}

TEST(DerivationTest, StartsATotalFromZeroTheYearBefore) {
  const Indicator i =
      IndicatorBuilder("億円").CumulativeFrom("R3").Target("120", "R6").Build();
  const Explanation e = ExplainInProcess(i, {Measured(i, "R4", "75.6")});
  EXPECT_EQ(e.derivation.baseline->period, At("R2"));
  EXPECT_EQ(e.derivation.baseline->value, Dec("0"));
  EXPECT_EQ(e.derivation.scale, 1);
}

TEST(NeedsTest, SpreadsWhatIsLeftOverTheYearsLeft) {
  const Indicator i = IndicatorBuilder("人")
                          .Baseline("1619", "R1")
                          .Target("2400", "R6")
                          .Build();
  const auto needs = ExplainInProcess(i, {Measured(i, "R4", "2233")}).needs;
  ASSERT_EQ(needs.size(), 2u);
  EXPECT_EQ(needs[0].period, At("R5"));
  EXPECT_EQ(needs[0].value, Dec("2317"));  // 2,316.5 on the safe side
  EXPECT_EQ(needs[0].change, Ratio(167, 2));
  EXPECT_EQ(needs[1].period, At("R6"));
  EXPECT_EQ(needs[1].value, Dec("2400"));
}

TEST(NeedsTest, RoundsADecreaseDown) {
  const Indicator i =
      IndicatorBuilder("件").Baseline("10", "R1").Target("5", "R6").Build();
  const auto needs = ExplainInProcess(i, {Measured(i, "R3", "9")}).needs;
  ASSERT_EQ(needs.size(), 3u);
  EXPECT_EQ(needs[0].value, Dec("7"));  // 7 2/3
  EXPECT_EQ(needs[1].value, Dec("6"));  // 6 1/3
}

TEST(NeedsTest, GoesOneStepBeyondABoundThatExcludesItself) {
  const Indicator i = IndicatorBuilder("%")
                          .Baseline("10.0", "R1")
                          .Target("5", "R6", Operator::kBelow)
                          .Build();
  const auto needs = ExplainInProcess(i, {Measured(i, "R5", "6.0")}).needs;
  ASSERT_EQ(needs.size(), 1u);
  EXPECT_EQ(needs[0].value, Dec("4.9"));
}

TEST(NeedsTest, AsksForNothingOnceMetOrPast) {
  const Indicator i =
      IndicatorBuilder("件").Baseline("10", "R1").Target("20", "R6").Build();
  EXPECT_TRUE(ExplainInProcess(i, {Measured(i, "R3", "25")}).needs.empty());
  EXPECT_TRUE(ExplainInProcess(i, {Measured(i, "R6", "15")}).needs.empty());
}

TEST(PeriodAfterTest, KeepsTheKind) {
  EXPECT_EQ(PeriodAfter(At("fy2022")), At("fy2023"));
  EXPECT_EQ(PeriodAfter(At("cy2022")), At("cy2023"));
  EXPECT_EQ(PeriodAfter(At("fy2022q3")), At("fy2022q4"));
  EXPECT_EQ(PeriodAfter(At("fy2022q4")), At("fy2023q1"));
  EXPECT_EQ(PeriodAfter(At("m2022-12")), At("m2023-01"));
  EXPECT_EQ(PeriodAfter(At("d2020-02-29")), At("d2021-02-28"));
}

}  // namespace
}  // namespace shirube
