// What is owed to subscriptions, over the store's log of transitions and the
// ledger: follows both, serves the delivery engine, and answers for it.
//
// All methods may be called from any thread but those of CommitListener, which
// are the ledger's, and those of DeliveryLog, which are the engine's.
#ifndef SHIRUBE_SERVER_ALERTING_OUTBOX_H_
#define SHIRUBE_SERVER_ALERTING_OUTBOX_H_

#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "server/alerting/delivery_engine.h"
#include "server/alerting/pull_hub.h"
#include "server/alerting/transition_cache.h"
#include "server/ledger/ledger.h"
#include "server/storage/store.h"

namespace shirube {

using AlertMatcher = std::function<bool(const Alert&)>;

// Of a digest, as far as it is looked at.
struct Digest {
  std::string key;
  int64_t count = 0;
  TransitionRef gravest;
  std::vector<std::string> names;  // of the first hundred alerts
};

// What only those who know the API can say. Pure.
class OutboxFormat {
 public:
  virtual ~OutboxFormat() = default;
  // INVALID_ARGUMENT where the filter does not parse.
  virtual absl::StatusOr<AlertMatcher> Matcher(
      const std::string& filter) const = 0;
  virtual std::string Key(const AlertTransition& transition) const = 0;
  // Of the alert.
  virtual std::string Name(const AlertTransition& transition) const = 0;
  // `before`: the alert's transition before; null: it is the first.
  virtual std::string Body(const Subscription& subscription,
                           const AlertTransition& transition,
                           const AlertTransition* before) const = 0;
  virtual std::string DigestBody(const Subscription& subscription,
                                 const Digest& digest) const = 0;
  virtual std::string TestBody(const Subscription& subscription,
                               const std::string& key,
                               absl::Time now) const = 0;
};

class Outbox final : public CommitListener,
                     private DeliveryLog,
                     private PullLog {
 public:
  // All outlive it. Deliveries go out from here on.
  static absl::StatusOr<std::unique_ptr<Outbox>> Start(
      Store* store, Ledger* ledger, const OutboxFormat* format,
      EngineOptions options = {});
  ~Outbox() override;  // stops
  // Ends requests under way: what became of them is not known, and they are
  // sent again after the next start. Safe to call again.
  void Stop();

  // Since the start. `waiting` counts at most kMostCounted beyond the window.
  DeliveryStatistics Statistics(const SubscriptionId& id);
  // Sends a test and waits for the answer. DEADLINE_EXCEEDED; NOT_FOUND.
  absl::StatusOr<TestAnswer> Test(const SubscriptionId& id,
                                  absl::Time deadline);
  // Where those that were given up and have such a key stand.
  absl::StatusOr<std::vector<RedeliverDeliveries::Wanted>> GivenUp(
      const SubscriptionId& id, const std::vector<std::string>& keys);

  // "…/alerts/a:3", or of a digest "digest:s:17-40".
  absl::StatusOr<std::string> KeyOf(const DeliveryRecord& record);
  absl::StatusOr<absl::Time> CommittedAt(int64_t position);

  // For streams of those that fetch.
  PullHub& pull() { return pull_; }

  // What matches `filter` beyond `after`, from now on where it is none, for a
  // stream that nothing is stored for: until Forget. INVALID_ARGUMENT where the
  // filter does not parse.
  absl::StatusOr<SubscriptionId> LookAt(const std::string& filter,
                                        std::optional<int64_t> after);
  void Forget(const SubscriptionId& id);

  void OnCommit(const CommittedGroup& group) override;

  static constexpr int64_t kMostCounted = 10'000;

 private:
  struct Followed {
    Subscription subscription;
    AlertMatcher matches;
  };
  using FollowedRef = std::shared_ptr<const Followed>;

  Outbox(Store* store, Ledger* ledger, const OutboxFormat* format,
         EngineOptions options);

  // Reads the subscriptions again and tells the engine what changed.
  absl::Status Follow(bool first);
  absl::Status Serve(StoreReader* reader, const Followed& followed,
                     const Followed* before);
  absl::Status Redeliver(const CommittedMutation& mutation);
  FollowedRef Find(const SubscriptionId& id) const;
  absl::StatusOr<Outgoing> OutgoingOf(const DeliveryRecord& record);
  Outgoing OutgoingOf(const SubscriptionId& id,
                      const AlertTransition& transition) const;
  // Reads again what a stored digest stands for; not on the engine's thread.
  absl::Status GatherAgain(const Followed& followed, Outgoing* digest);
  absl::StatusOr<std::string> DigestBody(const Followed& followed,
                                         const Outgoing& outgoing);

  absl::StatusOr<Matches> Matching(const SubscriptionId& id, int64_t after,
                                   int limit) override;
  absl::StatusOr<TransitionRef> At(int64_t position) override {
    return cache_.At(position);
  }
  absl::StatusOr<LogPage> Next(const SubscriptionId& id, int64_t after,
                               int limit) override;
  absl::StatusOr<std::string> Body(const Outgoing& outgoing) override;
  void Settle(std::vector<Settled> settled,
              std::function<void(absl::Status)> done) override;
  void Paused(const SubscriptionId& id, const std::string& reason) override;

  Store* const store_;
  Ledger* const ledger_;
  const OutboxFormat* const format_;
  TransitionCache cache_;
  mutable std::mutex mutex_;  // of followed_, passing_
  std::map<SubscriptionId, FollowedRef> followed_;
  std::map<SubscriptionId, FollowedRef> passing_;  // of LookAt
  int64_t last_passing_ = 0;
  bool listening_ = false;
  DeliveryEngine engine_;
  PullHub pull_;
};

}  // namespace shirube

#endif  // SHIRUBE_SERVER_ALERTING_OUTBOX_H_
