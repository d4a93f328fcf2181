// Subscriptions as clients see them.
#include "absl/strings/escaping.h"
#include "absl/strings/match.h"
#include "tests/unit/alerting/receiver.h"
#include "tests/unit/client/certificates.h"
#include "tests/unit/service/server_fixture.h"

namespace shirube {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;
using testing::StartsWith;

constexpr char kName[] = "subscriptions/portal";

class ServerSubscriptionsTest : public ServerTest {
 protected:
  // Of indicators, unless another filter is said: what is above them lags too.
  v1::CreateSubscriptionResponse Create(std::string more = "") {
    if (!absl::StrContains(more, "filter")) {
      more += " filter: 'kind = LAGGING_INDICATOR'";
    }
    return Do(client_->alerts, &Alerts::CreateSubscription,
              "subscription_id: 'portal' subscription { display_name: "
              "'ポータル' webhook { url: '" +
                  receiver_.Url("/hook") + "' allow_private: true } " + more +
                  " }");
  }
  std::vector<std::string> Refused(const std::string& subscription) {
    return FieldsOf(Fail(client_->alerts, &Alerts::CreateSubscription,
                         "subscription { " + subscription + " }"));
  }
  std::string Lag() {
    ApplyDemo();
    const auto stored =
        Do(client_->observations, &Observations::RecordObservation,
           "parent: 'plans/demo/indicators/i-01' observation { period: "
           "'fy2023' value: '1700' }");
    WaitJudged(stored.revision());
    return stored.revision();
  }
  std::vector<Request> Await(size_t count) {
    const absl::Time until = absl::Now() + absl::Seconds(30);
    while (absl::Now() < until) {
      {
        std::lock_guard lock(mutex_);
        if (got_.size() >= count) return got_;
      }
      absl::SleepFor(absl::Milliseconds(5));
    }
    ADD_FAILURE() << "fewer than " << count << " requests";
    return {};
  }
  v1::Subscription AwaitStatistics(
      const std::function<bool(const v1::Subscription::Statistics&)>& wanted) {
    v1::Subscription found;
    const absl::Time until = absl::Now() + absl::Seconds(30);
    do {
      found = Do(client_->alerts, &Alerts::GetSubscription,
                 absl::StrCat("name: '", kName, "'"));
      if (wanted(found.statistics())) return found;
      absl::SleepFor(absl::Milliseconds(5));
    } while (absl::Now() < until);
    ADD_FAILURE() << found.ShortDebugString();
    return found;
  }

