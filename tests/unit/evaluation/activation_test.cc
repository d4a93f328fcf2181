// Activating rule sets: everything in the scope at once, or nothing.
#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <future>
#include <thread>

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

const std::vector<std::string> kShipped = {"achieved", "on_track", "at_risk"};
const Parameters kStrict = {{"pace_threshold", Dec("0.95")}};

std::filesystem::path Tiny(const std::string& module) {
  return absl::StrCat(SHIRUBE_BINARY_DIR, "/tests/rule_host/modules/", module,
                      ".so");
}

// Its pace is 0.909: NEARLY_ON_PACE by the shipped set, BEHIND by kStrict.
Indicator Slow(const std::string& id = "i-01", const std::string& plan = "p") {
  return IndicatorBuilder("%", id, plan)
      .Baseline("86.5", "H24")
      .Target("92", "H29")
      .Build();
}

void AddSlow(World& world, const Indicator& indicator) {
  world.Add(indicator);
  world.Record(Measured(indicator, "H27", "89.5"));
}

std::vector<Verdict> Stored(World& world, const std::string& plan = "p") {
  ListQuery query;
  query.plan = PlanId(plan);
  return world.store().Snapshot().value()->ListVerdicts(query).value();
}

std::string ReasonOf(const absl::Status& status) {
  return DetailsOf(status).reason;
}

TEST(ActivationTest, BeginsWithTheShippedSet) {
  World world;
  const auto active =
      *world.store().Snapshot().value()->GetActivation(PlanId());
  ASSERT_TRUE(active.has_value());
  EXPECT_EQ(active->actor, "shirube");
  EXPECT_TRUE(active->previous.empty());
  EXPECT_EQ(active->rule_set, world.Register(kShipped));
  const auto modules = *world.store().Snapshot().value()->ListRuleModules();
  EXPECT_EQ(modules.size(), 3u);
}

TEST(ActivationTest, SwitchesEverythingAtOnce) {
  World::Settings settings;
  settings.evaluator.group_rows = 3;  // several groups of a run
  settings.evaluator.max_batch_rows = 4;
  World world(settings);
  world.AddPlan("p");
  for (int n = 0; n < 10; ++n) AddSlow(world, Slow(absl::StrCat("i-", n)));
  EXPECT_EQ(world.VerdictOf(Slow("i-3")).reason, "NEARLY_ON_PACE");
  const RuleSetId old_set = world.Active();
  const RuleSetId strict = world.Register(kShipped, kStrict);
  // After each commit a reader sees one rule set, and the one that is active.
  std::vector<std::string> mixed;
  world.commits().watch = [&](const CommittedGroup&) {
    const auto reader = world.store().Snapshot().value();
    const RuleSetId active = (*reader->GetActivation(PlanId()))->rule_set;
    ListQuery query;
    query.plan = PlanId("p");
    const auto verdicts = reader->ListVerdicts(query).value();
    if (verdicts.size() != 10) mixed.push_back("not all rows");
    for (const Verdict& verdict : verdicts) {
      if (verdict.rule_set != active) mixed.push_back(verdict.rule_set.value());
    }
  };
  const auto outcome = world.Activate("", strict);
  world.commits().watch = nullptr;
  ASSERT_TRUE(outcome.ok()) << outcome.status();
  EXPECT_EQ(outcome->evaluated, 10);
  EXPECT_EQ(outcome->changed, 10);
  EXPECT_EQ(outcome->activation.rule_set, strict);
  EXPECT_EQ(outcome->activation.previous, old_set);
  EXPECT_EQ(outcome->activation.actor, "tester");
  EXPECT_TRUE(mixed.empty()) << mixed.front();
  for (const Verdict& verdict : Stored(world)) {
    EXPECT_EQ(verdict.reason, "BEHIND");
    EXPECT_EQ(verdict.rule_set, strict);
  }
  EXPECT_EQ(world.VerdictOf(Slow("i-3")).reason, "BEHIND");
  // The next figure is judged by it, too.
  world.Record(Measured(Slow("i-3"), "H28", "90.6"));
  EXPECT_EQ(world.VerdictOf(Slow("i-3")).rule_set, strict);
}

