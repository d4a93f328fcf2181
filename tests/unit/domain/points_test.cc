#include "server/domain/points.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "server/domain/validation.h"
#include "tests/unit/domain/builders.h"

namespace shirube {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

// "fy2022=2233" per point; a kind's name where there is no number.
std::vector<std::string> Show(const std::vector<Point>& points) {
  std::vector<std::string> shown;
  for (const Point& point : points) {
    std::string text = point.period.ToId() + "=";
    switch (point.kind) {
      case Point::Kind::kNumber:
        text += std::to_string(point.units);
        break;
      case Point::Kind::kUnread:
        text += "unread";
        break;
      case Point::Kind::kOtherUnit:
        text += "other unit";
        break;
      case Point::Kind::kGap:
        text += "gap";
        break;
    }
    shown.push_back(text);
  }
  return shown;
}

std::vector<Point> Points(const Indicator& indicator,
                          const std::vector<Observation>& observations) {
  const Target* target = TargetAsOf(indicator, std::nullopt);
  return FinishedPoints(indicator, observations,
                        target != nullptr ? target->period : std::nullopt,
                        ScaleOf(indicator, observations));
}

TEST(PointsTest, HaveOneAnIndexInOrder) {
  EXPECT_THAT(Show(Points(People(), {Observed("fy2022", Number("2233")),
                                     Observed("fy2020", Number("1700")),
                                     Observed("m2022-06", Number("2000"))})),
              ElementsAre("fy2020=1700", "m2022-06=2000", "fy2022=2233"));
}

TEST(PointsTest, PreferTheLongerPeriodOfOneIndex) {
  std::vector<Observation> observations = {
      Observed("d2023-03-31", Number("1")), Observed("fy2022", Number("2")),
      Observed("fy2022q4", Number("3")), Observed("cy2022", Number("4")),
      Observed("m2023-03", Number("5"))};
  for (int turn = 0; turn < 5; ++turn) {
    EXPECT_THAT(Show(Points(People(), observations)), ElementsAre("fy2022=2"));
    std::rotate(observations.begin(), observations.begin() + 1,
                observations.end());
  }
  EXPECT_THAT(Show(Points(People(), {Observed("d2023-03-31", Number("7")),
                                     Observed("d2022-04-01", Number("6"))})),
              ElementsAre("d2023-03-31=7"));
}

TEST(PointsTest, SkipWhatIsNotAvailableOrDeleted) {
  Observation none = Observed("fy2022", Value{});
  none.state = ObservationState::kNotAvailable;
  Observation deleted = Observed("fy2021", Number("1"));
  deleted.stamp.delete_time = absl::UnixEpoch();
  EXPECT_THAT(Show(Points(People(),
                          {none, deleted, Observed("fy2020", Number("1700"))})),
              ElementsAre("fy2020=1700"));
}

TEST(PointsTest, KeepStateAndWhatCouldNotBeRead) {
  Observation provisional = Observed("fy2022", Number("2233"));
  provisional.state = ObservationState::kProvisional;
  const std::vector<Point> points =
      Points(People(), {provisional, Observed("fy2021", Unread("約2,000~"))});
  EXPECT_THAT(Show(points), ElementsAre("fy2021=unread", "fy2022=2233"));
  EXPECT_EQ(points[1].state, ObservationState::kProvisional);
}

TEST(PointsTest, AreHeldAtTheLargestScaleInTheIndicatorsUnit) {
  Indicator indicator = People();
  indicator.unit = "億円";
  EXPECT_THAT(
      Show(Points(indicator, {Observed("fy2020", Number("1.5")),
                              Observed("fy2021", Number("7800", "万円")),
                              Observed("fy2022", Number("3", "人")),
                              Observed("fy2023", Number("2", "兆円"))})),
      ElementsAre("fy2020=150", "fy2021=78", "fy2022=other unit",
                  "fy2023=2000000"));
}

// ---- Amounts. ----

Indicator Amount(std::string_view target_period = "fy2024") {
  Indicator indicator = People();
  indicator.quantity = Quantity::kAmount;
  indicator.targets[0].period.reset();
  if (!target_period.empty()) indicator.targets[0].period = P(target_period);
  return indicator;
}

TEST(AmountPointsTest, SumCompleteQuartersAndMonths) {
  std::vector<Observation> observations = {Observed("fy2022q1", Number("10")),
                                           Observed("fy2022q2", Number("20")),
                                           Observed("fy2022q4", Number("40"))};
  EXPECT_THAT(Points(Amount(), observations), IsEmpty());
  observations.push_back(Observed("m2022-10", Number("1")));
  observations.push_back(Observed("m2022-11", Number("2")));
  EXPECT_THAT(Points(Amount(), observations), IsEmpty());
  observations.push_back(Observed("m2022-12", Number("3")));
  EXPECT_THAT(Show(Points(Amount(), observations)), ElementsAre("fy2022=76"));
  EXPECT_THAT(Show(Points(Amount(""), observations)), ElementsAre("fy2022=76"));
}

TEST(AmountPointsTest, PreferWhatIsPrintedForTheWholePeriod) {
  std::vector<Observation> observations = {Observed("fy2022", Number("99"))};
  for (int quarter = 1; quarter <= 4; ++quarter) {
    observations.push_back(
        Observed("fy2022q" + std::to_string(quarter), Number("1")));
  }
  EXPECT_THAT(Show(Points(Amount(), observations)), ElementsAre("fy2022=99"));
}

TEST(AmountPointsTest, LeaveOutDatesAndCoarserPeriods) {
  EXPECT_THAT(Points(Amount(), {Observed("d2023-03-31", Number("5"))}),
              IsEmpty());
  EXPECT_THAT(
      Show(Points(
          Amount("fy2024q4"),
          {Observed("fy2022", Number("5")), Observed("fy2022q1", Number("2")),
           Observed("m2022-07", Number("1")), Observed("m2022-08", Number("1")),
           Observed("m2022-09", Number("1"))})),
      ElementsAre("fy2022q1=2", "fy2022q2=3"));
  EXPECT_THAT(
      Show(Points(Amount("m2024-03"), {Observed("fy2022q1", Number("2")),
                                       Observed("m2022-07", Number("1"))})),
      ElementsAre("m2022-07=1"));
}

TEST(AmountPointsTest, SumCalendarYearsForACalendarTarget) {
  std::vector<Observation> observations;
  for (int month = 1; month <= 12; ++month) {
    observations.push_back(
        Observed(Period::Month(2022, month)->ToId(), Number("2")));
  }
  EXPECT_THAT(Show(Points(Amount("cy2024"), observations)),
              ElementsAre("cy2022=24"));
  EXPECT_THAT(Points(Amount("fy2024"), observations), IsEmpty());
}

TEST(AmountPointsTest, TakeTheWeakestStateAndKindOfTheirParts) {
  std::vector<Observation> observations = {
      Observed("fy2022q1", Number("1")), Observed("fy2022q2", Number("1")),
      Observed("fy2022q3", Number("1")), Observed("fy2022q4", Number("1"))};
  observations[1].state = ObservationState::kRestated;
  EXPECT_EQ(Points(Amount(), observations)[0].state,
            ObservationState::kRestated);
  observations[2].state = ObservationState::kProvisional;
  EXPECT_EQ(Points(Amount(), observations)[0].state,
            ObservationState::kProvisional);
  observations[0].value = Number("1", "件");
  EXPECT_THAT(Show(Points(Amount(), observations)),
              ElementsAre("fy2022=other unit"));
  observations[3].value = Unread("?");
  EXPECT_THAT(Show(Points(Amount(), observations)),
              ElementsAre("fy2022=unread"));
  observations[3].state = ObservationState::kNotAvailable;
  EXPECT_THAT(Points(Amount(), observations), IsEmpty());
}

TEST(AmountPointsTest, SayThatASumIsTooLarge) {
  std::vector<Observation> observations;
  for (int quarter = 1; quarter <= 4; ++quarter) {
    observations.push_back(Observed("fy2022q" + std::to_string(quarter),
                                    Number("999999999999999999")));
  }
  EXPECT_THAT(Show(Points(Amount(), observations)),
              ElementsAre("fy2022=unread"));
}

TEST(AmountPointsTest, AreOnlyMadeOfLevels) {
  Indicator maintain = Amount();
  maintain.kind = IndicatorKind::kMaintain;
  EXPECT_THAT(Show(Points(maintain, {Observed("fy2022q1", Number("1"))})),
              ElementsAre("fy2022q1=1"));
}

// ---- Sums over a window. ----

Observation ToDate(std::string_view period, std::string_view value) {
  return Observed(period, Number(value), Basis::kToDate);
}
Observation InPeriod(std::string_view period, std::string_view value) {
  return Observed(period, Number(value), Basis::kPeriod);
}

TEST(CumulativePointsTest, TakeTheValueToDateFirst) {
  const std::vector<Point> points =
      Points(Savings(), {InPeriod("fy2021", "30"), InPeriod("fy2022", "40"),
                         ToDate("fy2022", "75.6")});
  EXPECT_THAT(Show(points), ElementsAre("fy2021=300", "fy2022=756"));
  EXPECT_EQ(points[0].basis, Basis::kPeriod);
  EXPECT_EQ(points[1].basis, Basis::kToDate);
}

TEST(CumulativePointsTest, CarryTheAssumption) {
  Observation assumed = ToDate("fy2022", "75.6");
  assumed.assumed_to_date = true;
  EXPECT_TRUE(Points(Savings(), {assumed})[0].assumed_to_date);
}

TEST(CumulativePointsTest, SumPeriodsFromTheStartOfTheWindow) {
  EXPECT_THAT(Show(Points(Savings(),
                          {InPeriod("fy2021", "30"), InPeriod("fy2022", "40"),
                           InPeriod("fy2023q1", "5")})),
              ElementsAre("fy2021=30", "fy2022=70", "fy2023q1=75"));
}

TEST(CumulativePointsTest, BuildYearsOfPartialPeriods) {
  EXPECT_THAT(
      Show(Points(Savings(),
                  {InPeriod("fy2021q1", "1"), InPeriod("fy2021q2", "2"),
                   InPeriod("fy2021q3", "3"), InPeriod("m2022-01", "4"),
                   InPeriod("m2022-02", "5"), InPeriod("m2022-03", "6"),
                   InPeriod("fy2022", "100")})),
      ElementsAre("fy2021q1=1", "fy2021q2=3", "fy2021q3=6", "m2022-01=10",
                  "m2022-02=15", "m2022-03=21", "fy2022=121"));
}

TEST(CumulativePointsTest, NeverCountAPeriodTwice) {
  EXPECT_THAT(
      Show(Points(Savings(),
                  {InPeriod("fy2021", "10"), InPeriod("fy2021q1", "1"),
                   InPeriod("fy2021q4", "4"), InPeriod("fy2022", "20")})),
      ElementsAre("fy2021q1=1", "fy2021=10", "fy2022=30"));
}

TEST(CumulativePointsTest, ShowAGap) {
  EXPECT_THAT(Show(Points(Savings(), {InPeriod("fy2021", "30"),
                                      InPeriod("fy2023", "40")})),
              ElementsAre("fy2021=30", "fy2023=gap"));
  Observation none = InPeriod("fy2022", "0");
  none.value = Value{};
  none.state = ObservationState::kNotAvailable;
  EXPECT_THAT(Show(Points(Savings(), {InPeriod("fy2021", "30"), none,
                                      InPeriod("fy2023", "40")})),
              ElementsAre("fy2021=30", "fy2023=gap"));
  EXPECT_THAT(Show(Points(Savings(), {InPeriod("d2022-03-31", "3")})),
              ElementsAre("d2022-03-31=gap"));
}

TEST(CumulativePointsTest, FillAGapOnlyWithAValueToDateOfThatPeriod) {
  EXPECT_THAT(Show(Points(Savings(),
                          {InPeriod("fy2023", "40"), ToDate("fy2022", "70")})),
              ElementsAre("fy2022=70", "fy2023=gap"));
}

TEST(CumulativePointsTest, LeaveWhatIsBeforeTheWindowAsItIs) {
  EXPECT_THAT(Show(Points(Savings(),
                          {InPeriod("fy2020", "9"), InPeriod("fy2021", "30")})),
              ElementsAre("fy2020=9", "fy2021=30"));
}

TEST(CumulativePointsTest, CannotSumText) {
  Observation text = InPeriod("fy2021", "0");
  text.value = Unread("三十");
  EXPECT_THAT(Show(Points(Savings(), {text, InPeriod("fy2022", "40")})),
              ElementsAre("fy2021=unread", "fy2022=unread"));
}

// ---- Figures. ----

TEST(FigureTest, TakesTheUnitOfTheTargetWhenTheIndicatorHasNone) {
  Indicator indicator = People();
  indicator.unit = "";
  indicator.targets[0].value.unit = "千人";
  EXPECT_EQ(UnitOf(indicator), "千人");
  indicator.targets[0].value.unit = "";
  indicator.baselines[0].value.unit = "人";
  EXPECT_EQ(UnitOf(indicator), "人");
}

TEST(FigureTest, IsExactOrUnread) {
  const auto number = [](int64_t units) {
    return Figure{Figure::Kind::kNumber, units};
  };
  EXPECT_EQ(FigureOf(Number("7.5"), "人", 2), number(750));
  EXPECT_EQ(FigureOf(Number("7.50"), "人", 1), number(75));
  EXPECT_EQ(FigureOf(Number("0.00"), "人", 0), number(0));
  EXPECT_EQ(FigureOf(Number("-5", "億円"), "万円", 0), number(-50000));
  EXPECT_EQ(FigureOf(Number("7.55"), "人", 1).kind, Figure::Kind::kUnread);
  EXPECT_EQ(FigureOf(Number("999999999999999999"), "人", 1).kind,
            Figure::Kind::kUnread);
  EXPECT_EQ(FigureOf(Number("1"), "円", 18).kind, Figure::Kind::kUnread);
  EXPECT_EQ(FigureOf(Value{}, "人", 0).kind, Figure::Kind::kNone);
}

}  // namespace
}  // namespace shirube
