// What people get wrong about subscriptions and alerts, on a whole server: each
// mistake is told by its field, in both languages, with what to do instead.
// Prints all of it, to be read as those read it who made the mistake.
#include <arpa/inet.h>
#include <netinet/in.h>

#include <iostream>
#include <thread>

#include "absl/strings/match.h"
#include "server/domain/violation.h"
#include "tests/unit/service/server_fixture.h"

namespace shirube {
namespace {

using testing::HasSubstr;

struct Told {
  absl::StatusCode code = absl::StatusCode::kOk;
  std::string reason, field, text;  // of the first violation, if there is one
};

Told ToldBy(const grpc::Status& status) {
  google::rpc::Status rpc;
  rpc.ParseFromString(status.error_details());
  Told told{static_cast<absl::StatusCode>(status.error_code()),
            ReasonOf(status), "", ""};
  google::rpc::LocalizedMessage message;
  google::rpc::BadRequest bad;
  for (const auto& detail : rpc.details()) {
    if (detail.UnpackTo(&message)) told.text = message.message();
    if (!detail.UnpackTo(&bad) || bad.field_violations().empty()) continue;
    told.field = bad.field_violations(0).field();
    told.text = bad.field_violations(0).description();
  }
  return told;
}

Addresses At(const char* address) {
  sockaddr_storage storage{};
  auto* in = reinterpret_cast<sockaddr_in*>(&storage);
  in->sin_family = AF_INET;
  inet_pton(AF_INET, address, &in->sin_addr);
  return {storage};
}

absl::StatusOr<Addresses> LookUp(const std::string& host) {
  if (host == "portal.example") return At("8.8.8.8");
  if (host == "inside.example") return At("10.0.0.5");
  if (host == "metadata.example") return At("169.254.169.254");
  if (host == "silent.example") {
    std::this_thread::sleep_for(std::chrono::seconds(3));
  }
  if (host == "down.example") return absl::UnavailableError("no name server");
  return absl::NotFoundError("no such name");
}

class BadAlertInputTest : public ServerTest {
 protected:
  void SetUp() override {
    ServerOptions options = OptionsIn(folder_);
    options.names.lookup = &LookUp;
    options.names.patience = absl::Milliseconds(300);
    auto server = Server::Start(options);
    ASSERT_TRUE(server.ok()) << server.status();
    server_ = *std::move(server);
    client_ = std::make_unique<Client>(server_->address());
  }

  template <typename Request, typename Response>
  Told Try(grpc::Status (Alerts::*method)(grpc::ClientContext*, const Request&,
                                          Response*),
           const Request& request, const char* language) {
    grpc::ClientContext context;
    context.set_deadline(absl::ToChronoTime(absl::Now() + absl::Seconds(60)));
    context.AddMetadata("accept-language", language);
    Response response;
    return ToldBy(((*client_->alerts).*method)(&context, request, &response));
  }

  // Tells it in both languages, and each of them in its own.
  template <typename Request, typename Response>
  void Expect(const char* what,
              grpc::Status (Alerts::*method)(grpc::ClientContext*,
                                             const Request&, Response*),
              const Request& request, const Told& wanted, const char* ja) {
    SCOPED_TRACE(what);
    const Told english = Try(method, request, "en");
    const Told japanese = Try(method, request, "ja");
    EXPECT_EQ(english.code, wanted.code);
    EXPECT_EQ(english.reason, wanted.reason);
    EXPECT_EQ(english.field, wanted.field);
    EXPECT_THAT(english.text, HasSubstr(wanted.text));
    EXPECT_THAT(japanese.text, HasSubstr(ja));
    EXPECT_EQ(japanese.field, wanted.field);
    std::cout << what << "\n  " << english.reason << " " << english.field
              << "\n  " << english.text << "\n  " << japanese.text << std::endl;
  }

  void ExpectUrl(const std::string& url, bool allow_private, const char* en,
                 const char* ja) {
    v1::CreateSubscriptionRequest request;
    auto* webhook = request.mutable_subscription()->mutable_webhook();
    webhook->set_url(url);
    webhook->set_allow_private(allow_private);
    const std::string what = url + (allow_private ? " (allow_private)" : "");
    Expect(what.c_str(), &Alerts::CreateSubscription, request,
           {absl::StatusCode::kInvalidArgument, "INVALID_FIELD",
            "subscription.webhook.url", en},
           ja);
  }

