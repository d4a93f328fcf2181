// The commands about alerts and subscriptions, over a connection that answers
// from rows kept here: what people read, what scripts get, what is sent.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <map>
#include <sstream>

#include "client/cli/run.h"
#include "client/lib/error.h"
#include "google/rpc/error_details.pb.h"
#include "shirube/v1/alert_service.pb.h"
#include "shirube/v1/plan_service.pb.h"

namespace shirube::cli {
namespace {

using ::google::protobuf::Message;
using ::testing::HasSubstr;
using ::testing::Not;

v1::Alert Lagging() {
  v1::Alert alert;
  alert.set_name("plans/demo/alerts/l-i-p3-01-fy2022");
  alert.set_kind(v1::Alert::KIND_LAGGING_INDICATOR);
  alert.set_subject("plans/demo/indicators/i-p3-01");
  alert.set_subject_display_name("男性職員の育児休業取得率");
  alert.set_period("fy2022");
  alert.set_state(v1::Alert::STATE_OPEN);
  alert.set_severity(v1::Verdict::SEVERITY_CRITICAL);
  alert.set_transition_seq(1);
  alert.set_status(v1::Verdict::STATUS_AT_RISK);
  alert.set_reason("MISSED");
  alert.set_value("71.5");
  alert.set_unit("%");
  alert.set_owner("人事課");
  alert.mutable_sentence()->set_ja("目標を下回った。");
  alert.mutable_sentence()->set_en("It misses the target.");
  alert.mutable_way_out()->set_ja("R5に100%以上");
  alert.mutable_way_out()->set_en("100% or more in FY2023");
  alert.mutable_create_time()->set_seconds(1'700'000'000);
  alert.mutable_update_time()->set_seconds(1'700'000'000);
  return alert;
}

v1::Alert Resolved() {
  v1::Alert alert = Lagging();
  alert.set_name("plans/demo/alerts/l-i-p1-02-fy2021");
  alert.set_subject("plans/demo/indicators/i-p1-02");
  alert.set_subject_display_name("防災士の認証登録者数");
  alert.set_state(v1::Alert::STATE_RESOLVED);
  alert.set_resolution(v1::Alert::RESOLUTION_RECOVERED);
  return alert;
}

class AlertKeeper : public client::Connection {
 public:
  absl::Status Call(const std::string& method, const Message& request,
                    Message* response, const client::Options&) override {
    const std::string name = method.substr(method.rfind('/') + 1);
    asked[name] = request.ShortDebugString();
    if (failures.contains(name)) return failures[name];
    if (name == "ListAlerts") {
      auto* page = static_cast<v1::ListAlertsResponse*>(response);
      const auto& list = static_cast<const v1::ListAlertsRequest&>(request);
      const bool resolved = list.filter() == "state = RESOLVED";
      if (!resolved && !empty) *page->add_alerts() = Lagging();
      if (resolved) *page->add_alerts() = Resolved();
      for (const std::string& untold : untold_) {
        page->add_lagging_without_alert(untold);
      }
    } else if (name == "ListAlertTransitions") {
      auto* row = static_cast<v1::ListAlertTransitionsResponse*>(response)
                      ->add_transitions();
      row->set_type(v1::AlertTransition::TYPE_OPENED);
      *row->mutable_alert() = Lagging();
    } else if (name == "OpenExistingAlerts") {
      static_cast<v1::OpenExistingAlertsResponse*>(response)->set_opened_count(
          3);
    } else if (name == "ListPlans") {
      auto* plan = static_cast<v1::ListPlansResponse*>(response)->add_plans();
      plan->set_name("plans/demo");
      plan->set_display_name("行財政改革推進プラン");
    } else if (name == "ListSubscriptions") {
      *static_cast<v1::ListSubscriptionsResponse*>(response)
           ->add_subscriptions() = subscription;
    } else if (name == "CreateSubscription") {
      auto* made = static_cast<v1::CreateSubscriptionResponse*>(response);
      *made->mutable_subscription() =
          static_cast<const v1::CreateSubscriptionRequest&>(request)
              .subscription();
      made->mutable_subscription()->set_name("subscriptions/chat");
      made->set_secret("whsec_MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3");
    } else if (name == "TestSubscription") {
      *static_cast<v1::TestSubscriptionResponse*>(response) = tried;
    } else if (name == "SeekSubscription") {
      *static_cast<v1::SeekSubscriptionResponse*>(response)
           ->mutable_subscription() = subscription;
    } else if (name == "ListDeliveries") {
      auto* row =
          static_cast<v1::ListDeliveriesResponse*>(response)->add_deliveries();
      row->set_idempotency_key("plans/demo/alerts/l-i-p3-01-fy2022:1");
      row->set_state(v1::Delivery::STATE_DEAD);
      row->set_attempts(1);
      row->set_last_error("HTTP 400");
    } else if (name == "RedeliverDeliveries") {
      static_cast<v1::RedeliverDeliveriesResponse*>(response)
          ->set_redelivered_count(1);
    } else if (name.ends_with("Alert")) {
      *static_cast<v1::Alert*>(response) = Lagging();
    } else if (name.ends_with("Subscription")) {
      response->CopyFrom(subscription);
    } else {
      return absl::UnimplementedError(name);
    }
    return absl::OkStatus();
  }

  std::map<std::string, std::string> asked;
  std::map<std::string, absl::Status> failures;
  std::vector<std::string> untold_;
  bool empty = false;
  v1::Subscription subscription = [] {
    v1::Subscription row;
    row.set_name("subscriptions/chat");
    row.set_display_name("庁内チャット");
    row.mutable_webhook()->set_url("https://chat.example.jp/hook");
    row.set_state(v1::Subscription::STATE_ACTIVE);
    row.mutable_statistics()->set_dead(2);
    row.mutable_statistics()->set_last_error("HTTP 400");
    return row;
  }();
  v1::TestSubscriptionResponse tried;
};

class AlertCommandsTest : public testing::Test {
 protected:
  int Run(std::vector<std::string> arguments) {
    out_.str("");
    err_.str("");
    arguments.insert(arguments.begin(), {"--lang", language_});
    return cli::Run(
        arguments,
        {.in = in_, .out = out_, .err = err_, .connection = keeper_});
  }

  std::shared_ptr<AlertKeeper> keeper_ = std::make_shared<AlertKeeper>();
  std::string language_ = "ja";
  std::istringstream in_;
  std::ostringstream out_, err_;
};

TEST_F(AlertCommandsTest, ListsWhatLagsInWords) {
  EXPECT_EQ(Run({"alert", "list"}), 0);
  EXPECT_THAT(out_.str(), HasSubstr("要対応"));
  EXPECT_THAT(out_.str(), HasSubstr("未確認"));
  EXPECT_THAT(out_.str(), HasSubstr("男性職員の育児休業取得率"));
  EXPECT_THAT(out_.str(), HasSubstr("指標の遅れ(未達成)"));
  EXPECT_THAT(out_.str(), HasSubstr("人事課"));
  EXPECT_EQ(err_.str(), "");
}

TEST_F(AlertCommandsTest, ListsRowsForPrograms) {
  EXPECT_EQ(Run({"alert", "list", "-o", "csv"}), 0);
  EXPECT_THAT(out_.str(),
              HasSubstr("plans/demo/alerts/l-i-p3-01-fy2022,LAGGING_INDICATOR,"
                        "OPEN,,CRITICAL,plans/demo/indicators/i-p3-01"));
  EXPECT_EQ(Run({"alert", "list", "-o", "json"}), 0);
  EXPECT_THAT(out_.str(), HasSubstr("\"alerts\""));
  EXPECT_THAT(out_.str(), HasSubstr("KIND_LAGGING_INDICATOR"));
}

TEST_F(AlertCommandsTest, SaysThatThereAreNone) {
  keeper_->empty = true;
  EXPECT_EQ(Run({"alert", "list"}), 0);
  EXPECT_EQ(out_.str(), "通知はありません。\n");
}

TEST_F(AlertCommandsTest, PointsToWhatLaggedBeforeAnybodyWasToBeTold) {
  keeper_->untold_ = {"plans/demo/indicators/a", "plans/demo/indicators/b"};
  EXPECT_EQ(Run({"alert", "list", "demo"}), 0);
  EXPECT_THAT(err_.str(), HasSubstr("2件"));
  EXPECT_THAT(err_.str(), HasSubstr("alert open --existing"));
}

TEST_F(AlertCommandsTest, JoinsWhatNarrowsTheList) {
  EXPECT_EQ(Run({"alert", "list", "--owner", "人事課", "--filter",
                 "severity = CRITICAL OR escalated = true"}),
            0);
  v1::ListAlertsRequest sent;
  sent.set_filter(
      "((severity = CRITICAL OR escalated = true) AND NOT state = RESOLVED) "
      "AND owner = \"人事課\"");
  EXPECT_THAT(keeper_->asked["ListAlerts"], HasSubstr(sent.ShortDebugString()));
}

TEST_F(AlertCommandsTest, ShowsOneWithTheWayOutAndItsHistory) {
  EXPECT_EQ(Run({"alert", "show", "育児"}), 0);
  EXPECT_THAT(out_.str(), HasSubstr("目標を下回った。"));
  EXPECT_THAT(out_.str(), HasSubstr("解消の条件: R5に100%以上"));
  EXPECT_THAT(out_.str(), HasSubstr("発生"));
  EXPECT_THAT(out_.str(), HasSubstr("71.5%"));
}

TEST_F(AlertCommandsTest, FindsAResolvedOneByItsSubject) {
  EXPECT_EQ(Run({"alert", "show", "防災士"}), 0);
  EXPECT_THAT(out_.str(), HasSubstr("解消(回復)"));
}

TEST_F(AlertCommandsTest, AcknowledgesWithReasonAndDay) {
  EXPECT_EQ(Run({"alert", "ack", "i-p3-01", "--reason", "checked", "--review",
                 "2027-03-31"}),
            0);
  EXPECT_THAT(keeper_->asked["AcknowledgeAlert"],
              HasSubstr("name: \"plans/demo/alerts/l-i-p3-01-fy2022\" reason: "
                        "\"checked\" review_date: \"2027-03-31\""));
}

TEST_F(AlertCommandsTest, WantsAReasonForAcknowledging) {
  EXPECT_EQ(Run({"alert", "ack", "i-p3-01"}), 2);
  EXPECT_THAT(err_.str(), HasSubstr("--reason"));
  EXPECT_FALSE(keeper_->asked.contains("AcknowledgeAlert"));
}

TEST_F(AlertCommandsTest, SnoozesThroughTheDayInJapan) {
  EXPECT_EQ(Run({"alert", "snooze", "i-p3-01", "--until", "2027-03-31"}), 0);
  // 1 April 2027, 00:00 in Japan.
  EXPECT_THAT(keeper_->asked["SnoozeAlert"],
              HasSubstr("until { seconds: 1806505200 }"));
  EXPECT_EQ(Run({"alert", "snooze", "i-p3-01", "--until", "soon"}), 2);
  EXPECT_THAT(err_.str(), HasSubstr("「soon」"));
}

TEST_F(AlertCommandsTest, OpensWhatLaggedAlready) {
  EXPECT_EQ(Run({"alert", "open", "--existing", "--plan", "demo"}), 0);
  EXPECT_EQ(out_.str(), "3件の通知を出しました。\n");
}

TEST_F(AlertCommandsTest, ListsSubscriptionsWithWhatWaits) {
  EXPECT_EQ(Run({"subscription", "list"}), 0);
  EXPECT_THAT(out_.str(), HasSubstr("webhook https://chat.example.jp/hook"));
  EXPECT_THAT(out_.str(), HasSubstr("HTTP 400"));
}

TEST_F(AlertCommandsTest, ShowsANewSecretOnce) {
  EXPECT_EQ(
      Run({"subscription", "create", "chat", "--webhook",
           "https://chat.example.jp/hook", "--filter", "severity = CRITICAL"}),
      0);
  EXPECT_THAT(out_.str(), HasSubstr("whsec_"));
  EXPECT_THAT(err_.str(), HasSubstr("今だけ"));
  EXPECT_THAT(keeper_->asked["CreateSubscription"],
              HasSubstr("filter: \"severity = CRITICAL\""));
}

TEST_F(AlertCommandsTest, TakesASecretFromStandardInput) {
  in_.str("whsec_c2VjcmV0c2VjcmV0c2VjcmV0c2VjcmV0\n");
  EXPECT_EQ(Run({"subscription", "create", "--webhook", "https://x.example/",
                 "--secret-file", "-"}),
            0);
  EXPECT_THAT(keeper_->asked["CreateSubscription"],
              HasSubstr("secret: \"whsec_c2VjcmV0c2VjcmV0c2VjcmV0c2VjcmV0\""));
}

TEST_F(AlertCommandsTest, WantsOneSink) {
  EXPECT_EQ(Run({"subscription", "create", "chat"}), 2);
  EXPECT_EQ(Run({"subscription", "create", "chat", "--pull", "--webhook",
                 "https://x.example/"}),
            2);
  EXPECT_THAT(err_.str(), HasSubstr("--webhook URL"));
  EXPECT_FALSE(keeper_->asked.contains("CreateSubscription"));
}

TEST_F(AlertCommandsTest, SaysWhyATestDidNotArrive) {
  keeper_->tried.set_error("CONNECT_FAILED");
  EXPECT_EQ(Run({"subscription", "test", "chat"}), 6);
  EXPECT_THAT(err_.str(), HasSubstr("CONNECT_FAILED"));
  keeper_->tried.set_delivered(true);
  keeper_->tried.set_http_status(204);
  EXPECT_EQ(Run({"subscription", "test", "chat"}), 0);
  EXPECT_EQ(out_.str(), "届きました (HTTP 204)\n");
}

TEST_F(AlertCommandsTest, SeeksToADayATimeOrARevision) {
  EXPECT_EQ(Run({"subscription", "seek", "chat", "--to", "2027-04-01"}), 0);
  EXPECT_THAT(keeper_->asked["SeekSubscription"],
              HasSubstr("time { seconds: 1806505200 }"));
  EXPECT_EQ(Run({"subscription", "seek", "chat", "--to", "earliest"}), 0);
  EXPECT_THAT(keeper_->asked["SeekSubscription"],
              HasSubstr("revision: \"earliest\""));
}

TEST_F(AlertCommandsTest, ListsAndRedeliversWhatWasGivenUp) {
  EXPECT_EQ(Run({"subscription", "deliveries", "庁内チャット", "--dead"}), 0);
  EXPECT_THAT(keeper_->asked["ListDeliveries"], HasSubstr("STATE_DEAD"));
  EXPECT_THAT(out_.str(), HasSubstr("断念"));
  EXPECT_EQ(Run({"subscription", "redeliver", "chat"}), 0);
  EXPECT_EQ(out_.str(), "1件をもう一度送ります。\n");
}

TEST_F(AlertCommandsTest, SpeaksEnglish) {
  language_ = "en";
  EXPECT_EQ(Run({"alert", "show", "i-p3-01"}), 0);
  EXPECT_THAT(out_.str(), HasSubstr("critical"));
  EXPECT_THAT(out_.str(), HasSubstr("It misses the target."));
  EXPECT_THAT(out_.str(), Not(HasSubstr("未確認")));
}

}  // namespace
}  // namespace shirube::cli
