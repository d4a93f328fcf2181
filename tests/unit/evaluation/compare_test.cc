// Yardsticks side by side.
#include "server/evaluation/compare.h"

#include <gtest/gtest.h>

#include "absl/strings/str_cat.h"
#include "server/domain/violation.h"
#include "tests/paths.h"
#include "tests/unit/evaluation/builders.h"
#include "tests/unit/evaluation/previewing.h"
#include "tests/unit/evaluation/random_plan.h"
#include "tests/unit/evaluation/world.h"

namespace shirube {
namespace {

using testing::At;
using testing::Dec;
using testing::IndicatorBuilder;
using testing::Measured;
using testing::OfFiles;
using testing::RandomPlan;
using testing::Stored;
using testing::World;

const std::vector<std::string> kShipped = {"achieved", "on_track", "at_risk"};
const Parameters kStrict = {{"pace_threshold", Dec("0.95")}};

// On pace, nearly on pace, far behind; printed the other way round.
void AddThree(World& world) {
  world.AddPlan("p");
  const std::vector<std::pair<std::string, std::string>> rows = {
      {"on-pace", "2233"}, {"nearly", "2040"}, {"behind", "1700"}};
  for (size_t i = 0; i < rows.size(); ++i) {
    Indicator indicator = IndicatorBuilder("人", rows[i].first)
                              .Baseline("1619", "R1")
                              .Target("2400", "R6")
                              .Build();
    indicator.order = static_cast<int>(rows.size() - i);
    indicator.display_name = "防災士 " + rows[i].first;
    world.Add(indicator);
    world.Record(Measured(indicator, "R4", rows[i].second));
  }
}

TEST(CompareTest, PutsYardsticksSideBySide) {
  World world;
  AddThree(world);
  const auto compared = world.evaluator().Compare(
      PlanId("p"), {}, {Stored("default"), OfFiles(world, kShipped, kStrict)},
      {});
  ASSERT_TRUE(compared.ok()) << compared.status();
  ASSERT_EQ(compared->columns.size(), 2u);
  EXPECT_EQ(compared->columns[0].id, world.Active());
  EXPECT_NE(compared->columns[1].id, compared->columns[0].id);
  ASSERT_EQ(compared->columns[0].modules.size(), 3u);
  EXPECT_EQ(compared->columns[0].modules[0].substr(0, 9), "achieved@");
  EXPECT_FALSE(compared->columns[0].title.ja.empty());
  EXPECT_EQ(compared->columns[0].counts.on_track, 2);
  EXPECT_EQ(compared->columns[1].counts.on_track, 1);
  EXPECT_EQ(compared->columns[1].counts.at_risk, 2);
  ASSERT_EQ(compared->rows.size(), 3u);
  EXPECT_EQ(compared->rows[0].key.indicator.value(), "behind");
  EXPECT_EQ(compared->rows[2].display_name, "防災士 on-pace");
  EXPECT_EQ(compared->rows[2].unit, "人");
  const ComparedRow& nearly = compared->rows[1];
  EXPECT_TRUE(nearly.disagreement);
  EXPECT_EQ(nearly.judgements.at(0).reason, "NEARLY_ON_PACE");
  EXPECT_EQ(nearly.judgements.at(1).reason, "BEHIND");
  EXPECT_EQ(nearly.judgements.at(1).title.ja, "やや遅れ");
  EXPECT_EQ(nearly.judgements.at(1).value, Dec("2040"));
  EXPECT_EQ(nearly.judgements.at(1).period, At("R4"));
  EXPECT_FALSE(compared->rows[0].disagreement);
  EXPECT_FALSE(compared->rows[2].disagreement);
}

TEST(CompareTest, OfAFewIndicatorsOnly) {
  World world;
  AddThree(world);
  const auto compared = world.evaluator().Compare(
      PlanId("p"), {IndicatorId("on-pace"), IndicatorId("behind")},
      {Stored("default")}, {});
  ASSERT_TRUE(compared.ok()) << compared.status();
  ASSERT_EQ(compared->rows.size(), 2u);
  EXPECT_EQ(compared->rows[0].key.indicator.value(), "behind");
  EXPECT_EQ(compared->columns[0].counts.total(), 2);
}

TEST(CompareTest, SaysWhatIsNotThere) {
  World world;
  AddThree(world);
  const auto reason = [&](const PlanId& plan, std::vector<IndicatorId> only,
                          const Yardstick& yardstick) {
    const auto compared =
        world.evaluator().Compare(plan, only, {yardstick}, {});
    return DetailsOf(compared.status()).reason;
  };
  EXPECT_EQ(reason(PlanId("q"), {}, Stored("default")), "RESOURCE_NOT_FOUND");
  EXPECT_EQ(reason(PlanId("p"), {}, Stored("rs-none")), "RESOURCE_NOT_FOUND");
  EXPECT_EQ(reason(PlanId("p"), {IndicatorId("no")}, Stored("default")),
            "RESOURCE_NOT_FOUND");
  ReadOptions future;
  future.as_of = At("R9");
  EXPECT_EQ(DetailsOf(world.evaluator()
                          .Compare(PlanId("p"), {}, {Stored("default")}, future)
                          .status())
                .violations.at(0)
                .reason,
            "AS_OF_IN_FUTURE");
}

TEST(CompareTest, EndsWithTheEvaluator) {
  World world;
  AddThree(world);
  world.evaluator().Stop();
  EXPECT_EQ(world.evaluator()
                .Compare(PlanId("p"), {}, {Stored("default")}, {})
                .status()
                .code(),
            absl::StatusCode::kCancelled);
}

TEST(CompareTest, AModuleThatFailsOnARowIsNotSetAsideForIt) {
  World world;
  world.Place(absl::StrCat(SHIRUBE_BINARY_DIR,
                           "/tests/rule_host/modules/crashes_on_row.so"));
  world.AddPlan("p");
  for (int n = 0; n < 8; ++n) {
    const Indicator i = IndicatorBuilder("人", absl::StrCat("i-", n))
                            .Baseline("0", "R1")
                            .Target("666", "R6")
                            .Build();
    world.Add(i);
    world.Record(Measured(i, "R4", "90"));
  }
  const auto compared = world.evaluator().Compare(
      PlanId("p"), {}, {OfFiles(world, {"crashes_on_row"})}, {});
  ASSERT_TRUE(compared.ok()) << compared.status();
  EXPECT_EQ(compared->columns[0].counts.indeterminate, 8);
  EXPECT_EQ(compared->rows[0].judgements[0].failed.at(0).module,
            "crashes_on_row");
  for (const ModuleInfo& info : world.host().ListModules()) {
    EXPECT_FALSE(info.quarantine) << info.id;
  }
}

TEST(CompareTest, AgreesWithReadsAsOf) {
  World world;
  const RandomPlan random(7, "p", 40);
  random.AddTo(world);
  world.Judge(world.store().Snapshot().value()->Head()->revision);
  std::vector<std::optional<Period>> asked = {std::nullopt, At("R2"), At("R3")};
  for (const std::optional<Period>& as_of : asked) {
    ReadOptions options;
    options.as_of = as_of;
    const auto verdicts =
        world.evaluator().ListVerdicts(PlanId("p"), options).value();
    const auto compared = world.evaluator().Compare(
        PlanId("p"), {}, {Stored("default")}, options);
    ASSERT_TRUE(compared.ok()) << compared.status();
    ASSERT_EQ(compared->rows.size(), verdicts.size());
    for (size_t i = 0; i < verdicts.size(); ++i) {
      const Judgement& judgement = compared->rows[i].judgements.at(0);
      EXPECT_EQ(compared->rows[i].key, verdicts[i].indicator);
      EXPECT_EQ(judgement.status, verdicts[i].status);
      EXPECT_EQ(judgement.reason, verdicts[i].reason);
      EXPECT_EQ(judgement.marks, verdicts[i].marks);
      EXPECT_EQ(judgement.value, verdicts[i].value);
    }
  }
}

}  // namespace
}  // namespace shirube