  v1::CreateSubscriptionRequest Good() {
    v1::CreateSubscriptionRequest request;
    request.mutable_subscription()->mutable_webhook()->set_url(
        "https://portal.example/hook");
    return request;
  }
};

struct BadUrl {
  const char* url;
  const char* en;
  const char* ja;
};

TEST_F(BadAlertInputTest, TakesNoUrlThatMustNotBeSentTo) {
  const BadUrl never[] = {
      {"file:///etc/passwd", "the scheme is file", "httpsかhttp"},
      {"gopher://portal.example/", "the scheme is gopher", "httpsかhttp"},
      {"ftp://portal.example/", "the scheme is ftp", "httpsかhttp"},
      {"portal", "https://", "https://"},
      {"nonsense://x", "https", "https"},
      {"https://", "https://host", "https://"},
      {"https://portal.example:0/", "port", "ポート"},
      {"https://portal.example:99999/", "https://host", "https://"},
      {"https://portal.example/\r\nX-Evil: 1", "https://host", "https://"},
      {"https://portal .example/", "https://host", "https://"},
      {"https://user:word@portal.example/", "user name", "ユーザー名"},
      {"https://portal.example@169.254.169.254/", "user name", "ユーザー名"},
      {"https://169.254.169.254/latest", "never allowed", "送れません"},
      {"https://0xa9fea9fe/", "never allowed", "送れません"},
      {"https://0251.0376.0251.0376/", "never allowed", "送れません"},
      {"https://2852039166/", "never allowed", "送れません"},
      {"https://[fd00:ec2::254]/", "never allowed", "送れません"},
      {"https://[::ffff:169.254.169.254]/", "never allowed", "送れません"},
      {"https://[::ffff:a9fe:a9fe]/", "never allowed", "送れません"},
      {"https://metadata.example/", "never allowed", "送れません"},
      {"https://0.0.0.0/", "never allowed", "送れません"},
      {"https://169.254.169.254./", "never allowed", "送れません"},
      {"https://nobody.example/", "no host named nobody.example",
       "見つかりません"},
      {"https://down.example/", "name server", "名前サーバー"},
      {"https://silent.example/", "name server", "名前サーバー"},
      {"https://存在しない.example/", "no host named", "見つかりません"},
  };
  for (const BadUrl& bad : never) {
    ExpectUrl(bad.url, false, bad.en, bad.ja);
    ExpectUrl(bad.url, true, bad.en, bad.ja);
  }
  const BadUrl unless_allowed[] = {
      {"http://portal.example/", "http is for receivers", "https"},
      {"https://127.0.0.1/", "private", "allow_private"},
      {"https://127.1/", "private", "allow_private"},
      {"https://0x7f.1/", "private", "allow_private"},
      {"https://017700000001/", "private", "allow_private"},
      {"https://2130706433/", "private", "allow_private"},
      {"https://[::1]/", "private", "allow_private"},
      {"https://[::ffff:10.0.0.1]/", "private", "allow_private"},
      {"https://[fe80::1%25eth0]/", "private", "allow_private"},
      {"https://10.1.2.3/", "private", "allow_private"},
      {"https://169.254.1.1/", "private", "allow_private"},
      {"https://inside.example/", "private", "allow_private"},
  };
  for (const BadUrl& bad : unless_allowed) {
    ExpectUrl(bad.url, false, bad.en, bad.ja);
  }
}

TEST_F(BadAlertInputTest, TellsWhatIsWrongWithASubscription) {
  const auto invalid = [](const char* field, const char* text,
                          const char* reason = "INVALID_FIELD") {
    return Told{absl::StatusCode::kInvalidArgument, reason,
                absl::StrCat("subscription.", field), text};
  };
  v1::CreateSubscriptionRequest none;
  none.mutable_subscription();
  Expect("no sink", &Alerts::CreateSubscription, none,
         invalid("webhook", "one of webhook"), "必須");
  auto request = Good();
  request.mutable_subscription()->mutable_webhook()->set_secret(
      "whsec_c2hvcnQ=");
  Expect("a short secret", &Alerts::CreateSubscription, request,
         invalid("webhook.secret", "must have 24 to 64"), "24から64");
  request.mutable_subscription()->mutable_webhook()->set_secret("password");
  Expect("a secret of one's own", &Alerts::CreateSubscription, request,
         invalid("webhook.secret", "whsec_"), "whsec_");
  for (const char* filter :
       {"severity = ", "colour = RED", "severity == CRITICAL", "((", "AND",
        "severity = CRITICAL OR"}) {
    request = Good();
    request.mutable_subscription()->set_filter(filter);
    const std::string what = absl::StrCat("filter: ", filter);
    v1::CreateSubscriptionRequest bad = request;
    Expect(what.c_str(), &Alerts::CreateSubscription, bad,
           Told{absl::StatusCode::kInvalidArgument, "FILTER_INVALID",
                "subscription.filter", "filter: "},
           "filter: ");
  }
  request = Good();
  request.mutable_subscription()->mutable_webhook()->set_ca_pem("no PEM");
  Expect("authorities", &Alerts::CreateSubscription, request,
         invalid("webhook.ca_pem", "BEGIN CERTIFICATE"), "PEM形式");
  request = Good();
  request.mutable_subscription()->mutable_webhook()->set_proxy("socks5://x");
  Expect("a proxy of another kind", &Alerts::CreateSubscription, request,
         invalid("webhook.proxy", "the scheme is socks5"), "httpsかhttp");
  request.mutable_subscription()->mutable_webhook()->set_proxy(
      "http://metadata.example:80");
  Expect("a proxy that is metadata", &Alerts::CreateSubscription, request,
         invalid("webhook.proxy", "never allowed"), "送れません");
  request.mutable_subscription()->mutable_webhook()->set_proxy(
      "http://nobody.example:3128");
  Expect("a proxy that is not there", &Alerts::CreateSubscription, request,
         invalid("webhook.proxy", "no host named"), "見つかりません");
  request = Good();
  request.mutable_subscription()->mutable_retry_for()->set_seconds(5);
  Expect("retries for seconds", &Alerts::CreateSubscription, request,
         invalid("retry_for", "1 minute to 60 days"), "1分から60日");
}

TEST_F(BadAlertInputTest, TellsWhatCannotBeDoneWithAnAlert) {
  ApplyDemo();
  WaitJudged(Do(client_->observations, &Observations::RecordObservation,
                "parent: 'plans/demo/indicators/i-01' observation { period: "
                "'fy2023' value: '1700' }")
                 .revision());
  const std::string name = "plans/demo/alerts/l-i-01-fy2023";
  v1::AcknowledgeAlertRequest ack;
  ack.set_name(name);
  const auto invalid = [](const char* field, const char* text,
                          const char* reason = "INVALID_FIELD") {
    return Told{absl::StatusCode::kInvalidArgument, reason, field, text};
  };
  Expect("no reason given", &Alerts::AcknowledgeAlert, ack,
         invalid("reason", "is required"), "必須");
  ack.set_reason("担当に確認中");
  ack.set_review_date("2020-01-01");
  Expect("a review date in the past", &Alerts::AcknowledgeAlert, ack,
         invalid("review_date", "has passed"), "後の日付");
  ack.set_review_date("R9.3.31");
  Expect("a review date in an era", &Alerts::AcknowledgeAlert, ack,
         invalid("review_date", "2027-03-31"), "2027-03-31");
  ack.set_review_date("2099-02-30");
  Expect("a review date that there is not", &Alerts::AcknowledgeAlert, ack,
         invalid("review_date", "2027-03-31"), "2027-03-31");
  v1::SnoozeAlertRequest snooze;
  snooze.set_name(name);
  snooze.mutable_until()->set_seconds(1'000);
  Expect("snoozed until the past", &Alerts::SnoozeAlert, snooze,
         invalid("until", "in the future"), "今より後");
  ack.clear_review_date();
  Do(client_->alerts, &Alerts::AcknowledgeAlert,
     "name: '" + name + "' reason: 'x'");
  Expect("acknowledged twice", &Alerts::AcknowledgeAlert, ack,
         {absl::StatusCode::kFailedPrecondition, "ALERT_ACKNOWLEDGED", "",
          "already"},
         "確認済み");
  Do(client_->alerts, &Alerts::ResolveAlert,
     "name: '" + name + "' reason: 'x'");
  Expect(
      "acknowledged when resolved", &Alerts::AcknowledgeAlert, ack,
      {absl::StatusCode::kFailedPrecondition, "ALERT_RESOLVED", "", "resolved"},
      "解消");
  ack.set_name("plans/demo/alerts/l-i-99-fy2023");
  Expect("an alert that there is not", &Alerts::AcknowledgeAlert, ack,
         {absl::StatusCode::kNotFound, "RESOURCE_NOT_FOUND", "", "l-i-99"},
         "l-i-99");
}

// While names are looked up that nobody answers for, others are served.
TEST_F(BadAlertInputTest, HoldsUpNobodyWithANameThatIsNotAnswered) {
  std::vector<std::thread> asking;
  for (int i = 0; i < 20; ++i) {
    asking.emplace_back([this] {
      v1::CreateSubscriptionRequest request;
      request.mutable_subscription()->mutable_webhook()->set_url(
          "https://silent.example/");
      EXPECT_EQ(Try(&Alerts::CreateSubscription, request, "en").code,
                absl::StatusCode::kInvalidArgument);
    });
  }
  const absl::Time start = absl::Now();
  for (int i = 0; i < 20; ++i) {
    Do(client_->alerts, &Alerts::ListSubscriptions, "");
  }
  EXPECT_LT(absl::Now() - start, absl::Seconds(10));
  for (std::thread& one : asking) one.join();
}

}  // namespace
}  // namespace shirube
