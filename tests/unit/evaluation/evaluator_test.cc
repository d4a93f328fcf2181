#include "server/evaluation/evaluator.h"

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

int Pid(World& world, const std::string& file) {
  for (const ModuleInfo& module : world.host().ListModules()) {
    if (module.file == file) return module.worker_pids.at(0);
  }
  ADD_FAILURE() << "no module " << file;
  return 0;
}

TEST(EvaluatorTest, JudgesWhatIsRecorded) {
  World world;
  world.AddPlan("p");
  const Indicator i = Firefighters();
  world.Add(i);
  EXPECT_EQ(world.VerdictOf(i).reason, "NO_DATA");
  const Revision revision = world.Record(Measured(i, "R4", "2233"));
  const Verdict verdict = world.VerdictOf(i);
  EXPECT_EQ(verdict.status, Status::kOnTrack);
  EXPECT_EQ(verdict.reason, "ON_PACE");
  EXPECT_EQ(verdict.module, "on_track");
  EXPECT_EQ(verdict.period, At("R4"));
  EXPECT_EQ(verdict.value, Dec("2233"));
  EXPECT_EQ(verdict.input_revision, revision);
  EXPECT_GT(verdict.revision, revision);
  EXPECT_EQ(verdict.judged_time, world.now);
}

TEST(EvaluatorTest, StoresOnlyVerdictsThatChanged) {
  World world;
  world.AddPlan("p");
  const Indicator i = Firefighters();
  world.Add(i);
  world.Record(Measured(i, "R4", "2233"));
  const Revision stored = world.VerdictOf(i).revision;
  Update<Indicator> rename;
  rename.key = i.key();
  rename.patch = [](Indicator& indicator) {
    indicator.definition = "別の説明";
    return absl::OkStatus();
  };
  world.Judge(world.Write(rename));
  EXPECT_EQ(world.VerdictOf(i).revision, stored);
  world.Judge(world.Record(Measured(i, "R5", "2240")));
  EXPECT_GT(world.VerdictOf(i).revision, stored);
  EXPECT_EQ(world.VerdictOf(i).reason, "NEARLY_ON_PACE");
}

TEST(EvaluatorTest, CatchesUpAfterARestart) {
  World world;
  world.AddPlan("p");
  const Indicator i = Firefighters();
  world.Judge(world.Add(i));
  world.evaluator().Stop();
  const Revision revision = world.Record(Measured(i, "R6", "2000"));
  EXPECT_EQ(world.evaluator().judged_through() < revision, true);
  world.Restart();
  world.Judge(revision);
  EXPECT_EQ(world.VerdictOf(i).reason, "MISSED");
}

TEST(EvaluatorTest, JudgesAfterARestartByParametersChangedUnseen) {
  World world;
  world.AddPlan("p");
  world.AddInitiative("p", "p1");
  const Indicator i = IndicatorBuilder("%")
                          .Baseline("86.5", "H24")
                          .Target("92", "H29")
                          .Link("p1")
                          .Build();
  world.Add(i);
  world.Record(Measured(i, "H27", "89.5"));
  EXPECT_EQ(world.VerdictOf(i).reason, "NEARLY_ON_PACE");
  world.evaluator().Stop();
  Update<Initiative> stricter;
  stricter.key = {i.plan, InitiativeId("p1")};
  stricter.patch = [](Initiative& initiative) {
    initiative.parameters["pace_threshold"] = Dec("0.95");
    return absl::OkStatus();
  };
  world.Write(stricter);
  world.Restart();
  EXPECT_EQ(world.VerdictOf(i).reason, "BEHIND");
}

