// Which rule set judges after a start, whatever lies in the rules folder.
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <thread>

#include "absl/strings/str_cat.h"
#include "server/domain/violation.h"
#include "server/rule_host/digest.h"
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

Indicator Slow() {
  return IndicatorBuilder("%")
      .Baseline("86.5", "H24")
      .Target("92", "H29")
      .Build();
}

std::filesystem::path Built(const std::string& module) {
  return absl::StrCat(SHIRUBE_BINARY_DIR, "/rules/", module, ".so");
}

void EmptyRules(World& world) {
  for (const std::string& module : kShipped) {
    std::filesystem::remove(world.rules() / (module + ".so"));
  }
}

// Until the default is `id`; the start's own activation goes on beside others.
bool Becomes(World& world, const RuleSetId& id) {
  const absl::Time give_up = absl::Now() + absl::Seconds(20);
  while (absl::Now() < give_up) {
    if (world.Active() == id) return true;
    std::this_thread::yield();
  }
  return false;
}

TEST(StartTest, ComesFromTheStoreWithAnEmptyRulesFolder) {
  World world;
  world.AddPlan("p");
  world.Add(Slow());
  world.Record(Measured(Slow(), "H27", "89.5"));
  EXPECT_EQ(world.VerdictOf(Slow()).reason, "NEARLY_ON_PACE");
  const RuleSetId strict =
      world.Register(kShipped, {{"pace_threshold", Dec("0.95")}});
  ASSERT_TRUE(world.Activate("", strict).ok());
  EmptyRules(world);
  world.Restart();
  EXPECT_EQ(world.Active(), strict);
  world.Record(Measured(Slow(), "H28", "90.6"));
  const Verdict verdict = world.VerdictOf(Slow());
  EXPECT_EQ(verdict.rule_set, strict);
  EXPECT_EQ(verdict.period, At("H28"));
  EXPECT_TRUE(world.Rollback().ok());
}

TEST(StartTest, FollowsTheShippedSetWhileNobodyElseActivates) {
  World world;
  world.AddPlan("p");
  world.Add(Slow());
  world.Record(Measured(Slow(), "H27", "89.5"));
  world.VerdictOf(Slow());
  const RuleSetId first = world.Active();
  world.Place(Built("on_track"), /*grown=*/true);
  world.Restart();
  const RuleSetId second = world.Register(kShipped);
  ASSERT_NE(second, first);
  ASSERT_TRUE(Becomes(world, second));
  const Verdict verdict = world.VerdictOf(Slow());
  EXPECT_EQ(verdict.rule_set, second);
  EXPECT_EQ(verdict.reason, "NEARLY_ON_PACE");
  const auto active =
      *world.store().Snapshot().value()->GetActivation(PlanId());
  EXPECT_EQ(active->actor, "shirube");
  EXPECT_EQ(active->previous, first);
  // From here on somebody has chosen: the files do not matter.
  ASSERT_TRUE(world.Rollback().ok());
  world.Place(Built("at_risk"), /*grown=*/true);
  world.Restart();
  world.Record(Measured(Slow(), "H28", "90.6"));
  EXPECT_EQ(world.VerdictOf(Slow()).rule_set, first);
  EXPECT_EQ(world.Active(), first);
}

TEST(StartTest, StaysWithTheOldSetWhereTheShippedOneCannotStart) {
  World world;
  world.AddPlan("p");
  world.Add(Slow());
  world.Record(Measured(Slow(), "H27", "89.5"));
  world.VerdictOf(Slow());
  const RuleSetId first = world.Active();
  std::filesystem::resize_file(world.rules() / "at_risk.so", 1000);
  world.Restart();
  world.Record(Measured(Slow(), "H28", "90.6"));
  EXPECT_EQ(world.VerdictOf(Slow()).rule_set, first);
  EXPECT_EQ(world.Active(), first);
}

