// The receiver in Python of docs/integrate.md, told by a real server, and
// by somebody who is none.
#include <curl/curl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <csignal>
#include <filesystem>
#include <fstream>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "server/alerting/signature.h"
#include "tests/e2e/integrate_fixture.h"
#include "tests/unit/alerting/receiver.h"

namespace shirube::e2e {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

constexpr char kSection[] = "A webhook in Python";

int Count(const std::string& text, const std::string& part) {
  int count = 0;
  for (size_t at = text.find(part); at != std::string::npos;
       at = text.find(part, at + 1)) {
    ++count;
  }
  return count;
}

size_t Ignore(char*, size_t size, size_t n, void*) { return size * n; }

class IntegrateWebhookTest : public IntegrateTest {
 protected:
  Replaced Here() const { return {{"8080", port_.number()}}; }
  std::string Secret() const {
    std::string secret = ContentOf(work_ / "portal.secret");
    secret.pop_back();  // the end of the line
    return secret;
  }
  void WriteSecret(const std::string& secret) const {
    std::ofstream(work_ / "portal.secret") << secret << "\n";
  }

  // What the receiver answers; 0: nothing.
  int64_t Post(const std::vector<std::string>& headers,
               const std::string& body) const {
    CURL* easy = curl_easy_init();
    const std::string url = "http://127.0.0.1:" + port_.number() + "/";
    curl_slist* list = nullptr;
    for (const std::string& header : headers) {
      list = curl_slist_append(list, header.c_str());
    }
    curl_easy_setopt(easy, CURLOPT_URL, url.c_str());
    curl_easy_setopt(easy, CURLOPT_PROXY, "");
    curl_easy_setopt(easy, CURLOPT_HTTPHEADER, list);
    curl_easy_setopt(easy, CURLOPT_POSTFIELDS, body.c_str());
    curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, &Ignore);
    long status = 0;
    curl_easy_perform(easy);
    curl_easy_getinfo(easy, CURLINFO_RESPONSE_CODE, &status);
    curl_slist_free_all(list);
    curl_easy_cleanup(easy);
    return status;
  }
  // An event signed as `signed_body`, and sent as `body`.
  int64_t PostSigned(const std::vector<std::string>& secrets, absl::Time time,
                     const std::string& signed_body, const std::string& body) {
    const int64_t sent = absl::ToUnixSeconds(time);
    const std::string id = absl::StrCat("forged:", ++forged_);
    return Post(
        {absl::StrCat("webhook-id: ", id),
         absl::StrCat("webhook-timestamp: ", sent),
         absl::StrCat("webhook-signature: ",
                      SignWebhook(secrets, id, sent, signed_body).value())},
        body);
  }

  const HeldPort port_;
  int forged_ = 0;
};

TEST_F(IntegrateWebhookTest, IsTyped) {
  const auto receiver = Type(kSection, Here());
  FallBehind();
  AwaitShown(kSection, *receiver);
  EXPECT_THAT(receiver->Log(),
              HasSubstr("shirube.alert.opened.v1 防災士の認証登録者数 " +
                        SentenceInJapanese() + "\n"));
}

TEST_F(IntegrateWebhookTest, DropsASecondDelivery) {
  Replaced here = Here();
  here["        with closing"] =
      "        print(\"came\", self.headers[\"webhook-id\"], flush=True)\n"
      "        with closing";
  const auto receiver = Type(kSection, here);
  FallBehind();
  AwaitShown(kSection, *receiver);
  Succeed({"subscription", "seek", "portal", "--to", "earliest"});
  // In order for one alert: this comes after the one that comes again.
  Correct("2300");
  AwaitPrinted(*receiver, "shirube.alert.resolved.v1");
  const std::string id = "came plans/reform/alerts/l-i-p1-02-fy2023:1\n";
  EXPECT_EQ(Count(receiver->Log(), id), 2) << receiver->Log();
  EXPECT_EQ(Count(receiver->Log(), "shirube.alert.opened.v1"), 1);
}

TEST_F(IntegrateWebhookTest, KnowsAfterARestartWhatItHasSeen) {
  Replaced here = Here();
  here[" 2> receiver.log"] = "";  // its answers are printed as well
  const auto receiver = Type(kSection, here);
  FallBehind();
  EXPECT_TRUE(receiver->WaitForLog(
      [](const std::string& log) {
        return Count(log, "\"POST / HTTP/1.1\" 204") == 2;
      },
      std::chrono::seconds(120)));
  receiver->End(SIGKILL);
  const Program again({"/usr/bin/env", "python3", work_ / "receiver.py",
                       work_ / "portal.secret", work_ / "seen.db",
                       port_.number()});
  Succeed({"subscription", "seek", "portal", "--to", "earliest"});
  Correct("2300");
  AwaitPrinted(again, "shirube.alert.resolved.v1");
  EXPECT_THAT(again.Log(), HasSubstr("\"POST / "));
  EXPECT_THAT(again.Log(), Not(HasSubstr("shirube.alert.opened")));
}

