#include "server/table/row_input.h"

#include "gmock/gmock.h"
#include "rules/include/shirube/rule.h"

namespace shirube {
namespace {

Value Number(const std::string& text) {
  Value value;
  value.number = Decimal::Parse(text).value();
  return value;
}

Value Unread(const std::string& text) {
  Value value;
  value.unread = text;
  return value;
}

Period Fy(int year) { return Period::FiscalYear(year).value(); }

Observation Actual(int year, const Value& value) {
  Observation observation;
  observation.period = Fy(year);
  observation.value = value;
  return observation;
}

// 10 in FY2019 to at least 20.5 by FY2024.
Indicator Simple() {
  Indicator indicator;
  indicator.plan = PlanId("p");
  indicator.id = IndicatorId("i");
  indicator.unit = "人";
  indicator.baselines.push_back({Number("10"), Fy(2019), std::nullopt});
  Target target;
  target.value = Number("20.5");
  target.period = Fy(2024);
  target.op = Operator::kAtLeast;
  indicator.targets.push_back(target);
  return indicator;
}

RowInput Build(const Indicator& indicator,
               const std::vector<Observation>& observations,
               std::optional<Period> as_of = std::nullopt) {
  return BuildRow(indicator, observations, {{"pace_threshold", 1}}, as_of, 9)
      .value();
}

TEST(RowInputTest, HoldsAllValuesAtTheLargestScale) {
  const RowInput row = Build(
      Simple(), {Actual(2022, Number("12.34")), Actual(2021, Number("11"))});
  EXPECT_EQ(row.key.indicator, IndicatorId("i"));
  EXPECT_EQ(row.input_revision, 9);
  EXPECT_EQ(row.scale, 2);
  EXPECT_EQ(row.baseline, 1000);
  EXPECT_EQ(row.target, 2050);
  EXPECT_EQ(row.present, SHIRUBE_HAS_BASELINE | SHIRUBE_HAS_BASELINE_PERIOD |
                             SHIRUBE_HAS_TARGET | SHIRUBE_HAS_TARGET_PERIOD);
  EXPECT_EQ(row.baseline_index, 12 * 2019);
  EXPECT_EQ(row.target_index, 12 * 2024);
  EXPECT_EQ(row.operator_, SHIRUBE_OP_AT_LEAST);
  EXPECT_EQ(row.direction, SHIRUBE_DIRECTION_NONE);
  ASSERT_EQ(row.points.size(), 2u);
  EXPECT_EQ(row.points[0].units, 1100);
  EXPECT_EQ(row.points[1].units, 1234);
  EXPECT_EQ(row.overrides.at("pace_threshold"), 1);
}

TEST(RowInputTest, LeavesEveryMissingPartOut) {
  Indicator indicator;
  indicator.id = IndicatorId("i");
  const RowInput row = Build(indicator, {});
  EXPECT_EQ(row.present, 0);
  EXPECT_TRUE(row.points.empty());
  EXPECT_TRUE(row.milestones.empty());
}

TEST(RowInputTest, SaysWhatIsUnreadOrInAnotherUnit) {
  Indicator indicator = Simple();
  indicator.baselines[0].value = Unread("約10〜12");
  indicator.targets[0].value = Number("20");
  indicator.targets[0].value.unit = "件";
  Observation unread = Actual(2021, Unread("―"));
  Observation other = Actual(2022, Number("5"));
  other.value.unit = "件";
  const RowInput row = Build(indicator, {unread, other});
  EXPECT_EQ(row.present, SHIRUBE_BASELINE_UNREAD | SHIRUBE_HAS_BASELINE_PERIOD |
                             SHIRUBE_TARGET_OTHER_UNIT |
                             SHIRUBE_HAS_TARGET_PERIOD);
  ASSERT_EQ(row.points.size(), 2u);
  EXPECT_EQ(row.points[0].point_state, SHIRUBE_POINT_UNREAD);
  EXPECT_EQ(row.points[1].point_state, SHIRUBE_POINT_OTHER_UNIT);
}

TEST(RowInputTest, TakesBothEdgesOfABandOrNone) {
  Indicator indicator = Simple();
  indicator.kind = IndicatorKind::kBand;
  RowInput row = Build(indicator, {});
  EXPECT_EQ(row.present & SHIRUBE_HAS_TARGET, 0);
  indicator.targets[0].upper = Number("30");
  row = Build(indicator, {});
  EXPECT_NE(row.present & SHIRUBE_HAS_TARGET, 0);
  EXPECT_EQ(row.target, 205);
  EXPECT_EQ(row.target_upper, 300);
  indicator.targets[0].upper = Unread("?");
  row = Build(indicator, {});
  EXPECT_EQ(row.present & SHIRUBE_HAS_TARGET, 0);
  EXPECT_NE(row.present & SHIRUBE_TARGET_UNREAD, 0);
}

TEST(RowInputTest, MarksATargetOfWords) {
  Indicator indicator = Simple();
  indicator.kind = IndicatorKind::kQualitative;
  indicator.targets[0].value = Value();
  indicator.targets[0].words = "充実させる";
  EXPECT_EQ(Build(indicator, {}).present & SHIRUBE_TARGET_WORDS,
            SHIRUBE_TARGET_WORDS);
}

TEST(RowInputTest, HandsOverWindowNoiseBandDirectionAndEveryYear) {
  Indicator indicator = Simple();
  indicator.window_start = Fy(2021);
  indicator.noise_band = Decimal::Parse("0.5").value();
  indicator.direction = Direction::kDown;
  indicator.quantity = Quantity::kAmount;
  EXPECT_EQ(Build(indicator, {}).publication_month, 0);
  indicator.publication = Publication{.month = 11, .lag_years = 2};
  indicator.targets[0].every_year = true;
  const RowInput row = Build(indicator, {});
  EXPECT_NE(row.present & SHIRUBE_HAS_WINDOW_START, 0);
  EXPECT_EQ(row.window_start_index, 12 * 2021);
  EXPECT_EQ(row.noise_band, 5);
  EXPECT_EQ(row.direction, SHIRUBE_DIRECTION_DOWN);
  EXPECT_EQ(row.measure, SHIRUBE_MEASURE_AMOUNT);
  EXPECT_NE(row.present & SHIRUBE_TARGET_EVERY_YEAR, 0);
  EXPECT_EQ(row.publication_month, 11);
  EXPECT_EQ(row.publication_lag_years, 2);
}

TEST(RowInputTest, TakesTheTargetInForceAsOfAPeriod) {
  Indicator indicator = Simple();
  Target revised = indicator.targets[0];
  revised.value = Number("40");
  revised.effective_from = Fy(2023);
  indicator.targets.push_back(revised);
  EXPECT_EQ(Build(indicator, {}).target, 400);
  EXPECT_EQ(Build(indicator, {}, Fy(2022)).target, 205);
  EXPECT_EQ(Build(indicator, {}, Fy(2023)).target, 400);
}

TEST(RowInputTest, SortsMilestonesAndDropsThoseThatAreNoNumber) {
  Indicator indicator = Simple();
  indicator.milestones = {{Number("15"), Fy(2022)},
                          {Unread("約"), Fy(2023)},
                          {Number("12"), Fy(2020)}};
  const RowInput row = Build(indicator, {});
  ASSERT_EQ(row.milestones.size(), 2u);
  EXPECT_EQ(row.milestones[0].index, 12 * 2020);
  EXPECT_EQ(row.milestones[0].units, 120);
  EXPECT_EQ(row.milestones[1].units, 150);
}

TEST(RowInputTest, SkipsWhatIsNotAvailableAndKeepsTheStateOfTheRest) {
  Observation missing = Actual(2023, Value());
  missing.state = ObservationState::kNotAvailable;
  Observation early = Actual(2022, Number("12"));
  early.state = ObservationState::kProvisional;
  const RowInput row = Build(Simple(), {missing, early});
  ASSERT_EQ(row.points.size(), 1u);
  EXPECT_EQ(row.points[0].state, ObservationState::kProvisional);
  EXPECT_EQ(row.points[0].point_state, SHIRUBE_POINT_PROVISIONAL);
}

TEST(RowInputTest, MarksACumulativeSumWithAGap) {
  Indicator indicator = Simple();
  indicator.kind = IndicatorKind::kCumulative;
  indicator.baselines.clear();
  indicator.window_start = Fy(2021);
  Observation first = Actual(2021, Number("5"));
  Observation third = Actual(2023, Number("7"));
  first.basis = third.basis = Basis::kPeriod;
  const RowInput row = Build(indicator, {first, third});
  ASSERT_EQ(row.points.size(), 2u);
  EXPECT_EQ(row.points[0].point_state, SHIRUBE_POINT_FINAL);
  EXPECT_EQ(row.points[1].point_state, SHIRUBE_POINT_GAP);
}

}  // namespace
}  // namespace shirube