TEST(StartTest, IsUpWithoutAnyRuleSetAndJudgesWhenOneIsActivated) {
  World::Settings settings;
  settings.evaluator.shipped_modules = {"nothing"};
  World world(settings);
  EXPECT_TRUE(world.Active().empty());
  world.AddPlan("p", {{"pace_threshold", Dec("0.95")}});
  world.Add(Slow());
  const Revision revision = world.Record(Measured(Slow(), "H27", "89.5"));
  const absl::Status waits = world.evaluator().WaitJudged(
      revision, absl::Now() + absl::Milliseconds(50));
  EXPECT_EQ(DetailsOf(waits).reason, "NOT_YET_JUDGED");
  const auto run =
      world.evaluator().RunEvaluation(PlanId("p"), absl::InfiniteFuture());
  EXPECT_EQ(DetailsOf(run.status()).reason, "RULE_SET_NOT_SERVING");
  EXPECT_EQ(DetailsOf(world.evaluator().RuleSetProblem(RuleSetId())).reason,
            "RULE_SET_NOT_SERVING");
  EXPECT_EQ(
      DetailsOf(
          world.evaluator().Explain(Slow().key(), {}, std::nullopt).status())
          .reason,
      "RULE_SET_NOT_SERVING");
  const auto outcome = world.Activate("", world.Register(kShipped));
  ASSERT_TRUE(outcome.ok()) << outcome.status();
  EXPECT_EQ(outcome->evaluated, 1);
  EXPECT_EQ(world.VerdictOf(Slow()).reason, "BEHIND") << "by the plan's own";
  world.Judge(revision);
}

TEST(StartTest, NamesTheModuleThatWasBuiltForAnotherServer) {
  World world;
  world.AddPlan("p");
  // As an older server stored it; the same file in the folder would not help.
  std::ifstream file(
      std::string(SHIRUBE_BINARY_DIR) + "/tests/rule_host/modules/older_abi.so",
      std::ios::binary);
  RegisterRuleModule old;
  old.module.module = "older_abi";
  old.module.version = "1.2.3";
  old.module.file = "older_abi.so";
  old.module.bytes.assign(std::istreambuf_iterator<char>(file), {});
  old.module.sha256 = Sha256Hex(old.module.bytes);
  world.Write(old);
  RegisterRuleSet set;
  set.rule_set.id = RuleSetId("rs-older");
  set.rule_set.canonical_json = "older";
  set.rule_set.modules = {{"older_abi", "1.2.3", old.module.sha256}};
  world.Write(set);
  const ErrorDetails why =
      DetailsOf(world.Activate("p", set.rule_set.id).status());
  EXPECT_EQ(why.reason, "RULE_SET_NOT_SERVING");
  EXPECT_NE(why.en.find("ABI_TOO_OLD"), std::string::npos) << why.en;
  EXPECT_EQ(why.en.find("put the file"), std::string::npos) << why.en;
  EXPECT_NE(why.ja.find("ABI_TOO_OLD"), std::string::npos) << why.ja;
  EXPECT_EQ(why.ja.find("壊れて"), std::string::npos) << why.ja;
}

TEST(StartTest, DamagedBytesPutASetOutOfServiceAndNothingElse) {
  World world;
  world.AddPlan("p");
  world.AddPlan("q");
  Indicator i = Slow(), j = Slow();
  j.plan = PlanId("q");
  for (const Indicator& one : {i, j}) {
    world.Add(one);
    world.Record(Measured(one, "H27", "89.5"));
  }
  world.VerdictOf(i);
  const RuleSetId damaged = world.RegisterDamaged();
  const auto refused = world.Activate("q", damaged);
  EXPECT_EQ(DetailsOf(refused.status()).reason, "RULE_SET_NOT_SERVING");
  EXPECT_NE(refused.status().message().find("achieved 9.0.0"),
            std::string::npos);
  // Activated all the same, as a store that was damaged later would have it.
  ActivateRuleSet body;
  body.plan = PlanId("q");
  body.rule_set = damaged;
  world.Write(body);
  world.Restart();
  const Revision revision = world.Record(Measured(j, "H28", "90.6"));
  EXPECT_EQ(DetailsOf(world.evaluator().WaitJudged(
                          revision, absl::Now() + absl::Milliseconds(50)))
                .reason,
            "NOT_YET_JUDGED");
  EXPECT_EQ(world.evaluator().GetVerdict(i.key(), {})->reason,
            "NEARLY_ON_PACE");
  EXPECT_EQ(world.evaluator()
                .RunEvaluation(i.plan, absl::InfiniteFuture())
                ->evaluated,
            1);
  EXPECT_EQ(DetailsOf(world.evaluator().RuleSetProblem(damaged)).reason,
            "RULE_SET_NOT_SERVING");
  // What is deleted waits no longer, and what is there again waits again.
  world.Judge(world.Write(Delete<Indicator>{j.key(), "", true}));
  const Revision back = world.Write(Undelete<Indicator>{j.key()});
  EXPECT_FALSE(world.evaluator()
                   .WaitJudged(back, absl::Now() + absl::Milliseconds(50))
                   .ok());
  // Going back is the cure.
  ASSERT_TRUE(world.Rollback("q").ok());
  EXPECT_EQ(world.VerdictOf(j).period, At("H28"));
}

}  // namespace
}  // namespace shirube
