// Alerts as judging opens and resolves them, with the real store, ledger and
// modules.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "absl/strings/str_cat.h"
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

ApplyPlan ManyLagging() {
  ApplyPlan many;
  many.document.plan.id = PlanId("p");
  many.options.match_by = MatchBy::kId;
  for (int n = 0; n < kMany; ++n) {
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

}  // namespace
}  // namespace shirube