TEST(ActivationTest, GoesBackAndForth) {
  World world;
  world.AddPlan("p");
  AddSlow(world, Slow());
  world.VerdictOf(Slow());
  EXPECT_EQ(ReasonOf(world.Rollback().status()), "NO_PREVIOUS_RULE_SET");
  const RuleSetId shipped = world.Active();
  const RuleSetId strict = world.Register(kShipped, kStrict);
  ASSERT_TRUE(world.Activate("", strict).ok());
  auto back = world.Rollback();
  ASSERT_TRUE(back.ok()) << back.status();
  EXPECT_EQ(back->activation.rule_set, shipped);
  EXPECT_EQ(back->changed, 1);
  EXPECT_EQ(world.VerdictOf(Slow()).reason, "NEARLY_ON_PACE");
  auto forth = world.Rollback();
  ASSERT_TRUE(forth.ok()) << forth.status();
  EXPECT_EQ(forth->activation.rule_set, strict);
  EXPECT_EQ(world.VerdictOf(Slow()).reason, "BEHIND");
}

TEST(ActivationTest, ComparesAndSets) {
  World world;
  world.AddPlan("p");
  AddSlow(world, Slow());
  const RuleSetId shipped = world.Active();
  const RuleSetId strict = world.Register(kShipped, kStrict);
  const auto refused = world.Activate("", strict, strict);
  EXPECT_EQ(refused.status().code(), absl::StatusCode::kAborted);
  EXPECT_EQ(ReasonOf(refused.status()), "RULE_SET_CHANGED");
  EXPECT_NE(refused.status().message().find(shipped.value()),
            std::string::npos);
  EXPECT_EQ(world.Active(), shipped);
  EXPECT_TRUE(world.Activate("", strict, shipped).ok());
}

TEST(ActivationTest, AnswersWhatIsActiveAlreadyWithoutJudging) {
  World world;
  world.AddPlan("p");
  AddSlow(world, Slow());
  world.VerdictOf(Slow());
  const RuleSetId strict = world.Register(kShipped, kStrict);
  const auto first = world.Activate("", strict);
  ASSERT_TRUE(first.ok()) << first.status();
  const auto again = world.Activate("", strict);
  ASSERT_TRUE(again.ok()) << again.status();
  EXPECT_EQ(again->evaluated, 0);
  EXPECT_EQ(again->activation.revision, first->activation.revision);
}

TEST(ActivationTest, AnswersARepeatedRequestWithoutJudging) {
  World world;
  world.AddPlan("p");
  AddSlow(world, Slow());
  world.VerdictOf(Slow());
  const RuleSetId shipped = world.Active();
  const RuleSetId strict = world.Register(kShipped, kStrict);
  const auto first = world.Activate("", strict, shipped, "once");
  ASSERT_TRUE(first.ok()) << first.status();
  ASSERT_TRUE(world.Rollback().ok());
  const auto repeat = world.Activate("", strict, shipped, "once");
  ASSERT_TRUE(repeat.ok()) << repeat.status();
  EXPECT_EQ(repeat->activation.rule_set, strict);
  EXPECT_EQ(repeat->activation.revision, first->activation.revision);
  EXPECT_EQ(repeat->evaluated, 0);
  EXPECT_EQ(world.Active(), shipped) << "the repeat changed nothing";
}

TEST(ActivationTest, AnswersARequestThatIsRepeatedWhileItIsUnderWay) {
  World world;
  world.AddPlan("p");
  AddSlow(world, Slow());
  world.VerdictOf(Slow());
  const RuleSetId shipped = world.Active();
  const RuleSetId strict = world.Register(kShipped, kStrict);
  std::vector<absl::StatusOr<ActivationOutcome>> outcomes(
      8, absl::UnknownError("not asked yet"));
  std::vector<std::thread> callers;
  for (auto& outcome : outcomes) {
    callers.emplace_back(
        [&] { outcome = world.Activate("", strict, shipped, "once"); });
  }
  for (std::thread& caller : callers) caller.join();
  for (const auto& outcome : outcomes) {
    ASSERT_TRUE(outcome.ok()) << outcome.status();
    EXPECT_EQ(outcome->activation.rule_set, strict);
    EXPECT_EQ(outcome->revision, outcomes[0]->revision);
  }
}

TEST(ActivationTest, RefusesWhatIsNotThere) {
  World world;
  world.AddPlan("p");
  const RuleSetId strict = world.Register(kShipped, kStrict);
  EXPECT_EQ(ReasonOf(world.Activate("", RuleSetId("rs-0")).status()),
            "RESOURCE_NOT_FOUND");
  EXPECT_EQ(ReasonOf(world.Activate("none", strict).status()),
            "RESOURCE_NOT_FOUND");
  EXPECT_EQ(world.Activate("", RuleSetId()).status().code(),
            absl::StatusCode::kInvalidArgument);
}

