// The alert policy: each row of the rules, and random histories against what
// must always hold.
#include "server/domain/alert_policy.h"

#include <gtest/gtest.h>

#include <map>
#include <random>
#include <set>

namespace shirube {
namespace {

Observed Of(int year, Status status, const std::string& value,
            const std::string& rule_set = "rs-1") {
  Observed now;
  now.plan = PlanId("a");
  now.subject = "i-01";
  now.period = *Period::FiscalYear(year);
  now.status = status;
  now.reason = status == Status::kAtRisk ? "OFF_PACE" : "ON_PACE";
  now.severity =
      status == Status::kAtRisk ? Severity::kWarning : Severity::kNone;
  now.value = *Decimal::Parse(value);
  now.owner = "課";
  now.rule_set = RuleSetId(rule_set);
  return now;
}

// The alerts of one subject as a store would hold them.
class AlertPolicy : public testing::Test {
 protected:
  std::vector<AlertTransition> Do(const Observed& now) {
    return Keep(Decide(now, All(), cause_));
  }
  std::vector<AlertTransition> Keep(std::vector<AlertTransition> steps) {
    for (const AlertTransition& step : steps) {
      alerts_[step.alert.id.value()] = step.alert;
    }
    return steps;
  }
  std::vector<Alert> All() const {
    std::vector<Alert> all;
    for (const auto& [id, alert] : alerts_) all.push_back(alert);
    return all;
  }
  const Alert& At(const std::string& id) { return alerts_.at(id); }

