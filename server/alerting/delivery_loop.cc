#include "server/alerting/delivery_loop.h"

#include <sys/resource.h>

#include <algorithm>
#include <random>
#include <utility>

#include "server/alerting/delivery_post.h"

namespace shirube {
namespace {

// A position that only passed what does not match is handed on this seldom.
constexpr int64_t kPositionSteps = 1024;
constexpr int kNiceness = 10;

std::function<double()> RealRandom() {
  return [engine = std::mt19937_64(std::random_device{}())]() mutable {
    return std::uniform_real_distribution<double>(0, 1)(engine);
  };
}

}  // namespace

DeliveryLoop::DeliveryLoop(DeliveryLog* log, EngineOptions options)
    : log_(log),
      options_(std::move(options)),
      multi_((curl_global_init(CURL_GLOBAL_DEFAULT), curl_multi_init())),
      inbox_(std::make_shared<Inbox>(
          [multi = multi_] { curl_multi_wakeup(multi); })),
      settling_(
          [log](auto settled, auto done) {
            log->Settle(std::move(settled), std::move(done));
          },
          inbox_) {
  if (!options_.random) options_.random = RealRandom();
  if (!options_.time) options_.time = std::make_shared<EngineTime>();
  curl_multi_setopt(multi_, CURLMOPT_MAXCONNECTS,
                    static_cast<long>(options_.in_flight));
}

DeliveryLoop::~DeliveryLoop() {
  Stop();
  for (auto& [transfer, flight] : flights_) {
    curl_multi_remove_handle(multi_, transfer->handle());
  }
  flights_.clear();
  idle_.clear();
  curl_multi_cleanup(multi_);
}

void DeliveryLoop::Start() {
  if (!thread_.joinable()) thread_ = std::thread([this] { Run(); });
}

void DeliveryLoop::Stop() {
  if (thread_.joinable()) {
    inbox_->Post([this] { stopping_ = true; });
    thread_.join();
  }
  inbox_->Close();
}

void DeliveryLoop::Run() {
  // Of Linux, for this thread alone: where processors are few, whoever records
  // a figure goes before what is told of it.
  setpriority(PRIO_PROCESS, 0, kNiceness);
  while (true) {
    RunTasks();
    if (stopping_) break;
    // Once a turn: it looks at every connection.
    int running = 0;
    curl_multi_perform(multi_, &running);
    Collect();
    bool busy = false;
    for (auto& [id, served] : served_) busy |= Fill(id, &served);
    for (auto& [id, served] : served_) StartSome(id, &served);
    Flush();
    // What was settled on the spot.
    RunTasks();
    if (stopping_) break;
    Publish();
    if (busy) continue;
    const bool held_back = HeldBack();
    const bool idle = flights_.empty() && !settling_.out() && !held_back;
    const absl::Duration longest =
        held_back ? std::max(next_flush_ - absl::Now(), absl::ZeroDuration())
                  : absl::Minutes(1);
    const absl::Duration wait =
        std::clamp(options_.time->WaitFor(NextTime(), idle),
                   absl::ZeroDuration(), longest);
    // Rounded up: a wait of no time at all would be a busy one.
    curl_multi_poll(multi_, nullptr, 0,
                    static_cast<int>(absl::ToInt64Milliseconds(
                        absl::Ceil(wait, absl::Milliseconds(1)))),
                    nullptr);
  }
  // What only waited for its turn need not be sent again.
  if (settling_.Due(options_.time->Now())) HandOn();
}

void DeliveryLoop::RunTasks() {
  for (auto tasks = inbox_->Take(); !tasks.empty(); tasks = inbox_->Take()) {
    for (const auto& task : tasks) task();
  }
}

// When this thread has something to do although no socket has.
absl::Time DeliveryLoop::NextTime() {
  absl::Time next = absl::InfiniteFuture();
  for (const auto& [id, served] : served_) {
    next = std::min(next, NextTime(served));
  }
  if (!settling_.open().empty() && !settling_.out() && !HeldBack()) {
    next = std::min(next, settling_.not_before());
  }
  return next;
}

absl::Time DeliveryLoop::NextTime(const Served& served) const {
  absl::Time next = absl::InfiniteFuture();
  if (WantsPage(served)) next = served.hold_until;
  if (served.digest.gathering() && served.at_end) {
    next = std::min(next, served.digest.due());
  }
  if (!MayStart(served)) return next;
  return std::min(next, std::max({served.queue.next_time(), served.hold_until,
                                  served.circuit.probe_at()}));
}

// Both are about all but the time: what time changes is NextTime's.
bool DeliveryLoop::WantsPage(const Served& served) const {
  const int room = options_.window - static_cast<int>(served.queue.size());
  return !served.at_end && !served.queue.has_digest() &&
         !served.config.paused && room >= options_.window / 2;
}

bool DeliveryLoop::MayStart(const Served& served) const {
  if (served.config.paused ||
      served.in_flight >= std::min(served.allowance, options_.per_host) ||
      (served.circuit.open() && served.in_flight > 0) ||
      static_cast<int>(flights_.size()) >= options_.in_flight ||
      static_cast<int>(settling_.size()) >= options_.unsettled) {
    return false;
  }
  const auto host = per_host_.find(HostOf(served));
  return host == per_host_.end() || host->second < options_.per_host;
}

// ------------------------------------------------------------ subscriptions
void DeliveryLoop::Set(const SubscriptionId& id, SinkConfig config,
                       int64_t position, std::vector<StoredDelivery> stored,
                       bool restart) {
  auto target = TargetOf(config);
  const DigestMaker digest(config.digest_over, config.digest_window);
  const auto it = served_.find(id);
  if (it != served_.end() && !restart) {
    Served& served = it->second;
    served.config = std::move(config);
    served.target = std::move(target);
    // What was being gathered is read again.
    served.digest = digest;
    served.read_to = served.queue.cursor();
    served.at_end = false;
    served.circuit = Circuit();
    return;
  }
  Remove(id);
  Served served{std::move(config), std::move(target),
                DeliveryQueue(position, std::move(stored)), digest};
  served.read_to = served.persisted = position;
  served_.emplace(id, std::move(served));
}

void DeliveryLoop::Remove(const SubscriptionId& id) {
  Cancel(id);
  served_.erase(id);
  settling_.Forget(id);
}

void DeliveryLoop::Wake() {
  for (auto& [id, served] : served_) served.at_end = false;
}

void DeliveryLoop::Redeliver(const SubscriptionId& id,
                             std::vector<StoredDelivery> dead) {
  const auto it = served_.find(id);
  if (it == served_.end()) return;
  for (StoredDelivery& one : dead) {
    one.attempts = 0;
    one.first_attempt = one.next_attempt = absl::InfinitePast();
    it->second.queue.AddStored(std::move(one));
  }
}

DeliveryStatistics DeliveryLoop::Published(const SubscriptionId& id) const {
  std::lock_guard lock(published_mutex_);
  const auto it = published_.find(id);
  return it == published_.end() ? DeliveryStatistics() : it->second;
}

void DeliveryLoop::Publish() {
  std::lock_guard lock(published_mutex_);
  for (auto& [id, served] : served_) {
    DeliveryStatistics& statistics = served.statistics;
    statistics.waiting = static_cast<int64_t>(served.queue.size());
    statistics.caught_up = served.at_end && !served.digest.gathering();
    statistics.read_to = served.queue.cursor();
    statistics.position = served.queue.through();
    statistics.oldest_waiting = served.queue.oldest_committed();
    statistics.circuit_open = served.circuit.open();
    published_[id] = statistics;
  }
  if (published_.size() == served_.size()) return;
  for (auto it = published_.begin(); it != published_.end();) {
    it = served_.count(it->first) != 0 ? std::next(it) : published_.erase(it);
  }
}

// ------------------------------------------------------------ reading the log
bool DeliveryLoop::Fill(const SubscriptionId& id, Served* served) {
  const absl::Time now = options_.time->Now();
  if (served->digest.gathering() && served->at_end &&
      now >= served->digest.due()) {
    return TakeDigest(served);
  }
  if (!WantsPage(*served) || now < served->hold_until) return false;
  const int room = options_.window - static_cast<int>(served->queue.size());
  auto page = log_->Next(id, served->read_to, room);
  if (!page.ok()) {
    served->statistics.last_error = "LOG_UNREADABLE";
    served->hold_until = now + absl::Seconds(1);
    return false;
  }
  served->at_end = page->at_end;
  return TakePage(id, *std::move(page), served);
}

bool DeliveryLoop::TakePage(const SubscriptionId& id, LogPage page,
                            Served* served) {
  for (Outgoing& outgoing : page.outgoing) {
    switch (served->digest.Offer(outgoing)) {
      case DigestMaker::Fate::kAlone:
        served->queue.Add(std::move(outgoing));
        break;
      case DigestMaker::Fate::kGathered:
        break;
      case DigestMaker::Fate::kFull:
        return TakeDigest(served);  // the rest of the page is read again
    }
  }
  served->read_to = page.through;
  if (served->digest.gathering()) return true;
  served->queue.set_cursor(page.through);
  if (served->queue.through() >= served->persisted + kPositionSteps) {
    served->persisted = served->queue.through();
    Settled passed;
    passed.as = SettledAs::kPosition;
    passed.delivery.outgoing.subscription = id;
    settling_.Add(std::move(passed));
  }
  return true;
}

bool DeliveryLoop::TakeDigest(Served* served) {
  Outgoing digest = served->digest.Take();
  served->read_to = digest.position;
  served->at_end = false;
  if (digest.count == 1) {
    served->queue.Add(std::move(digest));
    return true;
  }
  settling_.Add(Settled{StoredDelivery{digest}, SettledAs::kRetry});
  served->queue.AddDigest(std::move(digest));
  return true;
}

// ------------------------------------------------------------ settling
bool DeliveryLoop::HeldBack() const {
  return settling_.Due(options_.time->Now()) && absl::Now() < next_flush_ &&
         static_cast<int>(settling_.size()) < options_.unsettled / 2;
}

bool DeliveryLoop::Flush() {
  if (!settling_.Due(options_.time->Now()) || HeldBack()) return false;
  next_flush_ = absl::Now() + options_.settle_every;
  HandOn();
  return true;
}

void DeliveryLoop::HandOn() {
  settling_.Stamp([this](const SubscriptionId& id) -> std::optional<Standing> {
    const auto it = served_.find(id);
    if (it == served_.end()) return std::nullopt;
    Served& served = it->second;
    served.persisted = served.queue.through();
    return Standing{served.config.epoch, served.persisted};
  });
  settling_.Flush([this](const auto& batch) { Durable(batch); },
                  [this] { return options_.time->Now(); });
}

void DeliveryLoop::Durable(const std::vector<Settled>& batch) {
  for (const Settled& settled : batch) {
    const Outgoing& outgoing = settled.delivery.outgoing;
    const auto it = served_.find(outgoing.subscription);
    if (it != served_.end() && outgoing.count > 1 &&
        settled.as == SettledAs::kRetry) {
      it->second.queue.Release(outgoing.position);
    }
  }
}

}  // namespace shirube
