// Previews of years gone by say what reads say as of then.
#include <gtest/gtest.h>

#include <algorithm>
#include <map>

#include "absl/strings/str_cat.h"
#include "server/domain/violation.h"
#include "server/evaluation/evaluator.h"
#include "server/evaluation/row_source.h"
#include "tests/unit/evaluation/builders.h"
#include "tests/unit/evaluation/previewing.h"
#include "tests/unit/evaluation/random_plan.h"

namespace shirube {
namespace {

using testing::At;
using testing::Dec;
using testing::HeadOf;
using testing::OfFiles;
using testing::OfPlan;
using testing::Preview;
using testing::RandomPlan;
using testing::Told;
using testing::World;

const std::vector<std::string> kShipped = {"achieved", "on_track", "at_risk"};
const Parameters kStrict = {{"pace_threshold", Dec("0.95")}};

// Everything that reads say of a plan in one year.
struct Read {
  std::vector<Verdict> verdicts;
  PlanFlags flags;
};
using Years = std::map<Period, Read>;

Years ReadAll(World& world, const std::string& plan,
              const std::vector<Period>& years) {
  Years all;
  for (const Period& year : years) {
    ReadOptions options;
    options.as_of = year;
    all[year].verdicts =
        world.evaluator().ListVerdicts(PlanId(plan), options).value();
    all[year].flags = world.evaluator().Flags(PlanId(plan), options).value();
  }
  return all;
}

void ExpectIs(const Judgement& judgement, const Verdict& verdict,
              const std::string& where) {
  EXPECT_EQ(judgement.status, verdict.status) << where;
  EXPECT_EQ(judgement.reason, verdict.reason) << where;
  EXPECT_EQ(judgement.marks, verdict.marks) << where;
  EXPECT_EQ(judgement.value, verdict.value) << where;
  EXPECT_EQ(judgement.period, verdict.period) << where;
}

// Gives the number of verdicts listed.
size_t CheckVerdicts(const Told& told, const PreviewSummary& summary,
                     const Read& before, const Read& after) {
  const Period year = *summary.as_of;
  EXPECT_EQ(before.verdicts.size(), after.verdicts.size());
  EXPECT_EQ(summary.evaluated, static_cast<int64_t>(before.verdicts.size()));
  int64_t changed = 0, reworded = 0;
  for (size_t i = 0; i < before.verdicts.size(); ++i) {
    const Verdict &b = before.verdicts[i], &a = after.verdicts[i];
    const std::string& id = b.indicator.indicator.value();
    const std::string where = absl::StrCat(id, " ", year.ToId());
    const bool differs = b.status != a.status;
    const bool words = !differs && (b.reason != a.reason || b.marks != a.marks);
    changed += differs;
    reworded += words;
    const VerdictChange* change = told.Find(id, year);
    EXPECT_EQ(change != nullptr, differs || words) << where;
    if (change == nullptr) continue;
    ExpectIs(change->before, b, where);
    ExpectIs(change->after, a, where);
  }
  EXPECT_EQ(summary.changed, changed) << year.ToId();
  EXPECT_EQ(summary.reworded, reworded) << year.ToId();
  EXPECT_EQ(summary.before.at_risk, before.flags.plan.counts.at_risk);
  EXPECT_EQ(summary.after.at_risk, after.flags.plan.counts.at_risk);
  EXPECT_EQ(summary.after.not_evaluated, after.flags.plan.counts.not_evaluated);
  return static_cast<size_t>(changed + reworded);
}

void CheckFlags(const Told& told, const PreviewSummary& summary,
                const PlanFlags& before, const PlanFlags& after) {
  EXPECT_EQ(summary.flags, static_cast<int64_t>(before.initiatives.size()));
  int64_t changed = 0;
  for (size_t i = 0; i < before.initiatives.size(); ++i) {
    const Flag &b = before.initiatives[i], &a = after.initiatives[i];
    const auto change = std::find_if(
        told.flags.begin(), told.flags.end(), [&](const FlagChange& one) {
          return one.initiative == b.initiative && one.as_of == summary.as_of;
        });
    ASSERT_EQ(change != told.flags.end(), b.status != a.status)
        << b.initiative.value() << " " << summary.as_of->ToId();
    if (change == told.flags.end()) continue;
    ++changed;
    EXPECT_EQ(change->before, b.status);
    EXPECT_EQ(change->after, a.status);
  }
  EXPECT_EQ(summary.changed_flags, changed);
}

// What reads say before and after the set that was tried is activated.
void ExpectAsReadsSay(World& world, const std::string& plan,
                      const std::vector<Period>& years) {
  PreviewOptions options = OfPlan(plan, years);
  options.include_reworded = true;
  const Told told = Preview(world, OfFiles(world, kShipped, kStrict), options);
  ASSERT_TRUE(told.status.ok()) << told.status;
  const Years before = ReadAll(world, plan, years);
  ASSERT_TRUE(world.Activate(plan, world.Register(kShipped, kStrict)).ok());
  const Years after = ReadAll(world, plan, years);
  ASSERT_EQ(told.summaries.size(), years.size());
  size_t listed = 0;
  for (const PreviewSummary& summary : told.summaries) {
    const Read &b = before.at(*summary.as_of), &a = after.at(*summary.as_of);
    listed += CheckVerdicts(told, summary, b, a);
    CheckFlags(told, summary, b.flags, a.flags);
  }
  EXPECT_EQ(told.verdicts.size(), listed);
  EXPECT_GT(listed, 0u) << "nothing differs in " << plan;
}

TEST(PreviewYearsTest, AgreeWithReadsAsOfThen) {
  World::Settings settings;
  settings.evaluator.preview_rows = 16;
  World world(settings);
  bool any_made = false;
  for (uint32_t seed = 1; seed <= 3; ++seed) {
    const std::string plan = absl::StrCat("p-", seed);
    const RandomPlan random(seed, plan, 50);
    random.AddTo(world);
    for (const Indicator& indicator : random.indicators) {
      any_made |= HadOtherAims(indicator, At("R2"));
    }
    world.Judge(HeadOf(world));
    ExpectAsReadsSay(world, plan, {At("R1"), At("R2"), At("R3"), At("R4")});
  }
  EXPECT_TRUE(any_made) << "no target was revised";
}

}  // namespace
}  // namespace shirube
