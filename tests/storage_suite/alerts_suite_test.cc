// The acceptance suite of every storage driver: alerts, the log of their
// transitions, what is still to be looked at for alerts.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/storage_suite/drivers.h"

namespace shirube {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

class AlertSuite : public testing::TestWithParam<Driver> {
 protected:
  void SetUp() override { store_ = *GetParam().open(folder_.path()); }
  std::unique_ptr<StoreReader> Read() { return *store_->Snapshot(); }

  static AlertTransition Step(const std::string& plan, const std::string& id,
                              int64_t seq,
                              AlertState state = AlertState::kOpen) {
    AlertTransition step;
    step.type = TransitionType::kOpened;
    step.alert.plan = PlanId(plan);
    step.alert.id = AlertId(id);
    step.alert.kind = AlertKind::kLaggingIndicator;
    step.alert.subject = "i-" + id;
    step.alert.seq = seq;
    step.alert.state = state;
    step.actor = "shirube";
    return step;
  }
  // One commit; the revision it took.
  Revision Put(std::vector<AlertTransition> steps) {
    Writer writer(store_.get());
    writer.Begin();
    for (AlertTransition& step : steps) {
      step.revision = writer.revision();
      step.time = writer.time();
      step.alert.stamp.create_time = writer.time();
      EXPECT_TRUE(writer.tx()->PutTransition(step).ok());
    }
    return writer.Commit(/*causes_judging=*/false);
  }
  void Write(const std::function<absl::Status(StoreTransaction*)>& write) {
    auto tx = *store_->Begin();
    const absl::Status written = write(tx.get());
    ASSERT_TRUE(written.ok()) << written;
    ASSERT_TRUE(tx->Commit().ok());
  }
  static std::vector<std::string> Ids(const Listed<Alert>& alerts) {
    std::vector<std::string> ids;
    for (const Alert& alert : *alerts) ids.push_back(alert.id.value());
    return ids;
  }
  static std::vector<int64_t> Positions(const Listed<AlertTransition>& log) {
    std::vector<int64_t> positions;
    for (const AlertTransition& step : *log) positions.push_back(step.position);
    return positions;
  }

