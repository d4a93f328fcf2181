// The contract between the product and whatever keeps its data. A driver can be
// written from this page; tests/storage_suite holds it to it.
//
// Rows are never overwritten. Putting a resource closes its current row at
// `stamp.revision` and opens a new one from there on, so a read as known at an
// earlier revision is exact for ever. Deletion is a put with
// `stamp.delete_time` set: Get and List with show_deleted still find it, and
// its id stays taken.
//
// Errors: UNAVAILABLE STORE_UNAVAILABLE when the medium fails (the call may be
// repeated), DATA_LOSS STORE_CORRUPT when what is stored cannot be read,
// INTERNAL INTERNAL_FAULT when the caller breaks this contract. "Not there" is
// an empty optional or list, never an error.
#ifndef SHIRUBE_SERVER_STORAGE_STORE_H_
#define SHIRUBE_SERVER_STORAGE_STORE_H_

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "server/storage/records.h"

namespace shirube {

template <typename T>
using Found = absl::StatusOr<std::optional<T>>;
template <typename T>
using Listed = absl::StatusOr<std::vector<T>>;

// Reads of one consistent state. A snapshot sees nothing committed after it was
// taken; a transaction sees its own writes. One thread at a time.
class StoreReader {
 public:
  virtual ~StoreReader() = default;

  virtual absl::StatusOr<StoreHead> Head() = 0;

  // Deleted ones are found too: see stamp.deleted().
  virtual Found<Plan> GetPlan(const PlanId&, Revision at = kLatest) = 0;
  virtual Found<Initiative> GetInitiative(const InitiativeKey&,
                                          Revision at = kLatest) = 0;
  virtual Found<Indicator> GetIndicator(const IndicatorKey&,
                                        Revision at = kLatest) = 0;
  virtual Found<Observation> GetObservation(const ObservationKey&,
                                            Revision at = kLatest) = 0;
  virtual Found<Assessment> GetAssessment(const AssessmentKey&,
                                          Revision at = kLatest) = 0;

  virtual Listed<Plan> ListPlans(const ListQuery&) = 0;
  virtual Listed<Initiative> ListInitiatives(const ListQuery&) = 0;
  virtual Listed<Indicator> ListIndicators(const ListQuery&) = 0;
  // Of one indicator by index, the longer period last, then id.
  virtual Listed<Observation> ListObservations(const ListQuery&) = 0;
  virtual Listed<Assessment> ListAssessments(const ListQuery&) = 0;
  // In the order they were imported.
  virtual Listed<PlanSource> ListPlanSources(const PlanId&,
                                             Revision at = kLatest) = 0;
  // Every revision of one observation, oldest first.
  virtual Listed<Observation> ListObservationRevisions(
      const ObservationKey&) = 0;

  // Everything that is not deleted, one row at a time by plan and id, for
  // start-up; an error from `row` ends the scan and is returned. Observations
  // of deleted indicators are left out.
  virtual absl::Status ScanIndicators(
      absl::FunctionRef<absl::Status(Indicator)> row) = 0;
  virtual absl::Status ScanObservations(
      absl::FunctionRef<absl::Status(Observation)> row) = 0;

  // The visible verdict: of those stored by ordinary commits and published runs
  // up to `at`, the one of the latest input revision, of equals the last
  // stored.
  virtual Found<Verdict> GetVerdict(const IndicatorKey&,
                                    Revision at = kLatest) = 0;
  // By plan, initiative or indicator; those of deleted indicators are left out.
  virtual Listed<Verdict> ListVerdicts(const ListQuery&) = 0;
  // Verdicts of all plans that became visible after `after` up to `at`.
  virtual Listed<Verdict> ListVerdictsSince(Revision after,
                                            Revision at = kLatest) = 0;

  // Revisions after `after`, in order, at most `limit` (0: all).
  virtual Listed<Change> ListChanges(Revision after, int limit) = 0;
  // The first change after `after` that causes judging.
  virtual Found<Revision> FirstCauseAfter(Revision after) = 0;

  virtual Found<RequestRecord> GetRequest(const std::string& method,
                                          const std::string& request_id) = 0;

  virtual Found<RuleModuleRecord> GetRuleModule(const std::string& sha256) = 0;
  // Without their bytes; by module, then in the order of registration.
  virtual Listed<RuleModuleRecord> ListRuleModules() = 0;
  virtual Found<RuleSetRecord> GetRuleSet(const RuleSetId&) = 0;
  virtual Listed<RuleSetRecord> ListRuleSets() = 0;
  // What a plan (empty: the default) was last told to be judged by; nothing
  // where it never was. A deleted plan keeps its own.
  virtual Found<ActivationRecord> GetActivation(const PlanId&,
                                                Revision at = kLatest) = 0;
  // Of one plan, or of the default; the latest first.
  virtual Listed<ActivationRecord> ListActivations(const PlanId&) = 0;
  // Those not released by then, by module.
  virtual Listed<QuarantineRecord> ListQuarantines(Revision at = kLatest) = 0;