TEST(EvaluatorTest, PublishesALargeRunAtOnce) {
  World::Settings settings;
  settings.start_evaluator = false;
  World world(settings);
  constexpr int kRows = 5'000;
  ApplyPlan import;
  import.document.plan.id = PlanId("p");
  import.document.plan.display_name = "大きな計画";
  import.options.match_by = MatchBy::kId;
  for (int n = 0; n < kRows; ++n) {
    Indicator i = Firefighters(absl::StrCat("i-", n));
    i.display_name = absl::StrCat("指標 ", n);
    i.order = n;
    import.document.indicators.push_back(i);
    import.document.observations.push_back(
        Measured(i, "R4", absl::StrCat(1'700 + n % 800)));
  }
  const Revision revision = world.Write(import);
  // What a reader would see at each commit: nothing, or everything.
  std::vector<size_t> seen;
  bool in_runs = true;
  ListQuery query;
  query.plan = PlanId("p");
  world.commits().watch = [&](const CommittedGroup& group) {
    for (const CommittedMutation& mutation : group.mutations) {
      if (!mutation.verdicts.empty() && mutation.run == 0) in_runs = false;
    }
    seen.push_back(
        world.store().Snapshot().value()->ListVerdicts(query)->size());
  };
  world.StartEvaluator();
  world.Judge(revision);
  EXPECT_TRUE(in_runs);
  for (size_t count : seen) EXPECT_TRUE(count == 0 || count == kRows) << count;
  EXPECT_EQ(world.evaluator().ListVerdicts(PlanId("p"), {})->size(),
            static_cast<size_t>(kRows));
  world.commits().watch = nullptr;
}

TEST(EvaluatorTest, AWorkerThatHangsCostsNoVerdict) {
  World::Settings settings;
  settings.host.call_deadline = absl::Milliseconds(20);
  World world(settings);
  world.AddPlan("p");
  const Indicator i = Firefighters();
  world.Judge(world.Add(i));
  ASSERT_EQ(kill(Pid(world, "on_track.so"), SIGSTOP), 0);
  world.Record(Measured(i, "R4", "2233"));
  EXPECT_EQ(world.VerdictOf(i).reason, "ON_PACE");
}

// The row of `fatal` kills the module of that name; all else it answers.
class FatalRowTest : public ::testing::Test {
 protected:
  void Activate(const std::vector<std::string>& modules) {
    world.AddPlan("p");
    world.Place(SHIRUBE_BINARY_DIR
                "/tests/rule_host/modules/crashes_on_row.so");
    const auto outcome = world.Activate("", world.Register(modules));
    ASSERT_TRUE(outcome.ok()) << outcome.status();
    world.Add(fatal);
    world.Record(Measured(fatal, "R4", "500"));
  }

  World world;
  const Indicator fatal = IndicatorBuilder("件", "i-fatal")
                              .Baseline("1", "R1")
                              .Target("666", "R6")
                              .Build();
};

TEST_F(FatalRowTest, NamesTheModuleThatFailed) {
  Activate({"crashes_on_row", "on_track"});
  const Verdict verdict = world.VerdictOf(fatal);
  EXPECT_EQ(verdict.status, Status::kIndeterminate);
  EXPECT_EQ(verdict.module, "crashes_on_row");
  EXPECT_EQ(verdict.reason, "CRASHED");
  EXPECT_FALSE(verdict.waiting_since) << "nothing says that it is as it was";
  ASSERT_EQ(verdict.failed.size(), 1u);
  EXPECT_EQ(verdict.failed[0].module, "crashes_on_row");
  const Explanation e =
      *world.evaluator().Explain(fatal.key(), {}, std::nullopt);
  EXPECT_EQ(e.verdict.status, Status::kIndeterminate);
  ASSERT_EQ(e.faults.size(), 1u);
  EXPECT_EQ(e.faults[0].version, "1.2.3");
  EXPECT_NE(e.sentence.ja.find("crashes_on_row"), std::string::npos);
  const RunSummary run = *world.evaluator().RunEvaluation(
      fatal.plan, absl::Now() + absl::Minutes(1));
  EXPECT_EQ(run.evaluated, 1);
  EXPECT_EQ(run.changed, 0);
  EXPECT_EQ(run.counts.indeterminate, 1);
  // Another figure is another row, and still fatal; another target is not.
  Update<Indicator> mended;
  mended.key = fatal.key();
  mended.patch = [](Indicator& indicator) {
    indicator.targets[0].value = testing::Number("667");
    return absl::OkStatus();
  };
  world.Write(mended);
  EXPECT_EQ(world.VerdictOf(fatal).reason, "ON_PACE");
}

TEST_F(FatalRowTest, KeepsAStatusThatALaterModuleCannotChange) {
  Activate({"on_track", "crashes_on_row"});
  const Verdict verdict = world.VerdictOf(fatal);
  EXPECT_EQ(verdict.status, Status::kOnTrack);
  ASSERT_EQ(verdict.failed.size(), 1u);
  EXPECT_EQ(verdict.failed[0].module, "crashes_on_row");
}

TEST(EvaluatorTest, SurvivesAKilledWorker) {
  World world;
  world.AddPlan("p");
  const Indicator i = Firefighters();
  world.Judge(world.Add(i));
  ASSERT_EQ(kill(Pid(world, "on_track.so"), SIGKILL), 0);
  world.Record(Measured(i, "R4", "2233"));
  world.VerdictOf(i);  // whatever it was, judging went on
  ASSERT_TRUE(world.evaluator()
                  .RunEvaluation(i.plan, absl::Now() + absl::Minutes(1))
                  .ok());
  EXPECT_EQ(world.VerdictOf(i).reason, "ON_PACE");
}

TEST(EvaluatorTest, TakesParametersFromTheNearest) {
  World world;
  world.AddPlan("p", {{"pace_threshold", Dec("0.95")}});
  world.AddInitiative("p", "p1", "", {{"pace_threshold", Dec("0.90")}});
  world.AddInitiative("p", "p1-m1", "p1");
  world.AddInitiative("p", "p2", "", {{"pace_threshold", Dec("0.93")}});
  const auto base = [](const std::string& id) {
    return IndicatorBuilder("%", id)
        .Baseline("86.5", "H24")
        .Target("92", "H29");
  };
  const Indicator by_plan = base("i-plan").Build();
  const Indicator by_parent = base("i-parent").Link("p1-m1").Build();
  const Indicator by_two = base("i-two").Link("p1-m1").Link("p2").Build();
  const Indicator by_itself =
      base("i-own").Link("p2").Parameter("pace_threshold", "0.70").Build();
  for (const Indicator& i : {by_plan, by_parent, by_two, by_itself}) {
    world.Add(i);
    world.Record(Measured(i, "H27", "89.5"));  // pace 0.909
  }
  EXPECT_EQ(world.VerdictOf(by_plan).reason, "BEHIND");
  EXPECT_EQ(world.VerdictOf(by_parent).reason, "NEARLY_ON_PACE");
  EXPECT_EQ(world.VerdictOf(by_two).reason, "BEHIND");
  EXPECT_EQ(world.VerdictOf(by_itself).reason, "NEARLY_ON_PACE");

  const auto threshold = [&](const Indicator& i) {
    const Explanation e = *world.evaluator().Explain(i.key(), {}, std::nullopt);
    for (const ParameterSource& source : e.parameters) {
      if (source.name == "pace_threshold") return source;
    }
    ADD_FAILURE() << "no pace_threshold";
    return ParameterSource();
  };
  EXPECT_EQ(threshold(by_plan).scope, ParameterScope::kPlan);
  EXPECT_EQ(threshold(by_parent).initiative, InitiativeId("p1"));
  EXPECT_EQ(threshold(by_two).value, Dec("0.93"));
  EXPECT_EQ(threshold(by_two).initiative, InitiativeId("p2"));
  EXPECT_TRUE(threshold(by_two).stricter_taken);
  EXPECT_EQ(threshold(by_itself).scope, ParameterScope::kIndicator);

  // A change above makes the rows below dirty.
  Update<Initiative> looser;
  looser.key = {PlanId("p"), InitiativeId("p2")};
  looser.patch = [](Initiative& initiative) {
    initiative.parameters.clear();
    return absl::OkStatus();
  };
  world.Write(looser);
  EXPECT_EQ(world.VerdictOf(by_two).reason, "NEARLY_ON_PACE");
  Update<Plan> plan;
  plan.key = PlanId("p");
  plan.patch = [](Plan& p) {
    p.parameters.clear();
    return absl::OkStatus();
  };
  world.Write(plan);
  EXPECT_EQ(world.VerdictOf(by_plan).reason, "NEARLY_ON_PACE");
}

TEST(EvaluatorTest, ForgetsWhatIsDeletedAndKnowsItAgain) {
  World world;
  world.AddPlan("p");
  const Indicator i = Firefighters();
  world.Add(i);
  world.Record(Measured(i, "R4", "2233"));
  world.VerdictOf(i);
  Delete<Plan> gone;
  gone.key = i.plan;
  gone.force = true;
  world.Judge(world.Write(gone));
  EXPECT_EQ(world.evaluator().GetVerdict(i.key(), {}).status().code(),
            absl::StatusCode::kNotFound);
  EXPECT_EQ(world.evaluator()
                .RunEvaluation(PlanId(), absl::Now() + absl::Minutes(1))
                ->evaluated,
            0);
  world.Write(Undelete<Plan>{i.plan});
  EXPECT_EQ(world.VerdictOf(i).reason, "ON_PACE");
  world.Record(Measured(i, "R5", "2400"));
  EXPECT_EQ(world.VerdictOf(i).reason, "MET_EARLY");
}

TEST(EvaluatorTest, JudgesAsOfAnEarlierPeriodWithoutStoring) {
  World world;
  world.AddPlan("p");
  world.AddInitiative("p", "p1");
  const Indicator i = IndicatorBuilder("人")
                          .Baseline("1619", "R1")
                          .Target("2000", "R6")
                          .Target("2400", "R6")
                          .EffectiveFrom("R4")
                          .Link("p1")
                          .Build();
  world.Add(i);
  world.Record(Measured(i, "R2", "1500"));
  world.Record(Measured(i, "R3", "2000"));
  world.Record(Measured(i, "R4", "2233"));
  EXPECT_EQ(world.VerdictOf(i).reason, "ON_PACE");
  const Revision head =
      world.store().Snapshot().value()->Head().value().revision;
  ReadOptions as_of;
  as_of.as_of = At("R2");
  EXPECT_EQ(world.evaluator().GetVerdict(i.key(), as_of)->reason, "REGRESSED");
  EXPECT_EQ(world.evaluator().ListVerdicts(i.plan, as_of)->at(0).reason,
            "REGRESSED");
  EXPECT_EQ(world.evaluator().Flags(i.plan, as_of)->initiatives.at(0).status,
            Status::kAtRisk);
  EXPECT_EQ(world.evaluator().Flags(i.plan, {})->initiatives.at(0).status,
            Status::kOnTrack);
  // The target of the time: 2,000 was met in R3.
  as_of.as_of = At("R3");
  EXPECT_EQ(world.evaluator().GetVerdict(i.key(), as_of)->reason, "MET_EARLY");
  EXPECT_EQ(world.evaluator().ListVerdicts(i.plan, as_of)->at(0).reason,
            "MET_EARLY");
  EXPECT_EQ(world.store().Snapshot().value()->Head().value().revision, head);
}

TEST(EvaluatorTest, RefusesAnAsOfInTheFuture) {
  World world;
  world.AddPlan("p");
  const Indicator i = Firefighters();
  world.Judge(world.Add(i));
  ReadOptions options;
  options.as_of = At("R6");  // the clock stands in FY2023
  const auto verdict = world.evaluator().GetVerdict(i.key(), options);
  EXPECT_EQ(verdict.status().code(), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(DetailsOf(verdict.status()).violations.at(0).reason,
            "AS_OF_IN_FUTURE");
  options.allow_future = true;
  EXPECT_TRUE(world.evaluator().GetVerdict(i.key(), options).ok());
  options.allow_future = false;
  options.as_of = At("R5");
  EXPECT_TRUE(world.evaluator().GetVerdict(i.key(), options).ok());
}

TEST(EvaluatorTest, ShowsNoWayFromAFigureThatCannotBeRead) {
  World world;
  world.AddPlan("p");
  const Indicator i = Firefighters();
  world.Add(i);
  world.Record(Measured(i, "R3", "2000"));
  world.Judge(world.Record(Measured(i, "R4", testing::Unread("集計中"))));
  const Explanation e = *world.evaluator().Explain(i.key(), {}, std::nullopt);
  EXPECT_EQ(e.verdict.reason, "AMBIGUOUS");
  EXPECT_TRUE(e.needs.empty());
  // The next figure is the one after it, not one before it.
  ASSERT_EQ(e.flip_points.size(), 3u);
  EXPECT_EQ(e.flip_points[0].period, At("R5"));
  EXPECT_EQ(e.flip_points[0].value, Dec("2400"));
}

TEST(EvaluatorTest, ShowsNoWayWhereTheDirectionIsNotKnown) {
  World world;
  world.AddPlan("p");
  Indicator i = Firefighters();
  i.direction = Direction::kDown;
  i.targets[0].op = Operator::kAtLeast;
  world.Add(i);
  world.Judge(world.Record(Measured(i, "R4", "2233")));
  const Explanation e = *world.evaluator().Explain(i.key(), {}, std::nullopt);
  EXPECT_EQ(e.verdict.reason, "DIRECTION_CONFLICT");
  EXPECT_TRUE(e.needs.empty());
}

TEST(EvaluatorTest, ExplainsWithFlipPointsThatHold) {
  World world;
  world.AddPlan("p");
  const Indicator i = Firefighters();
  world.Add(i);
  world.Judge(world.Record(Measured(i, "R4", "2233")));
  const Explanation e = *world.evaluator().Explain(i.key(), {}, std::nullopt);
  EXPECT_EQ(e.verdict.revision, world.VerdictOf(i).revision);
  EXPECT_EQ(e.sentence.ja,
            "R4実績2,233人は、基準値1,619人(R1)から目標値2,400人(R6)まで"
            "毎年度均等に増加した場合のR4時点の水準2,087.6人を145.4人"
            "上回っている(目標までの増加分に対する進捗78.6%、期間の経過"
            "60.0%)。判定:順調");
  EXPECT_EQ(e.derivation.pace_ratio, Ratio(614 * 5, 781 * 3));
  EXPECT_EQ(e.deciding_version, "1.1.0");
  ASSERT_EQ(e.flip_points.size(), 3u);
  EXPECT_EQ(e.flip_points[0].value, Dec("2400"));
  EXPECT_EQ(e.flip_points[1].period, At("R5"));
  EXPECT_EQ(e.flip_points[2].omitted, "ALWAYS");

  // Asked as what-ifs: the flip point has the status, one less has not.
  const auto status_at = [&](const Decimal& value) {
    WhatIfCase one;
    one.stored = i.key();
    one.observations = {Measured(i, "R5", value.ToString())};
    return world.evaluator()
        .EvaluateIndicators({one}, {})
        ->at(0)
        .verdict.status;
  };
  const Decimal flip = *e.flip_points[1].value;
  EXPECT_EQ(status_at(flip), Status::kOnTrack);
  EXPECT_EQ(status_at(*Decimal::Make(flip.units() - 1, flip.scale())),
            Status::kAtRisk);
  EXPECT_EQ(status_at(Dec("2399")), Status::kOnTrack);
  EXPECT_EQ(status_at(Dec("2400")), Status::kAchieved);
}

TEST(EvaluatorTest, FindsFlipPointsOfEveryKind) {
  World world;
  world.AddPlan("p");
  const Indicator down = IndicatorBuilder("人", "i-down")
                             .Baseline("105000", "H25")
                             .Target("21000", "R4")
                             .Build();
  const Indicator band = IndicatorBuilder("%", "i-band")
                             .Baseline("33.2", "2009年")
                             .Target("40", "2020年")
                             .Upper("60")
                             .Build();
  const Indicator total = IndicatorBuilder("億円", "i-total")
                              .CumulativeFrom("R3")
                              .Target("120", "R6")
                              .Build();
  const Indicator kept = IndicatorBuilder("%", "i-kept")
                             .Kind(IndicatorKind::kMaintain)
                             .Target("35", "", Operator::kAtLeast)
                             .EveryYear()
                             .Build();
  world.Add(down);
  world.Record(Measured(down, "H28", "74000"));
  world.Add(band);
  world.Record(Measured(band, "2014年", "35.4"));
  world.Add(total);
  world.Record(Measured(total, "R4", "75.6"));
  world.Add(kept);
  world.Judge(world.Record(Measured(kept, "R4", "36.8")));
  for (const Indicator& i : {down, band, total, kept}) {
    const Explanation e = *world.evaluator().Explain(i.key(), {}, std::nullopt);
    int found = 0;
    for (const FlipPoint& flip : e.flip_points) {
      if (!flip.omitted.empty()) continue;
      ++found;
      const bool is_band = i.kind == IndicatorKind::kBand;
      const bool is_down = i.id == down.id;
      const Decimal worst = is_band ? *flip.lower : *flip.value;
      const auto status_at = [&](int64_t units) {
        WhatIfCase one;
        one.stored = i.key();
        const Decimal value = *Decimal::Make(units, worst.scale());
        Observation observation =
            Measured(i, flip.period->ToId(), value.ToString());
        one.observations = {observation};
        return world.evaluator()
            .EvaluateIndicators({one}, {})
            ->at(0)
            .verdict.status;
      };
      EXPECT_EQ(status_at(worst.units()), flip.status) << i.id.value();
      EXPECT_NE(status_at(worst.units() + (is_down ? 1 : -1)), flip.status)
          << i.id.value();
      if (is_band) {
        EXPECT_EQ(status_at(flip.upper->units()), flip.status);
        EXPECT_NE(status_at(flip.upper->units() + 1), flip.status);
      }
    }
    EXPECT_GE(found, 1) << i.id.value();
  }
}

TEST(EvaluatorTest, TenTimesTheValuesIsJudgedAlike) {
  World world;
  world.AddPlan("p");
  WhatIfOptions options;
  options.plan = PlanId("p");
  options.explain = true;
  WhatIfCase one, ten;
  one.definition = Firefighters();
  one.observations = {Measured(*one.definition, "R4", "2233")};
  ten.definition = IndicatorBuilder("人")
                       .Baseline("16190", "R1")
                       .Target("24000", "R6")
                       .Build();
  ten.observations = {Measured(*ten.definition, "R4", "22330")};
  const auto results =
      *world.evaluator().EvaluateIndicators({one, ten}, options);
  EXPECT_EQ(results[0].verdict.reason, results[1].verdict.reason);
  EXPECT_EQ(results[0].derivation.progress, results[1].derivation.progress);
  EXPECT_EQ(results[0].derivation.pace_ratio, results[1].derivation.pace_ratio);
  EXPECT_EQ(results[1].derivation.gap,
            *results[0].derivation.gap * Ratio(10, 1));
}

TEST(EvaluatorTest, WhatIfsNameWhatIsWrongWithTheirCase) {
  World world;
  world.AddPlan("p");
  WhatIfCase good, bad;
  good.definition = Firefighters();
  bad.definition =
      IndicatorBuilder("人").Baseline("1", "R6").Target("2", "R1").Build();
  const auto results =
      world.evaluator().EvaluateIndicators({good, bad}, WhatIfOptions());
  EXPECT_EQ(results.status().code(), absl::StatusCode::kInvalidArgument);
  const ErrorDetails details = DetailsOf(results.status());
  ASSERT_FALSE(details.violations.empty());
  EXPECT_EQ(details.violations[0].field.rfind("cases[1]", 0), 0u);
}

TEST(EvaluatorTest, MarksWhatStandsBehindThePoint) {
  World world;
  world.AddPlan("p");
  const Indicator total = IndicatorBuilder("億円", "i-total")
                              .CumulativeFrom("R3")
                              .Target("120", "R6")
                              .Build();
  world.Add(total);
  Observation assumed = Measured(total, "R4", "75.6");
  assumed.assumed_to_date = true;
  assumed.state = ObservationState::kProvisional;
  world.Record(assumed);
  EXPECT_EQ(world.VerdictOf(total).marks,
            (std::vector<std::string>{"PROVISIONAL", "ASSUMED_TO_DATE"}));
  const Indicator mixed = IndicatorBuilder("%", "i-mixed")
                              .Baseline("18.2", "2009年")
                              .Target("23", "H27")
                              .Build();
  world.Add(mixed);
  world.Record(Measured(mixed, "2014年", "21.4"));
  EXPECT_EQ(world.VerdictOf(mixed).marks,
            std::vector<std::string>{"MIXED_YEAR_KIND"});
}

TEST(EvaluatorTest, WaitersAreToldAndTimedOut) {
  World world;
  const Revision revision = world.AddPlan("p");
  world.Judge(revision);
  EXPECT_TRUE(
      world.evaluator().WaitApplied(revision, absl::InfinitePast()).ok());
  const absl::Status late =
      world.evaluator().WaitJudged(revision + 1000, absl::InfinitePast());
  EXPECT_EQ(DetailsOf(late).reason, "NOT_YET_JUDGED");
  std::vector<absl::Status> told;
  world.evaluator().NotifyJudged(revision,
                                 [&](absl::Status s) { told.push_back(s); });
  world.evaluator().NotifyJudged(revision + 1000,
                                 [&](absl::Status s) { told.push_back(s); });
  world.evaluator().CancelNotify(world.evaluator().NotifyJudged(
      revision + 1000, [&](absl::Status s) { told.push_back(s); }));
  world.evaluator().Stop();
  ASSERT_EQ(told.size(), 2u);
  EXPECT_TRUE(told[0].ok());
  EXPECT_EQ(told[1].code(), absl::StatusCode::kCancelled);
}

}  // namespace
}  // namespace shirube
