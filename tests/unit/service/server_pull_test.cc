// StreamingPull on a whole server.
#include <atomic>
#include <future>
#include <set>
#include <thread>

#include "grpcpp/support/sync_stream.h"
#include "tests/unit/service/server_fixture.h"

namespace shirube {
namespace {

using testing::ElementsAre;
using testing::SizeIs;

using Stream = grpc::ClientReaderWriter<v1::StreamingPullRequest,
                                        v1::StreamingPullResponse>;

// One stream, as a client holds it.
class Puller {
 public:
  Puller(Client* client, const std::string& first) {
    context_.set_deadline(absl::ToChronoTime(absl::Now() + absl::Seconds(60)));
    stream_ = client->alerts->StreamingPull(&context_);
    Say(first);
  }
  bool Say(const std::string& request) {
    return stream_->Write(Parse<v1::StreamingPullRequest>(request));
  }
  v1::StreamingPullResponse Next() {
    v1::StreamingPullResponse response;
    EXPECT_TRUE(stream_->Read(&response));
    return response;
  }
  // What the call ends with; nothing comes any more.
  grpc::Status End() {
    v1::StreamingPullResponse response;
    EXPECT_FALSE(stream_->Read(&response)) << response.ShortDebugString();
    return stream_->Finish();
  }
  void HangUp() { stream_->WritesDone(); }
  void Cancel() { context_.TryCancel(); }