TEST(ActivationTest, WorksWithoutAnythingToJudge) {
  World world;
  const RuleSetId strict = world.Register(kShipped, kStrict);
  const auto outcome = world.Activate("", strict);
  ASSERT_TRUE(outcome.ok()) << outcome.status();
  EXPECT_EQ(outcome->evaluated, 0);
  EXPECT_EQ(world.Active(), strict);
  world.AddPlan("p");
  AddSlow(world, Slow());
  EXPECT_EQ(world.VerdictOf(Slow()).reason, "BEHIND");
}

TEST(ActivationTest, LeavesPlansWithTheirOwnSetAlone) {
  World world;
  world.AddPlan("p");
  world.AddPlan("q");
  AddSlow(world, Slow("i-01", "p"));
  AddSlow(world, Slow("i-01", "q"));
  world.VerdictOf(Slow("i-01", "q"));
  const RuleSetId shipped = world.Active();
  const RuleSetId strict = world.Register(kShipped, kStrict);
  const RuleSetId lax =
      world.Register(kShipped, {{"pace_threshold", Dec("0.70")}});
  const auto own = world.Activate("q", strict);
  ASSERT_TRUE(own.ok()) << own.status();
  EXPECT_EQ(own->evaluated, 1);
  EXPECT_EQ(Stored(world, "p").at(0).rule_set, shipped);
  EXPECT_EQ(Stored(world, "q").at(0).rule_set, strict);
  const auto by_default = world.Activate("", lax);
  ASSERT_TRUE(by_default.ok()) << by_default.status();
  EXPECT_EQ(by_default->evaluated, 1);
  EXPECT_EQ(by_default->changed, 0) << "the same reason by another set";
  EXPECT_EQ(Stored(world, "p").at(0).rule_set, lax);
  EXPECT_EQ(Stored(world, "q").at(0).rule_set, strict);
  world.Record(Measured(Slow("i-01", "q"), "H28", "90.6"));
  EXPECT_EQ(world.VerdictOf(Slow("i-01", "q")).rule_set, strict);
  // Before its first activation it followed the default.
  const auto back = world.Rollback("q");
  ASSERT_TRUE(back.ok()) << back.status();
  EXPECT_TRUE(back->activation.rule_set.empty());
  EXPECT_EQ(Stored(world, "q").at(0).rule_set, lax);
  ASSERT_TRUE(world.Activate("", strict).ok());
  EXPECT_EQ(Stored(world, "q").at(0).rule_set, strict);
}

TEST(ActivationTest, JudgesDataWrittenMeanwhileByTheNewSet) {
  World::Settings settings;
  settings.evaluator.group_rows = 1;
  World world(settings);
  world.AddPlan("p");
  for (int n = 0; n < 4; ++n) AddSlow(world, Slow(absl::StrCat("i-", n)));
  world.VerdictOf(Slow("i-0"));
  const RuleSetId strict = world.Register(kShipped, kStrict);
  // As soon as a group of the run is stored, another figure is recorded.
  std::atomic<bool> recorded = false;
  std::promise<void> go;
  world.commits().watch = [&](const CommittedGroup& group) {
    for (const CommittedMutation& mutation : group.mutations) {
      if (mutation.run != 0 && !recorded.exchange(true)) go.set_value();
    }
  };
  Revision revision = 0;
  std::thread writer([&] {
    go.get_future().wait();
    revision = world.Record(Measured(Slow("i-0"), "H28", "90.0"));
  });
  const auto outcome = world.Activate("", strict);
  writer.join();
  world.commits().watch = nullptr;
  ASSERT_TRUE(outcome.ok()) << outcome.status();
  const Verdict verdict = world.VerdictOf(Slow("i-0"));
  EXPECT_EQ(verdict.input_revision, revision);
  EXPECT_EQ(verdict.rule_set, strict);
  EXPECT_EQ(verdict.period, At("H28"));
}

