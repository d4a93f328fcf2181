// Every mutation of alerts and subscriptions, sent twice under one request_id:
// the repeat gets the same answer and does nothing, another request under it is
// refused, and one that failed has used nothing up.
#include "absl/time/civil_time.h"
#include "tests/unit/alerting/receiver.h"
#include "tests/unit/service/server_fixture.h"

namespace shirube {
namespace {

constexpr char kAlert[] = "name: 'plans/demo/alerts/l-i-01-fy2023' ";
constexpr char kPortal[] = "name: 'subscriptions/portal' ";
constexpr char kNone[] = "name: 'subscriptions/none' ";

struct Answer {
  grpc::Status status;
  std::string text;  // without what is answered only once
};
using Call = std::function<Answer(const std::string& request)>;

// Requests without their request_id.
struct Row {
  std::string method;
  Call call;
  std::string failing, good, other;
};

class ServerRepeatsTest : public ServerTest {
 protected:
  template <typename Request, typename Response>
  Call Of(grpc::Status (Alerts::*method)(grpc::ClientContext*, const Request&,
                                         Response*)) {
    return [this, method](const std::string& request) {
      Response response;
      const grpc::Status status = client_->Try(
          client_->alerts, method, Parse<Request>(request), &response);
      const auto* secret = Response::descriptor()->FindFieldByName("secret");
      if (secret != nullptr) {
        response.GetReflection()->ClearField(&response, secret);
      }
      return Answer{status, response.ShortDebugString()};
    };
  }
  // After all that judging has to say to it.
  std::string Head() {
    const auto head = [this] {
      return Do(client_->alerts, &Alerts::ListSubscriptions, "").revision();
    };
    WaitJudged(head());
    return head();
  }
  std::string Hook(const std::string& more) {
    return "subscription_id: 'portal' subscription { filter: 'kind = "
           "LAGGING_INDICATOR' webhook { url: '" +
           receiver_.Url("/hook") + "' allow_private: true } " + more + " }";
  }
  std::string Until(absl::Duration from_now) {
    return absl::StrCat(
        "until { seconds: ", absl::ToUnixSeconds(start_ + from_now), " }");
  }
  // One that lags with an alert, one that lags without.
  void SetUp() override {
    ServerTest::SetUp();
    ApplyDemo();
    Do(client_->plans, &Plans::CreateIndicator,
       "parent: 'plans/demo' indicator_id: 'b-1' indicator { display_name: "
       "'指標' unit: '人' baseline { value: '1619' period: 'fy2019' } target { "
       "value: '2400' period: 'fy2024' } }");
    Do(client_->observations, &Observations::BatchRecordObservations,
       "parent: 'plans/demo' baseline_import: true observations { indicator: "
       "'plans/demo/indicators/b-1' period: 'fy2022' value: '1700' }");
    WaitJudged(Do(client_->observations, &Observations::RecordObservation,
                  "parent: 'plans/demo/indicators/i-01' observation { period: "
                  "'fy2023' value: '1700' }")
                   .revision());
  }
  std::vector<Row> Changes() {
    return {
        {"AcknowledgeAlert", Of(&Alerts::AcknowledgeAlert),
         absl::StrCat(kAlert, "reason: 'known' etag: 'old'"),
         absl::StrCat(kAlert, "reason: 'known'"),
         absl::StrCat(kAlert, "reason: 'other'")},
        {"SnoozeAlert", Of(&Alerts::SnoozeAlert),
         kAlert + Until(absl::Hours(1)) + " etag: 'old'",
         kAlert + Until(absl::Hours(1)), kAlert + Until(absl::Hours(2))},
        {"ResolveAlert", Of(&Alerts::ResolveAlert),
         absl::StrCat(kAlert, "reason: 'done' etag: 'old'"),
         absl::StrCat(kAlert, "reason: 'done'"),
         absl::StrCat(kAlert, "reason: 'other'")},
        {"OpenExistingAlerts", Of(&Alerts::OpenExistingAlerts),
         "parent: 'plans/none'", "parent: 'plans/demo'",
         "parent: 'plans/none'"},
        {"CreateSubscription", Of(&Alerts::CreateSubscription),
         Hook("digest_over: -1"), Hook(""), Hook("digest_over: 3")},
        {"UpdateSubscription", Of(&Alerts::UpdateSubscription),
         absl::StrCat("subscription { ", kPortal,
                      "display_name: 'x' etag: 'old' }"),
         absl::StrCat("subscription { ", kPortal, "display_name: 'x' }"),
         absl::StrCat("subscription { ", kPortal, "display_name: 'y' }")},
        {"PauseSubscription", Of(&Alerts::PauseSubscription), kNone, kPortal,
         kNone},
        {"ResumeSubscription", Of(&Alerts::ResumeSubscription), kNone, kPortal,
         kNone},
        {"RotateSubscriptionSecret", Of(&Alerts::RotateSubscriptionSecret),
         absl::StrCat(kPortal, "secret: 'whsec_c2hvcnQ='"), kPortal,
         absl::StrCat(kPortal, "secret: 'whsec_", std::string(32, 'A'), "'")},
        {"SeekSubscription", Of(&Alerts::SeekSubscription),
         absl::StrCat(kPortal, "revision: 'x'"),
         absl::StrCat(kPortal, "revision: 'earliest'"),
         absl::StrCat(kPortal, "time { seconds: 1000 }")},
    };
  }
  void Check(const Row& row) {
    SCOPED_TRACE(row.method);
    const std::string id = " request_id: 'r-" + row.method + "'";
    const Answer failed = row.call(row.failing + id);
    EXPECT_FALSE(failed.status.ok());
    EXPECT_NE(ReasonOf(failed.status), "REQUEST_ID_REUSED");
    const Answer first = row.call(row.good + id);
    ASSERT_TRUE(first.status.ok()) << first.status.error_message();
    const std::string head = Head();
    const Answer repeated = row.call(row.good + id);
    EXPECT_TRUE(repeated.status.ok()) << repeated.status.error_message();
    EXPECT_EQ(repeated.text, first.text);
    const Answer reused = row.call(row.other + id);
    EXPECT_EQ(reused.status.error_code(), grpc::INVALID_ARGUMENT);
    EXPECT_EQ(ReasonOf(reused.status), "REQUEST_ID_REUSED");
    EXPECT_EQ(Head(), head);
  }
  // Until the receiver, which takes nothing, was offered everything.
  int AwaitGivenUp(int count) {
    v1::ListDeliveriesResponse dead;
    const absl::Time until = absl::Now() + absl::Seconds(30);
    do {
      dead = Do(client_->alerts, &Alerts::ListDeliveries,
                "parent: 'subscriptions/portal' state: STATE_DEAD");
      if (dead.deliveries_size() >= count) break;
      absl::SleepFor(absl::Milliseconds(5));
    } while (absl::Now() < until);
    return dead.deliveries_size();
  }

  const absl::Time start_ = absl::Now();
  std::atomic<int> offered_{0};
  Receiver receiver_{[this](const Request&) {
    ++offered_;
    return Reply{.status = 422};
  }};
};

TEST_F(ServerRepeatsTest, DoWhatTheyDoOnce) {
  for (const Row& row : Changes()) Check(row);
  // Opened, acknowledged, snoozed, resolved; and what had lagged.
  ASSERT_EQ(AwaitGivenUp(5), 5);
  const int before = offered_;
  Check({"RedeliverDeliveries", Of(&Alerts::RedeliverDeliveries),
         "parent: 'subscriptions/portal' idempotency_keys: 'x'",
         "parent: 'subscriptions/portal'",
         "parent: 'subscriptions/portal' idempotency_keys: 'x'"});
  ASSERT_EQ(AwaitGivenUp(5), 5);
  EXPECT_EQ(offered_, before + 5);
  Check({"DeleteSubscription", Of(&Alerts::DeleteSubscription),
         absl::StrCat(kPortal, "etag: 'old'"), kPortal, kNone});
}

}  // namespace
}  // namespace shirube
