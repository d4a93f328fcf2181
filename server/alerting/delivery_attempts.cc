// The part of the delivery loop that starts requests and judges their ends.
#include <algorithm>
#include <utility>

#include "server/alerting/backoff.h"
#include "server/alerting/delivery_loop.h"
#include "server/alerting/delivery_post.h"
#include "server/alerting/retry_after.h"

namespace shirube {

bool DeliveryLoop::StartSome(const SubscriptionId& id, Served* served) {
  bool started = false;
  while (MayStart(*served) && StartOne(id, served)) started = true;
  return started;
}

bool DeliveryLoop::StartOne(const SubscriptionId& id, Served* served) {
  const absl::Time now = options_.time->Now();
  if (now < served->hold_until ||
      !served->circuit.Allows(now, served->in_flight)) {
    return false;
  }
  const StoredDelivery* stored = served->queue.Start(now);
  if (stored == nullptr) return false;
  const int64_t position = stored->outgoing.position;
  auto body = log_->Body(stored->outgoing);
  if (absl::IsNotFound(body.status())) {
    Conclude(id, served, position, AttemptEnd::kDead, "NOTHING_TO_SEND", "");
    return true;
  }
  if (!body.ok()) {
    served->queue.PutBack(position);
    served->hold_until = now + absl::Seconds(1);
    return false;
  }
  auto post = MakePost(served->config, served->target,
                       stored->outgoing.idempotency_key, *std::move(body), now);
  if (!post.ok()) {
    served->circuit.Failed(now);
    Conclude(id, served, position, AttemptEnd::kRetry, "CONFIGURATION_REFUSED",
             "");
    return true;
  }
  ++served->in_flight;
  Launch(Flight{id, position, HostOf(*served), nullptr, nullptr},
         *std::move(post));
  return true;
}

void DeliveryLoop::Launch(Flight flight, Post post) {
  if (idle_.empty()) idle_.push_back(std::make_unique<CurlTransfer>());
  flight.transfer = std::move(idle_.back());
  idle_.pop_back();
  CurlTransfer* transfer = flight.transfer.get();
  transfer->Prepare(std::move(post), options_.limits);
  ++per_host_[flight.host];
  flights_.emplace(transfer, std::move(flight));
  curl_multi_add_handle(multi_, transfer->handle());
}

bool DeliveryLoop::Collect() {
  bool any = false;
  int left = 0;
  while (CURLMsg* message = curl_multi_info_read(multi_, &left)) {
    if (message->msg != CURLMSG_DONE) continue;
    any = true;
    const CURLcode result = message->data.result;
    char* which = nullptr;
    curl_easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, &which);
    auto node = flights_.extract(reinterpret_cast<CurlTransfer*>(which));
    Flight flight = std::move(node.mapped());
    const HttpReply answer = flight.transfer->Finish(result);
    curl_multi_remove_handle(multi_, flight.transfer->handle());
    ReleaseHost(flight.host);
    idle_.push_back(std::move(flight.transfer));
    Land(std::move(flight), answer);
  }
  return any;
}

void DeliveryLoop::Land(Flight flight, const HttpReply& answer) {
  const AttemptEnd end = Judge(answer);
  if (flight.test) {
    return flight.test(TestAnswer{end == AttemptEnd::kDelivered, answer.status,
                                  ErrorText(answer), answer.text});
  }
  Served& served = served_.at(flight.id);
  --served.in_flight;
  const absl::Time now = options_.time->Now();
  if (end == AttemptEnd::kRetry) {
    served.circuit.Failed(now);
    served.allowance = std::max(1, served.allowance / 2);
  } else {
    // The receiver is there and answers, even if it does not like this one.
    served.circuit.Succeeded();
    served.allowance = std::min(options_.per_host, served.allowance + 1);
  }
  Conclude(flight.id, &served, flight.position, end, ErrorText(answer),
           answer.retry_after);
}

void DeliveryLoop::Conclude(const SubscriptionId& id, Served* served,
                            int64_t position, AttemptEnd end,
                            const std::string& error,
                            const std::string& retry_after) {
  const absl::Time now = options_.time->Now();
  DeliveryStatistics& statistics = served->statistics;
  ++statistics.attempts;
  statistics.last_error = error;
  if (end == AttemptEnd::kDelivered) {
    ++statistics.delivered;
    settling_.Add({served->queue.Done(position), SettledAs::kDelivered});
    return;
  }
  ++statistics.failures;
  StoredDelivery changed = *served->queue.Find(position);
  ++changed.attempts;
  changed.last_error = error;
  if (changed.first_attempt == absl::InfinitePast())
    changed.first_attempt = now;
  const absl::Duration asked =
      ParseRetryAfter(retry_after, now).value_or(absl::ZeroDuration());
  changed.next_attempt =
      now + std::max(asked, Backoff(changed.attempts, options_.random()));
  const bool too_late =
      changed.next_attempt - changed.first_attempt > served->config.retry_for;
  if (end == AttemptEnd::kDead || (end == AttemptEnd::kRetry && too_late)) {
    ++statistics.dead;
    served->queue.Done(position);
    settling_.Add({std::move(changed), SettledAs::kDead});
    return;
  }
  settling_.Add(
      {served->queue.Retry(position, std::move(changed)), SettledAs::kRetry});
  if (end == AttemptEnd::kPause) {
    served->config.paused = true;
    log_->Paused(id, error);
  }
}

void DeliveryLoop::Test(const SubscriptionId& id, const std::string& key,
                        std::string body,
                        std::function<void(TestAnswer)> done) {
  const auto it = served_.find(id);
  if (it == served_.end()) {
    return done(TestAnswer{false, 0, "NO_SUCH_SUBSCRIPTION", ""});
  }
  const Served& served = it->second;
  auto post = MakePost(served.config, served.target, key, std::move(body),
                       options_.time->Now());
  if (!post.ok()) {
    return done(TestAnswer{false, 0, std::string(post.status().message()), ""});
  }
  Launch(Flight{id, 0, HostOf(served), nullptr, std::move(done)},
         *std::move(post));
}

void DeliveryLoop::Cancel(const SubscriptionId& id) {
  for (auto it = flights_.begin(); it != flights_.end();) {
    if (it->second.id != id) {
      ++it;
      continue;
    }
    curl_multi_remove_handle(multi_, it->first->handle());
    ReleaseHost(it->second.host);
    if (it->second.test) it->second.test(TestAnswer{false, 0, "CANCELLED", ""});
    it = flights_.erase(it);
  }
}

void DeliveryLoop::ReleaseHost(const std::string& host) {
  const auto it = per_host_.find(host);
  if (--it->second == 0) per_host_.erase(it);
}

}  // namespace shirube