TEST(ActivationTest, TakesParametersThatTheNewSetHas) {
  World world;
  world.AddPlan("p", {{"pace_threshold", Dec("0.93")}});
  world.AddInitiative("p", "p1", "", {{"pace_threshold", Dec("0.91")}});
  const Indicator by_plan = Slow("i-plan");
  Indicator by_link = Slow("i-link"), by_itself = Slow("i-own");
  by_link.links.push_back(InitiativeId("p1"));
  by_itself.parameters["pace_threshold"] = Dec("0.90");
  for (const Indicator& i : {by_plan, by_link, by_itself}) AddSlow(world, i);
  world.AddPlan("q");
  AddSlow(world, Slow("i-01", "q"));
  EXPECT_EQ(world.VerdictOf(by_plan).reason, "BEHIND");
  EXPECT_EQ(world.VerdictOf(by_link).reason, "BEHIND");
  EXPECT_EQ(world.VerdictOf(by_itself).reason, "NEARLY_ON_PACE");
  EXPECT_EQ(world.VerdictOf(Slow("i-01", "q")).reason, "NEARLY_ON_PACE");
  // Precedence is the same by every set that has the parameter.
  ASSERT_TRUE(world.Activate("", world.Register(kShipped, kStrict)).ok());
  EXPECT_EQ(world.VerdictOf(by_plan).reason, "BEHIND");
  EXPECT_EQ(world.VerdictOf(by_itself).reason, "NEARLY_ON_PACE");
  EXPECT_EQ(world.VerdictOf(Slow("i-01", "q")).reason, "BEHIND");
  // `steady` has another parameter and not this one.
  world.Place(Tiny("steady"));
  const RuleSetId other = world.Register({"steady"});
  ASSERT_TRUE(world.Activate("", other).ok());
  EXPECT_EQ(world.VerdictOf(by_plan).rule_set, other);
  Update<Plan> floor;
  floor.key = PlanId("p");
  floor.patch = [](Plan& plan) {
    plan.parameters["floor"] = Dec("0.75");
    return absl::OkStatus();
  };
  world.Judge(world.Write(floor));
  const auto fact = [&] {
    const Explanation e =
        *world.evaluator().Explain(by_plan.key(), {}, std::nullopt);
    for (const ModuleFact& fact : e.facts) {
      if (fact.fact.name == "floor") return fact.fact.value;
    }
    return Ratio();
  };
  EXPECT_EQ(fact(), Ratio(750'000, 1));
  // And back, the parameter of the shipped set counts again.
  ASSERT_TRUE(world.Rollback().ok());
  world.Record(Measured(by_itself, "H28", "90.6"));
  EXPECT_EQ(world.VerdictOf(by_plan).reason, "BEHIND");
  ReadOptions as_of;
  as_of.as_of = At("H27");
  const auto then = *world.evaluator().ListVerdicts(PlanId("p"), as_of);
  ASSERT_EQ(then.size(), 3u);
  for (const Verdict& verdict : then) {
    EXPECT_EQ(verdict.reason, verdict.indicator == by_itself.key()
                                  ? "NEARLY_ON_PACE"
                                  : "BEHIND");
  }
}

TEST(ActivationTest, ACandidateThatCannotStartChangesNothing) {
  World world;
  world.AddPlan("p");
  AddSlow(world, Slow());
  const Verdict before = world.VerdictOf(Slow());
  const RuleSetId shipped = world.Active();
  world.Place(Tiny("crashes_in_create"));
  const RuleSetId bad = world.Register({"crashes_in_create", "on_track"});
  const auto refused = world.Activate("", bad);
  EXPECT_EQ(refused.status().code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_EQ(ReasonOf(refused.status()), "RULE_SET_CANNOT_START");
  EXPECT_NE(refused.status().message().find("crashes_in_create"),
            std::string::npos);
  EXPECT_EQ(world.Active(), shipped);
  EXPECT_EQ(world.VerdictOf(Slow()).revision, before.revision);
  world.Record(Measured(Slow(), "H28", "90.6"));
  EXPECT_EQ(world.VerdictOf(Slow()).rule_set, shipped);
}

TEST(ActivationTest, ACandidateThatGoesOutOfServiceChangesNothing) {
  World world;
  world.AddPlan("p");
  AddSlow(world, Slow());
  for (int n = 0; n < 8; ++n) {  // rows that the module below dies of
    const Indicator fatal = IndicatorBuilder("件", absl::StrCat("f-", n))
                                .Baseline("1", "R1")
                                .Target("666", "R6")
                                .Build();
    world.Add(fatal);
    world.Record(Measured(fatal, "R4", "500"));
  }
  const Verdict before = world.VerdictOf(Slow());
  const RuleSetId shipped = world.Active();
  world.Place(Tiny("crashes_on_row"));
  const RuleSetId bad =
      world.Register({"achieved", "on_track", "at_risk", "crashes_on_row"});
  const auto refused = world.Activate("", bad);
  EXPECT_EQ(ReasonOf(refused.status()), "MODULE_QUARANTINED")
      << refused.status();
  EXPECT_EQ(world.Active(), shipped);
  EXPECT_EQ(world.VerdictOf(Slow()).revision, before.revision);
  for (const Verdict& verdict : Stored(world)) {
    EXPECT_EQ(verdict.rule_set, shipped);
    EXPECT_TRUE(verdict.failed.empty());
  }
  // It is known by now, and refused at once.
  EXPECT_EQ(ReasonOf(world.Activate("", bad).status()), "MODULE_QUARANTINED");
}

TEST(ActivationTest, ReadsNeverFailOrMixSetsWhileItIsSwitched) {
  World world;
  world.AddPlan("p", {{"behind_threshold", Dec("0.65")}});
  for (int n = 0; n < 3; ++n) AddSlow(world, Slow(absl::StrCat("i-", n)));
  world.VerdictOf(Slow("i-0"));
  const RuleSetId shipped = world.Active();
  const RuleSetId strict = world.Register(kShipped, kStrict);
  std::atomic<bool> done = false;
  std::atomic<int> reads = 0;
  std::vector<std::string> wrong;
  std::mutex mutex;
  const auto check = [&](const absl::Status& status, const Verdict& verdict) {
    const std::string expected =
        verdict.rule_set == strict ? "BEHIND" : "NEARLY_ON_PACE";
    ++reads;
    if (status.ok() && verdict.reason == expected) return;
    const std::lock_guard lock(mutex);
    wrong.push_back(absl::StrCat(std::string(status.message()), " ",
                                 verdict.rule_set.value(), " ",
                                 verdict.reason));
  };
  const auto read = [&] {
    ReadOptions as_of;
    as_of.as_of = At("H27");
    while (!done) {
      const auto e =
          world.evaluator().Explain(Slow("i-0").key(), {}, std::nullopt);
      check(e.status(), e.ok() ? e->verdict : Verdict());
      for (const ReadOptions& options : {ReadOptions(), as_of}) {
        const auto list = world.evaluator().ListVerdicts(PlanId("p"), options);
        if (!list.ok()) {
          check(list.status(), Verdict());
          continue;
        }
        for (const Verdict& verdict : *list) {
          check(list.status(), verdict);
          if (verdict.rule_set != list->front().rule_set) {
            check(absl::InternalError("mixed"), verdict);
          }
        }
      }
    }
  };
  std::vector<std::thread> readers;
  for (int i = 0; i < 2; ++i) readers.emplace_back(read);
  for (int i = 0; i < 12; ++i) {
    const auto outcome =
        i % 2 == 0 ? world.Activate("", strict) : world.Rollback();
    EXPECT_TRUE(outcome.ok()) << outcome.status();
  }
  done = true;
  for (std::thread& reader : readers) reader.join();
  EXPECT_GT(reads, 0);
  EXPECT_TRUE(wrong.empty()) << wrong.size() << " " << wrong.front();
  EXPECT_EQ(world.Active(), shipped);
}

TEST(ActivationTest, IsWholeWhereverTheStoreFails) {
  World::Settings settings;
  settings.evaluator.group_rows = 2;
  World world(settings);
  world.AddPlan("p");
  for (int n = 0; n < 5; ++n) AddSlow(world, Slow(absl::StrCat("i-", n)));
  world.VerdictOf(Slow("i-0"));
  const RuleSetId strict = world.Register(kShipped, kStrict);
  int failures = 0;
  bool past_the_end = false;
  for (int call = 1; !past_the_end && call < 500; ++call) {
    const RuleSetId before = world.Active();
    const RuleSetId to =
        before == strict
            ? (*world.store().Snapshot().value()->GetActivation(PlanId()))
                  ->previous
            : strict;
    const auto fault = call % 2 == 0 ? FaultyStore::CommitFault::kStored
                                     : FaultyStore::CommitFault::kLost;
    world.faults().FailCall(call, fault);
    const auto outcome = world.Activate("", to, before);
    past_the_end = !world.faults().failed();
    world.faults().FailCall(0);
    if (!outcome.ok()) ++failures;
    // Killed now and then: what is found by the next start must be whole, too.
    if (call % 10 == 0) world.Restart();
    const RuleSetId after = world.Active();
    if (outcome.ok()) {
      EXPECT_EQ(after, to) << call;
    }
    const auto verdicts = Stored(world);
    EXPECT_EQ(verdicts.size(), 5u);
    for (const Verdict& verdict : verdicts) {
      EXPECT_EQ(verdict.rule_set, after) << call;
      EXPECT_EQ(verdict.reason, after == strict ? "BEHIND" : "NEARLY_ON_PACE");
    }
  }
  EXPECT_TRUE(past_the_end);
  EXPECT_GT(failures, 10);
}

TEST(ActivationTest, IsWholeWhereTheServerEndsInTheMiddle) {
  World::Settings settings;
  settings.evaluator.group_rows = 1;
  settings.evaluator.max_batch_rows = 1;
  World world(settings);
  world.AddPlan("p");
  for (int n = 0; n < 6; ++n) AddSlow(world, Slow(absl::StrCat("i-", n)));
  world.VerdictOf(Slow("i-0"));
  const RuleSetId shipped = world.Active();
  const RuleSetId strict = world.Register(kShipped, kStrict);
  std::promise<void> begun;
  std::atomic<bool> told = false;
  world.commits().watch = [&](const CommittedGroup& group) {
    for (const CommittedMutation& mutation : group.mutations) {
      if (mutation.run != 0 && !told.exchange(true)) begun.set_value();
    }
  };
  std::thread end([&] {
    begun.get_future().wait();
    world.evaluator().Stop();
  });
  const auto outcome = world.Activate("", strict);
  end.join();
  world.commits().watch = nullptr;
  EXPECT_EQ(outcome.ok() || absl::IsCancelled(outcome.status()), true)
      << outcome.status();
  world.Restart();
  const RuleSetId active = world.Active();
  EXPECT_EQ(active, outcome.ok() ? strict : shipped);
  for (int n = 0; n < 6; ++n) {
    EXPECT_EQ(world.VerdictOf(Slow(absl::StrCat("i-", n))).rule_set, active);
  }
  // What the broken run left behind is in nobody's way.
  ASSERT_TRUE(world.Activate("", strict).ok());
  EXPECT_EQ(world.VerdictOf(Slow("i-5")).reason, "BEHIND");
}

TEST(ActivationTest, GoesOnAfterTheDeadlineAndSaysSo) {
  World world;
  world.AddPlan("p");
  AddSlow(world, Slow());
  world.VerdictOf(Slow());
  const RuleSetId strict = world.Register(kShipped, kStrict);
  ActivateRuleSet body;
  body.rule_set = strict;
  Mutation mutation;
  mutation.actor.name = "tester";
  mutation.body = body;
  const auto late =
      world.evaluator().Activate(mutation, false, absl::InfinitePast());
  EXPECT_EQ(ReasonOf(late.status()), "NOT_YET_JUDGED");
  EXPECT_TRUE(world.commits().WaitFor([&](const std::vector<Verdict>& seen) {
    return !seen.empty() && seen.back().rule_set == strict;
  }));
  const auto then = world.Activate("", strict);
  ASSERT_TRUE(then.ok()) << then.status();
  EXPECT_EQ(world.Active(), strict);
}

TEST(ActivationTest, ServesAsWhatIfBySetsThatAreNotActive) {
  World world;
  world.AddPlan("p");
  AddSlow(world, Slow());
  world.VerdictOf(Slow());
  WhatIfCase one;
  one.stored = Slow().key();
  WhatIfOptions options;
  // More sets than are kept loaded.
  for (int i = 0; i < 8; ++i) {
    const std::string threshold = absl::StrCat("0.9", i + 1);
    options.rule_set =
        world.Register(kShipped, {{"pace_threshold", Dec(threshold)}});
    const auto results = world.evaluator().EvaluateIndicators({one}, options);
    ASSERT_TRUE(results.ok()) << results.status();
    EXPECT_EQ(results->at(0).verdict.rule_set, options.rule_set);
    EXPECT_EQ(results->at(0).verdict.reason, "BEHIND");
  }
  EXPECT_EQ(world.VerdictOf(Slow()).reason, "NEARLY_ON_PACE");
  options.rule_set = RuleSetId("rs-0");
  EXPECT_EQ(
      ReasonOf(world.evaluator().EvaluateIndicators({one}, options).status()),
      "RESOURCE_NOT_FOUND");
}

}  // namespace
}  // namespace shirube