  std::mutex mutex_;
  int status_ = 200;
  std::vector<Request> got_;
  Receiver receiver_{[this](const Request& request) {
    std::lock_guard lock(mutex_);
    got_.push_back(request);
    return Reply{.status = status_, .body = "受け取り\x01"};
  }};
};

TEST_F(ServerSubscriptionsTest, ShowsItsSecretOnce) {
  const auto made = Create("digest_over: 20");
  EXPECT_THAT(made.secret(), StartsWith("whsec_"));
  EXPECT_EQ(made.subscription().name(), kName);
  EXPECT_THAT(made.subscription().webhook().secret(), IsEmpty());
  EXPECT_EQ(made.subscription().state(), v1::Subscription::STATE_ACTIVE);
  EXPECT_EQ(made.subscription().retry_for().seconds(), 14 * 24 * 3600);
  EXPECT_EQ(made.subscription().digest_over(), 20);
  const auto listed = Do(client_->alerts, &Alerts::ListSubscriptions, "");
  ASSERT_THAT(listed.subscriptions(), SizeIs(1));
  EXPECT_FALSE(
      absl::StrContains(listed.ShortDebugString(), made.secret().substr(6)));
  const std::string own = "whsec_" + std::string(32, 'A');
  const std::string request =
      "subscription_id: 'two' subscription { webhook { url: "
      "'http://127.0.0.1:9/' allow_private: true secret: '" +
      own + "' } } request_id: 'r'";
  EXPECT_EQ(Do(client_->alerts, &Alerts::CreateSubscription, request).secret(),
            own);
  EXPECT_THAT(
      Do(client_->alerts, &Alerts::CreateSubscription, request).secret(),
      IsEmpty());
}

TEST_F(ServerSubscriptionsTest, RefusesEverythingWrongAtOnce) {
  EXPECT_THAT(Refused(""), ElementsAre("subscription.webhook"));
  EXPECT_THAT(Refused("webhook { url: 'file:///etc/passwd' }"),
              ElementsAre("subscription.webhook.url"));
  EXPECT_THAT(Refused("webhook { url: 'https://no-such-host.invalid/' }"),
              ElementsAre("subscription.webhook.url"));
  for (const char* url :
       {"https://127.0.0.1/", "https://10.1.2.3/", "https://[::1]/",
        "https://169.254.169.254/", "https://localhost/", "http://example.jp/",
        "https://user:pass@example.jp/", "nonsense://", ""}) {
    EXPECT_THAT(Refused(absl::StrCat("webhook { url: '", url, "' }")),
                ElementsAre("subscription.webhook.url"))
        << url;
  }
  EXPECT_THAT(Refused("webhook { url: 'https://169.254.169.254/' "
                      "allow_private: true }"),
              ElementsAre("subscription.webhook.url"));
  const std::string good =
      "webhook { url: 'https://127.0.0.1/' "
      "allow_private: true";
  EXPECT_THAT(Refused(good + " secret: 'whsec_c2hvcnQ=' }"),
              ElementsAre("subscription.webhook.secret"));
  for (const char* pem :
       {"no certificate",
        "-----BEGIN CERTIFICATE-----\\nAAAA\\n-----END CERTIFICATE-----"}) {
    EXPECT_THAT(Refused(absl::StrCat(good, " ca_pem: '", pem, "' }")),
                ElementsAre("subscription.webhook.ca_pem"))
        << pem;
  }
  EXPECT_THAT(Refused(good + " } filter: 'severity = '"),
              ElementsAre("subscription.filter"));
  EXPECT_THAT(
      Refused(good + " } filter: 'colour = RED' retry_for { seconds: 5 } "
                     "digest_over: -1 digest_window { seconds: 90000 }"),
      ElementsAre("subscription.retry_for", "subscription.digest_over",
                  "subscription.digest_window", "subscription.filter"));
  EXPECT_THAT(Refused("pull { ack_deadline { seconds: 700 } } digest_over: 3"),
              ElementsAre("subscription.pull.ack_deadline",
                          "subscription.digest_over"));
  EXPECT_THAT(
      Do(client_->alerts, &Alerts::ListSubscriptions, "").subscriptions(),
      IsEmpty());
}

TEST_F(ServerSubscriptionsTest, TakesAuthoritiesOfItsOwn) {
  const std::string pem = client::TestAuthority("one").Pem() +
                          client::TestAuthority("another").Pem();
  const auto made =
      Do(client_->alerts, &Alerts::CreateSubscription,
         "subscription { webhook { url: '" + receiver_.Url("/hook") +
             "' allow_private: true ca_pem: '" + absl::CEscape(pem) + "' } }");
  EXPECT_EQ(made.subscription().webhook().ca_pem(), pem);
  EXPECT_THAT(Refused("webhook { url: 'https://127.0.0.1/' allow_private: true "
                      "ca_pem: '" +
                      absl::CEscape(pem.substr(0, pem.size() - 40)) + "' }"),
              ElementsAre("subscription.webhook.ca_pem"));
}

TEST_F(ServerSubscriptionsTest, TellsOfAnAlertAndCountsIt) {
  Create();
  Lag();
  const auto got = Await(1);
  EXPECT_EQ(got[0].headers.at("webhook-id"),
            "plans/demo/alerts/l-i-01-fy2023:1");
  const auto found = AwaitStatistics(
      [](const auto& statistics) { return statistics.delivered() == 1; });
  EXPECT_EQ(found.statistics().attempts(), 1);
  EXPECT_EQ(found.statistics().waiting(), 0);
  EXPECT_FALSE(found.statistics().has_oldest_waiting_time());
}

TEST_F(ServerSubscriptionsTest, KeepsWhatWaitsWhilePaused) {
  Create();
  Do(client_->alerts, &Alerts::PauseSubscription,
     absl::StrCat("name: '", kName, "'"));
  Lag();
  const auto paused = AwaitStatistics(
      [](const auto& statistics) { return statistics.waiting() == 1; });
  EXPECT_EQ(paused.state(), v1::Subscription::STATE_PAUSED);
  EXPECT_TRUE(paused.statistics().has_oldest_waiting_time());
  const auto listed =
      Do(client_->alerts, &Alerts::ListDeliveries,
         absl::StrCat("parent: '", kName, "' state: STATE_WAITING"));
  ASSERT_THAT(listed.deliveries(), SizeIs(1));
  EXPECT_EQ(listed.deliveries(0).subscription(), kName);
  EXPECT_EQ(listed.deliveries(0).idempotency_key(),
            "plans/demo/alerts/l-i-01-fy2023:1");
  EXPECT_EQ(listed.deliveries(0).state(), v1::Delivery::STATE_WAITING);
  EXPECT_EQ(listed.deliveries(0).attempts(), 0);
  EXPECT_EQ(listed.deliveries(0).time().seconds(),
            paused.statistics().oldest_waiting_time().seconds());
  EXPECT_FALSE(listed.deliveries(0).has_next_attempt_time());
  EXPECT_THAT(listed.next_page_token(), IsEmpty());
  EXPECT_THAT(FieldsOf(Fail(client_->alerts, &Alerts::ListDeliveries,
                            absl::StrCat("parent: '", kName, "' state: 9"))),
              ElementsAre("state"));
  Do(client_->alerts, &Alerts::ResumeSubscription,
     absl::StrCat("name: '", kName, "'"));
  Await(1);
}

TEST_F(ServerSubscriptionsTest, ListsWhatWasGivenUpAndSendsItAgain) {
  status_ = 422;
  Create();
  Lag();
  AwaitStatistics(
      [](const auto& statistics) { return statistics.dead() == 1; });
  v1::ListDeliveriesResponse listed;
  for (int i = 0; i < 1000 && listed.deliveries().empty(); ++i) {
    listed = Do(client_->alerts, &Alerts::ListDeliveries,
                absl::StrCat("parent: '", kName, "' state: STATE_DEAD"));
  }
  ASSERT_THAT(listed.deliveries(), SizeIs(1));
  EXPECT_EQ(listed.deliveries(0).idempotency_key(),
            "plans/demo/alerts/l-i-01-fy2023:1");
  EXPECT_EQ(listed.deliveries(0).attempts(), 1);
  EXPECT_EQ(listed.deliveries(0).last_error(), "HTTP 422");
  EXPECT_THAT(Do(client_->alerts, &Alerts::ListDeliveries,
                 absl::StrCat("parent: '", kName, "' state: STATE_WAITING"))
                  .deliveries(),
              IsEmpty());
  {
    std::lock_guard lock(mutex_);
    status_ = 200;
  }
  const grpc::Status unknown =
      Fail(client_->alerts, &Alerts::RedeliverDeliveries,
           absl::StrCat("parent: '", kName,
                        "' idempotency_keys: 'plans/demo/alerts/x:1' "
                        "idempotency_keys: '",
                        listed.deliveries(0).idempotency_key(), "'"));
  EXPECT_EQ(unknown.error_code(), grpc::FAILED_PRECONDITION);
  EXPECT_EQ(ReasonOf(unknown), "NOT_GIVEN_UP");
  EXPECT_THAT(unknown.error_message(), HasSubstr("plans/demo/alerts/x:1"));
  const std::string again =
      absl::StrCat("parent: '", kName, "' request_id: 'again' ");
  EXPECT_EQ(Do(client_->alerts, &Alerts::RedeliverDeliveries, again)
                .redelivered_count(),
            1);
  Await(2);
  AwaitStatistics([](const auto& statistics) {
    return statistics.delivered() == 1 && statistics.waiting() == 0;
  });
  EXPECT_EQ(Do(client_->alerts, &Alerts::RedeliverDeliveries, again)
                .redelivered_count(),
            1);
  EXPECT_EQ(
      ReasonOf(Fail(
          client_->alerts, &Alerts::RedeliverDeliveries,
          again + "idempotency_keys: 'plans/demo/alerts/l-i-01-fy2023:1'")),
      "REQUEST_ID_REUSED");
  const auto audit = Do(client_->admin, &Admin::ListAuditEntries,
                        "filter: 'action = \"RedeliverDeliveries\"'");
  ASSERT_THAT(audit.audit_entries(), SizeIs(1));
  EXPECT_EQ(audit.audit_entries(0).actor(), "tester");
  EXPECT_EQ(audit.audit_entries(0).touched(0).resource(), kName);
}

TEST_F(ServerSubscriptionsTest, IsTriedWithoutAnAlert) {
  status_ = 503;
  Create();
  const auto answer = Do(client_->alerts, &Alerts::TestSubscription,
                         absl::StrCat("name: '", kName, "'"));
  EXPECT_FALSE(answer.delivered());
  EXPECT_EQ(answer.http_status(), 503);
  EXPECT_EQ(answer.error(), "HTTP 503");
  EXPECT_EQ(answer.answer(), "受け取り?");
  EXPECT_THAT(Await(1).at(0).headers.at("webhook-id"), StartsWith("test:"));
  Do(client_->alerts, &Alerts::CreateSubscription,
     "subscription_id: 'fetch' subscription { pull {} }");
  EXPECT_EQ(ReasonOf(Fail(client_->alerts, &Alerts::TestSubscription,
                          "name: 'subscriptions/fetch'")),
            "WRONG_SINK");
  EXPECT_EQ(ReasonOf(Fail(client_->alerts, &Alerts::RotateSubscriptionSecret,
                          "name: 'subscriptions/fetch'")),
            "WRONG_SINK");
}

TEST_F(ServerSubscriptionsTest, SignsWithBothSecretsAfterARotation) {
  Create();
  const auto rotated = Do(client_->alerts, &Alerts::RotateSubscriptionSecret,
                          absl::StrCat("name: '", kName, "'"));
  EXPECT_THAT(rotated.secret(), StartsWith("whsec_"));
  Lag();
  const std::string signature = Await(1).at(0).headers.at("webhook-signature");
  EXPECT_EQ(std::count(signature.begin(), signature.end(), ' '), 1)
      << signature;
  EXPECT_THAT(FieldsOf(Fail(client_->alerts, &Alerts::RotateSubscriptionSecret,
                            absl::StrCat("name: '", kName,
                                         "' secret: 'whsec_c2hvcnQ='"))),
              ElementsAre("secret"));
}

TEST_F(ServerSubscriptionsTest, IsChangedByFieldAndKeepsItsKindOfSink) {
  const auto made = Create();
  const auto changed =
      Do(client_->alerts, &Alerts::UpdateSubscription,
         absl::StrCat("subscription { name: '", kName, "' etag: '",
                      made.subscription().etag(),
                      "' filter: 'severity = CRITICAL' display_name: 'x' } "
                      "update_mask { paths: 'filter' }"));
  EXPECT_EQ(changed.filter(), "severity = CRITICAL");
  EXPECT_EQ(changed.display_name(), "ポータル");
  EXPECT_EQ(changed.webhook().url(), receiver_.Url("/hook"));
  const auto refused = [&](const std::string& rest) {
    return Fail(client_->alerts, &Alerts::UpdateSubscription,
                absl::StrCat("subscription { name: '", kName, "' ", rest));
  };
  EXPECT_THAT(FieldsOf(refused("pull {} }")), ElementsAre("subscription.sink"));
  EXPECT_THAT(FieldsOf(refused("} update_mask { paths: 'colour' }")),
              ElementsAre("update_mask"));
  EXPECT_THAT(FieldsOf(refused(absl::StrCat("webhook { secret: 'whsec_",
                                            std::string(32, 'A'), "' } }"))),
              ElementsAre("subscription.webhook.secret"));
  EXPECT_THAT(FieldsOf(refused("webhook { url: 'https://10.0.0.1/' } } "
                               "update_mask { paths: 'webhook.url' paths: "
                               "'webhook.allow_private' }")),
              ElementsAre("subscription.webhook.url"));
  EXPECT_EQ(ReasonOf(refused(absl::StrCat("etag: '", made.subscription().etag(),
                                          "' filter: '' }"))),
            "ETAG_MISMATCH");
}

TEST_F(ServerSubscriptionsTest, GoesBackToARevisionOrTime) {
  Create();
  const std::string before =
      Do(client_->alerts, &Alerts::ListSubscriptions, "").revision();
  const std::string after = Lag();
  Await(1);
  const std::string name = absl::StrCat("name: '", kName, "' ");
  Do(client_->alerts, &Alerts::SeekSubscription,
     name + "revision: '" + before + "'");
  Await(2);
  Do(client_->alerts, &Alerts::SeekSubscription, name + "revision: 'earliest'");
  Await(3);
  Do(client_->alerts, &Alerts::SeekSubscription,
     name + "time { seconds: 1000 }");
  Await(4);
  EXPECT_THAT(FieldsOf(Fail(client_->alerts, &Alerts::SeekSubscription, name)),
              ElementsAre("time"));
  const std::string future = after.substr(0, after.find('.')) + ".1000000";
  EXPECT_THAT(FieldsOf(Fail(client_->alerts, &Alerts::SeekSubscription,
                            name + "revision: '" + future + "'")),
              ElementsAre("revision"));
  EXPECT_EQ(ReasonOf(Fail(client_->alerts, &Alerts::SeekSubscription,
                          name + "revision: '0000000000000000.1'")),
            "HISTORY_DIVERGED");
}

TEST_F(ServerSubscriptionsTest, IsGoneWhenDeleted) {
  Create();
  const std::string name = absl::StrCat("name: '", kName, "'");
  Do(client_->alerts, &Alerts::DeleteSubscription, name);
  for (const grpc::Status& status :
       {Fail(client_->alerts, &Alerts::GetSubscription, name),
        Fail(client_->alerts, &Alerts::PauseSubscription, name),
        Fail(client_->alerts, &Alerts::TestSubscription, name),
        Fail(client_->alerts, &Alerts::SeekSubscription,
             name + " revision: 'earliest'")}) {
    EXPECT_EQ(status.error_code(), grpc::NOT_FOUND);
    EXPECT_EQ(ReasonOf(status), "RESOURCE_NOT_FOUND");
  }
  EXPECT_THAT(
      Do(client_->alerts, &Alerts::ListSubscriptions, "").subscriptions(),
      IsEmpty());
}

}  // namespace
}  // namespace shirube
