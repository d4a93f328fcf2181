#include "server/alerting/pull_hub.h"

#include <algorithm>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "server/domain/violation.h"
#include "server/ledger/ledger.h"

namespace shirube {
namespace {

// A position that only passed what does not match is handed on this seldom.
constexpr int64_t kPositionSteps = 1024;
constexpr absl::Duration kLongestPause = absl::Seconds(10);

constexpr int kPagesAtOnce = 16;

// At once the first time; who refuses everything must not keep us busy.
absl::Duration PauseAfter(int attempts) {
  if (attempts <= 1) return absl::ZeroDuration();
  return std::min(kLongestPause,
                  absl::Milliseconds(100) * (1 << std::min(attempts - 2, 10)));
}

// Position and lease that an ack id names.
std::optional<std::pair<int64_t, uint64_t>> Parse(const std::string& ack_id) {
  const std::vector<std::string> parts = absl::StrSplit(ack_id, '-');
  std::pair<int64_t, uint64_t> named;
  if (parts.size() != 2 || !absl::SimpleAtoi(parts[0], &named.first) ||
      !absl::SimpleAtoi(parts[1], &named.second) || named.first < 0) {
    return std::nullopt;
  }
  return named;
}

absl::Status Gone(const SubscriptionId& id) {
  const std::string name = NameOf(id);
  return MakeError(absl::StatusCode::kNotFound, "RESOURCE_NOT_FOUND",
                   absl::StrCat(name, " does not exist or was deleted"),
                   absl::StrCat(name, "は存在しないか、削除されました"),
                   {{"name", name}});
}

absl::Status Stopping() {
  return MakeError(
      absl::StatusCode::kUnavailable, "SHUTTING_DOWN",
      "the server is stopping; open the stream again when it is back",
      "サーバーは停止処理中です。再開後にもう一度接続してください");
}

}  // namespace

PullHub::PullHub(PullLog* log, Options options)
    : log_(log),
      options_(std::move(options)),
      inbox_(std::make_shared<Inbox>([this] {
        std::lock_guard lock(wake_mutex_);
        woken_ = true;
        wake_.notify_one();
      })),
      settling_(
          [log](auto settled, auto done) {
            log->Settle(std::move(settled), std::move(done));
          },
          inbox_) {}

PullHub::~PullHub() { Stop(); }

void PullHub::Start() {
  if (!thread_.joinable()) thread_ = std::thread([this] { Run(); });
}

void PullHub::Stop() {
  if (thread_.joinable()) {
    Post([this] { stopping_ = true; });
    thread_.join();
  }
  inbox_->Close();
  for (const auto& [id, open] : std::exchange(streams_, {})) {
    open.stream->End(Stopping());
  }
}

void PullHub::Run() {
  while (true) {
    const absl::Time next = Turn();
    if (stopping_) return;
    std::unique_lock lock(wake_mutex_);
    const absl::Time until =
        std::min(next, options_.clock() + absl::Minutes(1));
    wake_.wait_until(lock, absl::ToChronoTime(until),
                     [this] { return woken_; });
    woken_ = false;
  }
}

absl::Time PullHub::Turn() {
  for (auto tasks = inbox_->Take(); !tasks.empty(); tasks = inbox_->Take()) {
    for (const auto& task : tasks) task();
  }
  if (stopping_) return absl::InfiniteFuture();
  const absl::Time now = options_.clock();
  for (auto& [id, served] : served_) {
    Expire(&served, now);
    if (HasRoom(id)) Fill(id, &served);
  }
  for (auto& [stream, open] : streams_) HandOut(&open, stream, now);
  Flush(now);
  Publish();
  return NextTime(now);
}

// ------------------------------------------------------------ from outside
void PullHub::SetSubscription(const SubscriptionId& id, PullConfig config,
                              int64_t position,
                              std::vector<StoredDelivery> stored,
                              bool restart) {
  Post([this, id, config, position, stored = std::move(stored), restart] {
    Set(id, config, position, stored, restart);
  });
}

void PullHub::Remove(const SubscriptionId& id) {
  Post([this, id] {
    Drop(id);
    std::erase_if(streams_, [&](auto& entry) {
      if (entry.second.id != id) return false;
      entry.second.stream->End(Gone(id));
      return true;
    });
  });
}

void PullHub::Wake() {
  Post([this] {
    for (auto& [id, served] : served_) served.at_end = false;
  });
}

void PullHub::Redeliver(const SubscriptionId& id,
                        std::vector<StoredDelivery> dead) {
  Post([this, id, dead = std::move(dead)] {
    const auto it = served_.find(id);
    if (it == served_.end()) return;
    for (const StoredDelivery& one : dead) it->second.queue.AddStored(one);
  });
}

DeliveryStatistics PullHub::Statistics(const SubscriptionId& id) const {
  std::lock_guard lock(published_mutex_);
  const auto it = published_.find(id);
  return it == published_.end() ? DeliveryStatistics() : it->second;
}

PullHub::StreamId PullHub::NewStream() { return next_stream_++; }

void PullHub::Open(StreamId number, const SubscriptionId& id, int outstanding,
                   std::shared_ptr<PullStream> stream) {
  Post([this, id, outstanding, stream = std::move(stream), number] {
    if (served_.count(id) == 0) return stream->End(Gone(id));
    streams_[number] = OpenStream{id, outstanding, 0, true, stream};
  });
}

void PullHub::Ready(StreamId stream) {
  Post([this, stream] {
    const auto it = streams_.find(stream);
    if (it != streams_.end()) it->second.ready = true;
  });
}

void PullHub::Answer(StreamId stream, PullAnswers answers) {
  Post([this, stream, answers = std::move(answers)] {
    TakeAnswers(stream, answers);
  });
}

void PullHub::Close(StreamId stream) {
  Post([this, stream] { CloseNow(stream); });
}

// ------------------------------------------------------------ on the thread
void PullHub::Set(const SubscriptionId& id, PullConfig config, int64_t position,
                  std::vector<StoredDelivery> stored, bool restart) {
  const auto it = served_.find(id);
  if (it != served_.end() && !restart) {
    it->second.config = config;
    it->second.at_end = false;
    return;
  }
  Drop(id);
  Served served{config, DeliveryQueue(position, stored)};
  for (const StoredDelivery& one : stored) {
    served.sent[one.outgoing.position] = one.attempts;
  }
  served.persisted = position;
  served_.emplace(id, std::move(served));
}

void PullHub::Drop(const SubscriptionId& id) {
  const auto it = served_.find(id);
  if (it == served_.end()) return;
  for (auto& [number, open] : streams_) {
    if (open.id == id) open.held = 0;
  }
  served_.erase(it);
  settling_.Forget(id);
}

void PullHub::CloseNow(StreamId stream) {
  const auto it = streams_.find(stream);
  if (it == streams_.end()) return;
  Served& served = served_.at(it->second.id);
  std::vector<int64_t> held;
  for (const auto& [position, lease] : served.leases) {
    if (lease.stream == stream) held.push_back(position);
  }
  for (const int64_t position : held) {
    EndLease(&served, position);
    served.queue.PutBack(position);
  }
  streams_.erase(it);
}

void PullHub::TakeAnswers(StreamId stream, const PullAnswers& answers) {
  const auto it = streams_.find(stream);
  if (it == streams_.end()) return;
  Served& served = served_.at(it->second.id);
  for (const std::string& ack : answers.ack) {
    if (const auto at = PositionOf(served, ack)) Acknowledged(&served, *at);
  }
  for (const std::string& nack : answers.nack) {
    if (const auto at = PositionOf(served, nack)) {
      Failed(&served, *at, "REFUSED");
    }
  }
  for (const std::string& extend : answers.extend) {
    const auto at = PositionOf(served, extend);
    if (!at) continue;
    Lease& lease = served.leases.at(*at);
    served.ending.erase({lease.until, *at});
    lease.until = options_.clock() + served.config.ack_deadline;
    served.ending.insert({lease.until, *at});
  }
}

std::optional<int64_t> PullHub::PositionOf(const Served& served,
                                           const std::string& ack_id) const {
  const auto named = Parse(ack_id);
  if (!named) return std::nullopt;
  const auto lease = served.leases.find(named->first);
  if (lease == served.leases.end() || lease->second.number != named->second) {
    return std::nullopt;
  }
  return named->first;
}

std::optional<int64_t> PullHub::PositionIn(const std::string& ack_id) {
  const auto named = Parse(ack_id);
  return named ? std::optional<int64_t>(named->first) : std::nullopt;
}

void PullHub::EndLease(Served* served, int64_t position) {
  const auto it = served->leases.find(position);
  const auto stream = streams_.find(it->second.stream);
  if (stream != streams_.end()) --stream->second.held;
  served->ending.erase({it->second.until, position});
  served->leases.erase(it);
}

void PullHub::Acknowledged(Served* served, int64_t position) {
  EndLease(served, position);
  served->sent.erase(position);
  ++served->statistics.delivered;
  served->statistics.last_error.clear();
  settling_.Add({served->queue.Done(position), SettledAs::kDelivered});
}

void PullHub::Failed(Served* served, int64_t position,
                     const std::string& error) {
  EndLease(served, position);
  const absl::Time now = options_.clock();
  ++served->statistics.failures;
  served->statistics.last_error = error;
  StoredDelivery changed = *served->queue.Find(position);
  ++changed.attempts;
  changed.last_error = error;
  if (changed.first_attempt == absl::InfinitePast()) {
    changed.first_attempt = now;
  }
  changed.next_attempt = now + PauseAfter(changed.attempts);
  if (now - changed.first_attempt > served->config.retry_for) {
    ++served->statistics.dead;
    served->queue.Done(position);
    served->sent.erase(position);
    settling_.Add({std::move(changed), SettledAs::kDead});
    return;
  }
  settling_.Add(
      {served->queue.Retry(position, std::move(changed)), SettledAs::kRetry});
}

void PullHub::Expire(Served* served, absl::Time now) {
  while (!served->ending.empty() && served->ending.begin()->first <= now) {
    Failed(served, served->ending.begin()->second, "NOT_ACKNOWLEDGED");
  }
}

// Whether somebody would take more now.
bool PullHub::HasRoom(const SubscriptionId& id) const {
  return std::any_of(streams_.begin(), streams_.end(), [&](const auto& entry) {
    const OpenStream& open = entry.second;
    return open.id == id && open.ready && open.held < open.most;
  });
}

void PullHub::Fill(const SubscriptionId& id, Served* served) {
  // Others wait while one is read for.
  int pages = 0;
  for (; pages < kPagesAtOnce; ++pages) {
    if (served->at_end || served->config.paused) break;
    const int room = options_.window - static_cast<int>(served->queue.size());
    if (room < options_.window / 2) break;
    const auto found = log_->Matching(id, served->queue.cursor(), room);
    // It is asked again with the next turn.
    if (!found.ok()) break;
    served->at_end = found->at_end;
    for (const TransitionRef& row : found->transitions) {
      Outgoing outgoing;
      outgoing.subscription = id;
      outgoing.position = row->position;
      // As in the rows of an earlier start: it is one lane.
      outgoing.alert_name = served->config.passing ? absl::StrCat(row->position)
                                                   : NameOf(row->alert.key());
      outgoing.committed = row->time;
      served->queue.Add(std::move(outgoing));
    }
    served->queue.set_cursor(found->through);
  }
  served->behind = pages == kPagesAtOnce;
  if (served->queue.through() >= served->persisted + kPositionSteps) {
    served->persisted = served->queue.through();
    Settled passed;
    passed.as = SettledAs::kPosition;
    passed.delivery.outgoing.subscription = id;
    settling_.Add(std::move(passed));
  }
}

void PullHub::HandOut(OpenStream* open, StreamId stream, absl::Time now) {
  Served& served = served_.at(open->id);
  if (!open->ready || served.config.paused) return;
  std::vector<PullMessage> messages;
  while (open->held < open->most && settling_.size() < options_.unsettled &&
         static_cast<int>(messages.size()) < options_.at_once) {
    const StoredDelivery* stored = served.queue.Start(now);
    if (stored == nullptr) break;
    const int64_t position = stored->outgoing.position;
    auto transition = log_->At(position);
    if (!transition.ok()) {
      served.queue.PutBack(position);
      break;
    }
    Lease lease{next_lease_++, stream, now + served.config.ack_deadline};
    messages.push_back({absl::StrCat(position, "-", lease.number),
                        served.sent[position]++, *std::move(transition)});
    served.ending.insert({lease.until, position});
    served.leases.emplace(position, lease);
    ++served.statistics.attempts;
    ++open->held;
  }
  if (messages.empty()) return;
  open->ready = false;
  open->stream->Send(std::move(messages));
}

void PullHub::Flush(absl::Time now) {
  if (!settling_.Due(now)) return;
  settling_.Stamp([this](const SubscriptionId& id) -> std::optional<Standing> {
    const auto it = served_.find(id);
    if (it == served_.end()) return std::nullopt;
    Served& served = it->second;
    served.persisted = served.queue.through();
    return Standing{served.config.epoch, served.persisted};
  });
  settling_.Flush([](const auto&) {}, options_.clock);
}

void PullHub::Publish() {
  std::map<SubscriptionId, DeliveryStatistics> published;
  for (auto& [id, served] : served_) {
    DeliveryStatistics& statistics = served.statistics;
    statistics.waiting = static_cast<int64_t>(served.queue.size());
    statistics.caught_up = served.at_end;
    statistics.read_to = served.queue.cursor();
    statistics.position = served.queue.through();
    statistics.oldest_waiting = served.queue.oldest_committed();
    published[id] = statistics;
  }
  std::lock_guard lock(published_mutex_);
  published_ = std::move(published);
}

absl::Time PullHub::NextTime(absl::Time now) const {
  absl::Time next = absl::InfiniteFuture();
  for (const auto& [id, served] : served_) {
    if (!served.ending.empty()) {
      next = std::min(next, served.ending.begin()->first);
    }
    if (!HasRoom(id) || served.config.paused) continue;
    // What cannot be read now, or waits for the store, is tried again soon.
    const absl::Time due = served.queue.next_time();
    next = std::min(next, due > now ? due : now + absl::Milliseconds(100));
    if (!served.at_end) {
      next =
          std::min(next, served.behind ? now : now + absl::Milliseconds(100));
    }
  }
  if (!settling_.out() && settling_.size() > 0) {
    next = std::min(next, settling_.not_before());
  }
  return next;
}

}  // namespace shirube
