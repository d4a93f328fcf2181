// What a real server sends, judged by implementations that are not ours:
// signatures by npm's standardwebhooks, envelopes by npm's cloudevents.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <condition_variable>
#include <fstream>
#include <mutex>
#include <nlohmann/json.hpp>

#include "absl/strings/str_split.h"
#include "tests/e2e/integrate_fixture.h"
#include "tests/paths.h"
#include "tests/unit/alerting/receiver.h"

namespace shirube::e2e {
namespace {

using nlohmann::json;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

class StandardsTest : public IntegrateTest {
 protected:
  void SetUp() override {
    SHIRUBE_NEED_SETUP(NodeModules() / "standardwebhooks");
    SHIRUBE_NEED_SETUP(NodeModules() / "cloudevents");
    IntegrateTest::SetUp();
    ImportSample();
  }

  void ImportSample() const {
    const std::string sample =
        std::string(SHIRUBE_SOURCE_DIR) + "/samples/reform-plan-r4.txt";
    Succeed({"import", sample, "--plan", "reform", "--yes"});
  }
  // Makes a subscription of the receiver; its secret.
  std::string Subscribe(std::vector<std::string> more = {}) const {
    more.insert(more.begin(), {"subscription", "create", "hook", "--webhook",
                               receiver_.Url("/"), "--allow-private",
                               "--filter", "kind = LAGGING_INDICATOR"});
    return Json(more)["secret"];
  }

  Reply Take(const Request& request) {
    const std::lock_guard lock(mutex_);
    taken_.push_back({{"headers", request.headers}, {"body", request.body}});
    more_.notify_all();
    return {};
  }
  // Waits for the next delivery; `secrets` are those that are to be tried.
  void Keep(const json& secrets) {
    std::unique_lock lock(mutex_);
    ASSERT_TRUE(more_.wait_for(lock, std::chrono::minutes(2),
                               [&] { return taken_.size() > kept_; }))
        << kept_ << " came: " << server_->Log();
    taken_[kept_++]["secrets"] = secrets;
  }
  // What the program in Node says of those that were kept.
  std::vector<json> Verify() {
    {
      std::ofstream file(folder_ / "deliveries");
      for (size_t i = 0; i < kept_; ++i) file << taken_[i].dump() << "\n";
    }
    const std::string program =
        std::string(SHIRUBE_SOURCE_DIR) + "/tests/e2e/verify_deliveries.js";
    const CommandResult ran =
        RunProgram({"/usr/bin/env", "node", program, folder_ / "deliveries"},
                   {"NODE_PATH=" + NodeModules().string()});
    EXPECT_EQ(ran.exit_code, 0) << ran.err;
    std::vector<json> verdicts;
    const std::vector<std::string> lines =
        absl::StrSplit(ran.out, '\n', absl::SkipEmpty());
    for (const std::string& line : lines) {
      verdicts.push_back(json::parse(line));
    }
    return verdicts;
  }

  // The SDK makes an id or a time of its own where it does not like ours.
  void ExpectReadAsSent(const json& verdict, size_t i,
                        const std::string& type) const {
    const json& event = verdict["event"];
    const json sent = json::parse(std::string(taken_[i]["body"]));
    ASSERT_FALSE(event.contains("refused"));
    for (const char* attribute : {"id", "type", "source", "subject",
                                  "specversion", "datacontenttype", "data"}) {
      EXPECT_EQ(event[attribute], sent[attribute]) << attribute;
    }
    // It counts milliseconds.
    EXPECT_EQ(event.value("time", "").substr(0, 23),
              sent.value("time", "").substr(0, 23));
    EXPECT_EQ(event["specversion"], "1.0");
    EXPECT_EQ(event["type"], type);
    EXPECT_EQ(event["id"], taken_[i]["headers"]["webhook-id"]);
    EXPECT_EQ(event["id"], event["data"]["idempotencyKey"]);
    EXPECT_THAT(verdict["tampered"], IsEmpty());
  }

