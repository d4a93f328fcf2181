// The only writer of the store.
//
// `service` and `evaluation` submit mutations from any thread. A thread of the
// ledger's own drains the queue, a group at a time, one transaction a group.
// A savepoint around each mutation lets it see those before it and lets a bad
// one be undone alone; revisions are given to the good ones, in order and
// without a gap. A group is stored as a whole or not at all:
// when the commit fails, every caller of it gets UNAVAILABLE STORE_UNAVAILABLE
// and nothing is half stored.
#ifndef SHIRUBE_SERVER_LEDGER_LEDGER_H_
#define SHIRUBE_SERVER_LEDGER_LEDGER_H_

#include <functional>
#include <memory>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "server/base/limits.h"
#include "server/ledger/mutation.h"
#include "server/storage/store.h"

namespace shirube {

// One committed mutation and the rows it wrote, each as it now stands.
struct CommittedMutation {
  Change change;
  std::vector<Resource> rows;
  std::vector<Verdict> verdicts;  // of StoreVerdicts, those that were kept
  RunId run = 0;                  // their run; 0: visible at once
  RunId published_run = 0;        // 0: none
  // Of the alerts' log, the last one that it wrote; 0: none.
  int64_t last_transition = 0;
  // It wrote a subscription: what it is now is in the store.
  bool subscriptions = false;
  // Given up before, waiting again.
  std::vector<DeliveryRecord> redelivered;
};

struct CommittedGroup {
  std::vector<CommittedMutation> mutations;  // in revision order; may be empty
  StoreHead head;                            // after it
};

// Told after every commit that moved the head or judged_through, in commit
// order, on the writer thread, before the callers are answered. Must be quick
// and must not wait for the ledger (Submit is allowed, SubmitAndWait is not).
class CommitListener {
 public:
  virtual ~CommitListener() = default;
  virtual void OnCommit(const CommittedGroup& group) = 0;
};

class Ledger {
 public:
  struct Options {
    // Mutations that wait; more are refused.
    size_t max_queue = limits::kMaxQueuedMutations;
    size_t max_group = 512;  // mutations of one commit
    absl::Duration keep_requests = absl::Hours(24 * limits::kRequestIdKeptDays);
    int max_tree_depth = limits::kMaxTreeDepth;
    int max_subscriptions = limits::kMaxSubscriptions;
    std::function<absl::Time()> clock = absl::Now;
  };
  // Called exactly once: on the writer thread, or at once by Submit when the
  // mutation is refused.
  using Callback = std::function<void(absl::StatusOr<MutationResult>)>;

  // Starts the writer thread. `store` outlives the ledger.
  static absl::StatusOr<std::unique_ptr<Ledger>> Start(Store* store,
                                                       const Options& options);
  virtual ~Ledger() = default;  // calls Shutdown

  // RESOURCE_EXHAUSTED QUEUE_FULL when too much is waiting, UNAVAILABLE
  // SHUTTING_DOWN after Shutdown began.
  virtual void Submit(Mutation mutation, Callback done) = 0;
  // For threads that may block; never on the writer thread.
  absl::StatusOr<MutationResult> SubmitAndWait(Mutation mutation);

  // Follows from the next commit on. To miss nothing: add, then take a
  // snapshot, then skip groups up to the snapshot's head. After Remove returned
  // the listener is not called any more (not from within OnCommit).
  virtual void AddListener(CommitListener* listener) = 0;
  virtual void RemoveListener(CommitListener* listener) = 0;

  // Numbers a run of judging; blocks for the writer thread.
  virtual absl::StatusOr<RunId> NewRun() = 0;

  // Writes down what became of deliveries. It takes no revision, tells no
  // listener and is never refused by a full queue; `done` is called on the
  // writer thread when it is durable. What is of a subscription that is deleted
  // is passed over.
  virtual void Settle(std::vector<DeliverySettlement> settled,
                      std::function<void(absl::Status)> done) = 0;

  // Carries out what is queued, then stops. Safe to call again.
  virtual void Shutdown() = 0;
};

// "plans/a", "plans/a/initiatives/b", "plans/a/indicators/b",
// "plans/a/indicators/b/observations/c", "plans/a/assessments/b",
// "ruleSets/rs-1" ("ruleSets/default" for the empty id),
// "ruleModules/a/versions/1.0.0", "plans/a/alerts/b", "subscriptions/a".
std::string NameOf(const PlanId& id);
std::string NameOf(const InitiativeKey& key);
std::string NameOf(const IndicatorKey& key);
std::string NameOf(const ObservationKey& key);
std::string NameOf(const AssessmentKey& key);
std::string NameOf(const RuleSetId& id);
std::string NameOf(const AlertKey& key);
std::string NameOf(const SubscriptionId& id);
std::string NameOfModule(const std::string& module, const std::string& version);

}  // namespace shirube

#endif  // SHIRUBE_SERVER_LEDGER_LEDGER_H_
