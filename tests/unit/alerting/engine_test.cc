// The engine against receivers that behave badly, and its own deaths.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <cstdlib>
#include <future>
#include <random>

#include "absl/strings/str_cat.h"
#include "server/alerting/signature.h"
#include "tests/unit/alerting/fake_log.h"
#include "tests/unit/alerting/receiver.h"

namespace shirube {
namespace {

const SubscriptionId kId("s");

EngineOptions Fast(std::shared_ptr<JumpingTime> time) {
  EngineOptions options;
  options.time = time;
  options.settle_every = absl::ZeroDuration();
  return options;
}

SinkConfig Webhook(const std::string& url) {
  SinkConfig config;
  config.url = url;
  config.allow_private = true;
  return config;
}

// What one subscription saw, judged as it comes.
class Witness {
 public:
  // `reply` is what the receiver is about to answer.
  void Saw(const Request& request, const Reply& reply) {
    std::lock_guard lock(mutex_);
    const std::string& key = request.headers.at("webhook-id");
    const size_t colon = key.rfind(':');
    const std::string alert = key.substr(0, colon);
    const int sequence = std::stoi(key.substr(colon + 1));
    const auto [it, first] = bodies_.emplace(key, request.body);
    if (it->second != request.body) wrong_.push_back(key + " changed");
    for (int before = 1; before < sequence; ++before) {
      if (done_.count(absl::StrCat(alert, ":", before)) == 0) {
        wrong_.push_back(absl::StrCat(key, " before ", before));
      }
    }
    const bool ends = reply.way == Reply::Way::kWhole &&
                      (reply.status == 200 || reply.status == 400);
    if (ends) done_.insert(key);
  }
  std::set<std::string> done() {
    std::lock_guard lock(mutex_);
    return done_;
  }
  std::vector<std::string> wrong() {
    std::lock_guard lock(mutex_);
    return wrong_;
  }

 private:
  std::mutex mutex_;
  std::map<std::string, std::string> bodies_;
  std::set<std::string> done_;
  std::vector<std::string> wrong_;
};

Reply AtRandom(std::mt19937* random) {
  const int draw = static_cast<int>((*random)() % 1000);
  using Way = Reply::Way;
  if (draw < 550) return {};
  if (draw < 650) return {.way = Way::kDrop};
  if (draw < 720) return {.status = 500};
  if (draw < 760) return {.status = 429, .headers = "Retry-After: 7\r\n"};
  if (draw < 780) {
    return {.status = 503,
            .headers = "Retry-After: Wed, 15 Nov 2023 07:28:00 GMT\r\n"};
  }
  if (draw < 820) return {.status = 401};
  if (draw < 860) return {.status = 404};
  if (draw < 900) return {.status = 301, .headers = "Location: /other\r\n"};
  if (draw < 960) return {.way = Way::kHalf};
  if (draw < 965) return {.way = Way::kHang};
  if (draw < 970) return {.way = Way::kDrip};
  if (draw < 985) return {.status = 200, .body = std::string(300000, 'x')};
  return {.status = 400};
}

int Runs() { return std::getenv("SHIRUBE_SOAK") != nullptr ? 10000 : 300; }

void RunOnce(int seed) {
  SCOPED_TRACE(seed);
  std::mt19937 random(seed);
  std::mutex mutex;
  Witness witness;
  Receiver receiver([&](const Request& request) {
    std::lock_guard lock(mutex);
    EXPECT_EQ(request.path, "/hook");
    const Reply reply = AtRandom(&random);
    witness.Saw(request, reply);
    return reply;
  });
  std::mt19937 settling(seed + 1);
  FakeLog log;
  log.settle_fails = [&] { return settling() % 10 == 0; };
  const auto time = std::make_shared<JumpingTime>();
  std::mt19937 lives(seed + 2);
  for (int life = static_cast<int>(lives() % 4); life >= 0; --life) {
    EngineOptions options = Fast(time);
    options.limits.connect = absl::Milliseconds(500);
    options.limits.total = absl::Milliseconds(150);
    DeliveryEngine engine(&log, options);
    engine.Start();
    log.Serve(&engine, kId, Webhook(receiver.Url("/hook")));
    for (int i = static_cast<int>(lives() % 12); i >= 0; --i) {
      log.Append(absl::StrCat("alert-", lives() % 4), time->Now());
      engine.Wake();
    }
    if (life == 0) {
      ASSERT_TRUE(log.AwaitAll(kId));
      break;
    }
    // Dies somewhere on its way.
    const size_t seen = witness.done().size() + lives() % 6;
    while (witness.done().size() < seen &&
           log.kept(kId).position < static_cast<int64_t>(log.all().size())) {
      std::this_thread::yield();
    }
  }
  EXPECT_THAT(witness.wrong(), testing::IsEmpty());
  std::set<std::string> owed;
  for (const Outgoing& one : log.all()) owed.insert(one.idempotency_key);
  EXPECT_EQ(witness.done(), owed);
}

TEST(DeliveryEngine, DeliversEverythingInOrderWhateverHappens) {
  for (int seed = 0; seed < Runs() && !testing::Test::HasFailure(); ++seed) {
    RunOnce(seed);
  }
}

// An engine with one receiver that answers what the test says.
class EngineTest : public testing::Test {
 protected:
  EngineTest()
      : receiver_([this](const Request& request) {
          std::lock_guard lock(mutex_);
          requests_.push_back(request);
          const size_t n = requests_.size() - 1;
          return replies_[std::min(n, replies_.size() - 1)];
        }),
        time_(std::make_shared<JumpingTime>()),
        engine_(&log_, Fast(time_)) {
    engine_.Start();
  }

