// Literal rows of the table, one behaviour a test, through the pure function.
#include "rules/pace/pace.h"

#include <string>
#include <tuple>
#include <vector>

#include "gtest/gtest.h"
#include "rules/pace/facts.h"
#include "tests/rules/indicator.h"
#include "tests/rules/reason_names.h"

namespace shirube::rules_test {
namespace {

constexpr int32_t Y(int year) { return 12 * year; }

// 100 at 2020 to 200 at 2024, nothing measured yet.
Indicator Level() {
  Indicator x;
  x.baseline = 100;
  x.baseline_index = Y(2020);
  x.target = 200;
  x.target_index = Y(2024);
  return x;
}

Indicator Cumulative() {
  Indicator x;
  x.kind = SHIRUBE_KIND_CUMULATIVE;
  x.window_start_index = Y(2021);
  x.target = 400;
  x.target_index = Y(2024);
  return x;
}

Indicator Maintain() {
  Indicator x = Level();
  x.kind = SHIRUBE_KIND_MAINTAIN;
  x.op = SHIRUBE_OP_AT_LEAST;
  x.baseline = 200;
  return x;
}

Indicator Band() {
  Indicator x = Level();
  x.kind = SHIRUBE_KIND_BAND;
  x.target = 140;
  x.target_upper = 160;
  return x;
}

pace::Judgement JudgeOf(Indicator x, int32_t index, int64_t value,
                        int32_t as_of = INT32_MAX) {
  x.points.push_back({index, value, SHIRUBE_POINT_FINAL});
  Batch batch({x}, as_of);
  return pace::Judge(batch.get(), 0, {x.pace_threshold, x.behind_threshold});
}

std::string At(const Indicator& x, int32_t index, int64_t value) {
  return ReasonName(JudgeOf(x, index, value).reason);
}

std::string Of(const Indicator& x, int32_t as_of = INT32_MAX) {
  Batch batch({x}, as_of);
  return ReasonName(
      pace::Judge(batch.get(), 0, {x.pace_threshold, x.behind_threshold})
          .reason);
}

TEST(PaceTest, ComparesProgressWithTheShareOfTime) {
  EXPECT_EQ(At(Level(), Y(2022), 150), "ON_PACE");
  EXPECT_EQ(At(Level(), Y(2022), 149), "NEARLY_ON_PACE");
  EXPECT_EQ(At(Level(), Y(2022), 140), "NEARLY_ON_PACE");  // exactly 4/5
  EXPECT_EQ(At(Level(), Y(2022), 139), "BEHIND");
  EXPECT_EQ(At(Level(), Y(2022), 130), "BEHIND");  // exactly 3/5
  EXPECT_EQ(At(Level(), Y(2022), 129), "FAR_BEHIND");
  EXPECT_EQ(At(Level(), Y(2022), 100), "FAR_BEHIND");
  EXPECT_EQ(At(Level(), Y(2022), 99), "REGRESSED");
}

TEST(PaceTest, TakesThresholdsFromTheParameters) {
  Indicator x = Level();
  x.pace_threshold = 1000000;
  x.behind_threshold = 1000000;
  EXPECT_EQ(At(x, Y(2022), 150), "ON_PACE");
  EXPECT_EQ(At(x, Y(2022), 149), "FAR_BEHIND");
  x.behind_threshold = 0;
  EXPECT_EQ(At(x, Y(2022), 149), "BEHIND");
}

TEST(PaceTest, NamesWhenTheTargetWasMet) {
  EXPECT_EQ(At(Level(), Y(2023), 200), "MET_EARLY");
  EXPECT_EQ(At(Level(), Y(2024), 200), "MET_ON_TIME");
  EXPECT_EQ(At(Level(), Y(2025), 200), "MET_LATE");
  EXPECT_EQ(At(Level(), Y(2024), 199), "MISSED");
  Indicator undated = Level();
  undated.target_index.reset();
  EXPECT_EQ(At(undated, Y(2024), 200), "MET_UNDATED");
  EXPECT_EQ(At(undated, Y(2024), 199), "NO_TARGET_PERIOD");
}

TEST(PaceTest, JudgesTheLatestPointNotAfterAsOf) {
  Indicator x = Level();
  x.points = {{Y(2021), 100}, {Y(2022), 150}, {Y(2023), 140}};
  Batch batch({x}, Y(2022) + 11);
  const pace::Judgement judgement = pace::Judge(batch.get(), 0, {});
  EXPECT_EQ(judgement.point, 1);
  EXPECT_EQ(judgement.reason, pace::kOnPace);
  EXPECT_EQ(Of(x, Y(2020)), "NO_DATA");
}

TEST(PaceTest, KeepsTheTargetPeriodsOwnObservationOnceItMet) {
  Indicator x = Level();
  x.points = {
      {Y(2024), 200}, {Y(2025), 150}, {Y(2026), 0, SHIRUBE_POINT_UNREAD}};
  Batch batch({x});
  const pace::Judgement judgement = pace::Judge(batch.get(), 0, {});
  EXPECT_EQ(judgement.point, 0);
  EXPECT_EQ(judgement.reason, pace::kMetOnTime);
  x.points[0].value = 199;
  x.points.pop_back();
  EXPECT_EQ(Of(x), "MISSED");
}

TEST(PaceTest, SetsNoPointWhereNoneWasChosenAndTheGapWhereItWas) {
  Batch none({Level()});
  EXPECT_EQ(pace::Judge(none.get(), 0, {}).point, SHIRUBE_NO_POINT);
  Indicator x = Level();
  x.points = {{Y(2021), 120}, {Y(2022), 0, SHIRUBE_POINT_GAP}};
  Batch gap({x});
  EXPECT_EQ(pace::Judge(gap.get(), 0, {}).reason, pace::kNoData);
  EXPECT_EQ(pace::Judge(gap.get(), 0, {}).point, 1);
}

TEST(PaceTest, AnswersTheFirstObstacleInTheTablesOrder) {
  Indicator x;
  x.kind = SHIRUBE_KIND_LEVEL;
  EXPECT_EQ(Of(x), "NO_TARGET");
  x.target_words = true;
  EXPECT_EQ(Of(x), "QUALITATIVE_TARGET");
  x.target_words = false;
  x.target_other_unit = true;
  EXPECT_EQ(Of(x), "NO_DATA");
  x.baseline_unread = true;
  EXPECT_EQ(At(x, Y(2022), 1), "AMBIGUOUS");
  x.baseline_unread = false;
  EXPECT_EQ(At(x, Y(2022), 1), "UNIT_MISMATCH");
  x.target_other_unit = false;
  x.target = 5;
  EXPECT_EQ(At(x, Y(2022), 1), "DIRECTION_UNKNOWN");
  x.op = SHIRUBE_OP_AT_LEAST;
  x.direction = -1;
  EXPECT_EQ(At(x, Y(2022), 1), "DIRECTION_CONFLICT");
}

TEST(PaceTest, TakesTheDirectionFromTheOperatorBeforeTheSign) {
  Indicator x = Level();  // the sign says up
  x.op = SHIRUBE_OP_AT_MOST;
  EXPECT_EQ(At(x, Y(2022), 190), "MET_EARLY");
  EXPECT_EQ(At(x, Y(2022), 210), "FELL_BACK");  // the baseline met it
  x.op = SHIRUBE_OP_AROUND;
  x.direction = -1;
  EXPECT_EQ(At(x, Y(2022), 190), "MET_EARLY");
}

TEST(PaceTest, IgnoresTheDirectionOfABand) {
  Indicator x = Band();
  x.direction = -1;
  x.op = SHIRUBE_OP_AT_LEAST;
  EXPECT_EQ(At(x, Y(2022), 140), "MET_EARLY");
  EXPECT_EQ(At(x, Y(2022), 160), "MET_EARLY");
  EXPECT_EQ(At(x, Y(2022), 120), "ON_PACE");
  EXPECT_EQ(At(x, Y(2022), 180), "ON_PACE");  // as much missing, from above
  EXPECT_EQ(At(x, Y(2022), 201), "REGRESSED");
}

TEST(PaceTest, IsNotDueBeforeAndAtTheBaselinesPeriod) {
  EXPECT_EQ(At(Level(), Y(2019), 200), "NOT_DUE");
  EXPECT_EQ(At(Level(), Y(2020), 100), "NOT_DUE");
  EXPECT_EQ(At(Level(), Y(2020), 200), "MET_EARLY");
}

TEST(PaceTest, StartsASumFromZeroBeforeItsWindow) {
  EXPECT_EQ(At(Cumulative(), Y(2020), 400), "NOT_DUE");
  EXPECT_EQ(At(Cumulative(), Y(2021), 100), "ON_PACE");
  EXPECT_EQ(At(Cumulative(), Y(2022), 160), "NEARLY_ON_PACE");
  EXPECT_EQ(At(Cumulative(), Y(2021) - 9, 25), "ON_PACE");  // its first quarter
  EXPECT_EQ(At(Cumulative(), Y(2022), -1), "REGRESSED");
}

TEST(PaceTest, HoldsASumUnderItsCeilingAndAchievesItOnlyAtTheEnd) {
  Indicator x = Cumulative();
  x.op = SHIRUBE_OP_AT_MOST;
  EXPECT_EQ(At(x, Y(2022), 400), "HOLDING");
  EXPECT_EQ(At(x, Y(2022), 401), "MISSED");
  EXPECT_EQ(At(x, Y(2024), 400), "MET_ON_TIME");
  EXPECT_EQ(At(x, Y(2025), 400), "MET_LATE");
}

TEST(PaceTest, HoldsALevelAndTellsFellBackFromMissed) {
  EXPECT_EQ(At(Maintain(), Y(2020), 200), "HOLDING");
  EXPECT_EQ(At(Maintain(), Y(2022), 199), "FELL_BACK");
  EXPECT_EQ(At(Maintain(), Y(2024), 199), "MISSED");
  EXPECT_EQ(At(Maintain(), Y(2024), 200), "MET_ON_TIME");
  Indicator x = Maintain();
  x.baseline = 199;
  EXPECT_EQ(At(x, Y(2022), 199), "MISSED");
  x.every_year = true;
  EXPECT_EQ(At(x, Y(2030), 200), "HOLDING");
}

TEST(PaceTest, AllowsTheNoiseBandBeforeCallingItARegression) {
  Indicator x = Level();
  x.noise_band = 5;
  EXPECT_EQ(At(x, Y(2022), 95), "FAR_BEHIND");
  EXPECT_EQ(At(x, Y(2022), 94), "REGRESSED");
}

TEST(PaceTest, FollowsTheMilestonesInsteadOfTheStraightLine) {
  Indicator x = Level();
  x.milestones = {{Y(2022), 120}};
  EXPECT_EQ(At(x, Y(2021), 110), "ON_PACE");
  EXPECT_EQ(At(x, Y(2022), 120), "ON_PACE");
  EXPECT_EQ(At(x, Y(2022), 116), "NEARLY_ON_PACE");
  EXPECT_EQ(At(x, Y(2023), 160), "ON_PACE");  // halfway from 120 to 200
  EXPECT_EQ(At(x, Y(2023), 159), "NEARLY_ON_PACE");
  x.milestones = {{Y(2022), 80}};
  EXPECT_EQ(At(x, Y(2022), 80),
            "ON_PACE");  // worse than at the start, as planned
  EXPECT_EQ(At(x, Y(2022), 79), "REGRESSED");
}

TEST(PaceTest, StartsThePathAtTheFirstMilestoneWithoutABaseline) {
  Indicator x = Level();
  x.baseline.reset();
  x.baseline_index.reset();
  x.direction = 1;
  EXPECT_EQ(At(x, Y(2022), 150), "NO_BASELINE");
  x.milestones = {{Y(2022), 120}};
  EXPECT_EQ(At(x, Y(2021), 150), "NOT_DUE");
  EXPECT_EQ(At(x, Y(2023), 160), "ON_PACE");
  EXPECT_EQ(At(x, Y(2023), 159), "BEHIND");
}

TEST(PaceTest, CannotPaceWithoutTheBaselinesPeriodButSeesARegression) {
  Indicator x = Level();
  x.baseline_index.reset();
  EXPECT_EQ(At(x, Y(2022), 150), "NO_BASELINE_PERIOD");
  EXPECT_EQ(At(x, Y(2022), 99), "REGRESSED");
}

TEST(PaceTest, IsFarBehindWhereTheBaselineIsToBePassed) {
  Indicator x = Level();
  x.target = 100;
  x.op = SHIRUBE_OP_ABOVE;
  EXPECT_EQ(At(x, Y(2022), 100), "FAR_BEHIND");
  EXPECT_EQ(At(x, Y(2022), 101), "MET_EARLY");
  EXPECT_EQ(At(x, Y(2022), 99), "REGRESSED");
}

TEST(PaceTest, StaysExactAtEighteenDigits) {
  Indicator x = Level();
  x.baseline = -999999999999999999;
  x.target = 999999999999999999;
  x.target_index = Y(2023);
  // The whole way is 1999999999999999998, a third of it divides evenly.
  EXPECT_EQ(At(x, Y(2021), -333333333333333333), "ON_PACE");
  EXPECT_EQ(At(x, Y(2021), -333333333333333334), "NEARLY_ON_PACE");
  x.milestones = {{Y(2020) + 1, -999999999999999999}};
  EXPECT_EQ(At(x, Y(2020) + 1, -999999999999999999), "ON_PACE");
}

std::tuple<int64_t, int64_t> FactAt(const Indicator& source, int32_t index,
                                    int64_t value, pace::Fact fact) {
  Indicator x = source;
  x.points.push_back({index, value, SHIRUBE_POINT_FINAL});
  Batch batch({x});
  const pace::Judgement judgement = pace::Judge(batch.get(), 0, {});
  const pace::Fraction f = pace::FactsOf(batch.get(), 0, judgement).of[fact];
  return {static_cast<int64_t>(f.numerator),
          static_cast<int64_t>(f.denominator)};
}

using F = std::tuple<int64_t, int64_t>;
constexpr auto kNone = F(0, 0);

TEST(PaceFactsTest, GivesThePublishedExampleInLowestTerms) {
  Indicator x;  // 1,619 (2019) to 2,400 (2024), 2,233 in 2022
  x.baseline = 1619;
  x.baseline_index = Y(2019);
  x.target = 2400;
  x.target_index = Y(2024);
  EXPECT_EQ(FactAt(x, Y(2022), 2233, pace::kExpected), F(10438, 5));  // 2,087.6
  EXPECT_EQ(FactAt(x, Y(2022), 2233, pace::kGap), F(727, 5));         // 145.4
  EXPECT_EQ(FactAt(x, Y(2022), 2233, pace::kProgress), F(614, 781));
  EXPECT_EQ(FactAt(x, Y(2022), 2233, pace::kExpectedShare), F(3, 5));
  EXPECT_EQ(FactAt(x, Y(2022), 2233, pace::kTimeShare), F(3, 5));
  EXPECT_EQ(FactAt(x, Y(2022), 2233, pace::kPaceRatio),
            F(3070, 2343));  // 1.310
}

TEST(PaceFactsTest, GivesNoPaceRatioWhenMet) {
  EXPECT_EQ(FactAt(Level(), Y(2022), 200, pace::kPaceRatio), kNone);
  EXPECT_EQ(FactAt(Level(), Y(2022), 200, pace::kProgress), F(1, 1));
  EXPECT_EQ(FactAt(Level(), Y(2022), 200, pace::kExpected), F(150, 1));
}

TEST(PaceFactsTest, ExpectsTheTargetFromItsPeriodOn) {
  EXPECT_EQ(FactAt(Level(), Y(2026), 180, pace::kExpected), F(200, 1));
  EXPECT_EQ(FactAt(Level(), Y(2026), 180, pace::kGap), F(-20, 1));
  EXPECT_EQ(FactAt(Level(), Y(2026), 180, pace::kTimeShare), F(1, 1));
  EXPECT_EQ(FactAt(Level(), Y(2026), 180, pace::kPaceRatio), F(4, 5));
}

TEST(PaceFactsTest, GivesNothingForARowThatWasNotJudged) {
  for (uint32_t fact = 0; fact < pace::kFactsCount; ++fact) {
    EXPECT_EQ(FactAt(Level(), Y(2020), 100, static_cast<pace::Fact>(fact)),
              kNone);
  }
}

TEST(PaceFactsTest, ExpectsTheLevelToKeepAndGivesNoProgress) {
  EXPECT_EQ(FactAt(Maintain(), Y(2022), 190, pace::kExpected), F(200, 1));
  EXPECT_EQ(FactAt(Maintain(), Y(2022), 190, pace::kGap), F(-10, 1));
  EXPECT_EQ(FactAt(Maintain(), Y(2022), 190, pace::kProgress), kNone);
  EXPECT_EQ(FactAt(Maintain(), Y(2022), 190, pace::kTimeShare), F(1, 2));
}

TEST(PaceFactsTest, FollowsMilestonesAndGivesThePathAloneWithoutABaseline) {
  Indicator x = Level();
  x.milestones = {{Y(2022), 120}};
  EXPECT_EQ(FactAt(x, Y(2023), 150, pace::kExpected), F(160, 1));
  EXPECT_EQ(FactAt(x, Y(2023), 150, pace::kExpectedShare), F(3, 5));
  EXPECT_EQ(FactAt(x, Y(2023), 150, pace::kPaceRatio), F(5, 6));
  EXPECT_EQ(FactAt(x, Y(2023), 150, pace::kTimeShare), F(3, 4));
  x.baseline.reset();
  x.baseline_index.reset();
  x.direction = 1;
  EXPECT_EQ(FactAt(x, Y(2023), 150, pace::kExpected), F(160, 1));
  EXPECT_EQ(FactAt(x, Y(2023), 150, pace::kProgress), kNone);
}

TEST(PaceFactsTest, MeasuresABandFromTheBaselinesSide) {
  EXPECT_EQ(FactAt(Band(), Y(2022), 110, pace::kExpected), F(120, 1));
  Indicator above = Band();
  above.baseline = 200;
  EXPECT_EQ(FactAt(above, Y(2022), 190, pace::kExpected), F(180, 1));
  EXPECT_EQ(FactAt(above, Y(2022), 190, pace::kProgress), F(1, 4));
}

}  // namespace
}  // namespace shirube::rules_test