  const Cause cause_{absl::FromUnixSeconds(1000), "shirube", 7};
  std::map<std::string, Alert> alerts_;
};

TEST_F(AlertPolicy, KeepsWhatItSaysWhereNothingElseIsKnown) {
  Observed told = Of(2022, Status::kAtRisk, "1");
  told.subject_display_name = "指標";
  told.unit = "人";
  told.initiatives = {InitiativeId("p1")};
  told.sentence = {"遅れ", "lags"};
  told.way_out = {"あと", "needs"};
  Do(told);
  Observed untold = Of(2022, Status::kAtRisk, "1");
  untold.facts_known = false;
  untold.owner.clear();
  EXPECT_TRUE(Do(untold).empty()) << "not to know is no change";
  untold.value = *Decimal::Parse("2");
  const auto steps = Do(untold);
  ASSERT_EQ(steps.size(), 1u);
  const Alert& alert = steps[0].alert;
  EXPECT_EQ(alert.value, *Decimal::Parse("2"));
  EXPECT_EQ(alert.subject_display_name, "指標");
  EXPECT_EQ(alert.unit, "人");
  EXPECT_EQ(alert.owner, "課");
  EXPECT_EQ(alert.initiatives, told.initiatives);
  EXPECT_EQ(alert.sentence, told.sentence);
  EXPECT_EQ(alert.way_out, told.way_out);
}

TEST_F(AlertPolicy, SendsNoEmptySentenceOverAGoodOne) {
  Observed now = Of(2022, Status::kAtRisk, "1");
  now.sentence = {"遅れ", "lags"};
  now.way_out = {"あと", "needs"};
  Do(now);
  now.owner = "別の課";
  now.sentence = now.way_out = {};
  EXPECT_EQ(Do(now).at(0).alert.sentence.en, "lags");
  EXPECT_EQ(At("l-i-01-fy2022").owner, "別の課");
  EXPECT_EQ(At("l-i-01-fy2022").way_out.en, "needs");
  now.owner = "課";
  now.sentence = {"まだ", "still"};
  EXPECT_EQ(Do(now).at(0).alert.sentence.en, "still");
  EXPECT_TRUE(At("l-i-01-fy2022").way_out.en.empty())
      << "what would end it belongs to its sentence";
}

TEST_F(AlertPolicy, OpensAnAlertOfWhatLags) {
  const auto steps = Do(Of(2022, Status::kAtRisk, "1"));
  ASSERT_EQ(steps.size(), 1u);
  EXPECT_EQ(steps[0].type, TransitionType::kOpened);
  EXPECT_EQ(steps[0].alert.id, AlertId("l-i-01-fy2022"));
  EXPECT_EQ(steps[0].alert.seq, 1);
  EXPECT_EQ(steps[0].alert.state, AlertState::kOpen);
  EXPECT_EQ(steps[0].from_state, AlertState::kUnspecified);
  EXPECT_EQ(steps[0].alert.severity, Severity::kWarning);
  EXPECT_FALSE(steps[0].alert.escalated);
}

TEST_F(AlertPolicy, SaysNothingOfTheSameTwice) {
  Do(Of(2022, Status::kAtRisk, "1"));
  EXPECT_TRUE(Do(Of(2022, Status::kAtRisk, "1")).empty());
  EXPECT_TRUE(Do(Of(2022, Status::kAtRisk, "1", "rs-2")).empty());
}

TEST_F(AlertPolicy, UpdatesForAnotherReasonSeverityValueOrOwner) {
  Do(Of(2022, Status::kAtRisk, "1"));
  Observed now = Of(2022, Status::kAtRisk, "1");
  now.reason = "WORSE";
  EXPECT_EQ(Do(now).at(0).type, TransitionType::kUpdated);
  now.severity = Severity::kCritical;
  EXPECT_EQ(Do(now).at(0).type, TransitionType::kUpdated);
  now.value = *Decimal::Parse("2");
  EXPECT_EQ(Do(now).at(0).type, TransitionType::kUpdated);
  now.owner = "別の課";
  EXPECT_EQ(Do(now).at(0).alert.seq, 5);
}

TEST_F(AlertPolicy, ALaterPeriodThatLagsSupersedesAndEscalates) {
  Do(Of(2022, Status::kAtRisk, "1"));
  const auto steps = Do(Of(2023, Status::kAtRisk, "1"));
  ASSERT_EQ(steps.size(), 2u);
  EXPECT_EQ(steps[0].alert.resolution, AlertResolution::kSuperseded);
  EXPECT_EQ(steps[1].alert.previous, AlertId("l-i-01-fy2022"));
  EXPECT_TRUE(steps[1].alert.escalated);
}

TEST_F(AlertPolicy, ALaterGoodPeriodRecovers) {
  Do(Of(2022, Status::kAtRisk, "1"));
  EXPECT_EQ(Do(Of(2023, Status::kOnTrack, "9")).at(0).alert.resolution,
            AlertResolution::kRecovered);
  // The one after it names the old one, but does not follow a lagging year.
  const auto steps = Do(Of(2024, Status::kAtRisk, "1"));
  ASSERT_EQ(steps.size(), 1u);
  EXPECT_EQ(steps[0].alert.previous, AlertId("l-i-01-fy2022"));
  EXPECT_FALSE(steps[0].alert.escalated);
}

TEST_F(AlertPolicy, ALaterPeriodWithoutAnAnswerSupersedes) {
  Do(Of(2022, Status::kAtRisk, "1"));
  EXPECT_EQ(Do(Of(2023, Status::kNotEvaluated, "9")).at(0).alert.resolution,
            AlertResolution::kSuperseded);
}

TEST_F(AlertPolicy, ACorrectedValueResolvesAsCorrectedAndReopens) {
  Do(Of(2022, Status::kAtRisk, "1"));
  EXPECT_EQ(Do(Of(2022, Status::kOnTrack, "9")).at(0).alert.resolution,
            AlertResolution::kCorrected);
  const auto steps = Do(Of(2022, Status::kAtRisk, "1"));
  ASSERT_EQ(steps.size(), 1u);
  EXPECT_EQ(steps[0].type, TransitionType::kOpened);
  EXPECT_EQ(steps[0].alert.reopened, 1);
  EXPECT_EQ(steps[0].alert.seq, 3);
  EXPECT_EQ(steps[0].alert.resolution, AlertResolution::kUnspecified);
}

TEST_F(AlertPolicy, AnotherRuleSetResolvesOnlyWhatLagsNoMore) {
  Do(Of(2022, Status::kAtRisk, "1"));
  EXPECT_TRUE(Do(Of(2022, Status::kAtRisk, "1", "rs-2")).empty());
  EXPECT_EQ(Do(Of(2022, Status::kOnTrack, "1", "rs-3")).at(0).alert.resolution,
            AlertResolution::kRuleChanged);
}

TEST_F(AlertPolicy, WhatWasRemovedOpensAgainWithTheSameFigure) {
  const Alert open = Do(Of(2022, Status::kAtRisk, "1")).at(0).alert;
  Keep({Resolved(open, AlertResolution::kRemoved, cause_)});
  Observed again = Of(2022, Status::kAtRisk, "1");
  again.silent = true;  // the same lagged before
  const auto steps = Do(again);
  ASSERT_EQ(steps.size(), 1u);
  EXPECT_EQ(steps[0].type, TransitionType::kOpened);
  EXPECT_EQ(steps[0].alert.reopened, 1);
}

TEST_F(AlertPolicy, AFaultChangesNothing) {
  Do(Of(2022, Status::kAtRisk, "1"));
  EXPECT_TRUE(Do(Of(2022, Status::kIndeterminate, "1")).empty());
}

TEST_F(AlertPolicy, ABaselineOpensNone) {
  Observed now = Of(2022, Status::kAtRisk, "1");
  now.silent = true;
  EXPECT_TRUE(Do(now).empty());
  EXPECT_EQ(Do(Of(2023, Status::kAtRisk, "1")).size(), 1u);
}

TEST_F(AlertPolicy, KeepsQuietWhileAcknowledgedUntilThereIsNewData) {
  Do(Of(2022, Status::kAtRisk, "1"));
  Keep({Acknowledged(At("l-i-01-fy2022"), "known", "2027-03-31", cause_)});
  Observed now = Of(2022, Status::kAtRisk, "1");
  now.reason = "WORSE";
  EXPECT_TRUE(Do(now).empty());
  now.value = *Decimal::Parse("0");
  const auto steps = Do(now);
  EXPECT_EQ(steps.at(0).type, TransitionType::kOpened);
  EXPECT_EQ(steps[0].from_state, AlertState::kAcknowledged);
  EXPECT_EQ(steps[0].alert.acknowledge_reason, "");
}

TEST_F(AlertPolicy, OpensAgainOnTheReviewDate) {
  Do(Of(2022, Status::kAtRisk, "1"));
  Keep({Acknowledged(At("l-i-01-fy2022"), "known", "2027-03-31", cause_)});
  EXPECT_FALSE(Ticked(At("l-i-01-fy2022"), "2027-03-30", cause_.time, cause_)
                   .has_value());
  EXPECT_EQ(Ticked(At("l-i-01-fy2022"), "2027-03-31", cause_.time, cause_)
                ->alert.state,
            AlertState::kOpen);
}

TEST_F(AlertPolicy, OpensAgainWhenASnoozeHasPassed) {
  Do(Of(2022, Status::kAtRisk, "1"));
  const absl::Time until = cause_.time + absl::Seconds(1);
  Keep({Snoozed(At("l-i-01-fy2022"), until, cause_)});
  EXPECT_FALSE(
      Ticked(At("l-i-01-fy2022"), "", cause_.time, cause_).has_value());
  Cause later = cause_;
  later.time = until;
  EXPECT_EQ(Ticked(At("l-i-01-fy2022"), "", later.time, later)->type,
            TransitionType::kOpened);
}

TEST_F(AlertPolicy, WhatWasSettledByHandStaysSoWithoutNewData) {
  Do(Of(2022, Status::kAtRisk, "1"));
  Keep({Resolved(At("l-i-01-fy2022"), AlertResolution::kByHand, cause_)});
  EXPECT_TRUE(Do(Of(2022, Status::kAtRisk, "1")).empty());
  EXPECT_EQ(Do(Of(2022, Status::kAtRisk, "0")).at(0).alert.reopened, 1);
}

TEST(AlertId, IsCutAndHashedWhenItIsTooLong) {
  const std::string subject(63, 'x');
  const AlertId id =
      AlertIdOf(AlertKind::kFigureOverdue, subject, *Period::FiscalYear(2022));
  EXPECT_EQ(id.value().size(), 63u);
  EXPECT_TRUE(ValidateId(id.value()).ok());
  EXPECT_NE(id, AlertIdOf(AlertKind::kFigureOverdue, subject,
                          *Period::FiscalYear(2023)));
}

TEST_F(AlertPolicy, HoldsItsPromisesInRandomHistories) {
  const unsigned seed = std::random_device{}();
  SCOPED_TRACE("seed " + std::to_string(seed));
  std::mt19937 random(seed);
  for (int run = 0; run < 200; ++run) {
    alerts_.clear();
    for (int i = 0; i < 60; ++i) {
      std::map<std::string, Alert> before = alerts_;
      static constexpr Status kAll[] = {
          Status::kAtRisk,   Status::kAtRisk,       Status::kOnTrack,
          Status::kAchieved, Status::kNotEvaluated, Status::kIndeterminate};
      Observed now =
          Of(2020 + static_cast<int>(random() % 4), kAll[random() % 6],
             std::to_string(random() % 3), random() % 8 == 0 ? "rs-2" : "rs-1");
      const bool removed = random() % 30 == 0;
      std::vector<AlertTransition> steps;
      if (removed) {
        for (const auto& [id, alert] : before) {
          if (IsResolved(alert)) continue;
          steps.push_back(
              Keep({Resolved(alert, AlertResolution::kRemoved, cause_)})[0]);
        }
      } else {
        steps = Do(now);
      }
      if (!removed && !alerts_.empty() && random() % 4 == 0) {
        const Alert& any = alerts_.begin()->second;
        if (MayChange(any.state, AlertStep::kAcknowledge)) {
          steps.push_back(Keep({Acknowledged(any, "r", "", cause_)})[0]);
        } else if (MayChange(any.state, AlertStep::kSnooze)) {
          steps.push_back(Keep({Snoozed(any, cause_.time, cause_)})[0]);
        }
      }
      std::set<std::string> unresolved;
      for (const AlertTransition& step : steps) {
        const Alert& was = before[step.alert.id.value()];
        EXPECT_EQ(step.alert.seq, was.seq + 1);
        EXPECT_EQ(step.from_state, was.state);
        before[step.alert.id.value()] = step.alert;
      }
      for (const auto& [id, alert] : alerts_) {
        EXPECT_EQ(IsResolved(alert),
                  alert.resolution != AlertResolution::kUnspecified);
        if (!IsResolved(alert)) unresolved.insert(id);
      }
      ASSERT_LE(unresolved.size(), 1u);
      if (now.status == Status::kOnTrack || removed) {
        ASSERT_TRUE(unresolved.empty());
      }
    }
  }
}

// Of an initiative: how many lag, and which.
Observed OfInitiative(int year, Status status, const std::string& lagging,
                      const std::string& which) {
  Observed now = Of(year, status, lagging);
  now.kind = AlertKind::kLaggingInitiative;
  now.subject = "m1";
  now.sentence = {which, which};
  return now;
}

TEST_F(AlertPolicy, AnInitiativeUpdatesWhenOthersOfItLag) {
  Do(OfInitiative(2022, Status::kAtRisk, "1", "a"));
  EXPECT_TRUE(Do(OfInitiative(2022, Status::kAtRisk, "1", "a")).empty());
  const auto steps = Do(OfInitiative(2022, Status::kAtRisk, "1", "b"));
  ASSERT_EQ(steps.size(), 1u);
  EXPECT_EQ(steps[0].type, TransitionType::kUpdated);
}

TEST_F(AlertPolicy, AnAcknowledgedInitiativeIsRepeatedForMoreNotForLess) {
  Do(OfInitiative(2022, Status::kAtRisk, "2", "a, b"));
  Keep({Acknowledged(At("f-m1-fy2022"), "確認中", "", cause_)});
  EXPECT_EQ(Do(OfInitiative(2022, Status::kAtRisk, "1", "a")).at(0).type,
            TransitionType::kUpdated);
  EXPECT_EQ(At("f-m1-fy2022").state, AlertState::kAcknowledged);
  EXPECT_EQ(Do(OfInitiative(2022, Status::kAtRisk, "2", "a, c")).at(0).type,
            TransitionType::kOpened);
}

TEST_F(AlertPolicy, AnInitiativeRecoversThoughItsCountIsAnother) {
  Do(OfInitiative(2022, Status::kAtRisk, "2", "a, b"));
  const auto steps = Do(OfInitiative(2022, Status::kOnTrack, "0", "none"));
  ASSERT_EQ(steps.size(), 1u);
  EXPECT_EQ(steps[0].alert.resolution, AlertResolution::kRecovered);
}

TEST_F(AlertPolicy, AModuleSetAsideAgainIsToldThoughOneEndedItByHand) {
  Observed out = OfInitiative(2022, Status::kAtRisk, "0", "at noon");
  out.kind = AlertKind::kModuleOutOfService;
  out.period.reset();
  out.value.reset();
  Do(out);
  Keep({Resolved(At("m-m1"), AlertResolution::kByHand, cause_)});
  EXPECT_TRUE(Do(out).empty());
  out.sentence = {"at night", "at night"};
  EXPECT_EQ(Do(out).at(0).type, TransitionType::kOpened);
}

}  // namespace
}  // namespace shirube
