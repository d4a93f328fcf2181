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
#include "server/storage/sqlite/file.h"
#include "server/storage/sqlite/rules.h"
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

// What a server of the first schema left behind.
class FirstSchemaTest : public SqliteFilesTest {
 protected:
  void SetUp() override {
    ASSERT_TRUE(sqlite::MakeEmpty(path()).ok());
    auto db = *sqlite::Database::Open(path(), sqlite::Database::Mode::kWriter);
    ASSERT_TRUE(sqlite::CreateStore(db.get(), absl::UnixEpoch(),
                                    {sqlite::AllMigrations().front()})
                    .ok());
    db.reset();
    Shell(R"(
      UPDATE store SET revision = 6, judged_through = 5, commit_time = 60;
      INSERT INTO change VALUES (1, 10, 'shirube', 0, 'StoreRuleSet', 1),
        (2, 20, 'officer', 1, 'ApplyPlan', 1),
        (3, 30, 'shirube', 0, 'StoreVerdicts', 0),
        (4, 40, 'shirube', 0, 'StoreRuleSet', 1),
        (5, 50, 'officer', 1, 'UpdatePlan', 1),
        (6, 60, 'officer', 1, 'UpdatePlan', 1);
      INSERT INTO rule_set VALUES
        ('rs-1', 'shirube rule set 1
module achieved 1.0.0 aa
module at_risk 1.0.0 bb
parameter drop -250000
parameter pace_threshold 800000
parameter years 3000000
', 10, 1), ('rs-2', '{}', 40, 4);
      INSERT INTO rule_set_module VALUES ('rs-1', 0, 'achieved', '1.0.0', 'aa'),
        ('rs-1', 1, 'at_risk', '1.0.0', 'bb');
      INSERT INTO rule_set_alias VALUES ('default', 1, 'rs-1'),
        ('default', 4, 'rs-2'), ('other', 4, 'rs-1');
      INSERT INTO plan (id, from_revision, to_revision, create_time,
        update_time, actor, display_name, description, owner, rule_set,
        flag_policy, at_risk_share, manual_fields)
      VALUES ('a', 2, 5, 20, 20, 'o', 'A', '', '', '', 'WORST', '0', '[]'),
        ('a', 5, 6, 20, 50, 'o', 'A', '', '', 'rs-1', 'WORST', '0', '[]'),
        ('a', 6, 9223372036854775807, 20, 60, 'o', 'B', '', '', 'rs-1',
         'WORST', '0', '[]');
      INSERT INTO run VALUES (7, 3), (8, NULL);
      INSERT INTO verdict (plan, indicator, revision, run, status, reason,
        severity, module, marks, conflicting_module, failed, basis, rule_set,
        input_revision, judged_time)
      VALUES ('a', 'i-1', 3, 7, 'AT_RISK', 'BEHIND', 'WARNING', 'at_risk',
              '[]', '', '[]', '', 'rs-1', 2, 30),
        ('a', 'i-1', 3, 8, 'ACHIEVED', 'REACHED', 'NONE', 'achieved',
         '[]', '', '[]', '', 'rs-1', 2, 30);
    )");
  }
};

TEST_F(FirstSchemaTest, OpensWithItsVerdictsAndItsDefault) {
  auto store = OpenSqliteStore(path());
  ASSERT_TRUE(store.ok()) << store.status();
  auto reader = *(*store)->Snapshot();
  EXPECT_EQ((*reader->Head()).revision, 6);
  EXPECT_EQ((*reader->Head()).judged_through, 5);
  const auto verdict = *reader->GetVerdict({PlanId("a"), IndicatorId("i-1")});
  ASSERT_TRUE(verdict.has_value());
  EXPECT_EQ(verdict->reason, "BEHIND");
  EXPECT_EQ(verdict->rule_set, RuleSetId("rs-1"));
  const auto active = *reader->ListActivations(PlanId());
  ASSERT_EQ(active.size(), 2u);
  EXPECT_EQ(active[0].rule_set, RuleSetId("rs-2"));
  EXPECT_EQ(active[0].previous, RuleSetId("rs-1"));
  EXPECT_EQ(active[0].revision, 4);
  EXPECT_EQ(active[0].time, absl::FromUnixMicros(40));
  EXPECT_EQ(active[0].actor, "shirube");
  EXPECT_FALSE(active[0].claimed);
  EXPECT_EQ(active[1].rule_set, RuleSetId("rs-1"));
  EXPECT_EQ(active[1].previous, RuleSetId());
  EXPECT_EQ((*reader->GetActivation(PlanId(), 3))->rule_set, RuleSetId("rs-1"));
}

TEST_F(FirstSchemaTest, KeepsTheSetThatAPlanNamed) {
  auto store = OpenSqliteStore(path());
  ASSERT_TRUE(store.ok()) << store.status();
  auto reader = *(*store)->Snapshot();
  EXPECT_EQ((*reader->GetPlan(PlanId("a")))->rule_set, RuleSetId("rs-1"));
  const auto active = *reader->ListActivations(PlanId("a"));
  ASSERT_EQ(active.size(), 1u);
  EXPECT_EQ(active[0].rule_set, RuleSetId("rs-1"));
  EXPECT_EQ(active[0].previous, RuleSetId());
  EXPECT_EQ(active[0].revision, 5);
  EXPECT_TRUE(active[0].claimed);
}

TEST_F(FirstSchemaTest, ReadsParametersFromTheCanonicalText) {
  auto store = OpenSqliteStore(path());
  ASSERT_TRUE(store.ok()) << store.status();
  auto reader = *(*store)->Snapshot();
  const auto rule_set = *reader->GetRuleSet(RuleSetId("rs-1"));
  ASSERT_TRUE(rule_set.has_value());
  EXPECT_EQ(rule_set->modules.size(), 2u);
  ASSERT_EQ(rule_set->parameters.size(), 3u);
  EXPECT_EQ(rule_set->parameters.at("drop").ToString(), "-0.25");
  EXPECT_EQ(rule_set->parameters.at("pace_threshold").ToString(), "0.8");
  EXPECT_EQ(rule_set->parameters.at("years").ToString(), "3");
  EXPECT_TRUE((*reader->GetRuleSet(RuleSetId("rs-2")))->parameters.empty());
}

TEST_F(FirstSchemaTest, HasNoModuleRegistered) {
  auto store = OpenSqliteStore(path());
  ASSERT_TRUE(store.ok()) << store.status();
  auto reader = *(*store)->Snapshot();
  EXPECT_TRUE((*reader->ListRuleModules()).empty());
  EXPECT_FALSE((*reader->GetRuleModule("aa")).has_value());
  EXPECT_TRUE((*reader->ListQuarantines()).empty());
}

TEST_F(FirstSchemaTest, IsNotOpenedByItsOldServerAgain) {
  ASSERT_TRUE(OpenSqliteStore(path()).ok());
  auto db = *sqlite::Database::Open(path(), sqlite::Database::Mode::kWriter);
  const absl::Status old = sqlite::UpgradeStore(
      db.get(), path(), absl::UnixEpoch(), {sqlite::AllMigrations().front()});
  EXPECT_EQ(DetailsOf(old).reason, "STORE_TOO_NEW") << old;
}

TEST_F(SqliteFilesTest, ListsModulesWithoutReadingTheirBytes) {
  constexpr int64_t kBytes = 8 << 20;
  {
    auto store = *OpenSqliteStore(path());
    Writer writer(store.get());
    writer.Begin();
    RuleModuleRecord record;
    record.module = "big";
    record.sha256 = "aa";
    record.bytes = std::string(kBytes, 'x');
    record.revision = writer.revision();
    ASSERT_TRUE(writer.tx()->PutRuleModule(record).ok());
    writer.Commit();
  }
  auto db = *sqlite::Database::Open(path(), sqlite::Database::Mode::kReader);
  const auto pages_read = [&] {
    int now = 0, highest = 0;
    sqlite3_db_status(db->handle(), SQLITE_DBSTATUS_CACHE_MISS, &now, &highest,
                      /*reset=*/1);
    return now;
  };
  pages_read();
  const auto listed = sqlite::ListRuleModuleRows(db.get());
  ASSERT_TRUE(listed.ok()) << listed.status();
  EXPECT_EQ(listed->at(0).bytes_size, kBytes);
  EXPECT_LT(pages_read(), 50);
  ASSERT_EQ((*sqlite::GetRuleModuleRow(db.get(), "aa"))->bytes.size(), kBytes);
  EXPECT_GT(pages_read(), 1000);
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