  TempFolder folder_;
  std::unique_ptr<Store> store_;
};

TEST_P(AlertSuite, GivesBackEveryField) {
  AlertTransition step = Step("a", "l-1", 1, AlertState::kSnoozed);
  step.type = TransitionType::kAcknowledged;
  step.from_state = AlertState::kOpen;
  step.from_status = Status::kOnTrack;
  Alert& alert = step.alert;
  alert.kind = AlertKind::kFigureOverdue;
  alert.subject_display_name = "防災士";
  alert.period = Year(2022);
  alert.resolution = AlertResolution::kSuperseded;
  alert.severity = Severity::kCritical;
  alert.status = Status::kAtRisk;
  alert.reason = "OFF_PACE";
  alert.value = Num("2233.0");
  alert.unit = "人";
  alert.owner = "課";
  alert.initiatives = {InitiativeId("p1-m1"), InitiativeId("p1")};
  alert.rule_set = RuleSetId("rs-1");
  alert.previous = AlertId("l-0");
  alert.escalated = true;
  alert.reopened = 3;
  alert.sentence = {"遅れ", "lags"};
  alert.way_out = {"あと", "needs"};
  alert.acknowledge_reason = "確認中";
  alert.acknowledged_by = "claimed:officer";
  alert.review_date = "2027-03-31";
  alert.snoozed_until = absl::FromUnixMicros(1'700'000'000'123'456);
  const Revision revision = Put({step});
  const AlertTransition back = Read()->ListTransitions(0, 0)->at(0);
  EXPECT_EQ(back.position, 1);
  EXPECT_EQ(back.type, step.type);
  EXPECT_EQ(back.from_state, step.from_state);
  EXPECT_EQ(back.from_status, step.from_status);
  EXPECT_EQ(back.revision, revision);
  EXPECT_EQ(back.actor, "shirube");
  const Alert got = **Read()->GetAlert({PlanId("a"), AlertId("l-1")});
  EXPECT_EQ(got.kind, alert.kind);
  EXPECT_EQ(got.subject, alert.subject);
  EXPECT_EQ(got.subject_display_name, alert.subject_display_name);
  EXPECT_EQ(got.period, alert.period);
  EXPECT_EQ(got.state, alert.state);
  EXPECT_EQ(got.resolution, alert.resolution);
  EXPECT_EQ(got.severity, alert.severity);
  EXPECT_EQ(got.seq, 1);
  EXPECT_EQ(got.status, alert.status);
  EXPECT_EQ(got.reason, alert.reason);
  EXPECT_EQ(got.value->ToString(), "2233.0");
  EXPECT_EQ(got.unit, alert.unit);
  EXPECT_EQ(got.owner, alert.owner);
  EXPECT_EQ(got.initiatives, alert.initiatives);
  EXPECT_EQ(got.rule_set, alert.rule_set);
  EXPECT_EQ(got.previous, alert.previous);
  EXPECT_TRUE(got.escalated);
  EXPECT_EQ(got.reopened, 3);
  EXPECT_EQ(got.sentence, alert.sentence);
  EXPECT_EQ(got.way_out, alert.way_out);
  EXPECT_EQ(got.acknowledge_reason, alert.acknowledge_reason);
  EXPECT_EQ(got.acknowledged_by, alert.acknowledged_by);
  EXPECT_EQ(got.review_date, alert.review_date);
  EXPECT_EQ(got.snoozed_until, alert.snoozed_until);
  EXPECT_EQ(got.stamp.revision, revision);
  EXPECT_EQ(got.stamp.actor, "shirube");
  EXPECT_EQ(got.stamp.create_time, back.time);
  EXPECT_EQ(got.stamp.update_time, back.time);
}

TEST_P(AlertSuite, NumbersTheLogWithoutAGap) {
  EXPECT_EQ(*Read()->LastTransition(), 0);
  auto tx = *store_->Begin();
  ASSERT_TRUE(tx->Mark().ok());
  EXPECT_EQ(*tx->PutTransition(Step("a", "l-1", 1)), 1);
  EXPECT_EQ(*tx->LastTransition(), 1);
  ASSERT_TRUE(tx->UndoToMark().ok());
  EXPECT_EQ(*tx->PutTransition(Step("b", "l-1", 1)), 1);
  EXPECT_EQ(*tx->PutTransition(Step("b", "l-1", 2)), 2);
  ASSERT_TRUE(tx->Commit().ok());
  EXPECT_EQ(*Read()->LastTransition(), 2);
  EXPECT_FALSE(Read()->GetAlert({PlanId("a"), AlertId("l-1")})->has_value());
}

TEST_P(AlertSuite, TakesTheNextTransitionOfAnAlertAlone) {
  Put({Step("a", "l-1", 1)});
  for (const int64_t seq : {1, 3}) {
    auto tx = *store_->Begin();
    EXPECT_FALSE(tx->PutTransition(Step("a", "l-1", seq)).ok()) << seq;
  }
  auto tx = *store_->Begin();
  EXPECT_EQ(tx->PutTransition(Step("a", "l-2", 2)).status().code(),
            absl::StatusCode::kInternal);
}

TEST_P(AlertSuite, KnowsAlertsAsTheyWere) {
  const Revision first = Put({Step("a", "l-1", 1)});
  Put({Step("a", "l-1", 2, AlertState::kResolved)});
  const AlertKey key{PlanId("a"), AlertId("l-1")};
  EXPECT_EQ((*Read()->GetAlert(key))->state, AlertState::kResolved);
  EXPECT_EQ((*Read()->GetAlert(key, first))->state, AlertState::kOpen);
  EXPECT_FALSE(Read()->GetAlert(key, first - 1)->has_value());
}

TEST_P(AlertSuite, ListsByPlanAndIdWhatAQueryWants) {
  AlertTransition other = Step("a", "l-3", 1, AlertState::kSnoozed);
  other.alert.kind = AlertKind::kFigureOverdue;
  Put({Step("b", "l-1", 1, AlertState::kAcknowledged),
       Step("a", "l-2", 1, AlertState::kResolved), Step("a", "l-1", 1), other});
  AlertQuery query;
  EXPECT_THAT(Ids(Read()->ListAlerts(query)),
              ElementsAre("l-1", "l-2", "l-3", "l-1"));
  query.unresolved = true;
  EXPECT_THAT(Ids(Read()->ListAlerts(query)), ElementsAre("l-1", "l-3", "l-1"));
  query.after = "a/l-1";
  EXPECT_THAT(Ids(Read()->ListAlerts(query)), ElementsAre("l-3", "l-1"));
  query.limit = 1;
  EXPECT_THAT(Ids(Read()->ListAlerts(query)), ElementsAre("l-3"));
  query = {};
  query.plan = PlanId("a");
  query.after = "l-1";
  EXPECT_THAT(Ids(Read()->ListAlerts(query)), ElementsAre("l-2", "l-3"));
  query.after.clear();
  query.kind = AlertKind::kFigureOverdue;
  EXPECT_THAT(Ids(Read()->ListAlerts(query)), ElementsAre("l-3"));
  query.subject = "i-l-1";
  EXPECT_THAT(Ids(Read()->ListAlerts(query)), IsEmpty());
  query.kind = AlertKind::kUnspecified;
  EXPECT_THAT(Ids(Read()->ListAlerts(query)), ElementsAre("l-1"));
  query = {};
  for (const auto& [state, id] :
       std::vector<std::pair<AlertState, std::string>>{
           {AlertState::kOpen, "l-1"},
           {AlertState::kAcknowledged, "l-1"},
           {AlertState::kSnoozed, "l-3"},
           {AlertState::kResolved, "l-2"}}) {
    query.state = state;
    EXPECT_THAT(Ids(Read()->ListAlerts(query)), ElementsAre(id));
  }
}

TEST_P(AlertSuite, ListsByTheLatestChangeAsOfAPositionOfTheLog) {
  Put({Step("a", "l-1", 1), Step("b", "l-2", 1), Step("a", "l-3", 1)});
  Put({Step("a", "l-1", 2, AlertState::kResolved)});  // position 4
  LatestAlertsQuery query;
  EXPECT_THAT(Positions(Read()->ListLatestAlerts(query)), ElementsAre(4, 3, 2));
  query.unresolved = true;
  EXPECT_THAT(Positions(Read()->ListLatestAlerts(query)), ElementsAre(3, 2));
  query.plan = PlanId("a");
  EXPECT_THAT(Positions(Read()->ListLatestAlerts(query)), ElementsAre(3));
  query = {};
  query.at = 3;
  EXPECT_THAT(Positions(Read()->ListLatestAlerts(query)), ElementsAre(3, 2, 1));
  query.unresolved = true;
  query.plan = PlanId("a");
  EXPECT_THAT(Positions(Read()->ListLatestAlerts(query)), ElementsAre(3, 1));
  query.limit = 1;
  EXPECT_THAT(Positions(Read()->ListLatestAlerts(query)), ElementsAre(3));
  query.before = 3;
  EXPECT_THAT(Positions(Read()->ListLatestAlerts(query)), ElementsAre(1));
  query.before = 1;
  EXPECT_THAT(Positions(Read()->ListLatestAlerts(query)), IsEmpty());
  query = {};
  query.at = 0;
  EXPECT_THAT(Positions(Read()->ListLatestAlerts(query)), IsEmpty());
}

TEST_P(AlertSuite, ReadsTheLogInOrder) {
  Put({Step("a", "l-1", 1), Step("a", "l-2", 1)});
  Put({Step("a", "l-1", 2)});
  EXPECT_THAT(Positions(Read()->ListTransitions(0, 0)), ElementsAre(1, 2, 3));
  EXPECT_THAT(Positions(Read()->ListTransitions(1, 1)), ElementsAre(2));
  EXPECT_THAT(Positions(Read()->ListTransitions(3, 9)), IsEmpty());
  const AlertKey key{PlanId("a"), AlertId("l-1")};
  EXPECT_THAT(Positions(Read()->ListTransitionsOf(key, 0, 0)),
              ElementsAre(1, 3));
  EXPECT_THAT(Positions(Read()->ListTransitionsOf(key, 1, 5)), ElementsAre(3));
  EXPECT_THAT(Positions(Read()->ListTransitionsOf(key, 0, 1)), ElementsAre(1));
}

TEST_P(AlertSuite, FindsPlacesInTheLogByTimeAndRevision) {
  const Revision first = Put({Step("a", "l-1", 1), Step("a", "l-2", 1)});
  const Revision second = Put({Step("a", "l-1", 2)});
  const auto log = *Read()->ListTransitions(0, 0);
  EXPECT_EQ(*Read()->LastTransitionBefore(log[0].time), 0);
  EXPECT_EQ(*Read()->LastTransitionBefore(log[2].time), 2);
  EXPECT_EQ(*Read()->LastTransitionBefore(log[2].time + absl::Seconds(1)), 3);
  EXPECT_EQ(*Read()->LastTransitionThrough(first - 1), 0);
  EXPECT_EQ(*Read()->LastTransitionThrough(first), 2);
  EXPECT_EQ(*Read()->LastTransitionThrough(second), 3);
  EXPECT_EQ(*Read()->LastTransitionThrough(second + 7), 3);
}

TEST_P(AlertSuite, ForgetsUpToTheStartOfTheLogWhatNobodyNeeds) {
  Put({Step("a", "l-1", 1), Step("a", "l-2", 1)});    // 1, 2
  Put({Step("a", "l-1", 2), Step("a", "l-2", 2)});    // 3, 4
  Put({Step("a", "l-1", 3, AlertState::kResolved)});  // 5
  const auto log = *Read()->ListTransitions(0, 0);
  EXPECT_EQ(Read()->TransitionLogStart()->position, 0);
  Write([](StoreTransaction* tx) {
    EXPECT_EQ(*tx->DeleteTransitions(0, 10), 0);
    return absl::OkStatus();
  });
  const LogStart start{4, log[3].revision, log[3].time};
  Write([&](StoreTransaction* tx) { return tx->SetLogStart(start); });
  EXPECT_EQ(Read()->TransitionLogStart()->position, 4);
  EXPECT_EQ(Read()->TransitionLogStart()->revision, log[3].revision);
  EXPECT_EQ(Read()->TransitionLogStart()->time, log[3].time);
  Write([](StoreTransaction* tx) {
    EXPECT_EQ(*tx->DeleteTransitions(0, 2), 2);
    EXPECT_EQ(*tx->DeleteTransitions(2, 2), 4);
    EXPECT_EQ(*tx->DeleteTransitions(4, 2), 4);
    return absl::OkStatus();
  });
  EXPECT_THAT(Positions(Read()->ListTransitions(0, 0)), ElementsAre(2, 4, 5));
  EXPECT_EQ(Read()->ListAlerts({})->size(), 2u);
  EXPECT_EQ(*Read()->LastTransition(), 5);
  auto tx = *store_->Begin();
  EXPECT_EQ(tx->SetLogStart({3, log[2].revision, log[2].time}).code(),
            absl::StatusCode::kInternal);
}

TEST_P(AlertSuite, KeepsWhichRunsAreStillToBeLookedAt) {
  EXPECT_FALSE(Read()->NextAlertBacklog()->has_value());
  std::vector<RunId> runs;
  for (int i = 0; i < 2; ++i) {
    Write([&](StoreTransaction* tx) {
      runs.push_back(*tx->NewRun());
      return absl::OkStatus();
    });
  }
  Write([&](StoreTransaction* tx) {
    EXPECT_TRUE(tx->PutAlertBacklog({runs[0], 9, 0}).ok());
    return tx->PutAlertBacklog({runs[1], 4, 0});
  });
  EXPECT_EQ((*Read()->NextAlertBacklog())->run, runs[1]) << "published first";
  Write([&](StoreTransaction* tx) {
    return tx->PutAlertBacklog({runs[1], 4, 17});
  });
  EXPECT_EQ((*Read()->NextAlertBacklog())->after, 17);
  Write([&](StoreTransaction* tx) { return tx->EndAlertBacklog(runs[1]); });
  EXPECT_EQ((*Read()->NextAlertBacklog())->run, runs[0]);
  EXPECT_EQ((*Read()->NextAlertBacklog())->published, 9);
}

TEST_P(AlertSuite, GivesTheVerdictsOfARunInPieces) {
  RunId run = 0;
  Write([&](StoreTransaction* tx) {
    run = *tx->NewRun();
    return absl::OkStatus();
  });
  Writer writer(store_.get());
  writer.Begin();
  for (const char* id : {"i-1", "i-2", "i-3"}) {
    Verdict verdict;
    verdict.indicator = {PlanId("a"), IndicatorId(id)};
    verdict.status = Status::kAtRisk;
    verdict.rule_set = RuleSetId("rs-1");
    verdict.revision = writer.revision();
    ASSERT_TRUE(writer.tx()->PutVerdict(verdict, run).ok());
    verdict.indicator.indicator = IndicatorId("i-9");
    ASSERT_TRUE(writer.tx()->PutVerdict(verdict, 0).ok());
  }
  writer.Commit(/*causes_judging=*/false);
  const auto first = *Read()->ListRunVerdicts(run, 0, 2);
  ASSERT_EQ(first.size(), 2u);
  EXPECT_EQ(first[1].verdict.indicator.indicator, IndicatorId("i-2"));
  const auto rest = *Read()->ListRunVerdicts(run, first[1].row, 2);
  ASSERT_EQ(rest.size(), 1u);
  EXPECT_EQ(rest[0].verdict.indicator.indicator, IndicatorId("i-3"));
  EXPECT_TRUE(Read()->ListRunVerdicts(run, rest[0].row, 2)->empty());
}

TEST_P(AlertSuite, RemembersABaseline) {
  const IndicatorKey key{PlanId("a"), IndicatorId("i-1")};
  EXPECT_FALSE(*Read()->IsBaseline(key));
  for (const bool is : {true, true, false, false}) {
    Write([&](StoreTransaction* tx) { return tx->SetBaseline(key, is); });
    EXPECT_EQ(*Read()->IsBaseline(key), is);
  }
}

INSTANTIATE_TEST_SUITE_P(Drivers, AlertSuite, testing::ValuesIn(AllDrivers()),
                         [](const auto& info) { return info.param.name; });

}  // namespace
}  // namespace shirube
