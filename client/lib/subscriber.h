// Receives the alerts of a subscription that is fetched from, over
// StreamingPull: connects again when the way breaks, and hands out each message
// with a handle that must be answered.
//
//   Subscriber subscriber(Connect(), "subscriptions/portal");
//   while (true) {
//     auto received = subscriber.Next(absl::InfiniteFuture());
//     if (!received.ok()) break;
//     if (Handle((*received)->transition)) (*received)->handle.Ack();
//   }
#ifndef SHIRUBE_CLIENT_LIB_SUBSCRIBER_H_
#define SHIRUBE_CLIENT_LIB_SUBSCRIBER_H_

#include <condition_variable>
#include <deque>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "client/lib/connection.h"
#include "client/lib/exchange.h"
#include "shirube/v1/alert.pb.h"
#include "shirube/v1/alert_service.pb.h"

namespace shirube::client {

// The answer to one message, given once; thread-safe to give from another
// thread than the one it came on. Destroyed without an answer it is a Nack, so
// that what an exception or an early return skips comes again.
class AckHandle {
 public:
  AckHandle(std::shared_ptr<Exchange> exchange, std::string id);
  AckHandle(AckHandle&&) = default;
  AckHandle& operator=(AckHandle&& other) noexcept;
  ~AckHandle();

  const std::string& id() const { return id_; }

  // Done with: it does not come again.
  void Ack();
  // Send it again.
  void Nack();
  // Not done yet: the deadline counts from now on again. Any number of times.
  void Extend();

 private:
  std::shared_ptr<Exchange> exchange_;  // null: answered
  std::string id_;
};

struct ReceivedAlert {
  v1::AlertTransition transition;
  int sent_before = 0;
  AckHandle handle;
};

class Subscriber {
 public:
  struct Settings {
    // Messages held unanswered, 1 to 1,000.
    int max_outstanding = 100;
    // Between two tries to connect; grows up to it.
    absl::Duration longest_pause = absl::Seconds(5);
  };
  // Instead of a subscription: what matches `filter`, from now on, for whoever
  // only looks. The server keeps nothing of it. After a broken connection it
  // goes on behind the message that Next gave last, answered or not.
  struct Passing {
    std::string filter;  // as in Subscription.filter; empty: all
  };

  // `options` of the calls; their timeout is not looked at.
  Subscriber(std::shared_ptr<Connection> connection, std::string subscription,
             Options options, Settings settings);
  Subscriber(std::shared_ptr<Connection> connection, std::string subscription,
             Options options = {})
      : Subscriber(std::move(connection), std::move(subscription),
                   std::move(options), Settings()) {}
  Subscriber(std::shared_ptr<Connection> connection, Passing passing,
             Options options, Settings settings);
  Subscriber(std::shared_ptr<Connection> connection, Passing passing,
             Options options = {})
      : Subscriber(std::move(connection), std::move(passing),
                   std::move(options), Settings()) {}
  // Stops. Handles may outlive it; their answers are dropped then.
  ~Subscriber();
  Subscriber(const Subscriber&) = delete;

  // The next message; nothing when none came until then. NOT_FOUND,
  // FAILED_PRECONDITION WRONG_SINK, PERMISSION_DENIED and the like end it for
  // good, CANCELLED after Stop; what a server that is away makes is waited out.
  absl::StatusOr<std::optional<ReceivedAlert>> Next(absl::Time until);
  // From any thread.
  void Stop();

 private:
  void Run();
  v1::StreamingPullRequest First();
  // One connection, from its first message to its end.
  absl::Status Follow(absl::Duration* pause);
  bool Rest(absl::Duration pause);  // false: stopped

  const std::shared_ptr<Connection> connection_;
  const std::string subscription_;  // or
  const std::optional<Passing> passing_;
  const Options options_;
  const Settings settings_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<ReceivedAlert> received_;
  std::string last_id_;                 // of the message that came last
  std::shared_ptr<Exchange> exchange_;  // while connected
  absl::Status ended_;
  bool stopped_ = false;
  std::thread thread_;
};

}  // namespace shirube::client

#endif  // SHIRUBE_CLIENT_LIB_SUBSCRIBER_H_