 private:
  grpc::ClientContext context_;
  std::unique_ptr<Stream> stream_;
};

class ServerPullTest : public ServerTest {
 protected:
  void SetUp() override {
    ServerTest::SetUp();
    ApplyDemo();
    Do(client_->alerts, &Alerts::CreateSubscription,
       "subscription_id: 'fetch' subscription { pull {} filter: 'kind = "
       "LAGGING_INDICATOR' }");
  }
  void Record(const std::string& period, const std::string& value) {
    WaitJudged(Do(client_->observations, &Observations::RecordObservation,
                  absl::StrCat("parent: 'plans/demo/indicators/i-01' "
                               "observation { period: '",
                               period, "' value: '", value, "' }"))
                   .revision());
  }
  void Correct(const std::string& value) {
    WaitJudged(Do(client_->observations, &Observations::CorrectObservation,
                  absl::StrCat("observation { name: 'plans/demo/indicators/"
                               "i-01/observations/fy2023' value: '",
                               value, "' }"))
                   .revision());
  }
};

TEST_F(ServerPullTest, GivesWhatComesInTheOrderOfItsAlert) {
  Puller puller(client_.get(), "subscription: 'subscriptions/fetch'");
  Record("fy2023", "1700");
  const auto first = puller.Next();
  ASSERT_THAT(first.messages(), SizeIs(1));
  EXPECT_EQ(first.messages(0).transition().idempotency_key(),
            "plans/demo/alerts/l-i-01-fy2023:1");
  EXPECT_EQ(first.messages(0).delivery_attempt(), 0);
  Correct("2400");
  puller.Say("ack_ids: '" + first.messages(0).ack_id() + "'");
  const auto second = puller.Next();
  ASSERT_THAT(second.messages(), SizeIs(1));
  EXPECT_EQ(second.messages(0).transition().type(),
            v1::AlertTransition::TYPE_RESOLVED);
  puller.Say("nack_ids: '" + second.messages(0).ack_id() + "'");
  const auto again = puller.Next();
  EXPECT_EQ(again.messages(0).delivery_attempt(), 1);
  EXPECT_EQ(again.messages(0).transition().idempotency_key(),
            second.messages(0).transition().idempotency_key());
  puller.Say("ack_ids: '" + again.messages(0).ack_id() + "'");
  puller.HangUp();
  EXPECT_TRUE(puller.End().ok());
}

TEST_F(ServerPullTest, GoesOnOverARestartWithWhatWasNotAcknowledged) {
  Record("fy2023", "1700");
  Do(client_->alerts, &Alerts::SeekSubscription,
     "name: 'subscriptions/fetch' revision: 'earliest'");
  std::string key;
  {
    Puller puller(client_.get(), "subscription: 'subscriptions/fetch'");
    key = puller.Next().messages(0).transition().idempotency_key();
    // The server stops while the stream is open.
    std::thread stopping([&] { server_->Drain(); });
    const grpc::Status end = puller.End();
    stopping.join();
    EXPECT_EQ(end.error_code(), grpc::UNAVAILABLE);
    EXPECT_EQ(ReasonOf(end), "SHUTTING_DOWN");
  }
  server_.reset();
  server_ = *Server::Start(OptionsIn(folder_));
  client_ = std::make_unique<Client>(server_->address());
  Puller puller(client_.get(), "subscription: 'subscriptions/fetch'");
  EXPECT_EQ(puller.Next().messages(0).transition().idempotency_key(), key);
}

TEST_F(ServerPullTest, SaysWhatIsWrongWithTheFirstMessage) {
  const auto end = [&](const std::string& first) {
    return Puller(client_.get(), first).End();
  };
  EXPECT_THAT(FieldsOf(end("")), ElementsAre("subscription"));
  EXPECT_THAT(FieldsOf(end("subscription: 'x' max_outstanding: 5000")),
              ElementsAre("subscription", "max_outstanding"));
  EXPECT_EQ(ReasonOf(end("subscription: 'subscriptions/no'")),
            "RESOURCE_NOT_FOUND");
  Do(client_->alerts, &Alerts::CreateSubscription,
     "subscription_id: 'sent' subscription { webhook { url: "
     "'http://127.0.0.1:9/' allow_private: true } }");
  const grpc::Status wrong = end("subscription: 'subscriptions/sent'");
  EXPECT_EQ(wrong.error_code(), grpc::FAILED_PRECONDITION);
  EXPECT_EQ(ReasonOf(wrong), "WRONG_SINK");
  Puller puller(client_.get(), "subscription: 'subscriptions/fetch'");
  puller.Say("subscription: 'subscriptions/other'");
  EXPECT_THAT(FieldsOf(puller.End()), ElementsAre("subscription"));
}

// Somebody who only looks sees what comes from now on, and leaves nothing.
TEST_F(ServerPullTest, ShowsWhatPassesByWithoutASubscription) {
  Record("fy2023", "1700");
  std::string id;
  std::set<std::string> keys;
  {
    Puller puller(client_.get(), "passing { filter: 'plan = \"plans/demo\"' }");
    Puller other(client_.get(), "passing { filter: 'plan = \"plans/no\"' }");
    // It looks from some moment on.
    v1::StreamingPullResponse seen;
    std::atomic<bool> saw = false;
    std::thread reading([&] {
      seen = puller.Next();
      saw = true;
    });
    for (int i = 0; !saw && i < 1'000; ++i) {
      Correct(i % 2 == 0 ? "2400" : "1700");
    }
    reading.join();
    ASSERT_FALSE(seen.messages().empty());
    for (const auto& message : seen.messages()) {
      id = message.ack_id();
      keys.insert(message.transition().idempotency_key());
    }
    EXPECT_EQ(keys.count("plans/demo/alerts/l-i-01-fy2023:1"), 0u)
        << "it was before";
    puller.Say("ack_ids: '" + id + "'");
    puller.HangUp();
    other.HangUp();
    EXPECT_TRUE(other.End().ok());
  }
  EXPECT_THAT(
      Do(client_->alerts, &Alerts::ListSubscriptions, "").subscriptions(),
      SizeIs(1))
      << "that of SetUp";
  // It goes on behind what was seen last.
  Correct("1600");
  Correct("2500");
  Puller again(client_.get(), "passing { after_ack_id: '" + id + "' }");
  const auto next = again.Next();
  ASSERT_FALSE(next.messages().empty());
  EXPECT_EQ(keys.count(next.messages(0).transition().idempotency_key()), 0u);
}

TEST_F(ServerPullTest, SaysWhatIsWrongWithLookingOn) {
  const auto end = [&](const std::string& first) {
    return FieldsOf(Puller(client_.get(), first).End());
  };
  EXPECT_THAT(end("passing { filter: 'colour = RED' after_ack_id: 'x' }"),
              ElementsAre("passing.filter", "passing.after_ack_id"));
  EXPECT_THAT(end("subscription: 'subscriptions/fetch' passing {}"),
              ElementsAre("passing"));
}

TEST_F(ServerPullTest, EndsWhenTheSubscriptionIsDeleted) {
  Puller puller(client_.get(), "subscription: 'subscriptions/fetch'");
  Record("fy2023", "1700");
  puller.Next();
  Do(client_->alerts, &Alerts::DeleteSubscription,
     "name: 'subscriptions/fetch'");
  EXPECT_EQ(puller.End().error_code(), grpc::NOT_FOUND);
}

TEST_F(ServerPullTest, ServesManyStreamsWithoutAThreadEach) {
  // Of the 100 that a connection may have, more than the server has threads.
  std::vector<std::unique_ptr<Puller>> pullers;
  for (int i = 0; i < 90; ++i) {
    pullers.push_back(std::make_unique<Puller>(
        client_.get(), "subscription: 'subscriptions/fetch'"));
  }
  Record("fy2023", "1700");
  // Others are answered meanwhile, and all the streams end with the server.
  EXPECT_THAT(
      Do(client_->alerts, &Alerts::ListAlerts, "parent: 'plans/demo'").alerts(),
      SizeIs(2));  // the pillar's, too
  const absl::Time start = absl::Now();
  for (int i = 0; i < 45; ++i) pullers[i]->Cancel();
  server_->Drain(absl::Seconds(20));
  EXPECT_LT(absl::Now() - start, absl::Seconds(20));
}

}  // namespace
}  // namespace shirube
