// Alerts that are not an indicator's: of initiatives, of what next year's plan
// does not mention, of figures overdue, of modules out of service; and what
// time alone does to all of them. With the real store, ledger and modules.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "server/evaluation/today.h"
#include "tests/paths.h"
#include "tests/unit/evaluation/builders.h"
#include "tests/unit/evaluation/world.h"

namespace shirube {
namespace {

using testing::At;
using testing::Dec;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using testing::IndicatorBuilder;
using ::testing::IsEmpty;
using testing::Measured;
using testing::MidnightInJapan;
using ::testing::SizeIs;
using testing::World;

// On pace at R4: 2,087.6 and more; 1,700 lags.
Indicator Officers(const std::string& id, std::vector<std::string> links = {}) {
  Indicator indicator = IndicatorBuilder("人", id)
                            .Baseline("1619", "R1")
                            .Target("2400", "R6")
                            .Build();
  indicator.display_name = "指標 " + id;
  for (const std::string& link : links) indicator.links.emplace_back(link);
  return indicator;
}

class OtherAlertsTest : public ::testing::Test {
 protected:
  // A pillar with two measures.
  OtherAlertsTest() {
    world.now = MidnightInJapan(2023, 6, 1);
    world.AddPlan("p");
    world.AddInitiative("p", "p1");
    world.AddInitiative("p", "m1", "p1");
    world.AddInitiative("p", "m2", "p1");
  }

  void Judge() {
    world.Judge(world.store().Snapshot().value()->Head().value().revision);
  }
  void Lag(const std::string& id, const std::string& period = "R4") {
    world.Record(Measured(Officers(id), period, "1700"));
    Judge();
  }
  void DoWell(const std::string& id, const std::string& period) {
    world.Record(Measured(Officers(id), period, "2390"));
    Judge();
  }
  std::vector<Alert> Of(AlertKind kind, bool unresolved = false) {
    AlertQuery query;
    query.kind = kind;
    query.unresolved = unresolved;
    return world.store().Snapshot().value()->ListAlerts(query).value();
  }
  std::vector<std::string> Open(AlertKind kind) {
    std::vector<std::string> ids;
    for (const Alert& alert : Of(kind, true)) ids.push_back(alert.id.value());
    return ids;
  }
  Alert One(const std::string& id) {
    const auto found =
        world.store().Snapshot().value()->GetAlert({PlanId("p"), AlertId(id)});
    EXPECT_TRUE(found.ok() && found->has_value()) << id;
    return found.ok() && found->has_value() ? **found : Alert();
  }
  std::vector<AlertTransition> Log() {
    return world.store().Snapshot().value()->ListTransitions(0, 0).value();
  }
  // Until the alert is so, which time brings about.
  bool Becomes(const std::string& id, AlertState state) {
    const absl::Time give_up = absl::Now() + absl::Seconds(30);
    while (absl::Now() < give_up) {
      const auto found = world.store().Snapshot().value()->GetAlert(
          {PlanId("p"), AlertId(id)});
      if (found.ok() && found->has_value() && (*found)->state == state) {
        return true;
      }
      absl::SleepFor(absl::Milliseconds(2));
    }
    return false;
  }
  void Plan(const std::string& initiative, const std::string& year) {
    Update<Initiative> update;
    update.key = {PlanId("p"), InitiativeId(initiative)};
    update.patch = [year](Initiative& one) {
      Entry entry;
      entry.type = EntryType::kPlanned;
      entry.fiscal_year = At(year);
      entry.text = "研修を増やす";
      one.entries.push_back(entry);
      return absl::OkStatus();
    };
    world.Write(update);
    Judge();
  }

