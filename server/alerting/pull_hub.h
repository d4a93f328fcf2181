// Deliveries to receivers that fetch: hands the log out to their streams, and
// takes back what is not acknowledged in time. One thread for all of them.
//
// A stream holds at most as many messages as it asked for, a subscription a
// window of its log. Of one alert the next transition is handed out when the
// one before is acknowledged. An acknowledgement is durable when the position
// that it moves is; one that was not yet is asked for again after a crash.
//
// Methods may be called from any thread, but for Turn.
#ifndef SHIRUBE_SERVER_ALERTING_PULL_HUB_H_
#define SHIRUBE_SERVER_ALERTING_PULL_HUB_H_

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "server/alerting/delivery_engine.h"
#include "server/alerting/delivery_queue.h"
#include "server/alerting/delivery_settling.h"
#include "server/alerting/transition_cache.h"

namespace shirube {

// Of the log, what matches a subscription.
struct Matches {
  std::vector<TransitionRef> transitions;
  int64_t through = 0;  // every match up to here is among them
  bool at_end = true;   // nothing is beyond `through` for now
};

// What the hub stands on. Called from its thread alone.
class PullLog {
 public:
  virtual ~PullLog() = default;
  // Those beyond `after` that match, at most `limit`. NOT_FOUND.
  virtual absl::StatusOr<Matches> Matching(const SubscriptionId& id,
                                           int64_t after, int limit) = 0;
  virtual absl::StatusOr<TransitionRef> At(int64_t position) = 0;
  // As DeliveryLog::Settle.
  virtual void Settle(std::vector<Settled> settled,
                      std::function<void(absl::Status)> done) = 0;
};

struct PullMessage {
  std::string ack_id;
  int sent_before = 0;
  TransitionRef transition;
};

// One stream, as who fetches opened it. Called on the hub's thread; a call may
// still come while Close is being carried out.
class PullStream {
 public:
  virtual ~PullStream() = default;
  // Must not wait. Nothing more is sent until Ready.
  virtual void Send(std::vector<PullMessage> messages) = 0;
  // Nothing more comes: NOT_FOUND where the subscription is gone, UNAVAILABLE
  // where the hub stops.
  virtual void End(absl::Status why) = 0;
};

struct PullConfig {
  absl::Duration ack_deadline = absl::Seconds(60);
  absl::Duration retry_for = absl::Hours(24 * 14);
  bool paused = false;
  // Who only looks on gets the log as it is: nothing waits for an answer.
  bool passing = false;
  int64_t epoch = 0;  // as of SinkConfig
};

// Names of messages, in each list as many as fit into a request.
struct PullAnswers {
  std::vector<std::string> ack, nack, extend;
};

class PullHub {
 public:
  struct Options {
    int window = 2'000;        // messages of one subscription in memory
    int at_once = 100;         // in one response
    size_t unsettled = 4'096;  // beyond it nothing new is handed out
    std::function<absl::Time()> clock = absl::Now;
  };
  PullHub(PullLog* log, Options options);  // `log` outlives it
  ~PullHub();

  void Start();
  // Ends all streams. Safe to call again.
  void Stop();

  // As of DeliveryEngine.
  void SetSubscription(const SubscriptionId& id, PullConfig config,
                       int64_t position, std::vector<StoredDelivery> stored,
                       bool restart = false);
  void Remove(const SubscriptionId& id);
  void Wake();
  void Redeliver(const SubscriptionId& id, std::vector<StoredDelivery> dead);
  DeliveryStatistics Statistics(const SubscriptionId& id) const;

  // Of the log, that of the message that was sent under `ack_id`.
  static std::optional<int64_t> PositionIn(const std::string& ack_id);

  using StreamId = uint64_t;
  // A number for Open; known before the stream gets anything.
  StreamId NewStream();
  // `outstanding`: messages that the stream will hold unacknowledged.
  void Open(StreamId number, const SubscriptionId& id, int outstanding,
            std::shared_ptr<PullStream> stream);
  // What was sent last has been taken.
  void Ready(StreamId stream);
  // Ids that are none, or no longer hold, are passed over.
  void Answer(StreamId stream, PullAnswers answers);
  // What the stream holds goes to others.
  void Close(StreamId stream);

  // What the thread does, once; answers when it has something to do again. For
  // tests, which do not Start.
  absl::Time Turn();

 private:
  struct Lease {
    uint64_t number = 0;
    StreamId stream = 0;
    absl::Time until;
  };
  struct Served {
    PullConfig config;
    DeliveryQueue queue;
    std::map<int64_t, Lease> leases;                  // by position
    std::set<std::pair<absl::Time, int64_t>> ending;  // of leases
    std::map<int64_t, int> sent;                      // how often, by position
    bool at_end = false;
    bool behind = false;  // more of the log waits than one turn reads
    int64_t persisted = 0;
    DeliveryStatistics statistics;
  };
  struct OpenStream {
    SubscriptionId id;
    int most = 0;
    int held = 0;
    bool ready = true;
    std::shared_ptr<PullStream> stream;
  };

  void Run();
  void Post(Inbox::Task task) { inbox_->Post(std::move(task)); }
  void Set(const SubscriptionId& id, PullConfig config, int64_t position,
           std::vector<StoredDelivery> stored, bool restart);
  void Drop(const SubscriptionId& id);
  void TakeAnswers(StreamId stream, const PullAnswers& answers);
  void Acknowledged(Served* served, int64_t position);
  // It was refused, or not answered in time.
  void Failed(Served* served, int64_t position, const std::string& error);
  void EndLease(Served* served, int64_t position);
  // The position that an ack id names, where its lease still holds.
  std::optional<int64_t> PositionOf(const Served& served,
                                    const std::string& ack_id) const;
  void CloseNow(StreamId stream);

  void Expire(Served* served, absl::Time now);
  void Fill(const SubscriptionId& id, Served* served);
  void HandOut(OpenStream* open, StreamId stream, absl::Time now);
  void Flush(absl::Time now);
  void Publish();
  absl::Time NextTime(absl::Time now) const;
  bool HasRoom(const SubscriptionId& id) const;

  PullLog* const log_;
  const Options options_;
  std::mutex wake_mutex_;
  std::condition_variable wake_;
  bool woken_ = false;
  const std::shared_ptr<Inbox> inbox_;
  DeliverySettling settling_;
  std::map<SubscriptionId, Served> served_;
  std::map<StreamId, OpenStream> streams_;
  uint64_t next_lease_ = 1;
  std::atomic<StreamId> next_stream_ = 1;
  bool stopping_ = false;
  std::thread thread_;
  mutable std::mutex published_mutex_;
  std::map<SubscriptionId, DeliveryStatistics> published_;
};

}  // namespace shirube

#endif  // SHIRUBE_SERVER_ALERTING_PULL_HUB_H_
