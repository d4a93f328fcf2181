// Alerts are committed with what causes them; what people do to them;
// subscriptions and what became of deliveries.
#include <future>

#include "tests/unit/ledger/fixture.h"

namespace shirube {
namespace {

const AlertKey kAlert{PlanId("a"), AlertId("l-i-01-fy2022")};

class AlertsTest : public LedgerFixture {
 protected:
  void SetUp() override {
    Did(Create<Plan>{MakePlan("a"), "plan"});
    Did(Create<Indicator>{FullyMade("a", "i-01"), "indicator"});
  }
  static Verdict Of(Status status, const std::string& value, int year = 2022) {
    Verdict verdict;
    verdict.indicator = {PlanId("a"), IndicatorId("i-01")};
    verdict.status = status;
    verdict.reason = "OFF_PACE";
    verdict.severity = Severity::kWarning;
    verdict.period = Year(year);
    verdict.value = Num(value);
    verdict.rule_set = RuleSetId("rs-1");
    verdict.input_revision = 2;
    return verdict;
  }
  MutationResult Judge(const Verdict& verdict) {
    StoreVerdicts store;
    store.verdicts = {verdict};
    AlertNews news;
    news.key = verdict.indicator;
    news.display_name = "指標";
    news.owner = "課";
    news.initiatives = {InitiativeId("x"), InitiativeId("y")};
    news.sentence = {"遅れ", "lags"};
    news.way_out = {"あと", "needs"};
    store.news = {news};
    return Did(store);
  }
  static Observed Seen(AlertKind kind, const std::string& subject,
                       int year = 2022) {
    Observed seen;
    seen.plan = PlanId("a");
    seen.kind = kind;
    seen.subject = subject;
    seen.period = Year(year);
    seen.status = Status::kAtRisk;
    return seen;
  }
  std::vector<AlertTransition> Log() { return *Read()->ListTransitions(0, 0); }
  Alert Now() { return **Read()->GetAlert(kAlert); }
};

TEST_F(AlertsTest, CommitsTheAlertWithTheVerdict) {
  const MutationResult result = Judge(Of(Status::kAtRisk, "1"));
  const auto log = Log();
  ASSERT_EQ(log.size(), 1u);
  EXPECT_EQ(log[0].position, 1);
  EXPECT_EQ(log[0].revision, result.revision);
  EXPECT_EQ(groups_.back().mutations.at(0).last_transition, 1);
  const Alert alert = Now();
  EXPECT_EQ(alert.subject_display_name, "指標");
  EXPECT_EQ(alert.sentence.en, "lags");
  EXPECT_EQ(alert.way_out.ja, "あと");
  EXPECT_EQ(alert.initiatives.size(), 2u);
  EXPECT_EQ(alert.value, Num("1"));
  Judge(Of(Status::kAtRisk, "1"));
  EXPECT_EQ(Log().size(), 1u);
  Judge(Of(Status::kOnTrack, "9"));
  EXPECT_EQ(Now().resolution, AlertResolution::kCorrected);
  // As it was known before.
  EXPECT_EQ((*Read()->GetAlert(kAlert, result.revision))->state,
            AlertState::kOpen);
}

TEST_F(AlertsTest, OpensNothingForWhatWasDeletedSinceItWasSeen) {
  const Observed overdue = Seen(AlertKind::kFigureOverdue, "i-01");
  Did(ObserveAlerts{{overdue}});
  ASSERT_EQ(Log().size(), 1u);
  Did(Delete<Indicator>{{PlanId("a"), IndicatorId("i-01")}, "", true});
  ASSERT_EQ(Log().back().alert.resolution, AlertResolution::kRemoved);
  const size_t said = Log().size();
  Did(ObserveAlerts{{overdue}});
  EXPECT_EQ(Log().size(), said);
}

TEST_F(AlertsTest, KeepsWhatLaggedWhenItWasDeletedUntilItIsThereAgain) {
  const IndicatorKey key = {PlanId("a"), IndicatorId("i-01")};
  Judge(Of(Status::kOnTrack, "9"));
  Did(Delete<Indicator>{key, "", true});
  Judge(Of(Status::kAtRisk, "1"));  // by what was read before
  EXPECT_EQ(Now().resolution, AlertResolution::kRemoved);
  EXPECT_EQ(Log().size(), 2u);
  Judge(Of(Status::kAtRisk, "1"));
  EXPECT_EQ(Log().size(), 2u);
  Did(Undelete<Indicator>{key});
  EXPECT_EQ(Now().state, AlertState::kOpen);
  EXPECT_EQ(Now().sentence.en, "lags");
}

// The same where the deletion came between a run and the making of its alerts.
TEST_F(AlertsTest, KeepsWhatLaggedInARunWhenItWasDeleted) {
  const IndicatorKey key = {PlanId("a"), IndicatorId("i-01")};
  Did(StoreVerdicts{
      {Of(Status::kAtRisk, "1")}, *ledger_->NewRun(), /*publish=*/true});
  Did(Delete<Indicator>{key, "", true});
  Did(ExpandRunAlerts{2});
  EXPECT_EQ(Now().resolution, AlertResolution::kRemoved);
  Did(Undelete<Indicator>{key});
  EXPECT_EQ(Now().state, AlertState::kOpen);
}

TEST_F(AlertsTest, KeepsItsTextsWhereAVerdictComesWithoutNews) {
  Judge(Of(Status::kAtRisk, "1"));
  Did(StoreVerdicts{{Of(Status::kAtRisk, "2")}});
  EXPECT_EQ(Now().value, Num("2"));
  EXPECT_EQ(Now().subject_display_name, "指標");
  EXPECT_EQ(Now().owner, "課");
  EXPECT_EQ(Now().initiatives.size(), 2u);
  EXPECT_EQ(Now().sentence.en, "lags");
  EXPECT_EQ(Now().way_out.ja, "あと");
}

TEST_F(AlertsTest, AcknowledgesOnceAndRepeatsTheAnswer) {
  Judge(Of(Status::kAtRisk, "1"));
  const Mutation acknowledge =
      Requested(AcknowledgeAlert{kAlert, "", "known", "2027-03-31"}, "r-1");
  EXPECT_EQ((*Submit(acknowledge)).alert->state, AlertState::kAcknowledged);
  const auto repeated = Submit(acknowledge);
  EXPECT_TRUE(repeated->repeated);
  EXPECT_EQ(repeated->alert->acknowledge_reason, "known");
  EXPECT_EQ(ReasonOf(AcknowledgeAlert{kAlert, "", "again", ""}),
            "ALERT_ACKNOWLEDGED");
  EXPECT_EQ(ReasonOf(SnoozeAlert{kAlert, "other", absl::Now()}),
            "ETAG_MISMATCH");
  Did(TickAlerts{"2027-03-31", absl::Now()});
  EXPECT_EQ(Now().state, AlertState::kOpen);
  Did(ResolveAlert{kAlert, "", "done"});
  EXPECT_EQ(ReasonOf(AcknowledgeAlert{kAlert, "", "late", ""}),
            "ALERT_RESOLVED");
  EXPECT_EQ(ReasonOf(ResolveAlert{{PlanId("a"), AlertId("l-no")}, "", ""}),
            "RESOURCE_NOT_FOUND");
}

TEST_F(AlertsTest, ResolvesWhatIsDeleted) {
  Judge(Of(Status::kAtRisk, "1"));
  Did(Delete<Indicator>{{PlanId("a"), IndicatorId("i-01")}, "", true});
  EXPECT_EQ(Now().resolution, AlertResolution::kRemoved);
}

TEST_F(AlertsTest, ReopensWhatIsThereAgainAsItWas) {
  Judge(Of(Status::kAtRisk, "1"));
  const IndicatorKey key = {PlanId("a"), IndicatorId("i-01")};
  Did(Delete<Indicator>{key, "", true});
  Did(Undelete<Indicator>{key});
  EXPECT_EQ(Now().state, AlertState::kOpen);
  EXPECT_EQ(Now().reopened, 1);
  EXPECT_EQ(Now().sentence.en, "lags");
  Did(Delete<Plan>{PlanId("a"), "", true});
  EXPECT_EQ(Now().resolution, AlertResolution::kRemoved);
  Did(Undelete<Plan>{PlanId("a")});
  EXPECT_EQ(Now().state, AlertState::kOpen);
  EXPECT_EQ(Log().size(), 5u);
}

TEST_F(AlertsTest, WhatAPersonSettledStaysSoWhenItIsThereAgain) {
  Judge(Of(Status::kAtRisk, "1"));
  Did(ResolveAlert{kAlert, "", "done"});
  const IndicatorKey key = {PlanId("a"), IndicatorId("i-01")};
  Did(Delete<Indicator>{key, "", true});
  Did(Undelete<Indicator>{key});
  EXPECT_EQ(Now().resolution, AlertResolution::kByHand);
}

TEST_F(AlertsTest, ABaselineImportOpensNoneUntilItIsAskedTo) {
  BatchRecord batch;
  batch.observations = {MakeObservation("a", "i-01", 2022, "1")};
  batch.baseline_import = true;
  Did(batch);
  Verdict verdict = Of(Status::kAtRisk, "1");
  verdict.input_revision = 3;
  Judge(verdict);
  Judge(verdict);
  EXPECT_TRUE(Log().empty());
  OpenExistingAlerts open{PlanId("a"), {AlertNews{verdict.indicator}}};
  EXPECT_EQ(Did(open).alerts.size(), 1u);
  EXPECT_TRUE(Did(open).alerts.empty());
}

TEST_F(AlertsTest, AnswersEachPieceOfWhatWasOpenedAgain) {
  // An alert of the year before, which the new one ends; and no alert yet of
  // what lags now.
  Judge(Of(Status::kAtRisk, "1", 2021));
  const RunId run = *ledger_->NewRun();
  Did(StoreVerdicts{{Of(Status::kAtRisk, "1")}, run, true});
  const AlertNews news{{PlanId("a"), IndicatorId("i-01")}};
  const Mutation first = Requested(
      OpenExistingAlerts{PlanId("a"), {news}, IndicatorId("i-01")}, "r");
  const Mutation last = Requested(OpenExistingAlerts{PlanId("a")}, "r-last");
  for (const bool repeated : {false, true}) {
    const auto opened = Submit(first);
    EXPECT_EQ(opened->repeated, repeated);
    EXPECT_THAT(opened->alerts, testing::ElementsAre(kAlert));
    EXPECT_EQ(opened->through, IndicatorId("i-01"));
    // It opened nothing, and took no revision of its own.
    const auto nothing = Submit(last);
    EXPECT_EQ(nothing->repeated, repeated);
    EXPECT_TRUE(nothing->alerts.empty());
    EXPECT_TRUE(nothing->through.empty());
    EXPECT_EQ(nothing->revision, opened->revision);
  }
  EXPECT_EQ(Log().size(), 3u);
}

TEST_F(AlertsTest, MakesTheAlertsOfAPublishedRunFromItsBacklog) {
  const RunId run = *ledger_->NewRun();
  Did(StoreVerdicts{{Of(Status::kAtRisk, "1")}, run, true});
  EXPECT_TRUE(Log().empty());
  EXPECT_EQ((*Read()->NextAlertBacklog())->run, run);
  EXPECT_TRUE(Did(ExpandRunAlerts{1}).alerts_left);
  EXPECT_EQ(Log().size(), 1u);
  EXPECT_FALSE(Did(ExpandRunAlerts{1}).alerts_left);
  EXPECT_EQ(Log().size(), 1u);
}

TEST_F(AlertsTest, ObservesWhatIsNoVerdict) {
  Observed now = Seen(AlertKind::kFigureOverdue, "i-01", 2023);
  Did(ObserveAlerts{{now}});
  const bool changed = Did(ObserveAlerts{{now}}).changed;
  EXPECT_FALSE(changed);
  now.status = Status::kOnTrack;
  Did(ObserveAlerts{{now}});
  EXPECT_EQ(Log().size(), 2u);
}

TEST_F(AlertsTest, AnInitiativeIsToldWhereAnyOfItsIndicatorsIs) {
  Did(Create<Initiative>{MakeInitiative("a", "x"), "initiative"});
  Observed now = Seen(AlertKind::kLaggingInitiative, "x");
  now.causes = {IndicatorId("i-02")};
  Judge(Of(Status::kAtRisk, "1"));  // of i-01
  const size_t said = Log().size();
  Did(ObserveAlerts{{now}});
  EXPECT_EQ(Log().size(), said);
  // A list that was cut leaves open whether i-01 is one of them.
  while (now.causes.size() < kMostCauses) {
    now.causes.push_back(IndicatorId(absl::StrCat("j-", now.causes.size())));
  }
  now.subject = "y";
  Did(Create<Initiative>{MakeInitiative("a", "y"), "initiative"});
  Did(ObserveAlerts{{now}});
  EXPECT_EQ(Log().size(), said + 1);
  now.subject = "z";  // i-01 is not below it
  Did(Create<Initiative>{MakeInitiative("a", "z"), "initiative"});
  Did(ObserveAlerts{{now}});
  EXPECT_EQ(Log().size(), said + 1);
}

TEST_F(AlertsTest, KeepsSubscriptionsAndSettlesWithoutARevision) {
  Judge(Of(Status::kAtRisk, "1"));
  Subscription made;
  made.id = SubscriptionId("s");
  made.sink = SinkKind::kWebhook;
  made.url = "https://example.test/";
  made.secrets = {{"whsec_a", absl::UnixEpoch(), std::nullopt}};
  EXPECT_EQ(Did(CreateSubscription{made}).subscription->position, 1);
  EXPECT_EQ(ReasonOf(CreateSubscription{made}), "RESOURCE_EXISTS");
  const DeliverySettlement stale{made.id, 0, 1};
  Did(SeekSubscription{made.id, std::nullopt, 0});
  const Revision before = head();
  std::promise<absl::Status> done;
  DeliverySettlement settled;
  settled.subscription = made.id;
  settled.seek_revision = before;
  settled.position = 1;
  settled.put = {{made.id, 1, DeliveryState::kDead, 3, absl::UnixEpoch(),
                  absl::UnixEpoch(), "HTTP 400"}};
  // What was under way before the Seek moves it no more.
  ledger_->Settle({stale}, [](absl::Status s) { EXPECT_TRUE(s.ok()); });
  EXPECT_EQ((*Read()->GetSubscription(made.id))->position, 0);
  ledger_->Settle({settled}, [&](absl::Status s) { done.set_value(s); });
  EXPECT_TRUE(done.get_future().get().ok());
  EXPECT_EQ(head(), before);
  EXPECT_EQ((*Read()->GetSubscription(made.id))->position, 1);
  EXPECT_EQ((*Read()->GetSubscription(made.id))->secrets, made.secrets);
  EXPECT_EQ((*Read()->ListDeliveries(made.id, 0, 0)).at(0), settled.put[0]);
  UpdateSubscription pause{made.id, "",
                           [](Subscription& s) {
                             s.state = SubscriptionState::kPaused;
                             return absl::OkStatus();
                           },
                           "PauseSubscription"};
  EXPECT_EQ(Did(pause).subscription->state, SubscriptionState::kPaused);
  EXPECT_EQ((*Read()->ListChanges(before, 0)).at(0).action,
            "PauseSubscription");
  Did(DeleteSubscription{made.id});
  EXPECT_TRUE((*Read()->ListSubscriptions()).empty());
  EXPECT_EQ(ReasonOf(DeleteSubscription{made.id}), "RESOURCE_NOT_FOUND");
}

TEST_F(AlertsTest, MakesNoMoreSubscriptionsThanThereMayBe) {
  Ledger::Options options;
  options.max_subscriptions = 2;
  StartLedger(options);
  const auto make = [&](const std::string& id) {
    Subscription made;
    made.id = SubscriptionId(id);
    made.sink = SinkKind::kPull;
    return Do(CreateSubscription{made}).status();
  };
  EXPECT_TRUE(make("s").ok());
  EXPECT_TRUE(make("t").ok());
  const absl::Status refused = make("u");
  EXPECT_EQ(refused.code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_EQ(DetailsOf(refused).reason, "LIMIT_EXCEEDED");
  EXPECT_THAT(DetailsOf(refused).en, testing::HasSubstr("2 subscriptions"));
  Did(DeleteSubscription{SubscriptionId("s")});
  EXPECT_TRUE(make("u").ok());
}

TEST_F(AlertsTest, TriesAgainWhatWasGivenUpAllOrNothing) {
  for (const int year : {2022, 2023, 2024}) {
    Judge(Of(Status::kAtRisk, "1", year));
  }
  Subscription made;
  made.id = SubscriptionId("s");
  made.sink = SinkKind::kPull;
  Did(CreateSubscription{made});
  DeliverySettlement settled;
  settled.subscription = made.id;
  for (const int64_t position : {1, 2, 4}) {
    settled.put.push_back(
        {made.id, position,
         position == 2 ? DeliveryState::kWaiting : DeliveryState::kDead, 7,
         absl::UnixEpoch(), absl::FromUnixSeconds(9), "HTTP 400"});
  }
  std::promise<absl::Status> done;
  ledger_->Settle({settled}, [&](absl::Status s) { done.set_value(s); });
  ASSERT_TRUE(done.get_future().get().ok());
  const auto rows = [&] { return *Read()->ListDeliveries(made.id, 0, 0); };
  const auto refused = Do(RedeliverDeliveries{
      made.id, {{"one", 1}, {"two", 2}, {"none", 0}, {"five", 5}}});
  EXPECT_EQ(refused.status().code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_THAT(
      DetailsOf(refused.status()).metadata,
      testing::Contains(testing::Pair("idempotency_keys", "two,none,five")));
  EXPECT_EQ(rows().at(0), settled.put[0]);
  EXPECT_EQ(ReasonOf(RedeliverDeliveries{SubscriptionId("x")}),
            "RESOURCE_NOT_FOUND");
  const Mutation again = Requested(
      RedeliverDeliveries{made.id, {{"one", 1}, {"one", 1}, {"four", 4}}}, "r");
  const auto first = Submit(again);
  ASSERT_TRUE(first.ok()) << first.status();
  EXPECT_EQ(first->count, 2);
  EXPECT_EQ(groups_.back().mutations.at(0).redelivered.size(), 2u);
  EXPECT_EQ(rows().at(2).state, DeliveryState::kWaiting);
  EXPECT_EQ(rows().at(2).attempts, 0);
  const Change change = Read()->ListChanges(head() - 1, 0)->at(0);
  EXPECT_EQ(change.action, "RedeliverDeliveries");
  EXPECT_EQ(change.actor, "officer");
  EXPECT_EQ(change.touched.at(0).id, "s");
  const Revision before = head();
  const auto repeated = Submit(again);
  EXPECT_TRUE(repeated->repeated);
  EXPECT_EQ(repeated->count, 2);
  EXPECT_EQ(Did(RedeliverDeliveries{made.id}).count, 0);
  EXPECT_EQ(head(), before);
}

}  // namespace
}  // namespace shirube