  virtual Found<Alert> GetAlert(const AlertKey&, Revision at = kLatest) = 0;
  virtual Listed<Alert> ListAlerts(const AlertQuery&) = 0;
  // The latest transition of each alert, the latest of them first.
  virtual Listed<AlertTransition> ListLatestAlerts(
      const LatestAlertsQuery&) = 0;
  // Of all alerts, beyond a position of the log, in order; limit 0: all.
  virtual Listed<AlertTransition> ListTransitions(int64_t after, int limit) = 0;
  // Of one alert beyond a number of its own, in order; limit 0: all.
  virtual Listed<AlertTransition> ListTransitionsOf(const AlertKey&,
                                                    int64_t after_seq,
                                                    int limit) = 0;
  // The last position of the log, of transitions before a time, and of those
  // up to a revision; 0: none.
  virtual absl::StatusOr<int64_t> LastTransition() = 0;
  virtual absl::StatusOr<int64_t> LastTransitionBefore(absl::Time) = 0;
  virtual absl::StatusOr<int64_t> LastTransitionThrough(Revision) = 0;
  virtual absl::StatusOr<LogStart> TransitionLogStart() = 0;
  // The last position, at most `most`, that every subscription has passed:
  // nothing up to it waits for anybody, and no digest begins there that ends
  // later. Those paused count, those deleted do not.
  virtual absl::StatusOr<int64_t> PassedByAll(int64_t most) = 0;
  // Verdicts of a run after a row, in order, and the oldest published run that
  // has some left.
  virtual Found<AlertBacklog> NextAlertBacklog() = 0;
  virtual Listed<RunVerdict> ListRunVerdicts(RunId, int64_t after,
                                             int limit) = 0;
  // Whether the first status of an indicator is to open no alert.
  virtual absl::StatusOr<bool> IsBaseline(const IndicatorKey&) = 0;

  // Only the latest state is kept; deleted ones are found too.
  virtual Found<Subscription> GetSubscription(const SubscriptionId&) = 0;
  // Without the deleted ones, by id.
  virtual Listed<Subscription> ListSubscriptions() = 0;
  // Of one subscription beyond a position, in order; limit 0: all.
  virtual Listed<DeliveryRecord> ListDeliveries(const SubscriptionId&,
                                                int64_t after, int limit) = 0;
};

// The one open write. Nothing is visible outside before Commit; destroyed
// without it, all is undone. `stamp.revision` of every put is the revision of
// the change that the caller appends after its puts.
class StoreTransaction : public StoreReader {
 public:
  // One level: everything since Mark is kept, or undone as if never written.
  virtual absl::Status Mark() = 0;
  virtual absl::Status KeepSinceMark() = 0;
  virtual absl::Status UndoToMark() = 0;

  virtual absl::Status Put(const Plan&) = 0;
  virtual absl::Status Put(const Initiative&) = 0;
  virtual absl::Status Put(const Indicator&) = 0;
  virtual absl::Status Put(const Observation&) = 0;
  virtual absl::Status Put(const Assessment&) = 0;
  // Replaces the one with the same sha256.
  virtual absl::Status PutSource(const PlanId&, const PlanSource&) = 0;
  // Each is new: modules and sets never change.
  virtual absl::Status PutRuleModule(const RuleModuleRecord&) = 0;
  virtual absl::Status PutRuleSet(const RuleSetRecord&) = 0;
  virtual absl::Status PutActivation(const ActivationRecord&) = 0;
  virtual absl::Status PutQuarantine(const QuarantineRecord&) = 0;
  // INTERNAL when it is not in quarantine.
  virtual absl::Status EndQuarantine(const std::string& sha256, Revision) = 0;
  virtual absl::Status PutVerdict(const Verdict&, RunId) = 0;
  // Makes all verdicts of `run` visible from `revision` on, in one small write.
  virtual absl::Status PublishRun(RunId, Revision revision) = 0;
  // A number that no run had before. What a run that was never published holds
  // is gone when the store is opened the next time.
  virtual absl::StatusOr<RunId> NewRun() = 0;

  // Appends to the log and makes `alert` the alert's state. INTERNAL unless
  // alert.seq is the alert's last one plus one. Answers the position, the last
  // one plus one.
  virtual absl::StatusOr<int64_t> PutTransition(const AlertTransition&) = 0;
  // Only later; what was given up before it is forgotten. INTERNAL when it goes
  // back.
  virtual absl::Status SetLogStart(const LogStart&) = 0;
  // Looks at the first `limit` transitions beyond `after` up to the start of
  // the log, and throws away those of resolved alerts that are not their last
  // one. Answers where it came to: the start's position when it is through.
  virtual absl::StatusOr<int64_t> DeleteTransitions(int64_t after,
                                                    int limit) = 0;
  // Begins, moves on.
  virtual absl::Status PutAlertBacklog(const AlertBacklog&) = 0;
  virtual absl::Status EndAlertBacklog(RunId) = 0;
  virtual absl::Status SetBaseline(const IndicatorKey&, bool) = 0;
  // With its secrets; the position of a stored one stays as it is.
  virtual absl::Status Put(const Subscription&) = 0;
  // INTERNAL when there is no such subscription.
  virtual absl::Status SetSubscriptionPosition(const SubscriptionId&,
                                               int64_t position) = 0;
  virtual absl::Status PutDelivery(const DeliveryRecord&) = 0;
  virtual absl::Status DeleteDelivery(const SubscriptionId&,
                                      int64_t position) = 0;
  virtual absl::Status DeleteDeliveries(const SubscriptionId&) = 0;

  virtual absl::Status PutRequest(const RequestRecord&) = 0;
  virtual absl::Status DeleteRequestsBefore(absl::Time) = 0;

  // Takes the next revision: INTERNAL unless it is the head's plus one and its
  // time not before the head's.
  virtual absl::Status AppendChange(const Change&) = 0;
  // INTERNAL when it is beyond the head or goes backwards.
  virtual absl::Status SetJudgedThrough(Revision) = 0;

  // After an error the outcome is unknown: take a snapshot and read its head.
  virtual absl::Status Commit() = 0;
};

// From any thread. At most one transaction at a time (the ledger's).
class Store {
 public:
  virtual ~Store() = default;
  virtual absl::StatusOr<std::unique_ptr<StoreReader>> Snapshot() = 0;
  virtual absl::StatusOr<std::unique_ptr<StoreTransaction>> Begin() = 0;
};

}  // namespace shirube

#endif  // SHIRUBE_SERVER_STORAGE_STORE_H_
