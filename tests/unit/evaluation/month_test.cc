// What the turn of a month does to marks that depend on it: rows with a
// publication calendar are judged again, and nothing else is.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "absl/strings/str_cat.h"
#include "server/evaluation/today.h"
#include "tests/paths.h"
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
using testing::MidnightInJapan;
using testing::World;

TEST(TodayTest, CountsMonthsAsPeriodsDo) {
  for (const char* month : {"m2023-11", "m2024-01", "m2024-03", "m2024-04"}) {
    const Period period = Period::ParseId(month).value();
    const absl::Time first = MidnightInJapan(period.year(), period.month(), 1);
    EXPECT_EQ(MonthIndexOf(first), period.index12()) << month;
    EXPECT_EQ(MonthIndexOf(first - absl::Nanoseconds(1)), period.index12() - 1)
        << month;
    EXPECT_EQ(NextMonthAfter(first - absl::Seconds(1)), first) << month;
    EXPECT_GT(NextMonthAfter(first), first + absl::Hours(24 * 27)) << month;
  }
}

class MonthTest : public ::testing::Test {
 protected:
  static constexpr absl::Duration kJustBefore = absl::Milliseconds(50);

  MonthTest() {
    world.now = kTurn - kJustBefore;
    world.Place(absl::StrCat(SHIRUBE_BINARY_DIR, "/rules/stale.so"));
    world.AddPlan("p");
    world.Add(Published());
    world.Record(Measured(Published(), "R3", "2233"));
    world.Add(Unpublished());
    world.Record(Measured(Unpublished(), "R3", "2233"));
  }

  // 1,619 in R1, 2,400 by R6; figures come out in November.
  static Indicator Published() {
    Indicator indicator = Officers("published");
    indicator.publication = Publication{.month = 11, .lag_years = 0};
    return indicator;
  }
  static Indicator Unpublished() { return Officers("unpublished"); }
  static Indicator Officers(const std::string& id) {
    return IndicatorBuilder("人", id)
        .Baseline("1619", "R1")
        .Target("2400", "R6")
        .Build();
  }

  RuleSetId ActivateWithStale() {
    const RuleSetId set =
        world.Register({"achieved", "on_track", "at_risk", "stale"});
    EXPECT_TRUE(world.Activate("", set).ok());
    return set;
  }
  std::vector<std::string> MarksOf(const Indicator& indicator) {
    return world.VerdictOf(indicator).marks;
  }
  // Until a verdict is committed that has the mark.
  bool GetsTheMark() {
    return world.commits().WaitFor([](const std::vector<Verdict>& verdicts) {
      for (const Verdict& verdict : verdicts) {
        if (!verdict.marks.empty()) return true;
      }
      return false;
    });
  }
  int64_t RowsAskedOf(const std::string& module) {
    for (const ModuleInfo& info : world.host().ListModules()) {
      if (info.id == module) return info.statistics.rows;
    }
    return -1;
  }

  // R4 is the year that ended in March 2023; November is over.
  const absl::Time kTurn = MidnightInJapan(2023, 12, 1);
  World world;
};

TEST_F(MonthTest, JudgesAgainWithoutAnythingBeingWritten) {
  ActivateWithStale();
  EXPECT_THAT(MarksOf(Published()), IsEmpty());
  const int64_t asked = RowsAskedOf("stale");
  const Verdict before = world.VerdictOf(Published());
  world.now = kTurn;
  ASSERT_TRUE(GetsTheMark());
  const Verdict after = world.VerdictOf(Published());
  EXPECT_THAT(after.marks, ElementsAre("STALE"));
  EXPECT_EQ(after.status, before.status);
  EXPECT_EQ(after.reason, before.reason);
  EXPECT_EQ(after.value, before.value);
  // The other row has no calendar, and the same month is no turn.
  EXPECT_THAT(MarksOf(Unpublished()), IsEmpty());
  EXPECT_EQ(RowsAskedOf("stale"), asked + 1);
  world.AddPlan("another");
  EXPECT_THAT(MarksOf(Published()), ElementsAre("STALE"));
  EXPECT_EQ(RowsAskedOf("stale"), asked + 1);
}

TEST_F(MonthTest, JudgesAgainAtTheStart) {
  ActivateWithStale();
  EXPECT_THAT(MarksOf(Published()), IsEmpty());
  world.now = kTurn + absl::Hours(24 * 40);
  world.Restart();
  ASSERT_TRUE(GetsTheMark());
  EXPECT_THAT(MarksOf(Published()), ElementsAre("STALE"));
}

TEST_F(MonthTest, AFigureTakesTheMarkAway) {
  ActivateWithStale();
  world.now = kTurn;
  ASSERT_TRUE(GetsTheMark());
  world.Record(Measured(Published(), "R4", "2300"));
  EXPECT_THAT(MarksOf(Published()), IsEmpty());
  // So does the calendar, taken away or moved.
  Indicator later = Published();
  later.id = IndicatorId("later");
  later.publication->lag_years = 1;
  world.Add(later);
  world.Record(Measured(later, "R3", "2233"));
  EXPECT_THAT(MarksOf(later), IsEmpty());
}

