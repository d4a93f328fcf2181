// Previews: what another yardstick would change, by real modules over real
// data, and that nothing of it is kept.
#include "server/evaluation/preview.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <random>
#include <set>

#include "absl/strings/str_cat.h"
#include "server/domain/violation.h"
#include "server/evaluation/row_source.h"
#include "tests/unit/evaluation/builders.h"
#include "tests/unit/evaluation/random_plan.h"
#include "tests/unit/evaluation/world.h"

namespace shirube {
namespace {

using testing::At;
using testing::Dec;
using testing::IndicatorBuilder;
using testing::Measured;
using testing::RandomPlan;
using testing::World;

const std::vector<std::string> kShipped = {"achieved", "on_track", "at_risk"};
const Parameters kStrict = {{"pace_threshold", Dec("0.95")}};

std::filesystem::path Tiny(const std::string& module) {
  return absl::StrCat(SHIRUBE_BINARY_DIR, "/tests/rule_host/modules/", module,
                      ".so");
}

// What a preview said, put together.
struct Told {
  absl::Status status;
  std::vector<PreviewPart> parts;
  std::vector<VerdictChange> verdicts;
  std::vector<FlagChange> flags;
  std::vector<PreviewSummary> summaries;

  const VerdictChange* Find(const std::string& id,
                            std::optional<Period> as_of = std::nullopt) const {
    for (const VerdictChange& change : verdicts) {
      if (change.key.indicator.value() == id && change.as_of == as_of) {
        return &change;
      }
    }
    return nullptr;
  }
};

Told Preview(World& world, const Yardstick& candidate,
             const PreviewOptions& options,
             absl::Time deadline = absl::InfiniteFuture()) {
  Told told;
  told.status = world.evaluator().Preview(
      candidate, options, deadline, [&](PreviewPart part) {
        for (const auto& one : part.verdicts) told.verdicts.push_back(one);
        for (const auto& one : part.flags) told.flags.push_back(one);
        for (const auto& one : part.summaries) told.summaries.push_back(one);
        told.parts.push_back(std::move(part));
        return true;
      });
  return told;
}

Yardstick Stored(const RuleSetId& id) {
  Yardstick yardstick;
  yardstick.id = id;
  return yardstick;
}

PreviewOptions OfPlan(const std::string& plan, std::vector<Period> as_of = {}) {
  PreviewOptions options;
  options.plan = PlanId(plan);
  options.as_of = std::move(as_of);
  options.max_changes = 1'000'000;
  return options;
}

// Its pace is 0.909: NEARLY_ON_PACE by the shipped set, BEHIND by kStrict.
Indicator Slow(const std::string& id, const std::string& plan = "p") {
  return IndicatorBuilder("%", id, plan)
      .Baseline("86.5", "H24")
      .Target("92", "H29")
      .Build();
}
void AddSlow(World& world, const Indicator& indicator) {
  world.Add(indicator);
  world.Record(Measured(indicator, "H27", "89.5"));
}

std::string ReasonOf(const absl::Status& status) {
  return DetailsOf(status).reason;
}

Revision HeadOf(World& world) {
  return world.store().Snapshot().value()->Head().value().revision;
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

  const Told told = Preview(world, Stored(strict), OfPlan("p"));
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
  const Told told = Preview(world, Stored(RuleSetId("default")), OfPlan("p"));
  ASSERT_TRUE(told.status.ok()) << told.status;
  EXPECT_TRUE(told.verdicts.empty());
  EXPECT_EQ(told.summaries.at(0).evaluated, 1);
  EXPECT_EQ(told.summaries[0].changed, 0);
  EXPECT_EQ(told.parts.back().rule_set, world.Active());
}

// Everything there is in the store, as far as reads can see it.
std::string DumpOf(World& world) {
  const auto reader = world.store().Snapshot().value();
  std::string dump = absl::StrCat(reader->Head()->revision, "/",
                                  reader->Head()->judged_through, "\n");
  const auto changes = reader->ListChanges(0, 0).value();
  for (const Change& change : changes) {
    absl::StrAppend(&dump, change.revision, change.action, change.actor, "\n");
  }
  const auto verdicts = reader->ListVerdicts(ListQuery()).value();
  for (const Verdict& verdict : verdicts) {
    absl::StrAppend(&dump, verdict.indicator.indicator.value(), verdict.reason,
                    verdict.revision, verdict.rule_set.value(), "\n");
  }
  const auto modules = reader->ListRuleModules().value();
  for (const RuleModuleRecord& module : modules) {
    absl::StrAppend(&dump, module.sha256, module.revision, "\n");
  }
  const auto sets = reader->ListRuleSets().value();
  for (const RuleSetRecord& set : sets) {
    absl::StrAppend(&dump, set.id.value(), set.revision, "\n");
  }
  const auto activations = reader->ListActivations(PlanId()).value();
  for (const ActivationRecord& one : activations) {
    absl::StrAppend(&dump, one.rule_set.value(), one.revision, "\n");
  }
  const auto quarantines = reader->ListQuarantines().value();
  for (const QuarantineRecord& one : quarantines) {
    absl::StrAppend(&dump, one.sha256, "\n");
  }
  return dump;
}

// Not stored: the file of the rules folder as it is.
Yardstick OfFiles(World& world, const std::vector<std::string>& modules,
                  const Parameters& parameters = {}) {
  Yardstick yardstick;
  for (const std::string& module : modules) {
    const auto file = world.host().VerifyFile(module + ".so").value();
    RuleModuleRecord record;
    record.module = file->manifest->id;
    record.version = file->manifest->version;
    record.sha256 = file->sha256;
    record.bytes = file->Bytes().value();
    yardstick.modules.push_back(std::move(record));
  }
  yardstick.parameters = parameters;
  return yardstick;
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
  const Told told = Preview(world, Stored(strict), options);
  ASSERT_TRUE(told.status.ok()) << told.status;
  std::vector<std::string> plans;
  for (const VerdictChange& change : told.verdicts) {
    plans.push_back(change.key.plan.value());
  }
  EXPECT_EQ(plans, (std::vector<std::string>{"a", "c"}));
  EXPECT_EQ(told.summaries.at(0).evaluated, 2);
  // By itself it is compared with its own set.
  const Told own = Preview(world, Stored(strict), OfPlan("b"));
  EXPECT_EQ(own.summaries.at(0).changed, 0);
}

TEST(PreviewTest, SaysWhatIsWrongWithTheQuestion) {
  World world;
  world.AddPlan("p");
  AddSlow(world, Slow("i-01"));
  const Yardstick stored = Stored(world.Active());
  EXPECT_EQ(ReasonOf(Preview(world, stored, OfPlan("nowhere")).status),
            "RESOURCE_NOT_FOUND");
  EXPECT_EQ(
      ReasonOf(
          Preview(world, Stored(RuleSetId("rs-none")), OfPlan("p")).status),
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
  const Yardstick stored = Stored(world.Active());
  EXPECT_EQ(
      Preview(world, stored, OfPlan("p"), absl::InfinitePast()).status.code(),
      absl::StatusCode::kDeadlineExceeded);
  world.evaluator().Stop();
  EXPECT_EQ(Preview(world, stored, OfPlan("p")).status.code(),
            absl::StatusCode::kCancelled);
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

// ---- Modules that misbehave. ----

Indicator TargetOf(const std::string& id, const std::string& target) {
  return IndicatorBuilder("人", id)
      .Baseline("0", "R1")
      .Target(target, "R6")
      .Build();
}

TEST(PreviewTest, ARowThatACandidateFailsOnIsIndeterminate) {
  World world;
  world.Place(Tiny("crashes_on_row"));
  world.AddPlan("p");
  for (int n = 0; n < 8; ++n) {
    const Indicator i = TargetOf(absl::StrCat("i-", n), n == 3 ? "666" : "100");
    world.Add(i);
    world.Record(Measured(i, "R4", "90"));
  }
  world.Judge(HeadOf(world));
  const std::string before = DumpOf(world);
  const Told told =
      Preview(world, OfFiles(world, {"crashes_on_row"}), OfPlan("p"));
  ASSERT_TRUE(told.status.ok()) << told.status;
  const VerdictChange* change = told.Find("i-3");
  ASSERT_NE(change, nullptr);
  EXPECT_EQ(change->after.status, Status::kIndeterminate);
  EXPECT_EQ(change->after.reason, "CRASHED");
  ASSERT_EQ(change->after.failed.size(), 1u);
  EXPECT_EQ(change->after.failed[0].module, "crashes_on_row");
  ASSERT_EQ(told.summaries.at(0).out.size(), 1u);
  EXPECT_EQ(told.summaries[0].out[0].reason, "CRASHED");
  EXPECT_EQ(told.summaries[0].after.indeterminate, 1);
  EXPECT_EQ(told.summaries[0].evaluated, 8);
  EXPECT_EQ(DumpOf(world), before);
}

TEST(PreviewTest, ACandidateThatTheHostSetsAsideIsNamedAndGoesOn) {
  World::Settings settings;
  settings.evaluator.preview_rows = 2;
  World world(settings);
  world.Place(Tiny("crashes_on_row"));
  world.AddPlan("p");
  for (int n = 0; n < 30; ++n) {  // too many rows for one that is any good
    const Indicator i =
        TargetOf(absl::StrCat("i-", 10 + n), n < 10 ? "666" : "100");
    world.Add(i);
    world.Record(Measured(i, "R4", "120"));
  }
  world.Judge(HeadOf(world));
  const Told told =
      Preview(world, OfFiles(world, {"crashes_on_row"}), OfPlan("p"));
  ASSERT_TRUE(told.status.ok()) << told.status;
  EXPECT_EQ(told.summaries.at(0).evaluated, 30);
  EXPECT_EQ(told.summaries[0].after.achieved, 0);
  EXPECT_EQ(told.summaries[0].after.indeterminate, 30);
  bool quarantined = false;
  for (const ModuleFault& fault : told.summaries[0].out) {
    EXPECT_EQ(fault.module, "crashes_on_row");
    quarantined |= fault.reason == "QUARANTINED";
  }
  EXPECT_TRUE(quarantined);
  // The host would do the same to it while judging: it is written down, what
  // judges is not touched, and it can be tried again once it is released.
  const std::string sha256 = world.Sha256Of("crashes_on_row");
  const bool stored = world.commits().WaitFor([&](const auto&) {
    const auto all = *world.store().Snapshot().value()->ListQuarantines();
    return std::any_of(all.begin(), all.end(),
                       [&](const auto& one) { return one.sha256 == sha256; });
  });
  EXPECT_TRUE(stored);
  EXPECT_EQ(
      ReasonOf(Preview(world, OfFiles(world, {"crashes_on_row"}), OfPlan("p"))
                   .status),
      "MODULE_QUARANTINED");
  EXPECT_TRUE(world.evaluator().RuleSetProblem(world.Active()).ok());
  EXPECT_EQ(world.VerdictOf(TargetOf("i-30", "100")).status, Status::kAchieved);
}

// ---- Years gone by. ----

// What reads say of the same question, one after the other: an activation would
// make them say it, so here the set is activated for a plan of the same data.
void ExpectAsReadsSay(World& world, const std::string& plan,
                      const std::vector<Period>& years) {
  const Told told = Preview(world, OfFiles(world, kShipped, kStrict), [&] {
    PreviewOptions options = OfPlan(plan, years);
    options.include_reworded = true;
    return options;
  }());
  ASSERT_TRUE(told.status.ok()) << told.status;
  ASSERT_EQ(told.summaries.size(), years.size());
  std::map<Period, std::vector<Verdict>> before, after;
  std::map<Period, PlanFlags> flags_before, flags_after;
  const auto read = [&](auto* verdicts, auto* flags) {
    for (const Period& year : years) {
      ReadOptions options;
      options.as_of = year;
      (*verdicts)[year] =
          world.evaluator().ListVerdicts(PlanId(plan), options).value();
      (*flags)[year] = world.evaluator().Flags(PlanId(plan), options).value();
    }
  };
  read(&before, &flags_before);
  const RuleSetId present = world.Active(plan);
  ASSERT_TRUE(world.Activate(plan, world.Register(kShipped, kStrict)).ok());
  read(&after, &flags_after);
  size_t listed = 0;
  for (size_t y = 0; y < years.size(); ++y) {
    const Period& year = years[y];
    const PreviewSummary& summary = told.summaries[y];
    ASSERT_EQ(before[year].size(), after[year].size());
    EXPECT_EQ(summary.evaluated, static_cast<int64_t>(before[year].size()));
    int64_t changed = 0, reworded = 0;
    for (size_t i = 0; i < before[year].size(); ++i) {
      const Verdict &b = before[year][i], &a = after[year][i];
      const std::string where =
          absl::StrCat(b.indicator.indicator.value(), " ", year.ToId());
      const bool differs = b.status != a.status;
      const bool words =
          !differs && (b.reason != a.reason || b.marks != a.marks);
      changed += differs;
      reworded += words;
      const VerdictChange* change =
          told.Find(b.indicator.indicator.value(), year);
      ASSERT_EQ(change != nullptr, differs || words) << where;
      if (change == nullptr) continue;
      ++listed;
      EXPECT_EQ(change->before.status, b.status) << where;
      EXPECT_EQ(change->before.reason, b.reason) << where;
      EXPECT_EQ(change->before.marks, b.marks) << where;
      EXPECT_EQ(change->before.value, b.value) << where;
      EXPECT_EQ(change->after.status, a.status) << where;
      EXPECT_EQ(change->after.reason, a.reason) << where;
      EXPECT_EQ(change->after.marks, a.marks) << where;
      EXPECT_EQ(change->after.period, a.period) << where;
    }
    EXPECT_EQ(summary.changed, changed) << year.ToId();
    EXPECT_EQ(summary.reworded, reworded) << year.ToId();
    EXPECT_EQ(summary.before.total(), summary.after.total());
    EXPECT_EQ(summary.before.at_risk, flags_before[year].plan.counts.at_risk);
    EXPECT_EQ(summary.after.at_risk, flags_after[year].plan.counts.at_risk);
    const auto& own = flags_before[year].initiatives;
    EXPECT_EQ(summary.flags, static_cast<int64_t>(own.size()));
    int64_t flags = 0;
    for (size_t i = 0; i < own.size(); ++i) {
      const Flag& then = flags_after[year].initiatives[i];
      const auto change = std::find_if(
          told.flags.begin(), told.flags.end(), [&](const FlagChange& one) {
            return one.initiative == own[i].initiative && one.as_of == year;
          });
      ASSERT_EQ(change != told.flags.end(), own[i].status != then.status)
          << own[i].initiative.value() << " " << year.ToId();
      if (change == told.flags.end()) continue;
      ++flags;
      EXPECT_EQ(change->before, own[i].status);
      EXPECT_EQ(change->after, then.status);
    }
    EXPECT_EQ(summary.changed_flags, flags);
  }
  EXPECT_EQ(told.verdicts.size(), listed);
  EXPECT_GT(listed, 0u) << "nothing differs in " << plan;
  ASSERT_TRUE(world.Activate(plan, present).ok());
}

TEST(PreviewTest, OfYearsGoneByAgreesWithReadsAsOfThen) {
  World::Settings settings;
  settings.evaluator.preview_rows = 16;
  World world(settings);
  const std::vector<Period> years = {At("R1"), At("R2"), At("R3"), At("R4")};
  bool any_made = false;
  for (uint32_t seed = 1; seed <= 3; ++seed) {
    const std::string plan = absl::StrCat("p-", seed);
    const RandomPlan random(seed, plan, 60);
    random.AddTo(world);
    for (const Indicator& indicator : random.indicators) {
      any_made |= HadOtherAims(indicator, At("R2"));
    }
    world.Judge(HeadOf(world));
    ExpectAsReadsSay(world, plan, years);
  }
  EXPECT_TRUE(any_made) << "no plan was revised";
}

}  // namespace
}  // namespace shirube
