// Previews: what another yardstick would change, by real modules over real
// data, and that nothing of it is kept.
#include "server/evaluation/preview.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "server/domain/violation.h"
#include "tests/paths.h"
#include "tests/unit/evaluation/builders.h"
#include "tests/unit/evaluation/previewing.h"
#include "tests/unit/evaluation/world.h"

namespace shirube {
namespace {

using testing::AddSlow;
using testing::At;
using testing::Dec;
using testing::DumpOf;
using testing::HeadOf;
using testing::IndicatorBuilder;
using testing::Measured;
using testing::OfFiles;
using testing::OfPlan;
using testing::Preview;
using testing::Slow;
using testing::Stored;
using testing::Told;
using testing::World;

const std::vector<std::string> kShipped = {"achieved", "on_track", "at_risk"};
const Parameters kStrict = {{"pace_threshold", Dec("0.95")}};

std::filesystem::path Tiny(const std::string& module) {
  return absl::StrCat(SHIRUBE_BINARY_DIR, "/tests/rule_host/modules/", module,
                      ".so");
}

std::string ReasonOf(const absl::Status& status) {
  return DetailsOf(status).reason;
}

TEST(PreviewTest, SaysWhatWouldChangeToday) {
  World world;
  world.AddPlan("p");
  world.AddInitiative("p", "pillar");
  world.AddInitiative("p", "measure", "pillar");
  world.AddInitiative("p", "other");
  Indicator slow = Slow("slow");
  slow.links = {InitiativeId("measure")};
  slow.display_name = "防災士";
  AddSlow(world, slow);
  const Indicator fast = IndicatorBuilder("人", "fast")
                             .Baseline("1619", "R1")
                             .Target("2400", "R6")
                             .Link("other")
                             .Build();
  world.Add(fast);
  world.Record(Measured(fast, "R4", "2233"));
  const RuleSetId strict = world.Register(kShipped, kStrict);

  const Told told = Preview(world, Stored(strict.value()), OfPlan("p"));
  ASSERT_TRUE(told.status.ok()) << told.status;
  ASSERT_EQ(told.verdicts.size(), 1u);
  const VerdictChange& change = told.verdicts[0];
  EXPECT_EQ(change.key, slow.key());
  EXPECT_EQ(change.display_name, "防災士");
  EXPECT_FALSE(change.as_of);
  EXPECT_EQ(change.before.status, Status::kOnTrack);
  EXPECT_EQ(change.before.reason, "NEARLY_ON_PACE");
  EXPECT_EQ(change.before.title.ja, "おおむね順調");
  EXPECT_EQ(change.after.status, Status::kAtRisk);
  EXPECT_EQ(change.after.reason, "BEHIND");
  EXPECT_EQ(change.after.severity, Severity::kWarning);
  EXPECT_EQ(change.after.title.ja, "やや遅れ");
  EXPECT_EQ(change.after.period, At("H27"));
  EXPECT_EQ(change.after.value, Dec("89.5"));
  ASSERT_EQ(told.flags.size(), 2u);
  EXPECT_EQ(told.flags[0].initiative.value(), "measure");
  EXPECT_EQ(told.flags[0].title, "施策 measure");
  EXPECT_EQ(told.flags[1].initiative.value(), "pillar");
  EXPECT_EQ(told.flags[1].before, Status::kOnTrack);
  EXPECT_EQ(told.flags[1].after, Status::kAtRisk);
  ASSERT_EQ(told.summaries.size(), 1u);
  const PreviewSummary& summary = told.summaries[0];
  EXPECT_EQ(summary.evaluated, 2);
  EXPECT_EQ(summary.changed, 1);
  EXPECT_EQ(summary.reworded, 0);
  EXPECT_EQ(summary.flags, 3);
  EXPECT_EQ(summary.changed_flags, 2);
  EXPECT_EQ(summary.before.on_track, 2);
  EXPECT_EQ(summary.after.on_track, 1);
  EXPECT_EQ(summary.after.at_risk, 1);
  EXPECT_EQ(summary.transitions.size(), 1u);
  EXPECT_EQ(summary.transitions.at({Status::kOnTrack, Status::kAtRisk}), 1);
  EXPECT_TRUE(summary.out.empty());
  const PreviewPart& last = told.parts.back();
  EXPECT_EQ(last.evaluated, 2);
  EXPECT_EQ(last.total, 2);
  EXPECT_EQ(last.changed, 1);
  EXPECT_EQ(last.rule_set, strict);
  EXPECT_GT(last.revision, 0);
}

TEST(PreviewTest, TheSetThatIsActiveChangesNothing) {
  World world;
  world.AddPlan("p");
  AddSlow(world, Slow("i-01"));
  const Told told = Preview(world, Stored("default"), OfPlan("p"));
  ASSERT_TRUE(told.status.ok()) << told.status;
  EXPECT_TRUE(told.verdicts.empty());
  EXPECT_EQ(told.summaries.at(0).evaluated, 1);
  EXPECT_EQ(told.summaries[0].changed, 0);
  EXPECT_EQ(told.parts.back().rule_set, world.Active());
}

TEST(PreviewTest, WritesNothingAndNeedsNothingStored) {
  World world;
  world.AddPlan("p");
  for (int n = 0; n < 5; ++n) AddSlow(world, Slow(absl::StrCat("i-", n)));
  world.Judge(HeadOf(world));
  const std::string before = DumpOf(world);
  const Revision head = HeadOf(world);
  const Told told = Preview(world, OfFiles(world, kShipped, kStrict),
                            OfPlan("p", {At("H26"), At("H27")}));
  ASSERT_TRUE(told.status.ok()) << told.status;
  EXPECT_EQ(told.summaries.size(), 2u);
  EXPECT_EQ(told.summaries[1].changed, 5);
  const RuleSetId tried = told.parts.back().rule_set;
  EXPECT_EQ(HeadOf(world), head);
  EXPECT_EQ(DumpOf(world), before);
  EXPECT_FALSE(*world.store().Snapshot().value()->GetRuleSet(tried));
  // Nor can it be asked for as if it were stored.
  WhatIfOptions what_if;
  what_if.rule_set = tried;
  WhatIfCase one;
  one.stored = Slow("i-1").key();
  EXPECT_EQ(
      ReasonOf(world.evaluator().EvaluateIndicators({one}, what_if).status()),
      "RESOURCE_NOT_FOUND");
}

TEST(PreviewTest, ListsInPrintedOrderAndAtMostWhatIsAsked) {
  World::Settings settings;
  settings.evaluator.preview_rows = 7;
  World world(settings);
  world.AddPlan("p");
  for (int n = 0; n < 30; ++n) {
    Indicator indicator = Slow(absl::StrCat("i-", n));
    indicator.order = (n * 7) % 30;
    AddSlow(world, indicator);
  }
  PreviewOptions options = OfPlan("p");
  const Yardstick strict = OfFiles(world, kShipped, kStrict);
  const Told all = Preview(world, strict, options);
  ASSERT_EQ(all.verdicts.size(), 30u);
  for (int place = 0; place < 30; ++place) {
    const int n = place * 13 % 30;  // 7 x 13 = 1 modulo 30
    EXPECT_EQ(all.verdicts[place].key.indicator.value(), absl::StrCat("i-", n));
  }
  options.max_changes = 11;
  const Told some = Preview(world, strict, options);
  ASSERT_TRUE(some.status.ok()) << some.status;
  EXPECT_EQ(some.verdicts.size(), 11u);
  EXPECT_EQ(some.verdicts.back().key, all.verdicts[10].key);
  EXPECT_EQ(some.summaries.at(0).changed, 30);
  EXPECT_EQ(some.parts.back().changed, 30);
}

TEST(PreviewTest, ListsRewordedVerdictsWhereAsked) {
  World world;
  world.AddPlan("p");
  AddSlow(world, Slow("i-01"));
  // 0.909 is NEARLY_ON_PACE by 0.8 and BEHIND by 0.95; by 1.0 and 0.95 it is
  // FAR_BEHIND.
  const RuleSetId strict = world.Register(kShipped, kStrict);
  ASSERT_TRUE(world.Activate("", strict).ok());
  const Yardstick stricter = OfFiles(
      world, kShipped,
      {{"pace_threshold", Dec("1")}, {"behind_threshold", Dec("0.95")}});
  PreviewOptions options = OfPlan("p");
  const Told counted = Preview(world, stricter, options);
  ASSERT_TRUE(counted.status.ok()) << counted.status;
  EXPECT_TRUE(counted.verdicts.empty());
  EXPECT_EQ(counted.summaries.at(0).changed, 0);
  EXPECT_EQ(counted.summaries[0].reworded, 1);
  options.include_reworded = true;
  const Told listed = Preview(world, stricter, options);
  ASSERT_EQ(listed.verdicts.size(), 1u);
  EXPECT_EQ(listed.verdicts[0].before.reason, "BEHIND");
  EXPECT_EQ(listed.verdicts[0].after.reason, "FAR_BEHIND");
}

TEST(PreviewTest, ResolvesOverridesAgainstTheCandidate) {
  World world;
  world.AddPlan("p", {{"pace_threshold", Dec("0.85")}});
  Indicator own = Slow("own");
  own.parameters["pace_threshold"] = Dec("0.7");
  AddSlow(world, own);
  AddSlow(world, Slow("of-plan"));
  // What the plan and the indicator say stands, whatever the set says.
  const Told told =
      Preview(world, OfFiles(world, kShipped, kStrict), OfPlan("p"));
  ASSERT_TRUE(told.status.ok()) << told.status;
  EXPECT_EQ(told.summaries.at(0).evaluated, 2);
  EXPECT_TRUE(told.verdicts.empty());
  // Of a set without that parameter nothing is overridden.
  world.Place(Tiny("steady"));
  const Told tiny = Preview(world, OfFiles(world, {"steady"}), OfPlan("p"));
  ASSERT_TRUE(tiny.status.ok()) << tiny.status;
  EXPECT_EQ(tiny.summaries.at(0).changed, 2);
}

TEST(PreviewTest, WithoutAPlanTakesThoseThatFollowTheDefault) {
  World world;
  const RuleSetId strict = world.Register(kShipped, kStrict);
  for (const std::string plan : {"a", "b", "c"}) {
    world.AddPlan(plan);
    AddSlow(world, Slow("i-01", plan));
  }
  world.AddPlan("empty");
  ASSERT_TRUE(world.Activate("b", strict).ok());
  PreviewOptions options;
  const Told told = Preview(world, Stored(strict.value()), options);
  ASSERT_TRUE(told.status.ok()) << told.status;
  std::vector<std::string> plans;
  for (const VerdictChange& change : told.verdicts) {
    plans.push_back(change.key.plan.value());
  }
  EXPECT_EQ(plans, (std::vector<std::string>{"a", "c"}));
  EXPECT_EQ(told.summaries.at(0).evaluated, 2);
  // By itself it is compared with its own set.
  const Told own = Preview(world, Stored(strict.value()), OfPlan("b"));
  EXPECT_EQ(own.summaries.at(0).changed, 0);
}

TEST(PreviewTest, SaysWhatIsWrongWithTheQuestion) {
  World world;
  world.AddPlan("p");
  AddSlow(world, Slow("i-01"));
  const Yardstick stored = Stored(world.Active().value());
  EXPECT_EQ(ReasonOf(Preview(world, stored, OfPlan("nowhere")).status),
            "RESOURCE_NOT_FOUND");
  EXPECT_EQ(ReasonOf(Preview(world, Stored("rs-none"), OfPlan("p")).status),
            "RESOURCE_NOT_FOUND");
  const absl::Status future =
      Preview(world, stored, OfPlan("p", {At("R4"), At("R9")})).status;
  ASSERT_EQ(DetailsOf(future).violations.size(), 1u);
  EXPECT_EQ(DetailsOf(future).violations[0].field, "as_of[1]");
  EXPECT_EQ(DetailsOf(future).violations[0].reason, "AS_OF_IN_FUTURE");
  PreviewOptions allowed = OfPlan("p", {At("R9")});
  allowed.allow_future = true;
  EXPECT_TRUE(Preview(world, stored, allowed).status.ok());
  const absl::Status range =
      Preview(world, OfFiles(world, kShipped, {{"pace_threshold", Dec("3")}}),
              OfPlan("p"))
          .status;
  ASSERT_EQ(DetailsOf(range).violations.size(), 1u);
  EXPECT_EQ(DetailsOf(range).violations[0].field, "parameters.pace_threshold");
  Yardstick damaged = OfFiles(world, kShipped);
  damaged.modules[1].bytes.resize(100);
  EXPECT_EQ(Preview(world, damaged, OfPlan("p")).status.code(),
            absl::StatusCode::kFailedPrecondition);
  EXPECT_FALSE(Preview(world, Yardstick(), OfPlan("p")).status.ok());
}

TEST(PreviewTest, EndsWhenNobodyListens) {
  World world;
  world.AddPlan("p");
  AddSlow(world, Slow("i-01"));
  int parts = 0;
  const absl::Status status =
      world.evaluator().Preview(OfFiles(world, kShipped, kStrict), OfPlan("p"),
                                absl::InfiniteFuture(), [&](PreviewPart) {
                                  ++parts;
                                  return false;
                                });
  EXPECT_EQ(status.code(), absl::StatusCode::kCancelled) << status;
  EXPECT_EQ(parts, 1);
}

TEST(PreviewTest, EndsAtTheDeadlineAndWithTheEvaluator) {
  World world;
  world.AddPlan("p");
  AddSlow(world, Slow("i-01"));
  world.Judge(HeadOf(world));
  const Yardstick stored = Stored(world.Active().value());
  EXPECT_EQ(
      Preview(world, stored, OfPlan("p"), absl::InfinitePast()).status.code(),
      absl::StatusCode::kDeadlineExceeded);
  world.evaluator().Stop();
  EXPECT_EQ(Preview(world, stored, OfPlan("p")).status.code(),
            absl::StatusCode::kCancelled);
}

TEST(PreviewTest, EndsWithTheEvaluatorOnTheWay) {
  World::Settings settings;
  settings.evaluator.preview_rows = 1;
  World world(settings);
  world.AddPlan("p");
  for (int n = 0; n < 5; ++n) AddSlow(world, Slow(absl::StrCat("i-", n)));
  int64_t evaluated = 0;
  const absl::Status status =
      world.evaluator().Preview(OfFiles(world, kShipped, kStrict), OfPlan("p"),
                                absl::InfiniteFuture(), [&](PreviewPart part) {
                                  evaluated = part.evaluated;
                                  world.evaluator().Stop();
                                  return true;
                                });
  EXPECT_EQ(status.code(), absl::StatusCode::kCancelled) << status;
  EXPECT_EQ(evaluated, 1);
}

TEST(PreviewTest, JudgesEachRowByBothSetsInOneVersion) {
  World::Settings settings;
  settings.evaluator.preview_rows = 1;
  World world(settings);
  world.AddPlan("p");
  for (int n = 0; n < 20; ++n) {
    AddSlow(world, Slow(absl::StrCat("i-", 10 + n)));
  }
  // Written while it runs, on the thread that it runs on: what comes later has
  // the new figures, what is said of a row is of one of the two.
  bool first = true;
  std::vector<VerdictChange> changes;
  const absl::Status status = world.evaluator().Preview(
      OfFiles(world, kShipped, kStrict), OfPlan("p"), absl::InfiniteFuture(),
      [&](PreviewPart part) {
        for (const auto& one : part.verdicts) changes.push_back(one);
        if (!std::exchange(first, false)) return true;
        for (int n = 0; n < 20; ++n) {
          const Indicator indicator = Slow(absl::StrCat("i-", 10 + n));
          world.Judge(world.Record(Measured(indicator, "H28", "90.6")));
        }
        return true;
      });
  ASSERT_TRUE(status.ok()) << status;
  ASSERT_EQ(changes.size(), 20u);
  EXPECT_EQ(changes.front().before.period, At("H27"));
  EXPECT_EQ(changes.back().before.period, At("H28"));
  for (const VerdictChange& change : changes) {
    EXPECT_EQ(change.before.period, change.after.period);
    EXPECT_EQ(change.before.value, change.after.value);
  }
}

}  // namespace
}  // namespace shirube
