#include "server/domain/validation.h"

#include <functional>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "server/base/limits.h"
#include "tests/unit/domain/builders.h"

namespace shirube {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

// "field REASON" of each; every one speaks both languages.
std::vector<std::string> Show(const Violations& violations) {
  std::vector<std::string> shown;
  for (const Violation& violation : violations) {
    EXPECT_FALSE(violation.en.empty());
    EXPECT_FALSE(violation.ja.empty());
    EXPECT_NE(violation.en, violation.ja);
    shown.push_back(violation.field + " " + violation.reason);
  }
  return shown;
}

std::vector<std::string> Check(
    const Indicator& indicator,
    const std::vector<Observation>& observations = {}) {
  Violations violations;
  ValidateIndicator(indicator, observations, "", &violations);
  return Show(violations);
}

Indicator With(Indicator indicator,
               const std::function<void(Indicator*)>& change) {
  change(&indicator);
  return indicator;
}

TEST(ValidateIndicatorTest, AcceptsTheRealOnes) {
  EXPECT_THAT(Check(People()), IsEmpty());
  EXPECT_THAT(Check(Savings()), IsEmpty());
}

TEST(ValidateIndicatorTest, StoresWhatIsMerelyIncompleteOrUnreadable) {
  EXPECT_THAT(Check(With(People(),
                         [](Indicator* i) {
                           i->targets.clear();
                           i->baselines.clear();
                         })),
              IsEmpty());
  EXPECT_THAT(Check(With(People(),
                         [](Indicator* i) {
                           i->targets[0].value = Unread("増加");
                           i->targets[0].period.reset();
                           i->baselines[0].period.reset();
                           i->direction = Direction::kDown;
                           i->targets[0].op = Operator::kAtLeast;
                         })),
              IsEmpty());
}

TEST(ValidateIndicatorTest, RefusesATargetNotAfterItsBaseline) {
  EXPECT_THAT(
      Check(With(People(),
                 [](Indicator* i) { i->targets[0].period = P("fy2019"); })),
      ElementsAre("target.period TARGET_NOT_AFTER_BASELINE"));
  // 31 March 2025 counts as FY2024.
  EXPECT_THAT(Check(With(People(),
                         [](Indicator* i) {
                           i->baselines[0].period = P("d2025-03-31");
                         })),
              ElementsAre("target.period TARGET_NOT_AFTER_BASELINE"));
  EXPECT_THAT(
      Check(With(Savings(),
                 [](Indicator* i) { i->targets[0].period = P("fy2020"); })),
      ElementsAre("target.period TARGET_NOT_AFTER_BASELINE"));
}

TEST(ValidateIndicatorTest, ComparesRevisedTargetsWithTheBaselineOfTheirTime) {
  Indicator indicator = People();
  Target revised = indicator.targets[0];
  revised.effective_from = P("fy2023");
  revised.period = P("fy2028");
  indicator.targets.push_back(revised);
  indicator.baselines.push_back({Number("2100"), P("fy2025"), P("fy2023")});
  EXPECT_THAT(Check(indicator), IsEmpty());
  indicator.targets[1].period = P("fy2025");
  EXPECT_THAT(Check(indicator),
              ElementsAre("target.period TARGET_NOT_AFTER_BASELINE"));
  indicator.targets[1].period = P("fy2028");
  indicator.targets[0].period = P("fy2019");
  EXPECT_THAT(
      Check(indicator),
      ElementsAre("superseded_targets[0].period TARGET_NOT_AFTER_BASELINE"));
}

TEST(ValidateIndicatorTest, WantsRevisionsInOrder) {
  Indicator indicator = People();
  indicator.targets.push_back(indicator.targets[0]);
  EXPECT_THAT(Check(indicator),
              ElementsAre("target.effective_from NOT_IN_ORDER"));
}

TEST(ValidateIndicatorTest, RefusesMilestonesOutsideTheWayOrTwice) {
  const auto milestones = [](std::vector<std::string_view> periods) {
    return Check(With(People(), [&](Indicator* i) {
      for (std::string_view period : periods) {
        i->milestones.push_back({Number("2000"), P(period)});
      }
    }));
  };
  EXPECT_THAT(milestones({"fy2020", "m2022-06", "fy2023"}), IsEmpty());
  EXPECT_THAT(milestones({"fy2019", "fy2024"}),
              ElementsAre("milestones[0].period MILESTONE_OUTSIDE",
                          "milestones[1].period MILESTONE_OUTSIDE"));
  EXPECT_THAT(milestones({"fy2022", "cy2022"}),
              ElementsAre("milestones[1].period MILESTONE_REPEATED"));
}

TEST(ValidateIndicatorTest, RefusesABandThatIsNone) {
  const auto band = [](Value low, std::optional<Value> high) {
    return Check(With(People(), [&](Indicator* i) {
      i->kind = IndicatorKind::kBand;
      i->unit = "億円";
      i->targets[0].value = low;
      i->targets[0].upper = high;
    }));
  };
  EXPECT_THAT(band(Number("40"), Number("60")), IsEmpty());
  EXPECT_THAT(band(Unread("40~60"), std::nullopt), IsEmpty());
  EXPECT_THAT(band(Number("60"), Number("60.0")),
              ElementsAre("target_upper BAND_INVERTED"));
  EXPECT_THAT(band(Number("1"), Number("2000", "万円")),
              ElementsAre("target_upper BAND_INVERTED"));
  // Half a band is stored and judged as no target.
  EXPECT_THAT(band(Number("40"), std::nullopt), IsEmpty());
}

TEST(ValidateIndicatorTest, WantsAYearAsTheWindowOfACumulativeOne) {
  EXPECT_THAT(
      Check(With(Savings(), [](Indicator* i) { i->window_start.reset(); })),
      ElementsAre("window_start REQUIRED"));
  EXPECT_THAT(
      Check(With(Savings(),
                 [](Indicator* i) { i->window_start = P("m2021-04"); })),
      ElementsAre("window_start BAD_PERIOD"));
  EXPECT_THAT(Check(With(People(),
                         [](Indicator* i) { i->window_start = P("fy2021"); })),
              IsEmpty());
}

TEST(ValidateIndicatorTest, LetsACumulativeOneStartOnlyFromZero) {
  const auto from = [](std::string_view value) {
    return Check(With(Savings(), [&](Indicator* i) {
      i->baselines = {{Number(value), std::nullopt, std::nullopt}};
    }));
  };
  EXPECT_THAT(from("0.0"), IsEmpty());
  EXPECT_THAT(from("3"), ElementsAre("baseline.value BASELINE_NOT_ZERO"));
}

TEST(ValidateIndicatorTest, RefusesWhatDoesNotFitAtTheLargestScale) {
  Indicator indicator = People();
  indicator.targets[0].value = Number("999999999999999999");
  EXPECT_THAT(Check(indicator), IsEmpty());
  indicator.baselines[0].value = Number("1619.5");
  EXPECT_THAT(Check(indicator), ElementsAre("target.value TOO_MANY_DIGITS"));
  EXPECT_THAT(
      Check(With(People(),
                 [](Indicator* i) { i->baselines[0].value = Number("1.5"); }),
            {Observed("fy2022", Number("999999999999999999"))}),
      ElementsAre("baseline.value TOO_MANY_DIGITS"));
  // 10^12 times larger than its number in the indicator's unit.
  EXPECT_THAT(Check(With(People(),
                         [](Indicator* i) {
                           i->unit = "円";
                           i->targets[0].value = Number("12345678", "兆円");
                         })),
              ElementsAre("target.value TOO_MANY_DIGITS"));
}

TEST(ValidateIndicatorTest, ReportsEverythingAtOnceBelowItsPrefix) {
  Indicator indicator = People();
  indicator.id = IndicatorId("Bad Id");
  indicator.display_name = "";
  indicator.unit = std::string(101, 'u');
  indicator.noise_band = D("-1");
  indicator.publication = Publication{13, 11};
  indicator.links = {InitiativeId("a"), InitiativeId("a"), InitiativeId("_")};
  indicator.printed_under = InitiativeId("第1");
  indicator.parameters = {{"Pace", D("0.1234567")}};
  indicator.targets[0].value.unread = "too";
  Violations violations;
  ValidateIndicator(indicator, {}, "document.indicators[3]", &violations);
  std::vector<std::string> shown = Show(violations);
  for (std::string& line : shown) {
    const std::string prefix = "document.indicators[3].";
    ASSERT_EQ(line.substr(0, prefix.size()), prefix);
    line = line.substr(prefix.size());
  }
  EXPECT_THAT(
      shown,
      ElementsAre("name BAD_ID", "display_name REQUIRED", "unit LIMIT_EXCEEDED",
                  "target.unread VALUE_AND_UNREAD", "noise_band OUT_OF_RANGE",
                  "publication.month OUT_OF_RANGE",
                  "publication.lag_years OUT_OF_RANGE", "printed_under BAD_ID",
                  "links[1] REPEATED", "links[2] BAD_ID",
                  "parameters[\"Pace\"] BAD_ID",
                  "parameters[\"Pace\"] TOO_MANY_DECIMALS"));
}

TEST(ValidateIndicatorTest, CountsCharactersAndNotBytes) {
  const auto named = [](int characters) {
    return Check(With(People(), [&](Indicator* i) {
      i->display_name.clear();
      for (int k = 0; k < characters; ++k) i->display_name += "標";
    }));
  };
  EXPECT_THAT(named(limits::kMaxNameChars), IsEmpty());
  EXPECT_THAT(named(limits::kMaxNameChars + 1),
              ElementsAre("display_name LIMIT_EXCEEDED"));
}

TEST(ValidateIndicatorTest, RefusesTextThatATerminalWouldObey) {
  const auto named = [](std::string name) {
    return Check(With(People(), [&](Indicator* i) { i->display_name = name; }));
  };
  EXPECT_THAT(named("防災士\f\n(累計)\tか\u3099 👨‍👩‍👧"),
              IsEmpty());
  for (const std::string& bad :
       {std::string("a\0b", 3), std::string("\x1b[31m赤"), std::string("a\x7f"),
        std::string("\xc2\x9b"
                    "31m")}) {
    EXPECT_THAT(named(bad), ElementsAre("display_name CONTROL_CHARACTER"));
  }
}

TEST(ValidateIndicatorTest, WantsMoreThanSpacesAsAName) {
  EXPECT_THAT(Check(With(People(),
                         [](Indicator* i) { i->display_name = " \t\u3000"; })),
              ElementsAre("display_name REQUIRED"));
}

TEST(ScaleOfTest, IsTheLargestAmongAllValues) {
  Indicator indicator = People();
  EXPECT_EQ(ScaleOf(indicator, {}), 0);
  EXPECT_EQ(ScaleOf(indicator, {Observed("fy2022", Number("1.50"))}), 2);
  indicator.noise_band = D("0.125");
  EXPECT_EQ(ScaleOf(indicator, {Observed("fy2022", Number("1.50"))}), 3);
  indicator.milestones = {{Number("1.0000"), P("fy2022")}};
  EXPECT_EQ(ScaleOf(indicator, {}), 4);
}

TEST(ScaleOfTest, CountsTheDecimalsThatAConversionNeeds) {
  Indicator indicator = People();
  indicator.unit = "億円";
  EXPECT_EQ(ScaleOf(indicator, {Observed("fy2022", Number("7800", "万円"))}),
            2);
  EXPECT_EQ(ScaleOf(indicator, {Observed("fy2022", Number("0", "円"))}), 0);
  EXPECT_EQ(ScaleOf(indicator, {Observed("fy2022", Number("1.25", "兆円"))}),
            0);
  EXPECT_EQ(ScaleOf(indicator, {Observed("fy2022", Number("1.25", "人"))}), 0);
}

// ---- Observations. ----

std::vector<std::string> Check(const Indicator& indicator,
                               const Observation& observation) {
  Violations violations;
  ValidateObservation(indicator, observation, "observation", &violations);
  return Show(violations);
}

TEST(ValidateObservationTest, WantsAValueOrNotAvailable) {
  EXPECT_THAT(Check(People(), Observed("fy2022", Number("1"))), IsEmpty());
  EXPECT_THAT(Check(People(), Observed("fy2022", Unread("?"))), IsEmpty());
  Observation observation = Observed("fy2022", Value{});
  EXPECT_THAT(Check(People(), observation),
              ElementsAre("observation.value REQUIRED"));
  observation.state = ObservationState::kNotAvailable;
  EXPECT_THAT(Check(People(), observation), IsEmpty());
  observation.value = Number("1");
  EXPECT_THAT(Check(People(), observation),
              ElementsAre("observation.value VALUE_UNEXPECTED"));
}

TEST(ValidateObservationTest, WantsABasisExactlyOfACumulativeOne) {
  EXPECT_THAT(Check(Savings(), Observed("fy2022", Number("1"), Basis::kToDate)),
              IsEmpty());
  EXPECT_THAT(Check(Savings(), Observed("fy2022", Number("1"))),
              ElementsAre("observation.basis REQUIRED"));
  EXPECT_THAT(Check(People(), Observed("fy2022", Number("1"), Basis::kPeriod)),
              ElementsAre("observation.basis BASIS_UNEXPECTED"));
}

TEST(ValidateObservationTest, RefusesDigitsThatDoNotFitTheIndicator) {
  EXPECT_THAT(Check(People(), Observed("fy2022", Number("0.000000000000001"))),
              ElementsAre("observation.value TOO_MANY_DIGITS"));
  Indicator fine = People();
  fine.targets[0].value = Number("0.5");
  EXPECT_THAT(Check(fine, Observed("fy2022", Number("999999999999999999"))),
              ElementsAre("observation.value TOO_MANY_DIGITS"));
}

TEST(ValidateObservationTest, WantsAPeriodAndAPositiveMultiplier) {
  Observation observation = Observed("fy2022", Number("1"));
  observation.period = Period();
  observation.value.multiplier = "0";
  EXPECT_THAT(Check(People(), observation),
              ElementsAre("observation.period REQUIRED",
                          "observation.multiplier OUT_OF_RANGE"));
}

// ---- Plans, initiatives, assessments. ----

TEST(ValidatePlanTest, WantsNameYearsAndShareInOrder) {
  Plan plan;
  plan.id = PlanId("plan");
  plan.display_name = "計画";
  plan.first_year = P("fy2021");
  plan.last_year = P("fy2024");
  Violations violations;
  ValidatePlan(plan, "plan", &violations);
  EXPECT_THAT(Show(violations), IsEmpty());
  plan.display_name = "";
  plan.first_year = P("cy2025");
  plan.flag_policy = {FlagPolicy::Kind::kShare, D("1.01")};
  ValidatePlan(plan, "plan", &violations);
  EXPECT_THAT(Show(violations),
              ElementsAre("plan.display_name REQUIRED",
                          "plan.first_fiscal_year BAD_PERIOD",
                          "plan.last_fiscal_year NOT_IN_ORDER",
                          "plan.at_risk_share OUT_OF_RANGE"));
}

TEST(ValidatePlanTest, LetsTheShareBeOnlyWhereItCounts) {
  Plan plan;
  plan.id = PlanId("plan");
  plan.display_name = "計画";
  Violations violations;
  ValidatePlan(plan, "plan", &violations);
  EXPECT_THAT(Show(violations), IsEmpty());
  plan.flag_policy.kind = FlagPolicy::Kind::kShare;
  ValidatePlan(plan, "plan", &violations);
  EXPECT_THAT(Show(violations), ElementsAre("plan.at_risk_share OUT_OF_RANGE"));
}

Entry Line(std::string_view year, EntryType type = EntryType::kAccomplishment) {
  Entry entry;
  entry.type = type;
  entry.fiscal_year = P(year);
  entry.text = "実施した。";
  return entry;
}

std::vector<std::string> Check(const Initiative& initiative) {
  Violations violations;
  ValidateInitiative(initiative, "", &violations);
  return Show(violations);
}

TEST(ValidateInitiativeTest, ChecksItsOwnForm) {
  EXPECT_THAT(Check(Measure("one", "pillar")), IsEmpty());
  Initiative initiative = Measure("one", "one");
  initiative.kind = InitiativeKind::kUnspecified;
  initiative.display_name = "";
  EXPECT_THAT(Check(initiative),
              ElementsAre("parent_initiative CYCLE", "kind REQUIRED",
                          "display_name REQUIRED"));
}

TEST(ValidateInitiativeTest, ChecksNestedEntries) {
  Initiative initiative = Measure("one");
  initiative.entries = {Line("fy2022"), Line("fy2023", EntryType::kPlanned)};
  initiative.entries[0].children = {Line("fy2022"), Line("fy2023")};
  initiative.entries[1].fiscal_year = P("cy2023");
  EXPECT_THAT(Check(initiative),
              ElementsAre("entries[0].children[1] DIFFERS_FROM_PARENT",
                          "entries[1].fiscal_year BAD_PERIOD"));
}

TEST(ValidateInitiativeTest, LimitsTheDepthAndNumberOfEntries) {
  Initiative deep = Measure("one");
  Entry entry = Line("fy2022");
  for (int depth = 1; depth <= limits::kMaxEntryDepth; ++depth) {
    Entry above = Line("fy2022");
    above.children = {entry};
    entry = above;
  }
  deep.entries = {entry};
  ASSERT_EQ(Check(deep).size(), 1u);
  EXPECT_THAT(Check(deep)[0], testing::EndsWith(".children LIMIT_EXCEEDED"));
  deep.entries = {entry.children[0]};
  EXPECT_THAT(Check(deep), IsEmpty());
  Initiative many = Measure("one");
  many.entries.assign(limits::kMaxEntries + 1, Line("fy2022"));
  EXPECT_THAT(Check(many), ElementsAre("entries LIMIT_EXCEEDED"));
}

TEST(ValidateAssessmentTest, SpeaksOfOneThingAndSignsItsJudgement) {
  Assessment assessment;
  assessment.id = AssessmentId("a1");
  assessment.indicator = IndicatorId("people");
  assessment.fiscal_year = P("fy2022");
  assessment.cause = "天候";
  Violations violations;
  ValidateAssessment(assessment, "assessment", &violations);
  EXPECT_THAT(Show(violations), IsEmpty());
  assessment.initiative = InitiativeId("one");
  assessment.judgement = "概ね順調";
  assessment.fiscal_year = P("m2022-04");
  ValidateAssessment(assessment, "assessment", &violations);
  EXPECT_THAT(Show(violations), ElementsAre("assessment.subject REQUIRED",
                                            "assessment.fiscal_year BAD_PERIOD",
                                            "assessment.judged_by REQUIRED",
                                            "assessment.judged_on REQUIRED"));
  violations.clear();
  assessment.initiative = InitiativeId();
  assessment.fiscal_year = P("fy2022");
  assessment.author = "企画課";
  assessment.judged_on = P("d2023-07-01");
  ValidateAssessment(assessment, "assessment", &violations);
  EXPECT_THAT(Show(violations), IsEmpty());
}

}  // namespace
}  // namespace shirube
