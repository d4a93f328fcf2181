#include "server/storage/sqlite/database.h"

#include <sqlite3.h>

#include <utility>

#include "absl/strings/str_cat.h"
#include "server/base/status_macros.h"
#include "server/storage/sqlite/errors.h"

namespace shirube::sqlite {

namespace {
constexpr int kBusyMillis = 5000;
}

absl::StatusOr<std::unique_ptr<Database>> Database::Open(
    const std::string& path, Mode mode) {
  std::unique_ptr<Database> database(new Database);
  const int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX;
  if (sqlite3_open_v2(path.c_str(), &database->db_, flags, nullptr) !=
      SQLITE_OK) {
    return ErrorOf(database->db_, absl::StrCat("opening ", path));
  }
  sqlite3_extended_result_codes(database->db_, 0);
  sqlite3_busy_timeout(database->db_, kBusyMillis);
  SHIRUBE_RETURN_IF_ERROR(database->Execute(
      "PRAGMA foreign_keys = ON; PRAGMA synchronous = FULL;"
      "PRAGMA temp_store = MEMORY; PRAGMA cache_size = -16384;"));
  if (mode == Mode::kReader) {
    SHIRUBE_RETURN_IF_ERROR(database->Execute("PRAGMA query_only = ON;"));
  }
  return database;
}

Database::~Database() {
  for (auto& [sql, statements] : idle_) {
    for (sqlite3_stmt* statement : statements) sqlite3_finalize(statement);
  }
  sqlite3_close_v2(db_);
}

absl::Status Database::Execute(const std::string& sql) {
  if (sqlite3_exec(db_, sql.c_str(), nullptr, nullptr, nullptr) != SQLITE_OK) {
    return ErrorOf(db_, sql.substr(0, 60));
  }
  return absl::OkStatus();
}

int64_t Database::last_row_id() const { return sqlite3_last_insert_rowid(db_); }

absl::StatusOr<sqlite3_stmt*> Database::Take(const std::string& sql) {
  std::vector<sqlite3_stmt*>& idle = idle_[sql];
  if (!idle.empty()) {
    sqlite3_stmt* statement = idle.back();
    idle.pop_back();
    return statement;
  }
  sqlite3_stmt* statement = nullptr;
  if (sqlite3_prepare_v3(db_, sql.c_str(), static_cast<int>(sql.size()),
                         SQLITE_PREPARE_PERSISTENT, &statement,
                         nullptr) != SQLITE_OK) {
    return ErrorOf(db_, sql);
  }
  return statement;
}

void Database::GiveBack(const std::string& sql, sqlite3_stmt* statement) {
  sqlite3_reset(statement);
  sqlite3_clear_bindings(statement);
  idle_[sql].push_back(statement);
}

}  // namespace shirube::sqlite
