#include "server/alerting/outbox.h"

#include <algorithm>
#include <condition_variable>
#include <utility>

#include "absl/strings/str_cat.h"
#include "server/alerting/digest.h"
#include "server/base/logging.h"
#include "server/base/status_macros.h"

namespace shirube {
namespace {

constexpr int kRowsAtOnce = 256;

SinkConfig ConfigOf(const Subscription& subscription) {
  SinkConfig config;
  config.kind = subscription.sink;
  config.url = subscription.url;
  config.allow_private = subscription.allow_private;
  config.ca_pem = subscription.ca_pem;
  config.proxy = subscription.proxy;
  for (const SubscriptionSecret& secret : subscription.secrets) {
    config.secrets.push_back(
        {secret.secret, secret.expire_time.value_or(absl::InfiniteFuture())});
  }
  config.retry_for = subscription.retry_for;
  config.digest_over = subscription.digest_over;
  config.digest_window = subscription.digest_window;
  config.paused = subscription.state == SubscriptionState::kPaused;
  config.epoch = subscription.seek_revision;
  return config;
}

PullConfig PullConfigOf(const Subscription& subscription) {
  PullConfig config;
  config.ack_deadline = subscription.ack_deadline;
  config.retry_for = subscription.retry_for;
  config.paused = subscription.state == SubscriptionState::kPaused;
  config.epoch = subscription.seek_revision;
  return config;
}

// The store knows no infinite times: 1970 stands for "never".
absl::Time ToStored(absl::Time time) {
  return time == absl::InfinitePast() ? absl::UnixEpoch() : time;
}
absl::Time FromStored(absl::Time time) {
  return time == absl::UnixEpoch() ? absl::InfinitePast() : time;
}

DeliveryRecord RecordOf(const StoredDelivery& delivery, SettledAs as) {
  DeliveryRecord record;
  record.subscription = delivery.outgoing.subscription;
  record.position = delivery.outgoing.position;
  if (delivery.outgoing.count > 1) {
    record.first_position = delivery.outgoing.first_position;
    record.count = delivery.outgoing.count;
  }
  record.state =
      as == SettledAs::kDead ? DeliveryState::kDead : DeliveryState::kWaiting;
  record.attempts = delivery.attempts;
  record.first_attempt_time = ToStored(delivery.first_attempt);
  record.next_attempt_time = ToStored(delivery.next_attempt);
  record.last_error = delivery.last_error;
  return record;
}

// No subscription that is stored has such an id.
constexpr char kPassing[] = "~";

bool IsPassing(const SubscriptionId& id) {
  return id.value().rfind(kPassing, 0) == 0;
}

}  // namespace

// ------------------------------------------------------------ following
absl::StatusOr<std::unique_ptr<Outbox>> Outbox::Start(
    Store* store, Ledger* ledger, const OutboxFormat* format,
    EngineOptions options) {
  std::unique_ptr<Outbox> outbox(
      new Outbox(store, ledger, format, std::move(options)));
  // First the commits, then what is there: nothing falls between.
  ledger->AddListener(outbox.get());
  outbox->listening_ = true;
  SHIRUBE_RETURN_IF_ERROR(outbox->Follow(true));
  outbox->engine_.Start();
  outbox->pull_.Start();
  return outbox;
}

Outbox::Outbox(Store* store, Ledger* ledger, const OutboxFormat* format,
               EngineOptions options)
    : store_(store),
      ledger_(ledger),
      format_(format),
      cache_(store),
      engine_(this, std::move(options)),
      pull_(this, {}) {}

Outbox::~Outbox() { Stop(); }

void Outbox::Stop() {
  if (std::exchange(listening_, false)) ledger_->RemoveListener(this);
  engine_.Stop();
  pull_.Stop();
}

void Outbox::OnCommit(const CommittedGroup& group) {
  bool transitions = false, subscriptions = false;
  for (const CommittedMutation& mutation : group.mutations) {
    transitions |= mutation.last_transition != 0;
    subscriptions |= mutation.subscriptions;
  }
  if (subscriptions) {
    if (absl::Status status = Follow(false); !status.ok()) {
      LogError("subscriptions cannot be read: ", status.message());
    }
  }
  for (const CommittedMutation& mutation : group.mutations) {
    const absl::Status status = Redeliver(mutation);
    if (!status.ok()) {
      LogError("deliveries to be tried again wait for the next start: ",
               status.message());
    }
  }
  if (!transitions) return;
  engine_.Wake();
  pull_.Wake();
}

absl::Status Outbox::Follow(bool first) {
  SHIRUBE_ASSIGN_OR_RETURN(const auto reader, store_->Snapshot());
  SHIRUBE_ASSIGN_OR_RETURN(const std::vector<Subscription> listed,
                           reader->ListSubscriptions());
  std::lock_guard lock(mutex_);
  // A commit may have come in between while the first ones were being read.
  if (first && !followed_.empty()) return absl::OkStatus();
  std::map<SubscriptionId, FollowedRef> before = std::exchange(followed_, {});
  absl::Status all = absl::OkStatus();
  for (const Subscription& subscription : listed) {
    const auto known = before.find(subscription.id);
    FollowedRef old = known == before.end() ? nullptr : known->second;
    if (old != nullptr) before.erase(known);
    if (old != nullptr &&
        old->subscription.stamp.revision == subscription.stamp.revision) {
      followed_[subscription.id] = std::move(old);
      continue;
    }
    auto matches = format_->Matcher(subscription.filter);
    if (!matches.ok()) {
      LogError(
          "the filter of ", NameOf(subscription.id),
          " cannot be read, nothing goes out: ", matches.status().message());
      continue;
    }
    const FollowedRef followed = std::make_shared<const Followed>(
        Followed{subscription, *std::move(matches)});
    const absl::Status served = Serve(reader.get(), *followed, old.get());
    // One that cannot be served goes on as it was, and is looked at again.
    all.Update(served);
    const FollowedRef& kept = served.ok() ? followed : old;
    if (kept != nullptr) followed_[subscription.id] = kept;
  }
  for (const auto& [id, gone] : before) {
    engine_.Remove(id);
    pull_.Remove(id);
  }
  return all;
}

// In the order of commits, as Serve: what a later Seek has forgotten must not
// come after it.
absl::Status Outbox::Redeliver(const CommittedMutation& mutation) {
  const std::vector<DeliveryRecord>& records = mutation.redelivered;
  if (records.empty()) return absl::OkStatus();
  const SubscriptionId& id = records.front().subscription;
  const FollowedRef followed = Find(id);
  if (followed == nullptr) return absl::OkStatus();
  // A Seek of the same group has forgotten them.
  if (followed->subscription.seek_revision > mutation.change.revision) {
    return absl::OkStatus();
  }
  std::vector<StoredDelivery> again;
  for (const DeliveryRecord& record : records) {
    SHIRUBE_ASSIGN_OR_RETURN(Outgoing outgoing, OutgoingOf(record));
    SHIRUBE_RETURN_IF_ERROR(GatherAgain(*followed, &outgoing));
    again.push_back({std::move(outgoing)});
  }
  if (followed->subscription.sink == SinkKind::kPull) {
    pull_.Redeliver(id, std::move(again));
  } else {
    engine_.Redeliver(id, std::move(again));
  }
  return absl::OkStatus();
}

absl::Status Outbox::Serve(StoreReader* reader, const Followed& followed,
                           const Followed* before) {
  const Subscription& subscription = followed.subscription;
  const bool restart =
      before != nullptr &&
      before->subscription.seek_revision != subscription.seek_revision;
  std::vector<StoredDelivery> stored;
  if (before == nullptr) {
    SHIRUBE_ASSIGN_OR_RETURN(const std::vector<DeliveryRecord> records,
                             reader->ListDeliveries(subscription.id, 0, 0));
    for (const DeliveryRecord& record : records) {
      if (record.state != DeliveryState::kWaiting) continue;
      SHIRUBE_ASSIGN_OR_RETURN(Outgoing outgoing, OutgoingOf(record));
      SHIRUBE_RETURN_IF_ERROR(GatherAgain(followed, &outgoing));
      stored.push_back({std::move(outgoing), record.attempts,
                        FromStored(record.first_attempt_time),
                        FromStored(record.next_attempt_time),
                        record.last_error});
    }
  }
  if (subscription.sink == SinkKind::kPull) {
    pull_.SetSubscription(subscription.id, PullConfigOf(subscription),
                          subscription.position, std::move(stored), restart);
  } else {
    engine_.SetSubscription(subscription.id, ConfigOf(subscription),
                            subscription.position, std::move(stored), restart);
  }
  return absl::OkStatus();
}

Outbox::FollowedRef Outbox::Find(const SubscriptionId& id) const {
  std::lock_guard lock(mutex_);
  const auto& among = IsPassing(id) ? passing_ : followed_;
  const auto found = among.find(id);
  return found == among.end() ? nullptr : found->second;
}

absl::StatusOr<SubscriptionId> Outbox::LookAt(const std::string& filter,
                                              std::optional<int64_t> after) {
  SHIRUBE_ASSIGN_OR_RETURN(AlertMatcher matches, format_->Matcher(filter));
  SHIRUBE_ASSIGN_OR_RETURN(const auto reader, store_->Snapshot());
  SHIRUBE_ASSIGN_OR_RETURN(const int64_t last, reader->LastTransition());
  Subscription subscription;
  subscription.sink = SinkKind::kPull;
  subscription.position = std::min(after.value_or(last), last);
  {
    std::lock_guard lock(mutex_);
    subscription.id = SubscriptionId(absl::StrCat(kPassing, ++last_passing_));
    passing_[subscription.id] = std::make_shared<const Followed>(
        Followed{subscription, std::move(matches)});
  }
  PullConfig config = PullConfigOf(subscription);
  config.passing = true;
  pull_.SetSubscription(subscription.id, config, subscription.position, {});
  return subscription.id;
}

void Outbox::Forget(const SubscriptionId& id) {
  {
    std::lock_guard lock(mutex_);
    passing_.erase(id);
  }
  pull_.Remove(id);
}

// ------------------------------------------------------------ the log
Outgoing Outbox::OutgoingOf(const SubscriptionId& id,
                            const AlertTransition& transition) const {
  Outgoing outgoing;
  outgoing.subscription = id;
  outgoing.position = transition.position;
  outgoing.alert_name = format_->Name(transition);
  outgoing.idempotency_key = format_->Key(transition);
  outgoing.committed = transition.time;
  outgoing.severity = transition.alert.severity;
  return outgoing;
}

absl::StatusOr<Outgoing> Outbox::OutgoingOf(const DeliveryRecord& record) {
  SHIRUBE_ASSIGN_OR_RETURN(const TransitionRef transition,
                           cache_.At(record.position));
  Outgoing outgoing = OutgoingOf(record.subscription, *transition);
  if (record.count > 1) {
    outgoing.first_position = record.first_position;
    outgoing.count = record.count;
    outgoing.alert_name.clear();
    outgoing.idempotency_key =
        DigestKey(record.subscription, record.first_position, record.position);
  }
  return outgoing;
}

absl::StatusOr<std::string> Outbox::KeyOf(const DeliveryRecord& record) {
  SHIRUBE_ASSIGN_OR_RETURN(const Outgoing outgoing, OutgoingOf(record));
  return outgoing.idempotency_key;
}

absl::StatusOr<absl::Time> Outbox::CommittedAt(int64_t position) {
  SHIRUBE_ASSIGN_OR_RETURN(const TransitionRef transition, cache_.At(position));
  return transition->time;
}

absl::StatusOr<Matches> Outbox::Matching(const SubscriptionId& id,
                                         int64_t after, int limit) {
  const FollowedRef followed = Find(id);
  if (followed == nullptr) return absl::NotFoundError(NameOf(id));
  Matches found;
  found.through = after;
  found.at_end = false;
  // One page of the log at a time: whoever asks comes back for more, and does
  // something else in between.
  SHIRUBE_ASSIGN_OR_RETURN(const auto rows, cache_.After(after));
  found.at_end = rows.empty();
  for (const TransitionRef& row : rows) {
    if (static_cast<int>(found.transitions.size()) >= limit) break;
    found.through = row->position;
    if (followed->matches(row->alert)) found.transitions.push_back(row);
  }
  return found;
}

absl::StatusOr<LogPage> Outbox::Next(const SubscriptionId& id, int64_t after,
                                     int limit) {
  auto found = Matching(id, after, limit);
  // Deleted just now: the engine hears of it soon.
  if (absl::IsNotFound(found.status())) return LogPage{{}, after, true};
  if (!found.ok()) return found.status();
  LogPage page;
  page.through = found->through;
  page.at_end = found->at_end;
  for (const TransitionRef& row : found->transitions) {
    page.outgoing.push_back(OutgoingOf(id, *row));
  }
  return page;
}

absl::StatusOr<std::string> Outbox::Body(const Outgoing& outgoing) {
  const FollowedRef followed = Find(outgoing.subscription);
  if (followed == nullptr) {
    return absl::NotFoundError(NameOf(outgoing.subscription));
  }
  if (outgoing.count > 1) return DigestBody(*followed, outgoing);
  SHIRUBE_ASSIGN_OR_RETURN(const TransitionRef transition,
                           cache_.At(outgoing.position));
  const Alert& alert = transition->alert;
  std::vector<AlertTransition> before;
  if (followed->subscription.sink == SinkKind::kAlertmanager && alert.seq > 1) {
    SHIRUBE_ASSIGN_OR_RETURN(const auto reader, store_->Snapshot());
    SHIRUBE_ASSIGN_OR_RETURN(
        before, reader->ListTransitionsOf(alert.key(), alert.seq - 2, 1));
  }
  const bool known = !before.empty() && before[0].alert.seq == alert.seq - 1;
  return format_->Body(followed->subscription, *transition,
                       known ? &before[0] : nullptr);
}

absl::StatusOr<std::string> Outbox::DigestBody(const Followed& followed,
                                               const Outgoing& outgoing) {
  // The filter is another one since.
  if (outgoing.gravest == 0) {
    return absl::NotFoundError(outgoing.idempotency_key);
  }
  Digest digest;
  digest.key = outgoing.idempotency_key;
  digest.count = outgoing.count;
  digest.names = outgoing.names;
  SHIRUBE_ASSIGN_OR_RETURN(digest.gravest, cache_.At(outgoing.gravest));
  return format_->DigestBody(followed.subscription, digest);
}

absl::Status Outbox::GatherAgain(const Followed& followed, Outgoing* digest) {
  if (digest->count == 1) return absl::OkStatus();
  const SubscriptionId& id = followed.subscription.id;
  Outgoing found;
  for (int64_t at = digest->first_position - 1; at < digest->position;) {
    SHIRUBE_ASSIGN_OR_RETURN(const auto rows, cache_.After(at));
    if (rows.empty()) break;
    for (const TransitionRef& row : rows) {
      at = row->position;
      if (at > digest->position) break;
      if (followed.matches(row->alert)) {
        AddToDigest(OutgoingOf(id, *row), &found);
      }
    }
  }
  digest->gravest = found.gravest;
  digest->names = std::move(found.names);
  return absl::OkStatus();
}

// ------------------------------------------------------------ what became
void Outbox::Settle(std::vector<Settled> settled,
                    std::function<void(absl::Status)> done) {
  std::map<std::pair<SubscriptionId, int64_t>, DeliverySettlement> grouped;
  for (const Settled& one : settled) {
    const SubscriptionId& id = one.delivery.outgoing.subscription;
    if (IsPassing(id)) continue;
    DeliverySettlement& group = grouped[{id, one.epoch}];
    group.subscription = id;
    group.seek_revision = one.epoch;
    group.position = std::max(group.position.value_or(0), one.through);
    switch (one.as) {
      case SettledAs::kDelivered:
        group.remove.push_back(one.delivery.outgoing.position);
        break;
      case SettledAs::kRetry:
      case SettledAs::kDead:
        group.put.push_back(RecordOf(one.delivery, one.as));
        break;
      case SettledAs::kPosition:
        break;
    }
  }
  std::vector<DeliverySettlement> list;
  for (auto& [key, group] : grouped) list.push_back(std::move(group));
  if (list.empty()) return done(absl::OkStatus());
  ledger_->Settle(std::move(list), std::move(done));
}

void Outbox::Paused(const SubscriptionId& id, const std::string& reason) {
  LogWarning(NameOf(id), " is paused: ", reason);
  UpdateSubscription pause;
  pause.id = id;
  pause.action = "PauseSubscription";
  pause.patch = [reason](Subscription& subscription) {
    subscription.state = SubscriptionState::kPaused;
    subscription.pause_reason = reason;
    return absl::OkStatus();
  };
  ledger_->Submit({Actor{"shirube", false}, std::nullopt, std::move(pause)},
                  [](const absl::StatusOr<MutationResult>&) {});
}

// ------------------------------------------------------------ for the service
DeliveryStatistics Outbox::Statistics(const SubscriptionId& id) {
  const FollowedRef followed = Find(id);
  const bool fetches =
      followed != nullptr && followed->subscription.sink == SinkKind::kPull;
  DeliveryStatistics statistics =
      fetches ? pull_.Statistics(id) : engine_.Statistics(id);
  int64_t after = statistics.read_to, counted = 0;
  // A narrow filter of one that is far behind must not make this read it all.
  const int64_t until = after + kMostCounted;
  while (!statistics.caught_up && after < until) {
    const auto found = Matching(id, after, 1000);
    if (!found.ok() || found->at_end) break;
    for (const TransitionRef& row : found->transitions) {
      ++counted;
      statistics.oldest_waiting =
          std::min(statistics.oldest_waiting, row->time);
    }
    after = found->through;
  }
  statistics.waiting += counted;
  return statistics;
}

absl::StatusOr<TestAnswer> Outbox::Test(const SubscriptionId& id,
                                        absl::Time deadline) {
  const FollowedRef followed = Find(id);
  if (followed == nullptr) return absl::NotFoundError(NameOf(id));
  const absl::Time now = absl::Now();
  const std::string key =
      absl::StrCat("test:", id.value(), ":", absl::ToUnixMicros(now));
  struct Wait {
    std::mutex mutex;
    std::condition_variable changed;
    std::optional<TestAnswer> answer;
  };
  auto wait = std::make_shared<Wait>();
  engine_.Test(id, key, format_->TestBody(followed->subscription, key, now),
               [wait](TestAnswer answer) {
                 std::lock_guard lock(wait->mutex);
                 wait->answer = std::move(answer);
                 wait->changed.notify_all();
               });
  std::unique_lock lock(wait->mutex);
  // The engine's own bound of a request is shorter than this one.
  const absl::Time until = std::min(deadline, now + absl::Minutes(1));
  wait->changed.wait_until(lock, absl::ToChronoTime(until),
                           [&] { return wait->answer.has_value(); });
  if (!wait->answer) {
    return absl::DeadlineExceededError("the receiver has not answered yet");
  }
  return *wait->answer;
}

absl::StatusOr<std::vector<RedeliverDeliveries::Wanted>> Outbox::GivenUp(
    const SubscriptionId& id, const std::vector<std::string>& keys) {
  std::map<std::string, int64_t> positions;
  for (const std::string& key : keys) positions[key] = 0;
  SHIRUBE_ASSIGN_OR_RETURN(const auto reader, store_->Snapshot());
  std::vector<DeliveryRecord> page;
  int64_t after = 0;
  do {
    SHIRUBE_ASSIGN_OR_RETURN(page,
                             reader->ListDeliveries(id, after, kRowsAtOnce));
    for (const DeliveryRecord& row : page) {
      after = row.position;
      if (row.state != DeliveryState::kDead) continue;
      SHIRUBE_ASSIGN_OR_RETURN(const std::string key, KeyOf(row));
      const auto wanted = positions.find(key);
      if (wanted != positions.end()) wanted->second = row.position;
    }
  } while (!page.empty());
  std::vector<RedeliverDeliveries::Wanted> wanted;
  for (const auto& [key, position] : positions) {
    wanted.push_back({key, position});
  }
  return wanted;
}

}  // namespace shirube
