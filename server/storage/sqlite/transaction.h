// The writes of store.h on the one writer connection.
#ifndef SHIRUBE_SERVER_STORAGE_SQLITE_TRANSACTION_H_
#define SHIRUBE_SERVER_STORAGE_SQLITE_TRANSACTION_H_

#include <functional>
#include <memory>
#include <string>

#include "server/storage/sqlite/reads.h"

namespace shirube::sqlite {

class Transaction final : public ReaderOf<StoreTransaction> {
 public:
  // `closed` is called once, when the transaction is over.
  static absl::StatusOr<std::unique_ptr<StoreTransaction>> Begin(
      Database* db, std::function<void()> closed);
  ~Transaction() override;

  absl::Status Mark() override;
  absl::Status KeepSinceMark() override;
  absl::Status UndoToMark() override;

  absl::Status Put(const Plan& r) override { return PutRow(db_, r); }
  absl::Status Put(const Initiative& r) override { return PutRow(db_, r); }
  absl::Status Put(const Indicator& r) override { return PutRow(db_, r); }
  absl::Status Put(const Observation& r) override { return PutRow(db_, r); }
  absl::Status Put(const Assessment& r) override { return PutRow(db_, r); }
  absl::Status PutSource(const PlanId& plan, const PlanSource& source) override;
  absl::Status PutRuleModule(const RuleModuleRecord& record) override {
    return PutRuleModuleRow(db_, record);
  }
  absl::Status PutRuleSet(const RuleSetRecord& record) override {
    return PutRuleSetRow(db_, record);
  }
  absl::Status PutActivation(const ActivationRecord& record) override {
    return PutActivationRow(db_, record);
  }
  absl::Status PutQuarantine(const QuarantineRecord& record) override {
    return PutQuarantineRow(db_, record);
  }
  absl::Status EndQuarantine(const std::string& sha256,
                             Revision revision) override {
    return EndQuarantineRow(db_, sha256, revision);
  }
  absl::Status PutVerdict(const Verdict& verdict, RunId run) override;
  absl::Status PublishRun(RunId run, Revision revision) override;
  absl::StatusOr<RunId> NewRun() override;
  absl::StatusOr<int64_t> PutTransition(const AlertTransition& t) override {
    return PutTransitionRow(db_, t);
  }
  absl::Status SetLogStart(const LogStart& start) override {
    return SetLogStartRow(db_, start);
  }
  absl::StatusOr<int64_t> DeleteTransitions(int64_t after, int limit) override {
    return DeleteTransitionRows(db_, after, limit);
  }
  absl::Status PutAlertBacklog(const AlertBacklog& backlog) override {
    return PutBacklogRow(db_, backlog);
  }
  absl::Status EndAlertBacklog(RunId run) override {
    return EndBacklogRow(db_, run);
  }
  absl::Status SetBaseline(const IndicatorKey& key, bool is) override {
    return SetBaselineRow(db_, key, is);
  }
  absl::Status Put(const Subscription& r) override {
    return PutSubscriptionRow(db_, r);
  }
  absl::Status SetSubscriptionPosition(const SubscriptionId& id,
                                       int64_t position) override {
    return SetPositionRow(db_, id, position);
  }
  absl::Status PutDelivery(const DeliveryRecord& record) override {
    return PutDeliveryRow(db_, record);
  }
  absl::Status DeleteDelivery(const SubscriptionId& id,
                              int64_t position) override {
    return DeleteDeliveryRow(db_, id, position);
  }
  absl::Status DeleteDeliveries(const SubscriptionId& id) override {
    return DeleteDeliveryRows(db_, id);
  }
  absl::Status PutRequest(const RequestRecord& record) override;
  absl::Status DeleteRequestsBefore(absl::Time time) override;
  absl::Status AppendChange(const Change& change) override;
  absl::Status SetJudgedThrough(Revision revision) override;
  absl::Status Commit() override;

 protected:
  Database* db() override { return db_; }

 private:
  Transaction(Database* db, std::function<void()> closed)
      : db_(db), closed_(std::move(closed)) {}
  Database* const db_;
  const std::function<void()> closed_;
  bool open_ = true;
};

// A read transaction on a connection of the pool, given back at the end.
class Snapshot final : public ReaderOf<StoreReader> {
 public:
  using GiveBack = std::function<void(std::unique_ptr<Database>)>;
  static absl::StatusOr<std::unique_ptr<StoreReader>> Take(
      std::unique_ptr<Database> db, GiveBack give_back);
  ~Snapshot() override;

 protected:
  Database* db() override { return db_.get(); }

 private:
  Snapshot(std::unique_ptr<Database> db, GiveBack give_back)
      : db_(std::move(db)), give_back_(std::move(give_back)) {}
  std::unique_ptr<Database> db_;
  const GiveBack give_back_;
};

}  // namespace shirube::sqlite

#endif  // SHIRUBE_SERVER_STORAGE_SQLITE_TRANSACTION_H_
