#include "server/domain/flag_policy.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/unit/domain/builders.h"

namespace shirube {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

FlagInput Input(std::string id, Status status, bool numeric = true,
                std::string_view period = "") {
  FlagInput input;
  input.indicator = IndicatorId(std::move(id));
  input.status = status;
  input.numeric_target = numeric;
  if (!period.empty()) input.period = P(period);
  return input;
}

constexpr Status kAchieved = Status::kAchieved, kOnTrack = Status::kOnTrack,
                 kAtRisk = Status::kAtRisk, kNone = Status::kNotEvaluated,
                 kFault = Status::kIndeterminate;

Flag Decide(const std::vector<FlagInput>& inputs) {
  return DecideFlag(inputs, FlagPolicy{});
}

TEST(FlagPolicyTest, IsNotEvaluatedWithoutIndicators) {
  const Flag flag = Decide({});
  EXPECT_EQ(flag.status, kNone);
  EXPECT_EQ(flag.reason, "NO_INDICATOR");
  EXPECT_FALSE(flag.partial);
  EXPECT_FALSE(flag.oldest_period.has_value());
}

TEST(FlagPolicyTest, IsAtRiskAsSoonAsOneIs) {
  const Flag flag = Decide({Input("a", kAchieved), Input("b", kAtRisk),
                            Input("c", kFault), Input("d", kAtRisk)});
  EXPECT_EQ(flag.status, kAtRisk);
  EXPECT_EQ(flag.reason, "");
  EXPECT_THAT(flag.deciding, ElementsAre(IndicatorId("b"), IndicatorId("d")));
  EXPECT_EQ(flag.counts.at_risk, 2);
  EXPECT_EQ(flag.counts.total(), 4);
  EXPECT_EQ(flag.counts.evaluated(), 3);
  EXPECT_TRUE(flag.partial);
}

TEST(FlagPolicyTest, IsIndeterminateWhenAFaultHidesAnAnswer) {
  const Flag flag = Decide({Input("a", kAchieved), Input("b", kFault)});
  EXPECT_EQ(flag.status, kFault);
  EXPECT_THAT(flag.deciding, ElementsAre(IndicatorId("b")));
}

TEST(FlagPolicyTest, IsNotEvaluatedWhenNoneIs) {
  const Flag flag = Decide({Input("a", kNone), Input("b", kNone, false)});
  EXPECT_EQ(flag.status, kNone);
  EXPECT_EQ(flag.reason, "NONE_EVALUATED");
  EXPECT_TRUE(flag.partial);
}

TEST(FlagPolicyTest, IsAchievedWhenAllNumericTargetsAre) {
  const Flag flag = Decide({Input("a", kAchieved), Input("b", kAchieved),
                            Input("words", kNone, false)});
  EXPECT_EQ(flag.status, kAchieved);
  EXPECT_THAT(flag.deciding, ElementsAre(IndicatorId("a"), IndicatorId("b")));
  EXPECT_TRUE(flag.partial);
}

TEST(FlagPolicyTest, IsOnTrackWhileANumericTargetIsOpen) {
  const Flag mixed = Decide({Input("a", kAchieved), Input("b", kOnTrack)});
  EXPECT_EQ(mixed.status, kOnTrack);
  EXPECT_THAT(mixed.deciding, ElementsAre(IndicatorId("b")));
  EXPECT_FALSE(mixed.partial);
  const Flag no_data = Decide({Input("a", kAchieved), Input("b", kNone)});
  EXPECT_EQ(no_data.status, kOnTrack);
  EXPECT_THAT(no_data.deciding, ElementsAre(IndicatorId("b")));
  EXPECT_TRUE(no_data.partial);
}

TEST(FlagPolicyTest, NeedsAllOfThemWhenNoTargetIsNumeric) {
  EXPECT_EQ(Decide({Input("a", kAchieved, false)}).status, kAchieved);
  EXPECT_EQ(Decide({Input("a", kAchieved, false), Input("b", kOnTrack, false)})
                .status,
            kOnTrack);
}

TEST(FlagPolicyTest, SpansThePeriodsOfItsActuals) {
  const Flag flag =
      Decide({Input("a", kOnTrack, true, "fy2022"), Input("b", kNone),
              Input("c", kOnTrack, true, "cy2020"),
              Input("d", kOnTrack, true, "m2022-06")});
  EXPECT_EQ(flag.oldest_period, P("cy2020"));
  EXPECT_EQ(flag.newest_period, P("fy2022"));
}

TEST(FlagPolicyTest, WaitsForTheShareWhenThePolicySaysSo) {
  const FlagPolicy third{FlagPolicy::Kind::kShare, D("0.333333")};
  const FlagPolicy above_third{FlagPolicy::Kind::kShare, D("0.333334")};
  const std::vector<FlagInput> inputs = {
      Input("a", kAchieved), Input("b", kAtRisk), Input("c", kAchieved),
      Input("d", kNone)};
  EXPECT_EQ(DecideFlag(inputs, third).status, kAtRisk);
  EXPECT_EQ(DecideFlag(inputs, above_third).status, kOnTrack);
  EXPECT_THAT(DecideFlag(inputs, above_third).deciding,
              ElementsAre(IndicatorId("b"), IndicatorId("d")));
  EXPECT_EQ(
      DecideFlag({Input("a", kAchieved)}, {FlagPolicy::Kind::kShare, D("0.1")})
          .status,
      kAchieved);
}

TEST(FlagPolicyTest, ComparesTheShareExactly) {
  const FlagPolicy policy{FlagPolicy::Kind::kShare, D("0.2")};
  EXPECT_EQ(DecideFlag({Input("a", kAtRisk), Input("b", kOnTrack),
                        Input("c", kOnTrack), Input("d", kOnTrack),
                        Input("e", kOnTrack)},
                       policy)
                .status,
            kAtRisk);
}

// ---- A whole plan. ----

Indicator Linked(std::string id, std::vector<std::string> links,
                 std::string printed_under = "") {
  Indicator indicator = People();
  indicator.id = IndicatorId(std::move(id));
  for (std::string& link : links) {
    indicator.links.emplace_back(std::move(link));
  }
  indicator.printed_under = InitiativeId(std::move(printed_under));
  return indicator;
}

// A pillar with two measures, and a pillar of its own.
const std::vector<Initiative>& Forest() {
  static const auto* forest =
      new std::vector<Initiative>{Measure("pillar"), Measure("one", "pillar"),
                                  Measure("two", "pillar"), Measure("alone")};
  return *forest;
}

std::map<IndicatorId, FlagInput> Inputs(std::vector<FlagInput> list) {
  std::map<IndicatorId, FlagInput> inputs;
  for (FlagInput& input : list) inputs[input.indicator] = input;
  return inputs;
}

TEST(PlanFlagsTest, CountAnIndicatorOnceInEverythingAboveIt) {
  const PlanFlags flags =
      DecidePlanFlags(Forest(), {Linked("a", {"one", "two", "pillar"})},
                      Inputs({Input("a", kAtRisk)}), FlagPolicy{});
  ASSERT_EQ(flags.initiatives.size(), 4u);
  EXPECT_EQ(flags.initiatives[0].initiative, InitiativeId("pillar"));
  EXPECT_EQ(flags.initiatives[0].counts.total(), 1);
  EXPECT_EQ(flags.initiatives[1].status, kAtRisk);
  EXPECT_EQ(flags.initiatives[2].status, kAtRisk);
  EXPECT_EQ(flags.initiatives[3].reason, "NO_INDICATOR");
}

TEST(PlanFlagsTest, GoByTheLayoutOnlyWithoutLinks) {
  const PlanFlags flags = DecidePlanFlags(
      Forest(),
      {Linked("printed", {}, "pillar"), Linked("tied", {"one"}, "alone")},
      Inputs({Input("printed", kOnTrack), Input("tied", kAchieved)}),
      FlagPolicy{});
  EXPECT_EQ(flags.initiatives[0].counts.total(), 2);
  EXPECT_EQ(flags.initiatives[1].counts.total(), 1);
  EXPECT_EQ(flags.initiatives[2].counts.total(), 0);
  EXPECT_EQ(flags.initiatives[3].counts.total(), 0);
}

TEST(PlanFlagsTest, GiveThePlanCountsAndNoStatus) {
  const PlanFlags flags = DecidePlanFlags(
      Forest(), {Linked("homeless", {}), Linked("a", {"one"}, "")},
      Inputs({Input("homeless", kAtRisk, true, "fy2021"),
              Input("a", kAchieved, true, "fy2022")}),
      FlagPolicy{});
  EXPECT_EQ(flags.plan.status, Status::kUnspecified);
  EXPECT_EQ(flags.plan.counts.total(), 2);
  EXPECT_EQ(flags.plan.counts.at_risk, 1);
  EXPECT_EQ(flags.plan.oldest_period, P("fy2021"));
  EXPECT_THAT(flags.plan.deciding, IsEmpty());
  EXPECT_EQ(flags.initiatives[0].status, kAchieved);
}

TEST(PlanFlagsTest, CountAnIndicatorWithoutAVerdictAsNotEvaluated) {
  const PlanFlags flags =
      DecidePlanFlags(Forest(), {Linked("new", {"one"}), Linked("a", {"one"})},
                      Inputs({Input("a", kAchieved)}), FlagPolicy{});
  EXPECT_EQ(flags.initiatives[1].status, kOnTrack);
  EXPECT_EQ(flags.initiatives[1].counts.not_evaluated, 1);
  EXPECT_THAT(flags.initiatives[1].deciding, ElementsAre(IndicatorId("new")));
}

TEST(PlanFlagsTest, SurviveACircleAndAMissingHome) {
  const std::vector<Initiative> circle = {Measure("x", "y"), Measure("y", "x")};
  const PlanFlags flags =
      DecidePlanFlags(circle, {Linked("a", {"x", "gone"})},
                      Inputs({Input("a", kOnTrack)}), FlagPolicy{});
  EXPECT_EQ(flags.initiatives[0].counts.total(), 1);
  EXPECT_EQ(flags.initiatives[1].counts.total(), 1);
}

}  // namespace
}  // namespace shirube