  World world;
};

constexpr AlertKind kInitiative = AlertKind::kLaggingInitiative;
constexpr AlertKind kNotPlanned = AlertKind::kNoPlannedEntry;
constexpr AlertKind kOverdue = AlertKind::kFigureOverdue;
constexpr AlertKind kModule = AlertKind::kModuleOutOfService;

TEST_F(OtherAlertsTest, AnIndicatorThatLagsRaisesAllAboveItInOneCommit) {
  world.Add(Officers("a", {"m1"}));
  world.Add(Officers("b", {"m1"}));
  DoWell("b", "R4");
  Lag("a");
  EXPECT_THAT(Open(kInitiative), ElementsAre("f-m1-fy2022", "f-p1-fy2022"));
  const Alert alert = One("f-m1-fy2022");
  EXPECT_EQ(alert.stamp.revision, world.VerdictOf(Officers("a")).revision);
  EXPECT_EQ(alert.status, Status::kAtRisk);
  EXPECT_EQ(alert.reason, "FAR_BEHIND");
  EXPECT_EQ(alert.severity, Severity::kWarning);
  EXPECT_EQ(alert.value, Dec("1"));
  EXPECT_THAT(alert.initiatives,
              ElementsAre(InitiativeId("m1"), InitiativeId("p1")));
  EXPECT_EQ(alert.rule_set, world.Active());
  EXPECT_THAT(alert.sentence.ja,
              HasSubstr("の指標2件のうち1件が要改善である(指標 a(遅れ、R4))。"
                        "判定:要改善"));
  EXPECT_THAT(alert.sentence.en, HasSubstr("1 of 2 indicators of"));
  EXPECT_EQ(alert.way_out.ja, "要改善の指標がなくなれば解消する。");
}

TEST_F(OtherAlertsTest, MoreThatLagUpdateItAndTheLastOneEndsIt) {
  world.Add(Officers("a", {"m1"}));
  world.Add(Officers("b", {"m1"}));
  Lag("a");
  Lag("b");
  EXPECT_EQ(One("f-m1-fy2022").seq, 2);
  EXPECT_EQ(One("f-m1-fy2022").value, Dec("2"));
  DoWell("a", "R5");
  EXPECT_EQ(One("f-m1-fy2022").value, Dec("1"));
  EXPECT_THAT(Open(kInitiative), SizeIs(2));
  DoWell("b", "R5");
  EXPECT_THAT(Open(kInitiative), IsEmpty());
  const Alert ended = One("f-m1-fy2022");
  EXPECT_EQ(ended.resolution, AlertResolution::kRecovered);
  EXPECT_EQ(ended.status, Status::kOnTrack);
  EXPECT_THAT(ended.sentence.ja, HasSubstr("要改善のものはない。判定:順調"));
}

TEST_F(OtherAlertsTest, TheNextPeriodSupersedesAndEscalates) {
  world.Add(Officers("a", {"m1"}));
  Lag("a", "R4");
  Lag("a", "R5");
  EXPECT_THAT(Open(kInitiative), ElementsAre("f-m1-fy2023", "f-p1-fy2023"));
  EXPECT_EQ(One("f-m1-fy2022").resolution, AlertResolution::kSuperseded);
  EXPECT_TRUE(One("f-m1-fy2023").escalated);
  EXPECT_EQ(One("f-m1-fy2023").previous, AlertId("f-m1-fy2022"));
}

TEST_F(OtherAlertsTest, OneWellAgainMakesNoAlertOfAnEarlierYear) {
  world.Add(Officers("a", {"m1"}));
  world.Add(Officers("b", {"m1"}));
  Lag("a", "R4");
  Lag("b", "R5");
  ASSERT_EQ(One("f-m1-fy2023").value, Dec("2"));
  CorrectObservation correct;
  correct.key = {Officers("b").key(), "fy2023"};
  correct.patch = [](Observation& o) {
    o.value = testing::Number("2390");
    return absl::OkStatus();
  };
  world.Write(correct);
  Judge();
  // "a" lags on since R4, in the alert that is there.
  EXPECT_THAT(Open(kInitiative), ElementsAre("f-m1-fy2023", "f-p1-fy2023"));
  EXPECT_EQ(One("f-m1-fy2023").value, Dec("1"));
}

TEST_F(OtherAlertsTest, WhoKnowsIsToldOfMoreButNotOfLess) {
  for (const char* id : {"a", "b", "c"}) world.Add(Officers(id, {"m1"}));
  Lag("a");
  Lag("b");
  AcknowledgeAlert ack;
  ack.key = {PlanId("p"), AlertId("f-m1-fy2022")};
  ack.reason = "確認中";
  world.Write(ack);
  DoWell("a", "R5");
  EXPECT_EQ(One("f-m1-fy2022").state, AlertState::kAcknowledged);
  EXPECT_EQ(One("f-m1-fy2022").value, Dec("1"));
  Lag("c");
  EXPECT_EQ(One("f-m1-fy2022").state, AlertState::kOpen);
}

TEST_F(OtherAlertsTest, ABaselineImportRaisesNoneUntilItIsAskedFor) {
  world.Add(Officers("a", {"m1"}));
  BatchRecord import;
  import.observations.push_back(Measured(Officers("a"), "R4", "1700"));
  import.baseline_import = true;
  world.Write(import);
  Judge();
  world.Restart();
  world.AddInitiative("p", "m3", "p1");
  Judge();
  EXPECT_THAT(Log(), IsEmpty());

  OpenExistingAlerts open;
  open.plan = PlanId("p");
  open.news = world.evaluator()
                  .LaggingWithoutAlert(open.plan, IndicatorId(), 10, true)
                  .value()
                  .news;
  world.Write(open);
  Judge();
  EXPECT_THAT(Open(AlertKind::kLaggingIndicator), ElementsAre("l-a-fy2022"));
  EXPECT_THAT(Open(kInitiative), ElementsAre("f-m1-fy2022", "f-p1-fy2022"));
}

TEST_F(OtherAlertsTest, WhatIsToldLaterRaisesWhatIsAboveInTheSameWords) {
  world.Add(Officers("a", {"m1"}));
  BatchRecord import;
  import.observations.push_back(Measured(Officers("a"), "R4", "1700"));
  import.baseline_import = true;
  world.Write(import);
  Judge();
  ASSERT_THAT(Log(), IsEmpty());
  CorrectObservation correct;
  correct.key = {Officers("a").key(), "fy2022"};
  correct.patch = [](Observation& o) {
    o.value = testing::Number("1690");
    return absl::OkStatus();
  };
  world.Write(correct);
  Judge();
  EXPECT_THAT(Open(AlertKind::kLaggingIndicator), ElementsAre("l-a-fy2022"));
  EXPECT_THAT(Open(kInitiative), ElementsAre("f-m1-fy2022", "f-p1-fy2022"));
}

TEST_F(OtherAlertsTest, AnUndeletedIndicatorCountsAgain) {
  world.Add(Officers("a", {"m1"}));
  world.Add(Officers("b", {"m1"}));
  Lag("a");
  Lag("b");
  Delete<Indicator> gone;
  gone.key = Officers("b").key();
  gone.force = true;
  world.Write(gone);
  Judge();
  EXPECT_EQ(One("f-m1-fy2022").value, Dec("1"));
  world.Write(Undelete<Indicator>{Officers("b").key()});
  Judge();
  EXPECT_EQ(One("f-m1-fy2022").value, Dec("2"));
  EXPECT_THAT(Open(AlertKind::kLaggingIndicator),
              ElementsAre("l-a-fy2022", "l-b-fy2022"));
}

TEST_F(OtherAlertsTest, AllOfAnUndeletedPlanLagsAgain) {
  world.Add(Officers("a", {"m1"}));
  Lag("a");
  Delete<struct Plan> gone;
  gone.key = PlanId("p");
  gone.force = true;
  world.Write(gone);
  Judge();
  EXPECT_THAT(Open(kInitiative), IsEmpty());
  world.Write(Undelete<struct Plan>{PlanId("p")});
  Judge();
  EXPECT_THAT(Open(AlertKind::kLaggingIndicator), ElementsAre("l-a-fy2022"));
  EXPECT_THAT(Open(kInitiative), ElementsAre("f-m1-fy2022", "f-p1-fy2022"));
}

TEST_F(OtherAlertsTest, ALinkMadeOrTakenAwayCounts) {
  world.Add(Officers("a", {"m1"}));
  Lag("a");
  world.Write(LinkIndicator{Officers("a").key(), InitiativeId("m2")});
  Judge();
  EXPECT_THAT(Open(kInitiative),
              ElementsAre("f-m1-fy2022", "f-m2-fy2022", "f-p1-fy2022"));
  world.Write(UnlinkIndicator{Officers("a").key(), InitiativeId("m1")});
  Judge();
  EXPECT_THAT(Open(kInitiative), ElementsAre("f-m2-fy2022", "f-p1-fy2022"));
  // Nothing says that it is good: it has no indicator any more.
  EXPECT_EQ(One("f-m1-fy2022").resolution, AlertResolution::kCorrected);
}

TEST_F(OtherAlertsTest, AMovedMeasureTakesItsTroubleAlong) {
  world.AddInitiative("p", "p2");
  world.Add(Officers("a", {"m1"}));
  Lag("a");
  Update<Initiative> move;
  move.key = {PlanId("p"), InitiativeId("m1")};
  move.patch = [](Initiative& one) {
    one.parent = InitiativeId("p2");
    return absl::OkStatus();
  };
  world.Write(move);
  Judge();
  EXPECT_THAT(Open(kInitiative), ElementsAre("f-m1-fy2022", "f-p2-fy2022"));
}

TEST_F(OtherAlertsTest, ADeletedOneIsRemovedAndAnotherStartSaysNothingTwice) {
  world.Add(Officers("a", {"m1"}));
  Lag("a");
  Delete<Initiative> gone;
  gone.key = {PlanId("p"), InitiativeId("m1")};
  gone.force = true;
  world.Write(gone);
  Judge();
  EXPECT_EQ(One("f-m1-fy2022").resolution, AlertResolution::kRemoved);
  EXPECT_THAT(Open(kInitiative), IsEmpty());
  const size_t said = Log().size();
  world.Restart();
  DoWell("a", "R5");
  EXPECT_EQ(Log().size(), said + 1);  // the indicator's own
}

TEST_F(OtherAlertsTest, AShareOfThemIsNotEnough) {
  Update<struct Plan> policy;
  policy.key = PlanId("p");
  policy.patch = [](struct Plan& plan) {
    plan.flag_policy.kind = FlagPolicy::Kind::kShare;
    plan.flag_policy.at_risk_share = Dec("0.6");
    return absl::OkStatus();
  };
  world.Write(policy);
  world.Add(Officers("a", {"m1"}));
  world.Add(Officers("b", {"m1"}));
  DoWell("a", "R4");
  Lag("b");
  EXPECT_THAT(Open(kInitiative), IsEmpty());
  Lag("a", "R5");
  EXPECT_THAT(Open(kInitiative), ElementsAre("f-m1-fy2023", "f-p1-fy2023"));
  EXPECT_EQ(One("f-m1-fy2023").way_out.ja,
            "要改善の指標が判定できた指標の60%未満になれば解消する。");
}

TEST_F(OtherAlertsTest, AnotherYardstickEndsIt) {
  world.Add(Officers("a", {"m1"}));
  world.Record(Measured(Officers("a"), "R4", "1980"));  // 0.77 of the pace
  Judge();
  ASSERT_THAT(Open(kInitiative), SizeIs(2));
  const RuleSetId lenient = world.Register({"achieved", "on_track", "at_risk"},
                                           {{"pace_threshold", Dec("0.7")}});
  ASSERT_TRUE(world.Activate("", lenient).ok());
  Judge();
  EXPECT_THAT(Open(kInitiative), IsEmpty());
  EXPECT_EQ(One("f-m1-fy2022").resolution, AlertResolution::kRuleChanged);
}

TEST_F(OtherAlertsTest, ARunOfManyRaisesWhatIsAboveThem) {
  constexpr int kMany = 4200;  // more than one group
  ApplyPlan many;
  many.document.plan.id = PlanId("p");
  many.options.match_by = MatchBy::kId;
  for (int n = 0; n < kMany; ++n) {
    const Indicator one = Officers(absl::StrCat("i-", n), {"m2"});
    many.document.indicators.push_back(one);
    many.document.observations.push_back(Measured(one, "R4", "1700"));
  }
  world.Judge(world.Write(many));
  EXPECT_THAT(Open(kInitiative), ElementsAre("f-m2-fy2022", "f-p1-fy2022"));
  EXPECT_EQ(One("f-m2-fy2022").value, Dec("4200"));
  EXPECT_EQ(One("f-m2-fy2022").seq, 1);
  EXPECT_THAT(One("f-m2-fy2022").sentence.ja, HasSubstr("ほか4197件"));
}

TEST_F(OtherAlertsTest, WarnsOfWhatNextYearsPlanDoesNotMention) {
  world.Add(Officers("a", {"m1"}));
  Lag("a");
  EXPECT_THAT(Open(kNotPlanned), IsEmpty()) << "no plan of R5 is there yet";
  Plan("m2", "R5");
  EXPECT_THAT(Open(kNotPlanned), ElementsAre("n-m1-fy2022"))
      << "the pillar has no link of its own";
  const Alert alert = One("n-m1-fy2022");
  EXPECT_EQ(alert.severity, Severity::kWarning);
  EXPECT_THAT(alert.sentence.ja,
              HasSubstr("令和5年度の主な取組計画に記載がない。"));
  Plan("m1", "R5");
  EXPECT_THAT(Open(kNotPlanned), IsEmpty());
  EXPECT_EQ(One("n-m1-fy2022").resolution, AlertResolution::kRecovered);
  EXPECT_THAT(Open(kInitiative), SizeIs(2));
}

TEST_F(OtherAlertsTest, ALaterPeriodWhosePlanIsNotThereYetSupersedes) {
  world.Add(Officers("a", {"m1"}));
  Plan("m2", "R5");
  Lag("a", "R4");
  ASSERT_THAT(Open(kNotPlanned), ElementsAre("n-m1-fy2022"));
  Lag("a", "R5");
  EXPECT_THAT(Open(kNotPlanned), IsEmpty());
  EXPECT_EQ(One("n-m1-fy2022").resolution, AlertResolution::kSuperseded);
}

TEST_F(OtherAlertsTest, NothingIsMissingOfWhatIsOnlyPrintedUnderIt) {
  Indicator a = Officers("a");
  a.printed_under = InitiativeId("m1");
  world.Add(a);
  Plan("m2", "R5");
  Lag("a");
  EXPECT_THAT(Open(kInitiative), SizeIs(2));
  EXPECT_THAT(Open(kNotPlanned), IsEmpty());
}

// Later than any store of today begins, because times of commits never go back.
Indicator Counted(const std::string& id, std::vector<std::string> links = {}) {
  Indicator indicator = Officers(id, std::move(links));
  indicator.baselines[0].period = At("R20");
  indicator.targets[0].period = At("R25");
  return indicator;
}

// R23 ends in March 2042; its figure comes out in November.
class FiguresTest : public OtherAlertsTest {
 protected:
  FiguresTest() {
    world.now = MidnightInJapan(2042, 11, 30) + absl::Hours(23);
    Indicator a = Counted("a", {"m1"});
    a.owner = "消防課";
    a.publication = Publication{.month = 11, .lag_years = 0};
    world.Add(a);
    world.Record(Measured(a, "R22", "2233"));
    Judge();
  }
  // Any write has the clock looked at.
  void TurnTo(absl::Time now) {
    world.now = now;
    world.AddInitiative("p", absl::StrCat("x", ++turns_));
    Judge();
  }
  int turns_ = 0;
};

TEST_F(FiguresTest, ATurnOfTheMonthOpensOneAndTheFigureEndsIt) {
  EXPECT_THAT(Open(kOverdue), IsEmpty());
  TurnTo(MidnightInJapan(2042, 12, 1));
  EXPECT_THAT(Open(kOverdue), ElementsAre("o-a-fy2041"));
  const Alert alert = One("o-a-fy2041");
  EXPECT_EQ(alert.severity, Severity::kWarning);
  EXPECT_EQ(alert.reason, "OVERDUE");
  EXPECT_EQ(alert.owner, "消防課");
  EXPECT_EQ(alert.sentence.ja,
            "「指標 a」のR23の実績値は2042年11月に公表される予定だったが、まだ"
            "記録されていない(最新はR22)。");
  world.Restart();
  TurnTo(MidnightInJapan(2042, 12, 2));
  const auto log = Log();
  EXPECT_THAT(log, SizeIs(1))
      << "a restart says nothing twice: " << log.back().alert.sentence.ja;
  world.Record(Measured(Counted("a"), "R23", "2300"));
  Judge();
  EXPECT_THAT(Open(kOverdue), IsEmpty());
  EXPECT_EQ(One("o-a-fy2041").resolution, AlertResolution::kRecovered);
}

TEST_F(FiguresTest, WhatWasLateWhenItCameInOpensNone) {
  Indicator b = Counted("b");
  b.publication = Publication{.month = 4, .lag_years = 0};
  world.Add(b);
  Judge();
  EXPECT_THAT(Open(kOverdue), IsEmpty()) << "R23 was due in April";
  TurnTo(MidnightInJapan(2043, 5, 1));
  EXPECT_EQ(One("o-b-fy2042").state, AlertState::kOpen);
}

TEST_F(FiguresTest, AnotherYearWithoutItEscalates) {
  TurnTo(MidnightInJapan(2042, 12, 1));
  TurnTo(MidnightInJapan(2043, 12, 1));
  EXPECT_THAT(Open(kOverdue), ElementsAre("o-a-fy2042"));
  EXPECT_TRUE(One("o-a-fy2042").escalated);
  EXPECT_EQ(One("o-a-fy2041").resolution, AlertResolution::kSuperseded);
}

TEST_F(FiguresTest, IsOpenedByTheClockAloneAndGoesWithItsCalendar) {
  world.now = MidnightInJapan(2042, 12, 1) - absl::Milliseconds(50);
  TurnTo(world.now);  // so that the thread knows how long to wait
  world.now = MidnightInJapan(2042, 12, 1);
  EXPECT_TRUE(Becomes("o-a-fy2041", AlertState::kOpen));
  Update<Indicator> without;
  without.key = Counted("a").key();
  without.patch = [](Indicator& one) {
    one.publication.reset();
    return absl::OkStatus();
  };
  world.Write(without);
  Judge();
  EXPECT_EQ(One("o-a-fy2041").state, AlertState::kResolved);
}

TEST_F(OtherAlertsTest, AModuleSetAsideIsToldInThePlansThatItJudges) {
  world.AddPlan("q");
  const RuleSetId without = world.Register({"achieved", "on_track"});
  ASSERT_TRUE(world.Activate("q", without).ok());
  world.SetAside("at_risk");
  Judge();
  EXPECT_THAT(Open(kModule), SizeIs(1));
  const auto alerts = Of(kModule);
  ASSERT_THAT(alerts, SizeIs(1));
  EXPECT_EQ(alerts[0].plan, PlanId("p"));
  EXPECT_EQ(alerts[0].subject, "at_risk");
  EXPECT_EQ(alerts[0].reason, "CRASHED");
  EXPECT_EQ(alerts[0].severity, Severity::kCritical);
  EXPECT_THAT(alerts[0].sentence.ja, HasSubstr("失敗が多すぎる"));
  world.Restart();
  Judge();
  EXPECT_THAT(Log(), SizeIs(1));
  ASSERT_TRUE(world.Release(world.Sha256Of("at_risk")).ok());
  Judge();
  EXPECT_THAT(Open(kModule), IsEmpty());
  EXPECT_EQ(Of(kModule)[0].resolution, AlertResolution::kRecovered);
  world.now += absl::Hours(1);
  world.SetAside("at_risk");
  Judge();
  EXPECT_EQ(Of(kModule)[0].reopened, 1);
}

TEST_F(OtherAlertsTest, AnotherSetWithoutTheModuleEndsIt) {
  world.SetAside("at_risk");
  Judge();
  ASSERT_THAT(Open(kModule), SizeIs(1));
  ASSERT_TRUE(
      world.Activate("p", world.Register({"achieved", "on_track"})).ok());
  Judge();
  EXPECT_THAT(Open(kModule), IsEmpty());
  EXPECT_EQ(Of(kModule)[0].resolution, AlertResolution::kRuleChanged);
}

// The module and the alert go by the same rule, whatever is known of a row.
TEST(FiguresRuleTest, AreOverdueWhereTheModuleSaysStale) {
  World world;
  world.now = MidnightInJapan(2038, 6, 1);
  world.AddPlan("p");
  world.Place(absl::StrCat(SHIRUBE_BINARY_DIR, "/rules/stale.so"));
  ASSERT_TRUE(world
                  .Activate("", world.Register({"achieved", "on_track",
                                                "at_risk", "stale"}))
                  .ok());
  int n = 0;
  for (const int month : {1, 3, 4, 6, 11, 12}) {
    for (const int lag : {0, 1, 2}) {
      for (const char* figure : {"", "R20", "R21", "R22", "R23"}) {
        for (const char* target : {"R23", "R25", "2042年"}) {
          ++n;
          Indicator one = IndicatorBuilder("人", absl::StrCat("r-", n))
                              .Baseline("1619", n % 7 == 0 ? "" : "R20")
                              .Target("2400", target)
                              .Build();
          if (n % 5 == 0) one.targets.back().every_year = true;
          if (n % 5 == 0) one.targets.back().period.reset();
          one.publication = Publication{.month = month, .lag_years = lag};
          world.Add(one);
          if (*figure != '\0') world.Record(Measured(one, figure, "2000"));
        }
      }
    }
  }
  world.now = MidnightInJapan(2044, 7, 1);
  world.Judge(world.AddPlan("later"));
  std::vector<std::string> stale, overdue;
  ListQuery query;
  query.plan = PlanId("p");
  const std::vector<Verdict> verdicts =
      world.store().Snapshot().value()->ListVerdicts(query).value();
  for (const Verdict& verdict : verdicts) {
    const auto& marks = verdict.marks;
    if (std::find(marks.begin(), marks.end(), "STALE") != marks.end()) {
      stale.push_back(verdict.indicator.indicator.value());
    }
  }
  AlertQuery unresolved;
  unresolved.kind = kOverdue;
  unresolved.unresolved = true;
  const std::vector<Alert> alerts =
      world.store().Snapshot().value()->ListAlerts(unresolved).value();
  for (const Alert& alert : alerts) overdue.push_back(alert.subject);
  EXPECT_GT(stale.size(), 50u);
  EXPECT_LT(stale.size(), static_cast<size_t>(n));
  std::sort(overdue.begin(), overdue.end());
  EXPECT_EQ(overdue, stale);
}

TEST_F(OtherAlertsTest, AReviewDateOpensItAgain) {
  world.Add(Officers("a"));
  Lag("a");
  AcknowledgeAlert ack;
  ack.key = {PlanId("p"), AlertId("l-a-fy2022")};
  ack.reason = "確認中";
  ack.review_date = "2023-06-03";
  world.Write(ack);
  world.now = MidnightInJapan(2023, 6, 2) + absl::Hours(23);
  world.AddPlan("early");
  Judge();
  EXPECT_EQ(One("l-a-fy2022").state, AlertState::kAcknowledged);
  world.now = MidnightInJapan(2023, 6, 3);
  world.AddPlan("due");
  Judge();
  EXPECT_EQ(One("l-a-fy2022").state, AlertState::kOpen);
  EXPECT_EQ(One("l-a-fy2022").review_date, "");
  EXPECT_EQ(Log().back().type, TransitionType::kOpened);
}

TEST_F(OtherAlertsTest, ASnoozeEndsWhenItsTimeHasCome) {
  world.Add(Officers("a"));
  Lag("a");
  SnoozeAlert snooze;
  snooze.key = {PlanId("p"), AlertId("l-a-fy2022")};
  snooze.until = absl::Time(world.now) + absl::Minutes(10);
  world.Write(snooze);
  ASSERT_EQ(One("l-a-fy2022").state, AlertState::kSnoozed);
  world.now += absl::Minutes(9);
  world.AddPlan("early");
  Judge();
  EXPECT_EQ(One("l-a-fy2022").state, AlertState::kSnoozed);
  world.now += absl::Minutes(1) - absl::Milliseconds(30);
  world.AddPlan("nearly");  // so that the thread knows how long to wait
  Judge();
  world.now += absl::Milliseconds(30);
  EXPECT_TRUE(Becomes("l-a-fy2022", AlertState::kOpen));
}

}  // namespace
}  // namespace shirube
