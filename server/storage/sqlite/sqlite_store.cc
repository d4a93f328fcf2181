#include "server/storage/sqlite/sqlite_store.h"

#include <sys/stat.h>

#include <mutex>
#include <utility>
#include <vector>

#include "absl/time/clock.h"
#include "server/base/status_macros.h"
#include "server/storage/sqlite/errors.h"
#include "server/storage/sqlite/file.h"
#include "server/storage/sqlite/schema.h"
#include "server/storage/sqlite/statement.h"
#include "server/storage/sqlite/transaction.h"

namespace shirube {

namespace sqlite {

namespace {

// Readers kept open for the next snapshot; more are opened as needed.
constexpr size_t kIdleReaders = 8;
// Up to this size a damaged page is looked for at every start (it takes less
// than half a second); in larger files it is found when it is read.
constexpr int64_t kCheckedBytes = int64_t{64} << 20;

absl::Status CreateFile(const std::string& path) {
  // Made beside and moved into place: a database that is there is complete.
  const std::string made = path + ".new";
  SHIRUBE_RETURN_IF_ERROR(MakeEmpty(made));
  {
    SHIRUBE_ASSIGN_OR_RETURN(std::unique_ptr<Database> db,
                             Database::Open(made, Database::Mode::kWriter));
    SHIRUBE_RETURN_IF_ERROR(
        CreateStore(db.get(), absl::Now(), AllMigrations()));
  }
  return MoveIntoPlace(made, path);
}

absl::Status CheckPages(Database* db, const std::string& path) {
  struct stat info;
  if (stat(path.c_str(), &info) != 0 || info.st_size > kCheckedBytes) {
    return absl::OkStatus();
  }
  Query q(db, "PRAGMA quick_check(1)");
  const std::string answer = q.Next() ? q.Text() : "";
  if (!q.status().ok()) return q.status();
  return answer == "ok" ? absl::OkStatus() : CorruptRow(path + ": " + answer);
}

// Runs that the last server did not get to publish: nobody can see them, and
// nobody will go on with them.
absl::Status ForgetUnpublishedRuns(Database* db) {
  SHIRUBE_RETURN_IF_ERROR(db->Execute("BEGIN IMMEDIATE"));
  absl::Status done = db->Execute(
      "DELETE FROM verdict WHERE run IN "
      "(SELECT id FROM run WHERE published_revision IS NULL);"
      "DELETE FROM run WHERE published_revision IS NULL;");
  if (done.ok()) done = db->Execute("COMMIT");
  if (!done.ok()) db->Execute("ROLLBACK").IgnoreError();
  return done;
}

class SqliteStore final : public Store {
 public:
  SqliteStore(std::string path, FileLock lock, std::unique_ptr<Database> writer)
      : path_(std::move(path)),
        lock_(std::move(lock)),
        writer_(std::move(writer)) {}

  ~SqliteStore() override {
    // The last connection to close folds the log into the database: let it be
    // the writer, because a reader may not write.
    idle_.clear();
  }

  absl::StatusOr<std::unique_ptr<StoreReader>> Snapshot() override {
    SHIRUBE_ASSIGN_OR_RETURN(std::unique_ptr<Database> db, TakeReader());
    return sqlite::Snapshot::Take(std::move(db),
                                  [this](std::unique_ptr<Database> returned) {
                                    GiveBack(std::move(returned));
                                  });
  }

  absl::StatusOr<std::unique_ptr<StoreTransaction>> Begin() override {
    {
      std::lock_guard<std::mutex> hold(mutex_);
      if (writing_) return ContractBroken("two transactions at once");
      writing_ = true;
    }
    return Transaction::Begin(writer_.get(), [this] {
      std::lock_guard<std::mutex> hold(mutex_);
      writing_ = false;
    });
  }

 private:
  absl::StatusOr<std::unique_ptr<Database>> TakeReader() {
    {
      std::lock_guard<std::mutex> hold(mutex_);
      if (!idle_.empty()) {
        std::unique_ptr<Database> db = std::move(idle_.back());
        idle_.pop_back();
        return db;
      }
    }
    return Database::Open(path_, Database::Mode::kReader);
  }

  void GiveBack(std::unique_ptr<Database> db) {
    std::lock_guard<std::mutex> hold(mutex_);
    if (idle_.size() < kIdleReaders) idle_.push_back(std::move(db));
  }

  const std::string path_;
  const FileLock lock_;  // outlives the connections
  const std::unique_ptr<Database> writer_;
  std::mutex mutex_;
  std::vector<std::unique_ptr<Database>> idle_;  // guarded by mutex_
  bool writing_ = false;                         // guarded by mutex_
};

}  // namespace

}  // namespace sqlite

absl::StatusOr<std::unique_ptr<Store>> OpenSqliteStore(
    const std::string& path) {
  using sqlite::Database;
  SHIRUBE_RETURN_IF_ERROR(sqlite::CheckFolder(path));
  SHIRUBE_ASSIGN_OR_RETURN(sqlite::FileLock lock, sqlite::FileLock::Take(path));
  SHIRUBE_ASSIGN_OR_RETURN(const bool is_new, sqlite::IsNew(path));
  if (is_new) SHIRUBE_RETURN_IF_ERROR(sqlite::CreateFile(path));
  SHIRUBE_ASSIGN_OR_RETURN(std::unique_ptr<Database> writer,
                           Database::Open(path, Database::Mode::kWriter));
  SHIRUBE_RETURN_IF_ERROR(sqlite::CheckPages(writer.get(), path));
  SHIRUBE_RETURN_IF_ERROR(sqlite::UpgradeStore(writer.get(), path, absl::Now(),
                                               sqlite::AllMigrations()));
  SHIRUBE_RETURN_IF_ERROR(sqlite::ForgetUnpublishedRuns(writer.get()));
  return std::unique_ptr<Store>(std::make_unique<sqlite::SqliteStore>(
      path, std::move(lock), std::move(writer)));
}

}  // namespace shirube
