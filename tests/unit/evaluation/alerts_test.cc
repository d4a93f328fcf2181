// Alerts as judging opens and resolves them, with the real store, ledger and
// modules.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "absl/synchronization/notification.h"
#include "tests/unit/evaluation/builders.h"
#include "tests/unit/evaluation/world.h"

namespace shirube {
namespace {

using testing::At;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using testing::IndicatorBuilder;
using ::testing::IsEmpty;
using testing::Measured;
using ::testing::SizeIs;
using testing::World;

constexpr int kMany = 4200;  // more than one group

Indicator Officers(const std::string& id = "i-01") {
  Indicator indicator = IndicatorBuilder("人", id)
                            .Baseline("1619", "R1")
                            .Target("2400", "R6")
                            .Build();
  indicator.display_name = "指標 " + id;
  return indicator;
}

std::vector<Alert> AlertsOf(World& world) {
  AlertQuery query;
  query.plan = PlanId("p");
  query.kind = AlertKind::kLaggingIndicator;
  return world.store().Snapshot().value()->ListAlerts(query).value();
}

std::vector<AlertTransition> Log(World& world) {
  return world.store().Snapshot().value()->ListTransitions(0, 0).value();
}

ApplyPlan ManyLagging(int count = kMany) {
  ApplyPlan many;
  many.document.plan.id = PlanId("p");
  many.options.match_by = MatchBy::kId;
  for (int n = 0; n < count; ++n) {
    const Indicator one = Officers(absl::StrCat("i-", n));
    many.document.indicators.push_back(one);
    many.document.observations.push_back(Measured(one, "R4", "1700"));
  }
  return many;
}

TEST(AlertsTest, ABadYearOpensOneTogetherWithItsVerdict) {
  World world;
  world.AddPlan("p");
  world.AddInitiative("p", "p1");
  Indicator i = Officers();
  i.links.push_back(InitiativeId("p1"));
  i.owner = "消防課";
  world.Add(i);
  world.Record(Measured(i, "R4", "1700"));
  const Verdict verdict = world.VerdictOf(i);
  ASSERT_EQ(verdict.status, Status::kAtRisk);
  const auto alerts = AlertsOf(world);
  ASSERT_THAT(alerts, SizeIs(1));
  const Alert& alert = alerts[0];
  EXPECT_EQ(alert.kind, AlertKind::kLaggingIndicator);
  EXPECT_EQ(alert.state, AlertState::kOpen);
  EXPECT_EQ(alert.stamp.revision, verdict.revision);
  EXPECT_EQ(alert.period, At("R4"));
  EXPECT_EQ(alert.subject_display_name, "指標 i-01");
  EXPECT_EQ(alert.owner, "消防課");
  EXPECT_THAT(alert.initiatives, ElementsAre(InitiativeId("p1")));
  const Explanation e = *world.evaluator().Explain(i.key(), {}, std::nullopt);
  EXPECT_EQ(alert.sentence, e.sentence);
  // 1,619 and 4/5 of the pace of 781 in 5 years, after 4: 2,118.84.
  EXPECT_EQ(alert.way_out.ja,
            "R5の実績値が2,119人以上であれば「順調」に変わる。");
  EXPECT_EQ(alert.way_out.en,
            "A figure for FY2023 of at least 2,119 人 makes it on track.");
}

TEST(AlertsTest, RecoveringResolvesAndAnOldYearChangesNothing) {
  World world;
  world.AddPlan("p");
  const Indicator i = Officers();
  world.Add(i);
  world.Record(Measured(i, "R4", "1700"));
  world.VerdictOf(i);
  ASSERT_THAT(Log(world), SizeIs(1));
  world.Record(Measured(i, "R3", "1650"));
  world.VerdictOf(i);
  EXPECT_THAT(Log(world), SizeIs(1)) << "an old year's figure";
  world.Record(Measured(i, "R5", "2300"));
  EXPECT_EQ(world.VerdictOf(i).status, Status::kOnTrack);
  const auto log = Log(world);
  ASSERT_THAT(log, SizeIs(2));
  EXPECT_EQ(log[1].type, TransitionType::kResolved);
  EXPECT_EQ(log[1].alert.resolution, AlertResolution::kRecovered);
  EXPECT_THAT(log[1].alert.sentence.ja, HasSubstr("2,300人"));
  EXPECT_EQ(log[1].alert.way_out, LocalizedText());
}

TEST(AlertsTest, ABaselineImportOpensNone) {
  World world;
  world.AddPlan("p");
  const Indicator i = Officers();
  world.Add(i);
  BatchRecord import;
  import.observations.push_back(Measured(i, "R4", "1700"));
  import.baseline_import = true;
  world.Write(import);
  EXPECT_EQ(world.VerdictOf(i).status, Status::kAtRisk);
  EXPECT_THAT(Log(world), IsEmpty());
  world.Record(Measured(i, "R5", "1750"));
  EXPECT_EQ(world.VerdictOf(i).status, Status::kAtRisk);
  EXPECT_THAT(Log(world), SizeIs(1));
}

TEST(AlertsTest, ARunOfManyRowsOpensThemAllBeforeItCountsAsJudged) {
  World world;
  world.AddPlan("p");
  world.Judge(world.Write(ManyLagging()));
  const auto alerts = AlertsOf(world);
  ASSERT_THAT(alerts, SizeIs(kMany));
  for (const Alert& alert : alerts) {
    EXPECT_THAT(alert.sentence.ja, HasSubstr("1,700人")) << alert.id.value();
  }
  EXPECT_FALSE(
      world.store().Snapshot().value()->NextAlertBacklog().value().has_value());
}

// One bad import must not keep everybody else's alerts waiting.
TEST(AlertsTest, TheAlertsOfARunDoNotKeepOtherPlansWaiting) {
  World world;
  world.AddPlan("p");
  world.AddInitiative("p", "p1");
  world.AddPlan("q");
  Indicator other = Officers();
  other.plan = PlanId("q");
  world.Judge(world.Add(other));
  absl::Notification published;
  world.commits().watch = [&published](const CommittedGroup& group) {
    for (const CommittedMutation& mutation : group.mutations) {
      if (mutation.published_run != 0) published.Notify();
    }
  };
  ApplyPlan many = ManyLagging();
  for (Indicator& one : many.document.indicators) {
    one.links.push_back(InitiativeId("p1"));
  }
  world.Write(many);
  ASSERT_TRUE(published.WaitForNotificationWithTimeout(absl::Seconds(60)));
  // The same figures go on while the alerts of the run are made.
  world.Record(Measured(Officers("i-7"), "R5", "1750"));
  world.Judge(world.Record(Measured(other, "R4", "1700")));

  const auto log = Log(world);
  const auto told =
      std::find_if(log.begin(), log.end(), [](const AlertTransition& step) {
        return step.alert.plan == PlanId("q");
      });
  ASSERT_NE(told, log.end());
  EXPECT_LT(told - log.begin(), kMany / 2);
  EXPECT_THAT(AlertsOf(world), SizeIs(kMany + 1));
  std::vector<Decimal> initiative;
  std::vector<std::string> seventh;
  for (const AlertTransition& step : log) {
    if (step.alert.kind == AlertKind::kLaggingInitiative) {
      initiative.push_back(*step.alert.value);
    }
    if (step.alert.subject == "i-7") {
      seventh.push_back(absl::StrCat(step.alert.period->ToId(), " ",
                                     static_cast<int>(step.type)));
    }
  }
  const auto opened = static_cast<int>(TransitionType::kOpened);
  const auto resolved = static_cast<int>(TransitionType::kResolved);
  EXPECT_THAT(seventh, ElementsAre(absl::StrCat("fy2022 ", opened),
                                   absl::StrCat("fy2022 ", resolved),
                                   absl::StrCat("fy2023 ", opened)));
  // Once for all of the run, once for the newer year.
  EXPECT_THAT(initiative, SizeIs(::testing::Le(3u)));
  EXPECT_EQ(initiative.front(), *Decimal::Make(kMany, 0));
}

// An activation passes over what waited for a set that could not be had.
TEST(AlertsTest, AnActivationCountsAsJudgedWhenItsAlertsAreMade) {
  World world;
  world.Judge(world.AddPlan("p"));
  // As a store that was damaged later would have it.
  ActivateRuleSet body;
  body.plan = PlanId("p");
  body.rule_set = world.RegisterDamaged();
  world.Write(body);
  constexpr int kSome = 800;  // several pieces
  const Revision many = world.Write(ManyLagging(kSome));
  world.AddPlan("q");  // later revisions do not move it either
  EXPECT_FALSE(world.evaluator()
                   .WaitJudged(many, absl::Now() + absl::Milliseconds(200))
                   .ok());
  const auto cured = world.Rollback("p");
  ASSERT_TRUE(cured.ok()) << cured.status();
  world.Judge(many);
  EXPECT_THAT(AlertsOf(world), SizeIs(kSome));
}

// Otherwise a second verdict of the same figure would say that it lagged
// already, and nobody would ever be told.
TEST(AlertsTest, AlertsOfARunThatTheStoreRefusesHoldUpWhatComesAfter) {
  World::Settings settings;
  settings.evaluator.group_rows = 4;
  World world(settings);
  world.Judge(world.AddPlan("p"));
  world.commits().watch = [&world](const CommittedGroup& group) {
    for (const CommittedMutation& mutation : group.mutations) {
      if (mutation.published_run == 0) continue;
      world.faults().FailCallsOf("NextAlertBacklog");
    }
  };
  const Revision many = world.Write(ManyLagging(10));
  ASSERT_TRUE(world.commits().WaitFor(
      [](const auto& verdicts) { return verdicts.size() >= 10; }));
  Update<Plan> stricter;
  stricter.key = PlanId("p");
  stricter.patch = [](Plan& plan) {
    plan.parameters["pace_threshold"] = testing::Dec("0.9");
    return absl::OkStatus();
  };
  stricter.prefix = "plan";
  const Revision last = world.Write(stricter);
  EXPECT_FALSE(
      world.evaluator().WaitJudged(many, absl::Now() + absl::Seconds(1)).ok());
  EXPECT_THAT(AlertsOf(world), IsEmpty());
  world.faults().FailCallsOf("");
  world.Judge(last);
  EXPECT_THAT(AlertsOf(world), SizeIs(10));
  EXPECT_THAT(Log(world), SizeIs(10));
}

}  // namespace
}  // namespace shirube
