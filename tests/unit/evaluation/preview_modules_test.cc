// Previews of modules that misbehave.
#include <gtest/gtest.h>

#include <algorithm>
#include <map>

#include "absl/strings/str_cat.h"
#include "server/domain/violation.h"
#include "server/evaluation/evaluator.h"
#include "tests/paths.h"
#include "tests/unit/evaluation/builders.h"
#include "tests/unit/evaluation/previewing.h"

namespace shirube {
namespace {

using testing::DumpOf;
using testing::HeadOf;
using testing::IndicatorBuilder;
using testing::Measured;
using testing::OfFiles;
using testing::OfPlan;
using testing::Preview;
using testing::Told;
using testing::World;

std::filesystem::path Tiny(const std::string& module) {
  return absl::StrCat(SHIRUBE_BINARY_DIR, "/tests/rule_host/modules/", module,
                      ".so");
}

std::string ReasonOf(const absl::Status& status) {
  return DetailsOf(status).reason;
}

Indicator TargetOf(const std::string& id, const std::string& target) {
  return IndicatorBuilder("人", id)
      .Baseline("0", "R1")
      .Target(target, "R6")
      .Build();
}

TEST(PreviewModulesTest, ARowThatACandidateFailsOnIsIndeterminate) {
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

TEST(PreviewModulesTest, ACandidateThatTheHostSetsAsideIsNamedAndGoesOn) {
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

}  // namespace
}  // namespace shirube
