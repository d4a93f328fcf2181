// What is committed reaches the receivers of a real store's subscriptions,
// across restarts, seeks, digests and redeliveries.
#include "server/alerting/outbox.h"

#include <condition_variable>
#include <nlohmann/json.hpp>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "server/alerting/signature.h"
#include "server/service/alert_event.h"
#include "tests/unit/alerting/receiver.h"
#include "tests/unit/ledger/fixture.h"

namespace shirube {
namespace {

using nlohmann::json;

const SubscriptionId kId("s");

class OutboxTest : public LedgerFixture {
 protected:
  void SetUp() override {
    Did(Create<Plan>{MakePlan("a"), "plan"});
    StartOutbox();
  }
  void TearDown() override { outbox_.reset(); }

  void StartOutbox() {
    outbox_ = *Outbox::Start(store_.get(), ledger_.get(), &events_, {});
  }
  Subscription Webhook() {
    Subscription made;
    made.id = kId;
    made.sink = SinkKind::kWebhook;
    made.url = receiver_.Url("/hook");
    made.allow_private = true;
    made.secrets = {{MakeSecret(), absl::UnixEpoch(), std::nullopt}};
    return made;
  }
  // A lagging indicator: one transition.
  void Lag(const std::string& id, Severity severity = Severity::kWarning) {
    Did(Create<Indicator>{FullyMade("a", id), "indicator"});
    Store(id, Status::kAtRisk, severity);
  }
  void Store(const std::string& id, Status status,
             Severity severity = Severity::kWarning) {
    StoreVerdicts store{{VerdictOf(id, status, severity)}};
    store.news = {NewsOf(id)};
    Did(store);
  }
  Verdict VerdictOf(const std::string& id, Status status, Severity severity) {
    Verdict verdict;
    verdict.indicator = {PlanId("a"), IndicatorId(id)};
    verdict.status = status;
    verdict.reason = "OFF_PACE";
    verdict.severity = severity;
    verdict.period = Year(2022);
    verdict.value = Num("1");
    verdict.rule_set = RuleSetId("rs-1");
    verdict.input_revision = head();
    return verdict;
  }
  AlertNews NewsOf(const std::string& id) {
    AlertNews news;
    news.key = {PlanId("a"), IndicatorId(id)};
    news.display_name = "指標「" + id + "」";
    news.owner = "財政課";
    news.sentence = {"遅れている", "lags"};
    return news;
  }