  void Serve() { log_.Serve(&engine_, kId, config_); }
  std::vector<Request> requests() {
    std::lock_guard lock(mutex_);
    return requests_;
  }

  std::mutex mutex_;
  std::vector<Request> requests_;
  std::vector<Reply> replies_ = {Reply{}};
  Receiver receiver_;
  std::shared_ptr<JumpingTime> time_;
  FakeLog log_;
  DeliveryEngine engine_;
  SinkConfig config_ = Webhook(receiver_.Url("/hook"));
};

TEST_F(EngineTest, SignsWhatItSends) {
  const std::vector<std::string> live = {MakeSecret(), MakeSecret()};
  config_.secrets = {{live[0]},
                     {live[1], time_->Now() + absl::Hours(1)},
                     {MakeSecret(), time_->Now() - absl::Seconds(1)}};
  log_.Append("a", time_->Now());
  Serve();
  ASSERT_TRUE(log_.AwaitAll(kId));
  const Request request = requests().at(0);
  EXPECT_EQ(request.headers.at("content-type"),
            "application/cloudevents+json; charset=utf-8");
  EXPECT_EQ(request.headers.at("webhook-id"), "a:1");
  EXPECT_EQ(request.body, "{\"id\":\"a:1\"}");
  EXPECT_EQ(request.headers.at("webhook-signature"),
            *SignWebhook(live, "a:1",
                         std::stol(request.headers.at("webhook-timestamp")),
                         request.body));
}

TEST_F(EngineTest, GivesUpAtOnceWhatIsRefusedAndSendsItAgainWhenAsked) {
  replies_ = {Reply{.status = 422}, Reply{}};
  log_.Append("a", time_->Now());
  Serve();
  ASSERT_TRUE(log_.AwaitAll(kId));
  EXPECT_EQ(log_.kept(kId).dead.at(1).last_error, "HTTP 422");
  log_.Resurrect(kId, &engine_);
  ASSERT_TRUE(log_.Await(kId, [](auto& kept) { return kept.waiting.empty(); }));
  EXPECT_THAT(requests(), testing::SizeIs(2));
  EXPECT_TRUE(log_.kept(kId).dead.empty());
}

TEST_F(EngineTest, GivesUpAfterRetryFor) {
  replies_ = {Reply{.status = 503}};
  config_.retry_for = absl::Minutes(10);
  log_.Append("a", time_->Now());
  Serve();
  ASSERT_TRUE(log_.AwaitAll(kId));
  const StoredDelivery dead = log_.kept(kId).dead.at(1);
  EXPECT_GT(dead.attempts, 3);
  EXPECT_EQ(dead.last_error, "HTTP 503");
  EXPECT_EQ(static_cast<int>(requests().size()), dead.attempts);
}

TEST_F(EngineTest, WaitsAsLongAsTheReceiverAsks) {
  replies_ = {Reply{.status = 429, .headers = "Retry-After: 1800\r\n"},
              Reply{}};
  const absl::Time start = time_->Now();
  log_.Append("a", start);
  Serve();
  ASSERT_TRUE(log_.AwaitAll(kId));
  EXPECT_GE(time_->Now() - start, absl::Minutes(30));
  EXPECT_LT(time_->Now() - start, absl::Minutes(31));
}

TEST_F(EngineTest, StopsWhereTheReceiverIsGone) {
  replies_ = {Reply{.status = 410}, Reply{}};
  log_.Append("a", time_->Now());
  Serve();
  ASSERT_TRUE(log_.Await(kId, [](auto& kept) {
    return kept.paused == "HTTP 410" && kept.waiting.size() == 1;
  }));
  EXPECT_THAT(requests(), testing::SizeIs(1));
  Serve();  // resumed
  ASSERT_TRUE(log_.AwaitAll(kId));
  EXPECT_THAT(requests(), testing::SizeIs(2));
}

TEST_F(EngineTest, FollowsNoRedirect) {
  replies_ = {Reply{.status = 301, .headers = "Location: /there\r\n"}, Reply{}};
  log_.Append("a", time_->Now());
  Serve();
  ASSERT_TRUE(log_.AwaitAll(kId));
  for (const Request& request : requests()) EXPECT_EQ(request.path, "/hook");
}

TEST_F(EngineTest, JudgesALongAnswerByItsStatus) {
  replies_ = {Reply{.body = std::string(5000000, 'x')}};
  log_.Append("a", time_->Now());
  Serve();
  ASSERT_TRUE(log_.AwaitAll(kId));
  EXPECT_THAT(requests(), testing::SizeIs(1));
}

// A few bytes that would unpack to gigabytes are a few bytes.
TEST_F(EngineTest, UnpacksNoAnswer) {
  const std::string packed("\x1f\x8b\x08\0\0\0\0\0\0\x03", 10);
  replies_ = {
      Reply{.headers = "Content-Encoding: gzip\r\n", .body = packed + "bomb"}};
  Serve();
  std::promise<TestAnswer> answer;
  engine_.Test(kId, "test", "{}",
               [&](TestAnswer said) { answer.set_value(said); });
  const TestAnswer said = answer.get_future().get();
  EXPECT_TRUE(said.delivered);
  EXPECT_EQ(said.text, packed + "bomb");
  EXPECT_EQ(requests().at(0).headers.count("accept-encoding"), 0u);
}

TEST_F(EngineTest, GivesUpWhatTheLogNoLongerHas) {
  log_.Append("gone", time_->Now());
  log_.Append("a", time_->Now());
  Serve();
  ASSERT_TRUE(log_.AwaitAll(kId));
  EXPECT_EQ(log_.kept(kId).dead.at(1).last_error, "NOTHING_TO_SEND");
  EXPECT_THAT(requests(), testing::SizeIs(1));
}

TEST_F(EngineTest, SendsNothingToANameThatIsThisHost) {
  config_.url = absl::StrCat("https://localhost:", receiver_.port(), "/hook");
  config_.allow_private = false;
  config_.retry_for = absl::Minutes(1);
  log_.Append("a", time_->Now());
  Serve();
  ASSERT_TRUE(log_.AwaitAll(kId));
  EXPECT_EQ(log_.kept(kId).dead.at(1).last_error, "ADDRESS_REFUSED");
  EXPECT_TRUE(requests().empty());
}

TEST_F(EngineTest, TakesNoProxyFromTheEnvironment) {
  setenv("http_proxy", "http://127.0.0.1:1", 1);
  log_.Append("a", time_->Now());
  Serve();
  const bool all = log_.AwaitAll(kId);
  unsetenv("http_proxy");
  ASSERT_TRUE(all);
  EXPECT_THAT(requests(), testing::SizeIs(1));
  EXPECT_EQ(engine_.Statistics(kId).failures, 0);
}

TEST_F(EngineTest, GoesThroughTheProxyThatIsConfigured) {
  config_.proxy = receiver_.Url("");
  config_.url = "http://receiver.invalid/there";
  log_.Append("a", time_->Now());
  Serve();
  ASSERT_TRUE(log_.AwaitAll(kId));
  EXPECT_EQ(requests().at(0).path, "http://receiver.invalid/there");
}

TEST_F(EngineTest, MakesOneDigestOfAStorm) {
  config_.digest_over = 3;
  for (int i = 0; i < 10000; ++i) {
    log_.Append(absl::StrCat("a", i), time_->Now());
  }
  Serve();
  ASSERT_TRUE(log_.AwaitAll(kId));
  const auto sent = requests();
  ASSERT_THAT(sent, testing::SizeIs(4));
  EXPECT_EQ(sent.back().headers.at("webhook-id"), "digest:s:4-10000");
}

TEST_F(EngineTest, SendsATestPastAPause) {
  config_.paused = true;
  replies_ = {Reply{.status = 204}, Reply{.status = 404}};
  Serve();
  for (const auto& [ok, error] : std::vector<std::pair<bool, std::string>>{
           {true, ""}, {false, "HTTP 404"}}) {
    std::promise<TestAnswer> answer;
    engine_.Test(kId, "test", "{}",
                 [&](TestAnswer said) { answer.set_value(said); });
    const TestAnswer said = answer.get_future().get();
    EXPECT_EQ(said.delivered, ok);
    EXPECT_EQ(said.error, error);
  }
}

// The first at once, the rest together: when their time has come, or at the
// end.
TEST_F(EngineTest, SettlesTogetherWhatIsDeliveredWithinAWhile) {
  EngineOptions options;
  options.settle_every = absl::Hours(1);
  std::atomic<int> settled = 0;
  FakeLog log;
  log.settle_fails = [&] {
    ++settled;
    return false;
  };
  DeliveryEngine engine(&log, options);
  engine.Start();
  log.Append("a", absl::Now());
  log.Serve(&engine, kId, config_);
  ASSERT_TRUE(log.AwaitAll(kId));
  for (int i = 1; i <= 20; ++i) {
    log.Append("b", absl::Now());
    engine.Wake();
    for (int n = 0; n < 3000 && engine.Statistics(kId).delivered <= i; ++n) {
      absl::SleepFor(absl::Milliseconds(10));
    }
  }
  EXPECT_EQ(settled, 1);
  EXPECT_EQ(log.kept(kId).position, 1);
  engine.Stop();
  EXPECT_EQ(settled, 2);
  EXPECT_EQ(log.kept(kId).position, 21);
}

TEST_F(EngineTest, AnotherSubscriptionIsNotHeldUpByADeadOne) {
  SinkConfig dead = Webhook("http://127.0.0.1:1/");
  log_.Serve(&engine_, SubscriptionId("dead"), dead);
  for (int i = 0; i < 1000; ++i) {
    log_.Append(absl::StrCat("a", i), time_->Now());
  }
  Serve();
  ASSERT_TRUE(log_.AwaitAll(kId));
  EXPECT_EQ(requests().size(), 1000u);
  EXPECT_EQ(log_.kept(SubscriptionId("dead")).dead.size(), 0u);
}

}  // namespace
}  // namespace shirube