// Somebody on the way changes the first event after the test.
TEST_F(IntegrateWebhookTest, RefusesWhatWasChangedOnItsWay) {
  std::atomic<int> opened = 0;
  Receiver middle([&](const Request& request) {
    std::vector<std::string> headers;
    for (const auto& [name, value] : request.headers) {
      if (name.starts_with("webhook-")) headers.push_back(name + ": " + value);
    }
    std::string body = request.body;
    const size_t value = body.find("\"1700\"");
    if (value != std::string::npos && opened++ == 0) {
      body.replace(value, 6, "\"2700\"");
    }
    const int64_t answer = Post(headers, body);
    return Reply{answer == 0 ? 503 : static_cast<int>(answer)};
  });
  Replaced here = Here();
  here["http://127.0.0.1:8080/"] = middle.Url("/");
  const auto receiver = Type(kSection, here);
  FallBehind();
  AwaitShown(kSection, *receiver);
  EXPECT_EQ(opened, 2);
  EXPECT_EQ(Count(receiver->Log(), "shirube.alert.opened.v1"), 1);
  EXPECT_EQ(Count(ContentOf(work_ / "receiver.log"), "\"POST / HTTP/1.1\" 401"),
            1);
}

TEST_F(IntegrateWebhookTest, RefusesWhatIsNotOurs) {
  const auto receiver = Type(kSection, Here());
  const std::string ours = Secret(), another = MakeSecret();
  const absl::Time now = absl::Now();
  const std::string body = R"({"type":"forged","data":{}})";
  EXPECT_EQ(PostSigned({ours}, now, body, R"({"type":"tampered","data":{}})"),
            401);
  EXPECT_EQ(PostSigned({another}, now, body, body), 401);
  EXPECT_EQ(PostSigned({ours}, now - absl::Minutes(6), body, body), 401);
  EXPECT_EQ(PostSigned({ours}, now + absl::Minutes(6), body, body), 401);
  EXPECT_EQ(Post({}, body), 401);
  EXPECT_EQ(Post({"webhook-id: a", "webhook-timestamp: soon",
                  "webhook-signature: v1,"},
                 body),
            401);
  EXPECT_THAT(receiver->Log(), Not(HasSubstr("forged")));
  // One of several signatures is enough.
  EXPECT_EQ(PostSigned({another, ours}, now, body, body), 204);
  AwaitPrinted(*receiver, "forged None None");
  EXPECT_THAT(receiver->Log(), Not(HasSubstr("tampered")));
  EXPECT_EQ(Count(receiver->Log(), "forged"), 1);
}

TEST_F(IntegrateWebhookTest, KnowsBothSecretsWhileOneIsReplaced) {
  const auto receiver = Type(kSection, Here());
  const std::string before = Secret(), after = MakeSecret();
  std::ofstream(work_ / "new.secret") << after << "\n";
  Succeed({"subscription", "rotate-secret", "portal", "--secret-file",
           work_ / "new.secret"});
  FallBehind();
  AwaitShown(kSection, *receiver);  // by the secret before
  WriteSecret(after);
  Correct("2300");
  AwaitPrinted(*receiver, "shirube.alert.resolved.v1");
  EXPECT_THAT(ContentOf(work_ / "receiver.log"), Not(HasSubstr(" 401 ")));
}

TEST_F(IntegrateWebhookTest, GetsAgainWhatItCouldNotTake) {
  Replaced here = Here();
  here["    print(event"] = "    open(\"ready\") and print(event";
  here[" 2> receiver.log"] = "";  // what went wrong is printed as well
  const auto make_ready = [&] { std::ofstream(work_ / "ready") << "yes"; };
  make_ready();
  const auto receiver = Type(kSection, here);
  std::filesystem::remove(work_ / "ready");
  FallBehind();
  AwaitPrinted(*receiver, "FileNotFoundError");
  EXPECT_THAT(receiver->Log(), Not(HasSubstr("shirube.alert.opened")));
  make_ready();
  AwaitShown(kSection, *receiver);
}

}  // namespace
}  // namespace shirube::e2e