  std::mutex mutex_;
  std::condition_variable more_;
  std::vector<json> taken_;  // guarded by mutex_
  size_t kept_ = 0;
  Receiver receiver_{[this](const Request& request) { return Take(request); }};
};

// Every kind of event but the digest, each with the secrets that must verify
// it and must not.
TEST_F(StandardsTest, EveryEventVerifiesAndIsACloudEvent) {
  const std::string before = Subscribe();
  const json first = {{"before", before}, {"another", "whsec_AAAA"}};
  Succeed({"subscription", "test", "hook"});
  Keep(first);
  FallBehind();
  Keep(first);
  Correct("1650");
  Keep(first);
  Succeed({"alert", "ack", "防災士", "--reason", "担当に確認中"});
  Keep(first);
  Correct("2300");
  Keep(first);
  const std::string after =
      Json({"subscription", "rotate-secret", "hook"})["secret"];
  ASSERT_NE(after, before);
  Correct("1700");
  Keep({{"before", before}, {"after", after}, {"another", "whsec_AAAA"}});

  const std::vector<json> verdicts = Verify();
  const char* const kTypes[] = {
      "shirube.subscription.test.v1", "shirube.alert.opened.v1",
      "shirube.alert.updated.v1",     "shirube.alert.acknowledged.v1",
      "shirube.alert.resolved.v1",    "shirube.alert.opened.v1"};
  ASSERT_EQ(verdicts.size(), std::size(kTypes));
  for (size_t i = 0; i < verdicts.size(); ++i) {
    SCOPED_TRACE(verdicts[i].dump(2));
    ExpectReadAsSent(verdicts[i], i, kTypes[i]);
    if (i == 0) continue;
    const json& event = verdicts[i]["event"];
    EXPECT_EQ(event["source"], "//shirube.example.jp/plans/reform");
    EXPECT_EQ(event["subject"], event["data"]["alert"]["name"]);
    EXPECT_EQ(event["data"]["alert"]["subjectDisplayName"],
              "防災士の認証登録者数");
  }
  for (size_t i = 0; i + 1 < verdicts.size(); ++i) {
    EXPECT_THAT(verdicts[i]["verified"], ElementsAre("before")) << i;
  }
  EXPECT_THAT(verdicts.back()["verified"], ElementsAre("after", "before"));
}

// Otherwise the test above would say nothing.
TEST_F(StandardsTest, WhatIsNoCloudEventIsRefused) {
  const std::string secret = Subscribe();
  Succeed({"subscription", "test", "hook"});
  Keep({{"ours", secret}});
  json body = json::parse(std::string(taken_[0]["body"]));
  body.erase("type");
  taken_[0]["body"] = body.dump();
  const std::vector<json> verdicts = Verify();
  ASSERT_EQ(verdicts.size(), 1u);
  EXPECT_THAT(verdicts[0]["event"].value("refused", ""), HasSubstr("'type'"));
  EXPECT_THAT(verdicts[0]["verified"], IsEmpty());
}

TEST_F(StandardsTest, ADigestVerifiesAndIsACloudEvent) {
  const std::string secret =
      Subscribe({"--digest-over", "1", "--digest-window", "1"});
  std::ofstream(folder_ / "r5.csv")
      << "indicator,period,value\n"
         "防災士の認証登録者数,R5,1700\n"
         "オンラインで利用できる県独自の行政手続の割合,R5,40\n"
         "男性職員の育休休業取得率(知事部局),R5,20\n";
  Succeed({"import", folder_ / "r5.csv", "--plan", "reform", "--yes"});
  Keep({{"ours", secret}});  // the first one, which is told at once
  Keep({{"ours", secret}});
  const std::vector<json> verdicts = Verify();
  ASSERT_EQ(verdicts.size(), 2u);
  const json& digest = verdicts[1];
  SCOPED_TRACE(digest.dump(2));
  ExpectReadAsSent(verdicts[0], 0, "shirube.alert.opened.v1");
  ExpectReadAsSent(digest, 1, "shirube.alert.digest.v1");
  EXPECT_EQ(digest["event"].value("source", ""),
            "//shirube.example.jp/subscriptions/hook");
  EXPECT_EQ(digest["event"]["data"]["digestCount"], 2);
  EXPECT_EQ(digest["event"]["data"]["digestAlerts"].size(), 2u);
  EXPECT_THAT(digest["verified"], ElementsAre("ours"));
}

}  // namespace
}  // namespace shirube::e2e
