// The reads of store.h on one connection, whether snapshot or transaction.
#ifndef SHIRUBE_SERVER_STORAGE_SQLITE_READS_H_
#define SHIRUBE_SERVER_STORAGE_SQLITE_READS_H_

#include <string>

#include "server/storage/sqlite/database.h"
#include "server/storage/sqlite/rows.h"
#include "server/storage/sqlite/rules.h"
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

 protected:
  virtual Database* db() = 0;
};

}  // namespace shirube::sqlite

#endif  // SHIRUBE_SERVER_STORAGE_SQLITE_READS_H_
