#include "server/storage/sqlite/transaction.h"

#include <sqlite3.h>

#include <utility>

#include "server/storage/sqlite/statement.h"

namespace shirube::sqlite {

absl::StatusOr<std::unique_ptr<StoreTransaction>> Transaction::Begin(
    Database* db, std::function<void()> closed) {
  if (absl::Status begun = db->Execute("BEGIN IMMEDIATE"); !begun.ok()) {
    closed();
    return begun;
  }
  return std::unique_ptr<StoreTransaction>(
      new Transaction(db, std::move(closed)));
}

Transaction::~Transaction() {
  if (!open_) return;
  // After some errors SQLite has rolled back by itself.
  if (sqlite3_get_autocommit(db_->handle()) == 0) {
    db_->Execute("ROLLBACK").IgnoreError();
  }
  closed_();
}

absl::Status Transaction::Commit() {
  if (!open_) return ContractBroken("a transaction was committed twice");
  // After an error the transaction stays open and is rolled back at the end.
  SHIRUBE_RETURN_IF_ERROR(db_->Execute("COMMIT"));
  open_ = false;
  closed_();
  return absl::OkStatus();
}

absl::Status Transaction::Mark() { return Query(db_, "SAVEPOINT m").Run(); }
absl::Status Transaction::KeepSinceMark() {
  return Query(db_, "RELEASE m").Run();
}
absl::Status Transaction::UndoToMark() {
  SHIRUBE_RETURN_IF_ERROR(Query(db_, "ROLLBACK TO m").Run());
  return Query(db_, "RELEASE m").Run();
}

absl::Status Transaction::PutSource(const PlanId& plan,
                                    const PlanSource& source) {
  SHIRUBE_RETURN_IF_ERROR(
      Query(db_,
            "DELETE FROM plan_source WHERE plan = ? AND sha256 = ? AND "
            "to_revision = ? AND from_revision = ?")
          .Bind(plan)
          .Bind(source.sha256)
          .Bind(kOpen)
          .Bind(source.revision)
          .Run());
  SHIRUBE_RETURN_IF_ERROR(
      Query(db_,
            "UPDATE plan_source SET to_revision = ? WHERE plan = ? AND "
            "sha256 = ? AND to_revision = ?")
          .Bind(source.revision)
          .Bind(plan)
          .Bind(source.sha256)
          .Bind(kOpen)
          .Run());
  Query q(db_,
          "INSERT INTO plan_source (plan, sha256, from_revision, to_revision, "
          "file, encoding, lines, normalisations, layout) "
          "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)");
  q.Bind(plan).Bind(source.sha256).Bind(source.revision).Bind(kOpen);
  q.Bind(source.file).Bind(source.encoding).Bind(source.lines);
  q.BindWords(source.normalisations).Bind(source.layout);
  return q.Run();
}

absl::Status Transaction::PutVerdict(const Verdict& verdict, RunId run) {
  static const std::string* const kSql = [] {
    ColumnNames names;
    const Verdict empty;
    VerdictColumns(names, empty);
    return new std::string(absl::StrCat(
        "INSERT INTO verdict (", Joined(names.names()), ", failed, run) ",
        "VALUES (", Marks(names.names().size() + 2), ")"));
  }();
  std::vector<std::string> failed;
  for (const ModuleFault& fault : verdict.failed) {
    failed.push_back(fault.module + ":" + fault.reason);
  }
  Query q(db_, *kSql);
  ColumnBinder binder(&q);
  VerdictColumns(binder, verdict);
  q.BindWords(failed);
  run == 0 ? q.BindNull() : q.Bind(run);
  return q.Run();
}

absl::Status Transaction::PublishRun(RunId run, Revision revision) {
  SHIRUBE_RETURN_IF_ERROR(
      Query(db_,
            "UPDATE run SET published_revision = ? WHERE id = ? AND "
            "published_revision IS NULL")
          .Bind(revision)
          .Bind(run)
          .Run());
  if (sqlite3_changes(db_->handle()) == 1) return absl::OkStatus();
  return ContractBroken("a run was published twice, or never begun");
}

absl::StatusOr<RunId> Transaction::NewRun() {
  SHIRUBE_RETURN_IF_ERROR(
      Query(db_, "INSERT INTO run (published_revision) VALUES (NULL)").Run());
  return db_->last_row_id();
}

absl::Status Transaction::PutRequest(const RequestRecord& record) {
  return Query(db_,
               "INSERT OR REPLACE INTO request VALUES (?, ?, ?, ?, ?, ?, ?)")
      .Bind(record.method)
      .Bind(record.request_id)
      .Bind(record.payload_hash)
      .Bind(record.resource)
      .Bind(record.revision)
      .Bind(record.time)
      .Bind(record.count)
      .Run();
}

absl::Status Transaction::DeleteRequestsBefore(absl::Time time) {
  return Query(db_, "DELETE FROM request WHERE time < ?").Bind(time).Run();
}

absl::Status Transaction::AppendChange(const Change& change) {
  SHIRUBE_RETURN_IF_ERROR(
      Query(db_,
            "UPDATE store SET revision = ?1, commit_time = ?2 WHERE "
            "revision = ?1 - 1 AND commit_time <= ?2")
          .Bind(change.revision)
          .Bind(change.time)
          .Run());
  if (sqlite3_changes(db_->handle()) != 1) {
    return ContractBroken(absl::StrCat("revision ", change.revision,
                                       " is not the next one, or its time "
                                       "lies before the last commit's"));
  }
  SHIRUBE_RETURN_IF_ERROR(
      Query(db_, "INSERT INTO change VALUES (?, ?, ?, ?, ?, ?)")
          .Bind(change.revision)
          .Bind(change.time)
          .Bind(change.actor)
          .Bind(change.claimed)
          .Bind(change.action)
          .Bind(change.causes_judging)
          .Run());
  int64_t position = 0;
  for (const Touched& touched : change.touched) {
    SHIRUBE_RETURN_IF_ERROR(
        Query(db_, "INSERT INTO change_touched VALUES (?, ?, ?, ?, ?, ?, ?)")
            .Bind(change.revision)
            .Bind(position++)
            .Bind(WordOf(touched.kind))
            .Bind(WordOf(touched.type))
            .Bind(touched.plan)
            .Bind(touched.id)
            .Bind(touched.observation)
            .Run());
  }
  return absl::OkStatus();
}

absl::Status Transaction::SetJudgedThrough(Revision revision) {
  SHIRUBE_RETURN_IF_ERROR(
      Query(db_,
            "UPDATE store SET judged_through = ?1 WHERE revision >= ?1 AND "
            "judged_through <= ?1")
          .Bind(revision)
          .Run());
  if (sqlite3_changes(db_->handle()) == 1) return absl::OkStatus();
  return ContractBroken("judged_through would go backwards or beyond the head");
}

absl::StatusOr<std::unique_ptr<StoreReader>> Snapshot::Take(
    std::unique_ptr<Database> db, GiveBack give_back) {
  SHIRUBE_RETURN_IF_ERROR(Query(db.get(), "BEGIN").Run());
  std::unique_ptr<StoreReader> snapshot(
      new Snapshot(std::move(db), std::move(give_back)));
  // SQLite fixes what a snapshot sees at its first read.
  SHIRUBE_RETURN_IF_ERROR(snapshot->Head().status());
  return snapshot;
}

Snapshot::~Snapshot() {
  // A connection that cannot end its transaction is closed instead.
  if (Query(db_.get(), "ROLLBACK").Run().ok()) give_back_(std::move(db_));
}

}  // namespace shirube::sqlite
