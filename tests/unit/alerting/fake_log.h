// A DeliveryLog in memory that survives its engines, and a time that jumps.
#ifndef SHIRUBE_TESTS_UNIT_ALERTING_FAKE_LOG_H_
#define SHIRUBE_TESTS_UNIT_ALERTING_FAKE_LOG_H_

#include <condition_variable>
#include <functional>
#include <map>
#include <mutex>
#include <string>
#include <vector>

#include "server/alerting/delivery_engine.h"

namespace shirube {

// Moves only when the engine has nothing else to do: back-offs of hours take
// no time.
class JumpingTime : public EngineTime {
 public:
  absl::Time Now() override {
    std::lock_guard lock(mutex_);
    return now_;
  }
  absl::Duration WaitFor(absl::Time next, bool idle) override {
    std::lock_guard lock(mutex_);
    if (next <= now_) return absl::ZeroDuration();
    if (!idle || next == absl::InfiniteFuture()) return absl::Seconds(5);
    now_ = next;
    return absl::ZeroDuration();
  }

 private:
  std::mutex mutex_;
  absl::Time now_ = absl::FromUnixSeconds(1700000000);
};

class FakeLog : public DeliveryLog {
 public:
  struct Kept {
    int64_t position = 0;
    std::map<int64_t, StoredDelivery> waiting;
    std::map<int64_t, StoredDelivery> dead;
    std::string paused;
  };

  // Whether the n-th Settle fails; unset: none does.
  std::function<bool()> settle_fails;

  // Returns its position.
  int64_t Append(const std::string& alert, absl::Time committed);
  void Serve(DeliveryEngine* engine, const SubscriptionId& id,
             const SinkConfig& config);
  Kept kept(const SubscriptionId& id);
  std::vector<Outgoing> all();
  // Until `holds`, looked at after each change; false after half a minute.
  bool Await(const SubscriptionId& id,
             const std::function<bool(const Kept&)>& holds);
  // Everything is delivered or dead.
  bool AwaitAll(const SubscriptionId& id);
  void Resurrect(const SubscriptionId& id, DeliveryEngine* engine);

  absl::StatusOr<LogPage> Next(const SubscriptionId& id, int64_t after,
                               int limit) override;
  absl::StatusOr<std::string> Body(const Outgoing& outgoing) override;
  void Settle(std::vector<Settled> settled,
              std::function<void(absl::Status)> done) override;
  void Paused(const SubscriptionId& id, const std::string& reason) override;

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<Outgoing> log_;
  std::map<std::string, int> sequence_;
  std::map<SubscriptionId, Kept> kept_;
};

}  // namespace shirube

#endif  // SHIRUBE_TESTS_UNIT_ALERTING_FAKE_LOG_H_
