// The reads of store.h on one connection, whether snapshot or transaction.
#ifndef SHIRUBE_SERVER_STORAGE_SQLITE_READS_H_
#define SHIRUBE_SERVER_STORAGE_SQLITE_READS_H_

#include <string>

#include "server/storage/sqlite/alerts.h"
#include "server/storage/sqlite/database.h"
#include "server/storage/sqlite/rows.h"
#include "server/storage/sqlite/rules.h"
#include "server/storage/sqlite/subscriptions.h"
#include "server/storage/store.h"

namespace shirube::sqlite {

absl::StatusOr<StoreHead> ReadHead(Database* db);

Listed<Plan> ListPlanRows(Database* db, const ListQuery& query);
Listed<Initiative> ListInitiativeRows(Database* db, const ListQuery& query);
Listed<Indicator> ListIndicatorRows(Database* db, const ListQuery& query);
Listed<Observation> ListObservationRows(Database* db, const ListQuery& query);
Listed<Assessment> ListAssessmentRows(Database* db, const ListQuery& query);
Listed<PlanSource> ListSourceRows(Database* db, const PlanId& plan,
                                  Revision at);
Listed<Observation> ListRevisions(Database* db, const ObservationKey& key);
absl::Status ScanIndicatorRows(Database* db,
                               absl::FunctionRef<absl::Status(Indicator)> row);
absl::Status ScanObservationRows(
    Database* db, absl::FunctionRef<absl::Status(Observation)> row);

Found<Verdict> GetVerdictRow(Database* db, const IndicatorKey& key,
                             Revision at);
Listed<Verdict> ListVerdictRows(Database* db, const ListQuery& query);
Listed<Verdict> ListVerdictRowsSince(Database* db, Revision after, Revision at);
Listed<RunVerdict> ListRunVerdictRows(Database* db, RunId run, int64_t after,
                                      int limit);

Listed<Change> ListChangeRows(Database* db, Revision after, int limit);
Found<Revision> FirstCauseRow(Database* db, Revision after);
Found<RequestRecord> GetRequestRow(Database* db, const std::string& method,
                                   const std::string& request_id);

// The reading half of both StoreReader and StoreTransaction.
template <typename Contract>
class ReaderOf : public Contract {
 public:
  absl::StatusOr<StoreHead> Head() override { return ReadHead(db()); }
  Found<Plan> GetPlan(const PlanId& key, Revision at) override {
    return GetRow<Plan>(db(), key, at);
  }
  Found<Initiative> GetInitiative(const InitiativeKey& key,
                                  Revision at) override {
    return GetRow<Initiative>(db(), key, at);
  }
  Found<Indicator> GetIndicator(const IndicatorKey& key, Revision at) override {
    return GetRow<Indicator>(db(), key, at);
  }
  Found<Observation> GetObservation(const ObservationKey& key,
                                    Revision at) override {
    return GetRow<Observation>(db(), key, at);
  }
  Found<Assessment> GetAssessment(const AssessmentKey& key,
                                  Revision at) override {
    return GetRow<Assessment>(db(), key, at);
  }
  Listed<Plan> ListPlans(const ListQuery& query) override {
    return ListPlanRows(db(), query);
  }
  Listed<Initiative> ListInitiatives(const ListQuery& query) override {
    return ListInitiativeRows(db(), query);
  }
  Listed<Indicator> ListIndicators(const ListQuery& query) override {
    return ListIndicatorRows(db(), query);
  }
  Listed<Observation> ListObservations(const ListQuery& query) override {
    return ListObservationRows(db(), query);
  }
  Listed<Assessment> ListAssessments(const ListQuery& query) override {
    return ListAssessmentRows(db(), query);
  }
  Listed<PlanSource> ListPlanSources(const PlanId& plan, Revision at) override {
    return ListSourceRows(db(), plan, at);
  }
  Listed<Observation> ListObservationRevisions(
      const ObservationKey& key) override {
    return ListRevisions(db(), key);
  }
  absl::Status ScanIndicators(
      absl::FunctionRef<absl::Status(Indicator)> row) override {
    return ScanIndicatorRows(db(), row);
  }
  absl::Status ScanObservations(
      absl::FunctionRef<absl::Status(Observation)> row) override {
    return ScanObservationRows(db(), row);
  }
  Found<Verdict> GetVerdict(const IndicatorKey& key, Revision at) override {
    return GetVerdictRow(db(), key, at);
  }
  Listed<Verdict> ListVerdicts(const ListQuery& query) override {
    return ListVerdictRows(db(), query);
  }
  Listed<Verdict> ListVerdictsSince(Revision after, Revision at) override {
    return ListVerdictRowsSince(db(), after, at);
  }
  Listed<Change> ListChanges(Revision after, int limit) override {
    return ListChangeRows(db(), after, limit);
  }
  Found<Revision> FirstCauseAfter(Revision after) override {
    return FirstCauseRow(db(), after);
  }
  Found<RequestRecord> GetRequest(const std::string& method,
                                  const std::string& request_id) override {
    return GetRequestRow(db(), method, request_id);
  }
  Found<RuleSetRecord> GetRuleSet(const RuleSetId& id) override {
    return GetRuleSetRow(db(), id);
  }
  Listed<RuleSetRecord> ListRuleSets() override {
    return ListRuleSetRows(db());
  }
  Found<RuleModuleRecord> GetRuleModule(const std::string& sha256) override {
    return GetRuleModuleRow(db(), sha256);
  }
  Listed<RuleModuleRecord> ListRuleModules() override {
    return ListRuleModuleRows(db());
  }
  Found<ActivationRecord> GetActivation(const PlanId& plan,
                                        Revision at) override {
    return GetActivationRow(db(), plan, at);
  }
  Listed<ActivationRecord> ListActivations(const PlanId& plan) override {
    return ListActivationRows(db(), plan);
  }
  Listed<QuarantineRecord> ListQuarantines(Revision at) override {
    return ListQuarantineRows(db(), at);
  }
  Found<Alert> GetAlert(const AlertKey& key, Revision at) override {
    return GetAlertRow(db(), key, at);
  }
  Listed<Alert> ListAlerts(const AlertQuery& query) override {
    return ListAlertRows(db(), query);
  }
  Listed<AlertTransition> ListLatestAlerts(
      const LatestAlertsQuery& query) override {
    return ListLatestAlertRows(db(), query);
  }
  Listed<AlertTransition> ListTransitions(int64_t after, int limit) override {
    return ListTransitionRows(db(), after, limit);
  }
  Listed<AlertTransition> ListTransitionsOf(const AlertKey& key,
                                            int64_t after_seq,
                                            int limit) override {
    return ListTransitionRowsOf(db(), key, after_seq, limit);
  }
  absl::StatusOr<int64_t> LastTransition() override {
    return LastTransitionRow(db(), "");
  }
  absl::StatusOr<int64_t> LastTransitionBefore(absl::Time time) override {
    return LastTransitionRow(db(), "time < ?", absl::ToUnixMicros(time));
  }
  absl::StatusOr<int64_t> LastTransitionThrough(Revision at) override {
    return LastTransitionRow(db(), "revision <= ?", at);
  }
  absl::StatusOr<LogStart> TransitionLogStart() override {
    return LogStartRow(db());
  }
  absl::StatusOr<int64_t> PassedByAll(int64_t most) override {
    return PassedByAllRows(db(), most);
  }
  Found<AlertBacklog> NextAlertBacklog() override {
    return NextBacklogRow(db());
  }
  Listed<RunVerdict> ListRunVerdicts(RunId run, int64_t after,
                                     int limit) override {
    return ListRunVerdictRows(db(), run, after, limit);
  }
  absl::StatusOr<bool> IsBaseline(const IndicatorKey& key) override {
    return IsBaselineRow(db(), key);
  }
  Found<Subscription> GetSubscription(const SubscriptionId& id) override {
    return GetSubscriptionRow(db(), id);
  }
  Listed<Subscription> ListSubscriptions() override {
    return ListSubscriptionRows(db());
  }
  Listed<DeliveryRecord> ListDeliveries(const SubscriptionId& id, int64_t after,
                                        int limit) override {
    return ListDeliveryRows(db(), id, after, limit);
  }

 protected:
  virtual Database* db() = 0;
};

}  // namespace shirube::sqlite

#endif  // SHIRUBE_SERVER_STORAGE_SQLITE_READS_H_
