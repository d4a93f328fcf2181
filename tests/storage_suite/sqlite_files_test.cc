// Real files that cannot be used, each with its own clear error and left as it
// was; migrations; permissions.
#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sqlite3.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "server/domain/violation.h"
#include "server/storage/sqlite/database.h"
#include "server/storage/sqlite/schema.h"
#include "server/storage/sqlite/sqlite_store.h"
#include "server/storage/sqlite/statement.h"
#include "tests/storage_suite/drivers.h"

namespace shirube {
namespace {

using testing::HasSubstr;

class SqliteFilesTest : public testing::Test {
 protected:
  std::string path() const { return folder_.path() + "/store.db"; }
  void MakeStore() {
    auto store = OpenSqliteStore(path());
    ASSERT_TRUE(store.ok()) << store.status();
    Writer(store->get()).Begin().Put(MakePlan("a")).Commit();
  }
  void Write(const std::string& text) {
    std::ofstream(path(), std::ios::binary) << text;
  }
  std::string Bytes() const {
    std::ifstream file(path(), std::ios::binary);
    return std::string(std::istreambuf_iterator<char>(file), {});
  }
  // Refused with `reason`, in words that name the file, and nothing changed.
  void ExpectRefused(absl::StatusCode code, const std::string& reason) {
    const std::string before = Bytes();
    const absl::Status status = OpenSqliteStore(path()).status();
    EXPECT_EQ(status.code(), code) << status;
    const ErrorDetails details = DetailsOf(status);
    EXPECT_EQ(details.reason, reason) << status;
    EXPECT_THAT(details.en, HasSubstr(folder_.path()));
    EXPECT_FALSE(details.ja.empty());
    EXPECT_EQ(Bytes(), before);
  }
  void Shell(const std::string& sql) {
    sqlite3* db = nullptr;
    ASSERT_EQ(sqlite3_open(path().c_str(), &db), SQLITE_OK);
    char* error = nullptr;
    EXPECT_EQ(sqlite3_exec(db, sql.c_str(), nullptr, nullptr, &error),
              SQLITE_OK)
        << error;
    sqlite3_close(db);
  }

