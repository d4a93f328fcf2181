// Modules that are out of service: what their verdicts say meanwhile, and how
// they come back. No fault ever reads as on track.
#include <gtest/gtest.h>
#include <signal.h>

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "server/domain/violation.h"
#include "tests/paths.h"
#include "tests/unit/evaluation/builders.h"
#include "tests/unit/evaluation/world.h"

namespace shirube {
namespace {

using testing::At;
using testing::Dec;
using testing::IndicatorBuilder;
using testing::Measured;
using testing::World;

Indicator Firefighters(const std::string& id = "i-01") {
  return IndicatorBuilder("人", id)
      .Baseline("1619", "R1")
      .Target("2400", "R6")
      .Build();
}

std::filesystem::path Tiny(const std::string& module) {
  return absl::StrCat(SHIRUBE_BINARY_DIR, "/tests/rule_host/modules/", module,
                      ".so");
}

// One plan with a row of each status, judged by the shipped set.
class QuarantineTest : public ::testing::Test {
 protected:
  QuarantineTest() {
    world.AddPlan("p");
    for (const auto& [id, value] : kRows) {
      const Indicator i = Firefighters(id);
      world.Add(i);
      world.Record(Measured(i, "R4", value));
    }
    Judge();
  }

  void Judge() {
    world.Judge(world.store().Snapshot().value()->Head().value().revision);
  }
  Verdict Of(const std::string& id) {
    return world.VerdictOf(Firefighters(id));
  }
  bool IsQuarantined(const std::string& module) {
    for (const ModuleInfo& info : world.host().ListModules()) {
      if (info.id == module && info.quarantine) return true;
    }
    return false;
  }

