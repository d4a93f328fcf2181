// Sends what the log owes to the sinks: one thread, one libcurl multi handle
// for all subscriptions. Written against DeliveryLog alone.
//
// Each subscription has a window of its log in memory; the rest stays in the
// log. Of one alert the next transition goes out when the one before is
// delivered or DEAD. A sink that fails is left alone by its circuit, and holds
// up nobody: each subscription has its own share of the requests under way.
//
// All methods may be called from any thread. Stopping (or dying) at any moment
// loses nothing: what was not settled is sent again, under the same key.
#ifndef SHIRUBE_SERVER_ALERTING_DELIVERY_ENGINE_H_
#define SHIRUBE_SERVER_ALERTING_DELIVERY_ENGINE_H_

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "absl/time/time.h"
#include "server/alerting/curl_transfer.h"
#include "server/alerting/delivery.h"
#include "server/alerting/sink_config.h"

namespace shirube {

// Time as the engine sees it, so that tests need not wait for it.
class EngineTime {
 public:
  virtual ~EngineTime() = default;
  virtual absl::Time Now() { return absl::Now(); }
  // How long to wait for the network when nothing is due before `next`. `idle`:
  // no request is under way and nothing is being settled.
  virtual absl::Duration WaitFor(absl::Time next, bool /*idle*/) {
    return next - Now();
  }
};

struct EngineOptions {
  PostLimits limits;
  // Deliveries of one subscription in memory.
  int window = 256;
  int per_host = 32;
  int in_flight = 512;
  // Settled but not durable yet: beyond it nothing new is started.
  int unsettled = 4096;
  // What was delivered is settled this seldom, unless much has gathered: each
  // time is a commit that writers wait for. After a crash it is sent again.
  absl::Duration settle_every = absl::Milliseconds(50);
  std::function<double()> random;    // in [0, 1); empty: a random one
  std::shared_ptr<EngineTime> time;  // empty: the real one
};

// Since the start.
struct DeliveryStatistics {
  int64_t delivered = 0;
  int64_t attempts = 0;
  int64_t failures = 0;
  int64_t dead = 0;
  // In memory; the log beyond `read_to` may hold more unless `caught_up`.
  int64_t waiting = 0;
  bool caught_up = true;
  int64_t read_to = 0;
  int64_t position = 0;  // up to here all is delivered or has a row
  absl::Time oldest_waiting = absl::InfiniteFuture();  // infinite: none
  bool circuit_open = false;
  std::string last_error;
};

struct TestAnswer {
  bool delivered = false;
  int http_status = 0;
  std::string error;  // as in Delivery.last_error
  std::string text;   // the first bytes that the receiver answered
};

class DeliveryEngine {
 public:
  // `log` must outlive it.
  DeliveryEngine(DeliveryLog* log, EngineOptions options);
  // Ends requests under way; what they did is unknown and sent again later.
  ~DeliveryEngine();

  void Start();
  void Stop();

  // New or changed. `position` and `stored` (those WAITING) are looked at where
  // it is new, or with `restart`, after a Seek.
  void SetSubscription(const SubscriptionId& id, SinkConfig config,
                       int64_t position, std::vector<StoredDelivery> stored,
                       bool restart = false);
  void Remove(const SubscriptionId& id);
  // The log has grown.
  void Wake();
  // DEAD ones, now.
  void Redeliver(const SubscriptionId& id, std::vector<StoredDelivery> dead);
  DeliveryStatistics Statistics(const SubscriptionId& id) const;
  // Sends `body` once, past window, circuit and pause. `done` is called from
  // the engine's thread, unless the engine stops first.
  void Test(const SubscriptionId& id, std::string key, std::string body,
            std::function<void(TestAnswer)> done);

 private:
  std::unique_ptr<class DeliveryLoop> loop_;
};

}  // namespace shirube

#endif  // SHIRUBE_SERVER_ALERTING_DELIVERY_ENGINE_H_