TEST_F(MonthTest, SaysItInWords) {
  ActivateWithStale();
  world.now = kTurn;
  ASSERT_TRUE(GetsTheMark());
  const Explanation told =
      *world.evaluator().Explain(Published().key(), {}, std::nullopt);
  ASSERT_EQ(told.marks.size(), 1u);
  EXPECT_EQ(told.marks[0].mark, "STALE");
  EXPECT_EQ(told.marks[0].text.ja,
            "R3実績より新しい実績値が、公表時期を過ぎても記録されていない。");
  // Of one without any figure there is none to name.
  Indicator none = Published();
  none.id = IndicatorId("none");
  world.Add(none);
  EXPECT_THAT(MarksOf(none), ElementsAre("STALE"));
  EXPECT_EQ(world.VerdictOf(none).reason, "NO_DATA");
  const Explanation of_none =
      *world.evaluator().Explain(none.key(), {}, std::nullopt);
  ASSERT_EQ(of_none.marks.size(), 1u);
  EXPECT_EQ(of_none.marks[0].text.ja,
            "公表時期を過ぎた実績値が記録されていない。");
}

TEST_F(MonthTest, TellsAPastTimeAsItWasThen) {
  ActivateWithStale();
  world.now = kTurn;
  ASSERT_TRUE(GetsTheMark());
  const auto marks = [&](const char* as_of) {
    ReadOptions options;
    options.as_of = At(as_of);
    return world.evaluator().GetVerdict(Published().key(), options)->marks;
  };
  // In March 2021 R1 was awaited, which is the baseline; a year later R2, in
  // whose place R3 was there already; another year later R3.
  EXPECT_THAT(marks("R2"), IsEmpty());
  EXPECT_THAT(marks("R3"), IsEmpty());
  EXPECT_THAT(marks("R4"), IsEmpty());
  // March 2024 is yet to come: as of now.
  EXPECT_THAT(marks("R5"), ElementsAre("STALE"));
  // A calendar that was over then: R1 came in April 2020, R2 never.
  Indicator early = Published();
  early.id = IndicatorId("early");
  early.publication->month = 4;
  world.Add(early);
  world.Record(Measured(early, "R4", "2300"));
  world.VerdictOf(early);
  ReadOptions then;
  then.as_of = Period::ParseId("m2021-06").value();
  EXPECT_THAT(world.evaluator().GetVerdict(early.key(), then)->marks,
              ElementsAre("STALE"));
  then.as_of = Period::ParseId("m2021-04").value();
  EXPECT_THAT(world.evaluator().GetVerdict(early.key(), then)->marks,
              IsEmpty());
}

TEST_F(MonthTest, AsksNobodyAgainWhereNoModuleIsToldTheMonth) {
  EXPECT_EQ(world.VerdictOf(Published()).status, Status::kOnTrack);
  const int64_t asked = RowsAskedOf("achieved");
  world.now = kTurn;
  // Written after the turn: judging it comes after looking at the month.
  world.Record(Measured(Unpublished(), "R4", "2300"));
  EXPECT_EQ(world.VerdictOf(Unpublished()).period, At("R4"));
  EXPECT_EQ(RowsAskedOf("achieved"), asked + 1);
}

TEST_F(MonthTest, AModuleOfMarksThatFailsCostsItsMarkOnly) {
  world.Place(absl::StrCat(SHIRUBE_BINARY_DIR,
                           "/tests/rule_host/modules/mark_crashes.so"));
  const RuleSetId set =
      world.Register({"achieved", "on_track", "at_risk", "mark_crashes"});
  ASSERT_TRUE(world.Activate("", set).ok());
  // The tiny module raises its mark where the target is met.
  const auto met = [](const std::string& id, const std::string& target) {
    return IndicatorBuilder("人", id)
        .Baseline("100", "R1")
        .Target(target, "R6")
        .Build();
  };
  const Indicator good = met("good", "500"), bad = met("bad", "666");
  for (const Indicator& indicator : {good, bad}) {
    world.Add(indicator);
    world.Record(Measured(indicator, "R4", "700"));
  }
  EXPECT_THAT(MarksOf(good), ElementsAre("STALE"));
  EXPECT_EQ(world.VerdictOf(good).status, Status::kAchieved);
  const Verdict verdict = world.VerdictOf(bad);
  EXPECT_EQ(verdict.status, Status::kAchieved);
  EXPECT_EQ(verdict.reason, "MET_EARLY");
  EXPECT_THAT(verdict.marks, IsEmpty());
  EXPECT_FALSE(verdict.waiting_since);
  ASSERT_EQ(verdict.failed.size(), 1u);
  EXPECT_EQ(verdict.failed[0].module, "mark_crashes");
  EXPECT_THAT(verdict.failed[0].reason, HasSubstr("CRASHED"));
}

TEST_F(MonthTest, WithTheModuleSetAsideTheStatusStands) {
  ActivateWithStale();
  world.now = kTurn;
  ASSERT_TRUE(GetsTheMark());
  world.SetAside("stale");
  world.Record(Measured(Published(), "R2", "2102"));
  const Verdict verdict = world.VerdictOf(Published());
  EXPECT_EQ(verdict.status, Status::kOnTrack);
  EXPECT_THAT(verdict.marks, IsEmpty());
  EXPECT_FALSE(verdict.waiting_since);
  ASSERT_EQ(verdict.failed.size(), 1u);
  EXPECT_EQ(verdict.failed[0].reason, "QUARANTINED");
  ASSERT_TRUE(world.Release(world.Sha256Of("stale")).ok());
  EXPECT_THAT(MarksOf(Published()), ElementsAre("STALE"));
}

}  // namespace
}  // namespace shirube
