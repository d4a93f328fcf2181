#include "tests/unit/alerting/fake_log.h"

#include <algorithm>
#include <chrono>

#include "absl/strings/str_cat.h"

namespace shirube {

int64_t FakeLog::Append(const std::string& alert, absl::Time committed) {
  std::lock_guard lock(mutex_);
  Outgoing outgoing;
  outgoing.position = static_cast<int64_t>(log_.size()) + 1;
  outgoing.alert_name = alert;
  outgoing.idempotency_key = absl::StrCat(alert, ":", ++sequence_[alert]);
  outgoing.committed = committed;
  log_.push_back(outgoing);
  return outgoing.position;
}

void FakeLog::Serve(DeliveryEngine* engine, const SubscriptionId& id,
                    const SinkConfig& config) {
  const Kept now = kept(id);
  std::vector<StoredDelivery> waiting;
  for (const auto& [position, stored] : now.waiting) waiting.push_back(stored);
  engine->SetSubscription(id, config, now.position, waiting);
}

FakeLog::Kept FakeLog::kept(const SubscriptionId& id) {
  std::lock_guard lock(mutex_);
  return kept_[id];
}

std::vector<Outgoing> FakeLog::all() {
  std::lock_guard lock(mutex_);
  return log_;
}

bool FakeLog::Await(const SubscriptionId& id,
                    const std::function<bool(const Kept&)>& holds) {
  std::unique_lock lock(mutex_);
  return changed_.wait_for(lock, std::chrono::seconds(30),
                           [&] { return holds(kept_[id]); });
}

bool FakeLog::AwaitAll(const SubscriptionId& id) {
  return Await(id, [this](const Kept& kept) {
    return kept.waiting.empty() &&
           kept.position == static_cast<int64_t>(log_.size());
  });
}

void FakeLog::Resurrect(const SubscriptionId& id, DeliveryEngine* engine) {
  std::vector<StoredDelivery> dead;
  {
    std::lock_guard lock(mutex_);
    Kept& kept = kept_[id];
    for (auto& [position, stored] : kept.dead) {
      dead.push_back(stored);
      kept.waiting[position] = stored;
    }
    kept.dead.clear();
  }
  engine->Redeliver(id, dead);
}

absl::StatusOr<LogPage> FakeLog::Next(const SubscriptionId& id, int64_t after,
                                      int limit) {
  std::lock_guard lock(mutex_);
  LogPage page;
  page.through = after;
  while (page.through < static_cast<int64_t>(log_.size()) && limit-- > 0) {
    page.outgoing.push_back(log_[page.through++]);
    page.outgoing.back().subscription = id;
  }
  page.at_end = page.through == static_cast<int64_t>(log_.size());
  return page;
}

absl::StatusOr<std::string> FakeLog::Body(const Outgoing& outgoing) {
  if (outgoing.alert_name == "gone") return absl::NotFoundError("gone");
  return absl::StrCat("{\"id\":\"", outgoing.idempotency_key, "\"}");
}

void FakeLog::Settle(std::vector<Settled> settled,
                     std::function<void(absl::Status)> done) {
  if (settle_fails && settle_fails()) {
    return done(absl::UnavailableError("the disk is full"));
  }
  {
    std::lock_guard lock(mutex_);
    for (const Settled& one : settled) {
      const Outgoing& outgoing = one.delivery.outgoing;
      Kept& kept = kept_[outgoing.subscription];
      kept.position = std::max(kept.position, one.through);
      if (one.as == SettledAs::kPosition) continue;
      kept.waiting.erase(outgoing.position);
      if (one.as == SettledAs::kRetry) {
        kept.waiting[outgoing.position] = one.delivery;
      } else if (one.as == SettledAs::kDead) {
        kept.dead[outgoing.position] = one.delivery;
      }
    }
  }
  changed_.notify_all();
  done(absl::OkStatus());
}

void FakeLog::Paused(const SubscriptionId& id, const std::string& reason) {
  {
    std::lock_guard lock(mutex_);
    kept_[id].paused = reason;
  }
  changed_.notify_all();
}

}  // namespace shirube