  const std::vector<std::pair<std::string, std::string>> kRows = {
      {"achieved", "2500"}, {"on-track", "2233"}, {"at-risk", "1700"}};
  World world;
};

TEST_F(QuarantineTest, ALaterModuleThatIsOutLeavesWhatWasDecided) {
  world.SetAside("at_risk");
  Judge();
  EXPECT_EQ(Of("achieved").status, Status::kAchieved);
  EXPECT_FALSE(Of("achieved").waiting_since);
  EXPECT_EQ(Of("on-track").status, Status::kOnTrack);
  EXPECT_FALSE(Of("on-track").waiting_since);
  ASSERT_EQ(Of("on-track").failed.size(), 1u);
  EXPECT_EQ(Of("on-track").failed[0].reason, "QUARANTINED");
  const Verdict waits = Of("at-risk");
  EXPECT_EQ(waits.status, Status::kAtRisk);
  EXPECT_EQ(waits.reason, "FAR_BEHIND");
  EXPECT_EQ(waits.waiting_since, world.now);
}

TEST_F(QuarantineTest, AnEarlierModuleThatIsOutKeepsTheLastStatus) {
  world.SetAside("on_track");
  Judge();
  EXPECT_FALSE(Of("achieved").waiting_since);
  const Verdict on_track = Of("on-track"), at_risk = Of("at-risk");
  EXPECT_EQ(on_track.status, Status::kOnTrack);
  EXPECT_EQ(on_track.waiting_since, world.now);
  EXPECT_EQ(at_risk.status, Status::kAtRisk);
  EXPECT_EQ(at_risk.waiting_since, world.now);
}

TEST_F(QuarantineTest, NewDataUnderAModuleThatIsOutIsNeverOnTrack) {
  world.SetAside("at_risk");
  Judge();
  // Nothing was known of this one: there is no status to keep.
  const Indicator fresh = Firefighters("fresh");
  world.Add(fresh);
  world.Record(Measured(fresh, "R4", "1700"));
  const Verdict verdict = Of("fresh");
  EXPECT_NE(verdict.status, Status::kOnTrack);
  EXPECT_NE(verdict.status, Status::kAchieved);
  EXPECT_TRUE(verdict.waiting_since);
  // What was on track falls behind: it still says so of R4, and that it waits.
  world.Record(Measured(Firefighters("on-track"), "R5", "1700"));
  const Verdict kept = Of("on-track");
  EXPECT_EQ(kept.status, Status::kOnTrack);
  EXPECT_EQ(kept.period, At("R4"));
  EXPECT_EQ(kept.waiting_since, world.now);
  const Explanation e = *world.evaluator().Explain(
      Firefighters("on-track").key(), {}, std::nullopt);
  EXPECT_EQ(e.status_text.ja, "順調(再判定待ち)");
  EXPECT_EQ(e.sentence.ja,
            "判定モジュール at_risk が2023年11月14日から使えないため、"
            "R5実績1,700人は判定し直していない。示しているのはR4の値2,233人"
            "による停止前の判定で、モジュールが戻れば判定し直す。"
            "判定:順調(再判定待ち)");
  EXPECT_EQ(e.sentence.en,
            "Rule module at_risk has been out of service since 14 November "
            "2023, so the FY2023 figure of 1,700 人 has not been judged again. "
            "Shown is the judgement from before, of the FY2022 figure of 2,233 "
            "人; it is judged again when the module is back. Judgement: on "
            "track (waiting to be judged again)");
  ASSERT_EQ(e.faults.size(), 1u);
  EXPECT_NE(e.faults[0].message.en.find("shirube rule release at_risk"),
            std::string::npos);
  EXPECT_NE(e.faults[0].message.ja.find("失敗が多すぎる"), std::string::npos);
  for (const FlipPoint& flip : e.flip_points) {
    EXPECT_EQ(flip.omitted, "INDETERMINATE");
  }
  // Judged on reading, without a stored verdict: no status at all.
  ReadOptions as_of;
  as_of.as_of = At("R5");
  const Verdict then =
      *world.evaluator().GetVerdict(Firefighters("on-track").key(), as_of);
  EXPECT_EQ(then.status, Status::kIndeterminate);
  EXPECT_EQ(then.reason, "QUARANTINED");
  EXPECT_EQ(then.module, "at_risk");
  WhatIfCase what_if;
  what_if.stored = Firefighters("on-track").key();
  EXPECT_EQ(
      world.evaluator().EvaluateIndicators({what_if}, {})->at(0).verdict.status,
      Status::kIndeterminate);
}

TEST_F(QuarantineTest, AllModulesOutKeepEverythingAndARunSaysSo) {
  for (const char* module : {"achieved", "on_track", "at_risk"}) {
    world.SetAside(module);
  }
  Judge();
  for (const auto& [id, value] : kRows) {
    EXPECT_TRUE(Of(id).waiting_since) << id;
    EXPECT_EQ(Of(id).failed.size(), 3u) << id;
  }
  EXPECT_EQ(Of("achieved").status, Status::kAchieved);
  const auto run =
      world.evaluator().RunEvaluation(PlanId("p"), absl::InfiniteFuture());
  EXPECT_EQ(DetailsOf(run.status()).reason, "RULE_SET_NOT_SERVING");
  // judged_through moves on all the same.
  const Revision revision =
      world.Record(Measured(Firefighters("on-track"), "R5", "2300"));
  world.Judge(revision);
  EXPECT_EQ(Of("on-track").period, At("R4"));
}

TEST_F(QuarantineTest, ARunJudgesWhatItCanAndCountsWhatWaits) {
  world.SetAside("at_risk");
  Judge();
  const auto run =
      world.evaluator().RunEvaluation(PlanId("p"), absl::InfiniteFuture());
  ASSERT_TRUE(run.ok()) << run.status();
  EXPECT_EQ(run->evaluated, 3);
  EXPECT_EQ(run->changed, 0);
  EXPECT_EQ(run->waiting, 1);
  EXPECT_EQ(run->counts.at_risk, 1);
  ASSERT_EQ(run->out.size(), 1u);
  EXPECT_EQ(run->out[0].module, "at_risk");
}

TEST_F(QuarantineTest, FlagsCountAWaitingVerdictWithItsStatus) {
  world.AddInitiative("p", "p1");
  Indicator linked = Firefighters("linked");
  linked.links.push_back(InitiativeId("p1"));
  world.Add(linked);
  world.Record(Measured(linked, "R4", "1700"));
  EXPECT_EQ(world.VerdictOf(linked).status, Status::kAtRisk);
  world.SetAside("at_risk");
  Judge();
  EXPECT_EQ(world.evaluator().Flags(PlanId("p"), {})->initiatives.at(0).status,
            Status::kAtRisk);
}

TEST_F(QuarantineTest, IsKnownAfterARestartBeforeAnythingIsAsked) {
  world.SetAside("on_track");
  Judge();
  const absl::Time since = *Of("at-risk").waiting_since;
  world.now += absl::Hours(1);
  world.Restart();
  EXPECT_TRUE(IsQuarantined("on_track"));
  Judge();
  EXPECT_EQ(Of("at-risk").waiting_since, since);
  EXPECT_EQ(Of("at-risk").status, Status::kAtRisk);
  for (const ModuleInfo& info : world.host().ListModules()) {
    EXPECT_TRUE(info.id != "on_track" || info.worker_pids.empty());
  }
}

TEST_F(QuarantineTest, AReleasedModuleJudgesWhatWaitedForIt) {
  world.SetAside("on_track");
  Judge();
  world.Record(Measured(Firefighters("on-track"), "R5", "1700"));
  EXPECT_EQ(Of("on-track").status, Status::kOnTrack);
  const auto released = world.Release(world.Sha256Of("on_track"));
  ASSERT_TRUE(released.ok()) << released.status();
  world.Judge(released->revision);
  EXPECT_EQ(Of("on-track").status, Status::kAtRisk);
  EXPECT_EQ(Of("on-track").period, At("R5"));
  EXPECT_FALSE(Of("on-track").waiting_since);
  EXPECT_FALSE(Of("at-risk").waiting_since);
  EXPECT_TRUE(Of("at-risk").failed.empty());
  EXPECT_FALSE(IsQuarantined("on_track"));
  EXPECT_EQ(
      DetailsOf(world.Release(world.Sha256Of("on_track")).status()).reason,
      "NOT_QUARANTINED");
  world.Restart();
  EXPECT_FALSE(IsQuarantined("on_track"));
}

TEST_F(QuarantineTest, AnotherSetWithoutTheModuleIsACure) {
  world.SetAside("at_risk");
  Judge();
  EXPECT_TRUE(Of("at-risk").waiting_since);
  const RuleSetId with = world.Register({"achieved", "on_track", "at_risk"},
                                        {{"pace_threshold", Dec("0.95")}});
  EXPECT_EQ(DetailsOf(world.Activate("", with).status()).reason,
            "MODULE_QUARANTINED");
  const RuleSetId without = world.Register({"achieved", "on_track"});
  const auto outcome = world.Activate("", without);
  ASSERT_TRUE(outcome.ok()) << outcome.status();
  EXPECT_FALSE(Of("at-risk").waiting_since);
  EXPECT_EQ(Of("at-risk").status, Status::kNotEvaluated);
  EXPECT_EQ(Of("at-risk").reason, "NOTHING_RAISED");
  // The set before has a module that is out: going back is refused.
  EXPECT_EQ(DetailsOf(world.Rollback().status()).reason, "MODULE_QUARANTINED");
  EXPECT_EQ(world.Active(), without);
}

TEST(NotRunningTest, VerdictsWaitUntilTheModuleRunsAgain) {
  World::Settings settings;
  settings.evaluator.first_retry = absl::Milliseconds(20);
  World world(settings);
  world.AddPlan("p");
  const Indicator i = Firefighters();
  world.Add(i);
  world.Record(Measured(i, "R4", "2233"));
  EXPECT_EQ(world.VerdictOf(i).reason, "ON_PACE");
  // Its worker dies and no other can be started.
  const auto program = std::filesystem::read_symlink(world.worker_program());
  std::filesystem::remove(world.worker_program());
  for (const ModuleInfo& info : world.host().ListModules()) {
    if (info.id != "on_track") continue;
    ASSERT_EQ(kill(info.worker_pids.at(0), SIGKILL), 0);
  }
  world.Record(Measured(i, "R5", "1700"));
  const Verdict waits = world.VerdictOf(i);
  EXPECT_EQ(waits.status, Status::kOnTrack);
  EXPECT_EQ(waits.period, At("R4"));
  EXPECT_TRUE(waits.waiting_since);
  ASSERT_EQ(waits.failed.size(), 1u);
  EXPECT_EQ(waits.failed[0].reason, "NOT_RUNNING");
  const Explanation e = *world.evaluator().Explain(i.key(), {}, std::nullopt);
  EXPECT_NE(e.faults.at(0).message.en.find("cannot be started"),
            std::string::npos);
  std::filesystem::create_symlink(program, world.worker_program());
  EXPECT_TRUE(world.commits().WaitFor([](const std::vector<Verdict>& seen) {
    return seen.back().period == At("R5") && !seen.back().waiting_since;
  }));
  EXPECT_EQ(world.VerdictOf(i).status, Status::kAtRisk);
}

// The whole way with a module that really crashes.
TEST(RealQuarantineTest, IsFoundStoredAndSurvivesUntilReleased) {
  World world;
  world.AddPlan("p");
  const Indicator i = Firefighters();
  world.Add(i);
  world.Record(Measured(i, "R4", "2233"));
  world.Place(Tiny("crashes_on_row"));
  const RuleSetId set = world.Register({"crashes_on_row", "on_track"});
  ASSERT_TRUE(world.Activate("", set).ok());
  EXPECT_EQ(world.VerdictOf(i).status, Status::kOnTrack);

  const auto fatal = [](int n) {
    return IndicatorBuilder("件", absl::StrCat("f-", n))
        .Baseline("1", "R1")
        .Target("666", "R6")
        .Build();
  };
  ApplyPlan two;
  two.document.plan.id = PlanId("p");
  two.options.match_by = MatchBy::kId;
  for (int n = 0; n < 2; ++n) {
    two.document.indicators.push_back(fatal(n));
    two.document.indicators.back().display_name = absl::StrCat("指標", n);
    two.document.observations.push_back(Measured(fatal(n), "R4", "500"));
  }
  world.Write(two);
  EXPECT_EQ(world.VerdictOf(fatal(0)).status, Status::kIndeterminate);
  EXPECT_EQ(world.VerdictOf(fatal(0)).reason, "CRASHED");
  EXPECT_FALSE(world.VerdictOf(fatal(0)).waiting_since)
      << "the row is at fault";
  EXPECT_EQ(world.VerdictOf(i).status, Status::kOnTrack);

  ApplyPlan eight = two;
  eight.document.indicators.clear();
  eight.document.observations.clear();
  for (int n = 2; n < 10; ++n) {
    eight.document.indicators.push_back(fatal(n));
    eight.document.indicators.back().display_name = absl::StrCat("指標", n);
    eight.document.observations.push_back(Measured(fatal(n), "R4", "500"));
  }
  world.Write(eight);
  EXPECT_EQ(world.VerdictOf(fatal(9)).reason, "QUARANTINED");
  const auto out = [&] {
    return world.store().Snapshot().value()->ListQuarantines().value();
  };
  for (const absl::Time give_up = absl::Now() + absl::Seconds(20);
       out().empty() && absl::Now() < give_up;) {
  }
  ASSERT_EQ(out().size(), 1u);
  EXPECT_EQ(out()[0].module, "crashes_on_row");
  const Verdict waits = world.VerdictOf(i);
  EXPECT_EQ(waits.status, Status::kOnTrack);
  EXPECT_EQ(waits.waiting_since, world.now);
  EXPECT_EQ(waits.failed.at(0).reason, "QUARANTINED");

  world.Restart();
  world.Record(Measured(i, "R5", "2400"));
  EXPECT_EQ(world.VerdictOf(i).period, At("R4"));
  EXPECT_EQ(out().size(), 1u);

  for (int n = 0; n < 10; ++n) {
    Delete<Indicator> gone;
    gone.key = fatal(n).key();
    gone.force = true;
    world.Write(gone);
  }
  const auto released = world.Release(out()[0].sha256);
  ASSERT_TRUE(released.ok()) << released.status();
  EXPECT_EQ(world.VerdictOf(i).status, Status::kAchieved);
  EXPECT_EQ(world.VerdictOf(i).module, "crashes_on_row");
  EXPECT_FALSE(world.VerdictOf(i).waiting_since);
  EXPECT_TRUE(out().empty());
}

}  // namespace
}  // namespace shirube