  TempFolder folder_;
};

TEST_F(SqliteFilesTest, CreatesAMissingDatabaseForItsOwnerOnly) {
  MakeStore();
  struct stat info;
  ASSERT_EQ(stat(path().c_str(), &info), 0);
  EXPECT_EQ(info.st_mode & 0777, 0600u);
  EXPECT_FALSE(std::filesystem::exists(path() + ".new"));
  EXPECT_FALSE(std::filesystem::exists(path() + "-wal"));
}

TEST_F(SqliteFilesTest, StartsAfterACreationThatWasCutShort) {
  std::ofstream(path() + ".new") << "half a data";
  MakeStore();
}

TEST_F(SqliteFilesTest, WritesAheadAndSyncsFully) {
  MakeStore();
  auto db = *sqlite::Database::Open(path(), sqlite::Database::Mode::kWriter);
  sqlite::Query journal(db.get(), "PRAGMA journal_mode");
  ASSERT_TRUE(journal.Next());
  EXPECT_EQ(journal.Text(), "wal");
  sqlite::Query synchronous(db.get(), "PRAGMA synchronous");
  ASSERT_TRUE(synchronous.Next());
  EXPECT_EQ(synchronous.Int(), 2);
  sqlite::Query keys(db.get(), "PRAGMA foreign_keys");
  ASSERT_TRUE(keys.Next());
  EXPECT_EQ(keys.Int(), 1);
}

TEST_F(SqliteFilesTest, HasOnlyStrictTables) {
  MakeStore();
  auto db = *sqlite::Database::Open(path(), sqlite::Database::Mode::kReader);
  sqlite::Query q(db.get(),
                  "SELECT name FROM pragma_table_list WHERE schema = 'main' "
                  "AND name NOT LIKE 'sqlite_%' AND strict = 0");
  EXPECT_FALSE(q.Next()) << q.Text();
}

TEST_F(SqliteFilesTest, NamesAMissingFolder) {
  const std::string missing = folder_.path() + "/none/store.db";
  const absl::Status status = OpenSqliteStore(missing).status();
  EXPECT_EQ(DetailsOf(status).reason, "STORE_FOLDER_MISSING");
  EXPECT_THAT(DetailsOf(status).en, HasSubstr(folder_.path() + "/none"));
}

TEST_F(SqliteFilesTest, RefusesAReadOnlyFile) {
  MakeStore();
  ASSERT_EQ(chmod(path().c_str(), 0444), 0);
  ExpectRefused(absl::StatusCode::kFailedPrecondition, "STORE_READ_ONLY");
}

TEST_F(SqliteFilesTest, RefusesAFileThatAnotherServerHolds) {
  auto first = OpenSqliteStore(path());
  ASSERT_TRUE(first.ok());
  const absl::Status second = OpenSqliteStore(path()).status();
  EXPECT_EQ(DetailsOf(second).reason, "STORE_LOCKED") << second;
  EXPECT_THAT(DetailsOf(second).en, HasSubstr("another server"));
  first->reset();
  EXPECT_TRUE(OpenSqliteStore(path()).ok());
}

TEST_F(SqliteFilesTest, RefusesATruncatedFileOfAnyLength) {
  MakeStore();
  const std::string whole = Bytes();
  for (const size_t length :
       {size_t{0}, size_t{10}, size_t{99}, size_t{1000}, size_t{4096},
        whole.size() / 2, whole.size() - 1}) {
    SCOPED_TRACE(length);
    Write(whole.substr(0, length));
    ExpectRefused(absl::StatusCode::kDataLoss, "STORE_CORRUPT");
  }
  Write(whole);
  EXPECT_TRUE(OpenSqliteStore(path()).ok());
}

TEST_F(SqliteFilesTest, RefusesWhatIsNoDatabase) {
  Write(std::string(5000, 'x'));
  ExpectRefused(absl::StatusCode::kDataLoss, "STORE_CORRUPT");
}

TEST_F(SqliteFilesTest, RefusesADatabaseOfAnotherProgram) {
  Shell("CREATE TABLE t (x); INSERT INTO t VALUES (1)");
  ExpectRefused(absl::StatusCode::kDataLoss, "STORE_CORRUPT");
}

TEST_F(SqliteFilesTest, RefusesADamagedPage) {
  MakeStore();
  std::string bytes = Bytes();
  for (size_t page = 1; page * 4096 < bytes.size(); ++page) {
    bytes.replace(page * 4096, 64, 64, '\xee');
  }
  Write(bytes);
  const absl::Status status = OpenSqliteStore(path()).status();
  EXPECT_EQ(DetailsOf(status).reason, "STORE_CORRUPT") << status;
}

TEST_F(SqliteFilesTest, RefusesALogWithoutItsDatabase) {
  std::ofstream(path() + "-wal") << "log";
  ExpectRefused(absl::StatusCode::kDataLoss, "STORE_CORRUPT");
}

TEST_F(SqliteFilesTest, RefusesANewerSchemaThatItWouldMisread) {
  MakeStore();
  const int known = sqlite::AllMigrations().back().version;
  Shell("INSERT INTO schema_version VALUES (" + std::to_string(known + 1) +
        ", " + std::to_string(known + 1) + ", 0)");
  ExpectRefused(absl::StatusCode::kFailedPrecondition, "STORE_TOO_NEW");
}

TEST_F(SqliteFilesTest, OpensANewerSchemaThatIsCompatible) {
  MakeStore();
  const int known = sqlite::AllMigrations().back().version;
  Shell("INSERT INTO schema_version VALUES (" + std::to_string(known + 1) +
        ", " + std::to_string(known) + ", 0)");
  EXPECT_TRUE(OpenSqliteStore(path()).ok());
}

TEST_F(SqliteFilesTest, MigratesOnceAndUndoesAFailedMigration) {
  MakeStore();
  auto db = *sqlite::Database::Open(path(), sqlite::Database::Mode::kWriter);
  std::vector<sqlite::Migration> migrations = sqlite::AllMigrations();
  const int next = migrations.back().version + 1;
  migrations.push_back({next, 1,
                        "CREATE TABLE added (x INTEGER) STRICT;"
                        "INSERT INTO added VALUES (1);"});
  const auto upgrade = [&] {
    return sqlite::UpgradeStore(db.get(), path(), absl::UnixEpoch(),
                                migrations);
  };
  ASSERT_TRUE(upgrade().ok());
  ASSERT_TRUE(upgrade().ok());
  sqlite::Query count(db.get(), "SELECT count(*) FROM added");
  ASSERT_TRUE(count.Next());
  EXPECT_EQ(count.Int(), 1);
  migrations.push_back({next + 1, 1,
                        "CREATE TABLE half (x INTEGER) STRICT;"
                        "INSERT INTO missing VALUES (1);"});
  EXPECT_FALSE(upgrade().ok());
  sqlite::Query half(db.get(),
                     "SELECT count(*) FROM sqlite_schema WHERE name = 'half'");
  ASSERT_TRUE(half.Next());
  EXPECT_EQ(half.Int(), 0);
}

TEST_F(SqliteFilesTest, NumbersItsMigrationsFromOneWithoutAGap) {
  int expected = 1;
  for (const sqlite::Migration& migration : sqlite::AllMigrations()) {
    EXPECT_EQ(migration.version, expected++);
    EXPECT_LE(migration.min_compatible_version, migration.version);
  }
}

}  // namespace
}  // namespace shirube
