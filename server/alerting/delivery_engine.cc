#include "server/alerting/delivery_engine.h"

#include <utility>

#include "server/alerting/delivery_loop.h"

namespace shirube {

DeliveryEngine::DeliveryEngine(DeliveryLog* log, EngineOptions options)
    : loop_(std::make_unique<DeliveryLoop>(log, std::move(options))) {}
DeliveryEngine::~DeliveryEngine() { Stop(); }

void DeliveryEngine::Start() { loop_->Start(); }
void DeliveryEngine::Stop() { loop_->Stop(); }

void DeliveryEngine::SetSubscription(const SubscriptionId& id,
                                     SinkConfig config, int64_t position,
                                     std::vector<StoredDelivery> stored,
                                     bool restart) {
  loop_->inbox().Post([loop = loop_.get(), id, config = std::move(config),
                       position, stored = std::move(stored), restart] {
    loop->Set(id, config, position, stored, restart);
  });
}

void DeliveryEngine::Remove(const SubscriptionId& id) {
  loop_->inbox().Post([loop = loop_.get(), id] { loop->Remove(id); });
}

void DeliveryEngine::Wake() {
  loop_->inbox().Post([loop = loop_.get()] { loop->Wake(); });
}

void DeliveryEngine::Redeliver(const SubscriptionId& id,
                               std::vector<StoredDelivery> dead) {
  loop_->inbox().Post([loop = loop_.get(), id, dead = std::move(dead)] {
    loop->Redeliver(id, dead);
  });
}

DeliveryStatistics DeliveryEngine::Statistics(const SubscriptionId& id) const {
  return loop_->Published(id);
}

void DeliveryEngine::Test(const SubscriptionId& id, std::string key,
                          std::string body,
                          std::function<void(TestAnswer)> done) {
  loop_->inbox().Post(
      [loop = loop_.get(), id, key = std::move(key), body = std::move(body),
       done = std::move(done)] { loop->Test(id, key, body, done); });
}

}  // namespace shirube
