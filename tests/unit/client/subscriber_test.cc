// The subscriber over a connection that the test holds in its hand.
#include "client/lib/subscriber.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "absl/time/clock.h"
#include "shirube/v1/alert_service.pb.h"

namespace shirube::client {
namespace {

using testing::ElementsAre;

// What the server would see and say.
class Server {
 public:
  void Say(const std::string& id) {
    v1::StreamingPullResponse response;
    auto* message = response.add_messages();
    message->set_ack_id(id);
    message->mutable_transition()->set_idempotency_key("key " + id);
    std::lock_guard lock(mutex_);
    says_.push_back(response);
    changed_.notify_all();
  }
  void Break(absl::Status why) {
    std::lock_guard lock(mutex_);
    broken_ = std::move(why);
    changed_.notify_all();
  }
  // "ack a", "nack b", "extend c", "open subscriptions/s", in their order.
  std::vector<std::string> Heard() {
    std::lock_guard lock(mutex_);
    return heard_;
  }
  void AwaitHeard(size_t count) {
    std::unique_lock lock(mutex_);
    EXPECT_TRUE(changed_.wait_for(lock, std::chrono::seconds(20),
                                  [&] { return heard_.size() >= count; }));
  }

  class Link : public Exchange {
   public:
    explicit Link(Server* server) : server_(server) {}
    bool Write(const google::protobuf::Message& message) override {
      const auto& request =
          dynamic_cast<const v1::StreamingPullRequest&>(message);
      std::lock_guard lock(server_->mutex_);
      if (over_) return false;
      auto& heard = server_->heard_;
      if (!request.subscription().empty()) {
        heard.push_back("open " + request.subscription());
      }
      if (request.has_passing()) {
        heard.push_back("look at " + request.passing().filter() + " after " +
                        request.passing().after_ack_id());
      }
      for (const auto& id : request.ack_ids()) heard.push_back("ack " + id);
      for (const auto& id : request.nack_ids()) heard.push_back("nack " + id);
      for (const auto& id : request.extend_ids()) {
        heard.push_back("extend " + id);
      }
      server_->changed_.notify_all();
      return true;
    }
    bool Read(google::protobuf::Message* message) override {
      std::unique_lock lock(server_->mutex_);
      server_->changed_.wait(lock, [this] {
        return over_ || server_->broken_ || !server_->says_.empty();
      });
      if (over_ || server_->says_.empty()) {
        over_ = true;
        return false;
      }
      message->CopyFrom(server_->says_.front());
      server_->says_.pop_front();
      return true;
    }
    void Cancel() override {
      std::lock_guard lock(server_->mutex_);
      over_ = true;
      server_->changed_.notify_all();
    }
    absl::Status Finish() override {
      std::lock_guard lock(server_->mutex_);
      return std::exchange(server_->broken_, std::nullopt)
          .value_or(absl::CancelledError("called off"));
    }

   private:
    Server* const server_;
    bool over_ = false;
  };

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<v1::StreamingPullResponse> says_;
  std::optional<absl::Status> broken_;
  std::vector<std::string> heard_;
};

class FakeConnection : public Connection {
 public:
  explicit FakeConnection(Server* server) : server_(server) {}
  absl::Status Call(const std::string&, const google::protobuf::Message&,
                    google::protobuf::Message*, const Options&) override {
    return absl::UnimplementedError("no unary calls here");
  }
  absl::StatusOr<std::unique_ptr<Exchange>> Open(const std::string& method,
                                                 const Options&) override {
    EXPECT_EQ(method, "/shirube.v1.AlertService/StreamingPull");
    return std::make_unique<Server::Link>(server_);
  }

 private:
  Server* const server_;
};

class SubscriberTest : public testing::Test {
 protected:
  ReceivedAlert Take() {
    auto next = subscriber_.Next(absl::Now() + absl::Seconds(20));
    EXPECT_TRUE(next.ok() && next->has_value());
    return **std::move(next);
  }

  Server server_;
  Subscriber subscriber_{std::make_shared<FakeConnection>(&server_),
                         "subscriptions/s"};
};

TEST_F(SubscriberTest, AnswersEachMessageOnce) {
  server_.Say("a");
  server_.Say("b");
  server_.Say("c");
  {
    ReceivedAlert a = Take();
    EXPECT_EQ(a.transition.idempotency_key(), "key a");
    a.handle.Extend();
    a.handle.Ack();
    a.handle.Nack();
    Take().handle.Nack();
    AckHandle moved = Take().handle;
    EXPECT_EQ(server_.Heard().size(), 4u);  // what was moved is not answered
  }
  EXPECT_THAT(server_.Heard(), ElementsAre("open subscriptions/s", "extend a",
                                           "ack a", "nack b", "nack c"));
}

TEST_F(SubscriberTest, SaysWhenNothingCame) {
  const auto next = subscriber_.Next(absl::Now() + absl::Milliseconds(5));
  ASSERT_TRUE(next.ok());
  EXPECT_FALSE(next->has_value());
}

TEST_F(SubscriberTest, ConnectsAgainWhenTheServerGoesAway) {
  server_.Say("a");
  Take().handle.Ack();
  server_.Break(absl::UnavailableError("draining"));
  server_.AwaitHeard(3);
  server_.Say("b");
  EXPECT_EQ(Take().transition.idempotency_key(), "key b");
}

TEST(PassingSubscriberTest, GoesOnBehindWhatWasSeenLast) {
  Server server;
  Subscriber subscriber(std::make_shared<FakeConnection>(&server),
                        Subscriber::Passing{"kind = X"});
  server.Say("a");
  auto next = subscriber.Next(absl::Now() + absl::Seconds(20));
  ASSERT_TRUE(next.ok() && next->has_value());
  (*next)->handle.Ack();
  server.Break(absl::UnavailableError("draining"));
  server.AwaitHeard(3);
  EXPECT_THAT(server.Heard(), ElementsAre("look at kind = X after ", "ack a",
                                          "look at kind = X after a"));
}

TEST_F(SubscriberTest, EndsWithWhatNoOtherTryMends) {
  server_.Break(absl::NotFoundError("no such subscription"));
  const auto next = subscriber_.Next(absl::Now() + absl::Seconds(20));
  EXPECT_TRUE(absl::IsNotFound(next.status())) << next.status();
}

TEST_F(SubscriberTest, StopsFromAnotherThread) {
  std::thread stopping([this] { subscriber_.Stop(); });
  const auto next = subscriber_.Next(absl::InfiniteFuture());
  stopping.join();
  EXPECT_TRUE(absl::IsCancelled(next.status()));
}

}  // namespace
}  // namespace shirube::client