  Reply Answer(const Request& request) {
    std::lock_guard lock(mutex_);
    got_.push_back(request);
    changed_.notify_all();
    const Reply reply = replies_.front();
    if (replies_.size() > 1) replies_.erase(replies_.begin());
    return reply;
  }
  // The first `count` requests.
  std::vector<Request> Await(size_t count) {
    std::unique_lock lock(mutex_);
    EXPECT_TRUE(changed_.wait_for(lock, std::chrono::seconds(30),
                                  [&] { return got_.size() >= count; }));
    return got_;
  }
  // Until the ledger has written down that everything is settled.
  void AwaitPosition(int64_t position) {
    for (int i = 0; i < 3000; ++i) {
      if ((*Read()->GetSubscription(kId))->position >= position) return;
      absl::SleepFor(absl::Milliseconds(10));
    }
    ADD_FAILURE() << "still before " << position;
  }
  std::vector<DeliveryRecord> AwaitDead() {
    for (int i = 0; i < 3000; ++i) {
      const auto rows = *Read()->ListDeliveries(kId, 0, 0);
      if (!rows.empty() && rows[0].state == DeliveryState::kDead) return rows;
      absl::SleepFor(absl::Milliseconds(10));
    }
    ADD_FAILURE() << "nothing is dead";
    return {};
  }

  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<Request> got_;
  std::vector<Reply> replies_ = {Reply{}};
  Receiver receiver_{[this](const Request& r) { return Answer(r); }};
  AlertEvents events_{"shirube.test", {"h", "https://plan.test/?a={alert}"}};
  std::unique_ptr<Outbox> outbox_;
};

TEST_F(OutboxTest, SendsWhatIsCommittedAsACloudEvent) {
  Did(CreateSubscription{Webhook()});
  Lag("i-01");
  const Request request = Await(1).at(0);
  EXPECT_EQ(request.headers.at("webhook-id"), "plans/a/alerts/l-i-01-fy2022:1");
  const json event = json::parse(request.body);
  EXPECT_EQ(event["specversion"], "1.0");
  EXPECT_EQ(event["id"], "plans/a/alerts/l-i-01-fy2022:1");
  EXPECT_EQ(event["source"], "//shirube.test/plans/a");
  EXPECT_EQ(event["type"], "shirube.alert.opened.v1");
  EXPECT_EQ(event["subject"], "plans/a/alerts/l-i-01-fy2022");
  EXPECT_EQ(event["datacontenttype"], "application/json");
  const json& data = event["data"];
  EXPECT_EQ(data["idempotencyKey"], event["id"]);
  EXPECT_EQ(data["link"], "https://plan.test/?a=plans/a/alerts/l-i-01-fy2022");
  const json& alert = data["alert"];
  EXPECT_EQ(alert["subject"], "plans/a/indicators/i-01");
  EXPECT_EQ(alert["subjectDisplayName"], "指標「i-01」");
  EXPECT_EQ(alert["owner"], "財政課");
  EXPECT_EQ(alert["status"], "STATUS_AT_RISK");
  EXPECT_EQ(alert["severity"], "SEVERITY_WARNING");
  EXPECT_EQ(alert["period"], "fy2022");
  EXPECT_EQ(alert["sentence"]["ja"], "遅れている");
  AwaitPosition(1);
}

TEST_F(OutboxTest, OnlySendsWhatTheFilterWants) {
  Subscription made = Webhook();
  made.filter = "severity = CRITICAL AND owner = \"財政課\"";
  Did(CreateSubscription{made});
  Lag("i-01");
  Lag("i-02", Severity::kCritical);
  Lag("i-03");
  Lag("i-04", Severity::kCritical);
  const auto got = Await(2);
  EXPECT_TRUE(absl::StrContains(got[0].body, "l-i-02-fy2022:1"));
  EXPECT_TRUE(absl::StrContains(got[1].body, "l-i-04-fy2022:1"));
  AwaitPosition(4);
  EXPECT_EQ(outbox_->Statistics(kId).delivered, 2);
}

TEST_F(OutboxTest, GoesOnAfterARestartWhereItWas) {
  Did(CreateSubscription{Webhook()});
  Lag("i-01");
  AwaitPosition(1);
  outbox_.reset();
  Lag("i-02");
  Store("i-02", Status::kOnTrack);
  StartOutbox();
  const auto got = Await(3);
  EXPECT_TRUE(absl::StrContains(got[1].body, "l-i-02-fy2022:1"));
  EXPECT_TRUE(absl::StrContains(got[2].body, "l-i-02-fy2022:2"));
  AwaitPosition(3);
  EXPECT_EQ(Await(3).size(), 3u);
}

TEST_F(OutboxTest, KeepsRetriesOverARestart) {
  replies_ = {Reply{.status = 503}, Reply{}};
  Did(CreateSubscription{Webhook()});
  Lag("i-01");
  Await(1);
  AwaitPosition(1);
  const auto rows = *Read()->ListDeliveries(kId, 0, 0);
  if (!rows.empty()) {
    EXPECT_EQ(rows[0].last_error, "HTTP 503");
    EXPECT_EQ(rows[0].attempts, 1);
    EXPECT_EQ(*outbox_->KeyOf(rows[0]), "plans/a/alerts/l-i-01-fy2022:1");
  }
  outbox_.reset();
  StartOutbox();
  const auto got = Await(2);
  EXPECT_EQ(got[0].headers.at("webhook-id"), got[1].headers.at("webhook-id"));
  EXPECT_EQ(got[0].body, got[1].body);
}

TEST_F(OutboxTest, SendsAgainFromWhereItIsSoughtTo) {
  Did(CreateSubscription{Webhook()});
  Lag("i-01");
  Lag("i-02");
  AwaitPosition(2);
  Did(SeekSubscription{kId, std::nullopt, 0});
  // Of two alerts neither waits for the other.
  const auto got = Await(4);
  EXPECT_NE(got[2].body, got[3].body);
  EXPECT_THAT(std::vector({got[2].body, got[3].body}),
              testing::UnorderedElementsAre(got[0].body, got[1].body));
  AwaitPosition(2);
}

TEST_F(OutboxTest, TriesAgainWhatWasGivenUpOnlyWhenAsked) {
  replies_ = {Reply{.status = 422}, Reply{}};
  Did(CreateSubscription{Webhook()});
  Lag("i-01");
  EXPECT_EQ(AwaitDead().at(0).last_error, "HTTP 422");
  const std::string key = "plans/a/alerts/l-i-01-fy2022:1";
  const auto wanted = *outbox_->GivenUp(kId, {"no such key", key});
  ASSERT_EQ(wanted.size(), 2u);
  EXPECT_EQ(wanted[0].key, "no such key");
  EXPECT_EQ(wanted[0].position, 0);
  EXPECT_EQ(wanted[1].position, 1);
  EXPECT_EQ(ReasonOf(RedeliverDeliveries{kId, wanted}), "NOT_GIVEN_UP");
  EXPECT_EQ(Did(RedeliverDeliveries{kId, {wanted[1]}}).count, 1);
  const auto got = Await(2);
  EXPECT_EQ(got[0].body, got[1].body);
  for (int i = 0; i < 3000 && !Read()->ListDeliveries(kId, 0, 0)->empty();
       ++i) {
    absl::SleepFor(absl::Milliseconds(10));
  }
  EXPECT_EQ(Did(RedeliverDeliveries{kId}).count, 0);
  EXPECT_EQ(Await(2).size(), 2u);
}

TEST_F(OutboxTest, PausesWhereTheReceiverIsGoneAndGoesOnWhenResumed) {
  replies_ = {Reply{.status = 410}, Reply{}};
  Did(CreateSubscription{Webhook()});
  Lag("i-01");
  Await(1);
  std::optional<Subscription> paused;
  for (int i = 0; i < 3000; ++i) {
    paused = *Read()->GetSubscription(kId);
    if (paused->state == SubscriptionState::kPaused) break;
    absl::SleepFor(absl::Milliseconds(10));
  }
  EXPECT_EQ(paused->pause_reason, "HTTP 410");
  Did(UpdateSubscription{kId, "", [](Subscription& s) {
                           s.state = SubscriptionState::kActive;
                           s.pause_reason.clear();
                           return absl::OkStatus();
                         }});
  Await(2);
}

TEST_F(OutboxTest, GathersAStormIntoOneDigest) {
  Subscription made = Webhook();
  made.digest_over = 2;
  made.digest_window = absl::Seconds(5);
  Did(CreateSubscription{made});
  for (int i = 0; i < 8; ++i) {
    Lag(absl::StrCat("i-0", i),
        i == 5 ? Severity::kCritical : Severity::kWarning);
  }
  const json event = json::parse(Await(3).at(2).body);
  EXPECT_EQ(event["id"], "digest:s:3-8");
  EXPECT_EQ(event["type"], "shirube.alert.digest.v1");
  EXPECT_EQ(event["data"]["digestCount"], 6);
  EXPECT_EQ(event["data"]["digestAlerts"].size(), 6u);
  EXPECT_EQ(event["data"]["alert"]["name"], "plans/a/alerts/l-i-05-fy2022");
  AwaitPosition(8);
  EXPECT_EQ(Await(3).size(), 3u);
}

// Longer than what is read of the log at once, and sent again after a restart:
// the same bytes.
TEST_F(OutboxTest, NamesTheGravestOfALongDigestAlsoAfterARestart) {
  constexpr int kLong = 2500, kGravest = 2300;
  Subscription made = Webhook();
  made.digest_over = 1;
  made.digest_window = absl::Seconds(1);
  replies_ = {Reply{}, Reply{.status = 503}};
  StoreVerdicts storm;
  for (int i = 0; i < kLong; ++i) {
    const std::string id = absl::StrCat("i-", i);
    Did(Create<Indicator>{FullyMade("a", id), "indicator"});
    storm.verdicts.push_back(
        VerdictOf(id, Status::kAtRisk,
                  i == kGravest ? Severity::kCritical : Severity::kWarning));
    storm.news.push_back(NewsOf(id));
  }
  Did(CreateSubscription{made});
  Did(storm);
  const Request first = Await(2).at(1);
  AwaitPosition(kLong);
  outbox_.reset();
  const size_t before = Await(2).size();
  StartOutbox();
  EXPECT_EQ(Await(before + 1).back().body, first.body);
  const json event = json::parse(first.body);
  EXPECT_EQ(event["id"], "digest:s:2-2500");
  EXPECT_EQ(event["data"]["digestCount"], kLong - 1);
  EXPECT_EQ(event["data"]["digestAlerts"].size(), 100u);
  EXPECT_EQ(event["data"]["digestAlerts"][0], "plans/a/alerts/l-i-1-fy2022");
  EXPECT_EQ(event["data"]["alert"]["name"], "plans/a/alerts/l-i-2300-fy2022");
}

TEST_F(OutboxTest, TriesASubscriptionWithoutAnAlert) {
  Did(CreateSubscription{Webhook()});
  replies_ = {Reply{.status = 500, .body = "out of order"}};
  const auto answer = outbox_->Test(kId, absl::Now() + absl::Seconds(20));
  ASSERT_TRUE(answer.ok()) << answer.status();
  EXPECT_FALSE(answer->delivered);
  EXPECT_EQ(answer->http_status, 500);
  EXPECT_EQ(answer->text, "out of order");
  const json event = json::parse(Await(1).at(0).body);
  EXPECT_EQ(event["type"], "shirube.subscription.test.v1");
  EXPECT_EQ(event["data"]["test"], true);
  EXPECT_EQ(outbox_->Test(SubscriptionId("x"), absl::Now()).status().code(),
            absl::StatusCode::kNotFound);
}

TEST_F(OutboxTest, SendsNothingToADeletedSubscription) {
  Did(CreateSubscription{Webhook()});
  Lag("i-01");
  AwaitPosition(1);
  Did(DeleteSubscription{kId});
  Lag("i-02");
  Subscription other = Webhook();
  other.id = SubscriptionId("t");
  Did(CreateSubscription{other, /*from_start=*/true});
  const auto got = Await(3);
  // Two alerts have no order between them.
  const std::string both = got[1].body + got[2].body;
  EXPECT_TRUE(absl::StrContains(both, "l-i-01-fy2022:1"));
  EXPECT_TRUE(absl::StrContains(both, "l-i-02-fy2022:1"));
}

TEST_F(OutboxTest, TellsAnAlertmanagerOfTheLabelsThatEnded) {
  Subscription made = Webhook();
  made.sink = SinkKind::kAlertmanager;
  Did(CreateSubscription{made});
  Lag("i-01");
  Store("i-01", Status::kAtRisk, Severity::kCritical);
  const auto got = Await(2);
  EXPECT_EQ(got[0].path, "/hook/api/v2/alerts");
  const json first = json::parse(got[0].body);
  ASSERT_EQ(first.size(), 1u);
  EXPECT_EQ(first[0]["labels"]["alertname"], "LaggingIndicator");
  EXPECT_EQ(first[0]["labels"]["severity"], "warning");
  const json second = json::parse(got[1].body);
  ASSERT_EQ(second.size(), 2u);
  EXPECT_EQ(second[0]["labels"]["severity"], "warning");
  EXPECT_EQ(second[1]["labels"]["severity"], "critical");
}

}  // namespace
}  // namespace shirube
