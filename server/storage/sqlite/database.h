// One SQLite connection with its prepared statements. One thread at a time.
#ifndef SHIRUBE_SERVER_STORAGE_SQLITE_DATABASE_H_
#define SHIRUBE_SERVER_STORAGE_SQLITE_DATABASE_H_

#include <memory>
#include <string>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"

struct sqlite3;
struct sqlite3_stmt;

namespace shirube::sqlite {

class Database {
 public:
  enum class Mode { kWriter, kReader };

  // The file must exist, or be empty for kWriter.
  static absl::StatusOr<std::unique_ptr<Database>> Open(const std::string& path,
                                                        Mode mode);
  ~Database();
  Database(const Database&) = delete;
  Database& operator=(const Database&) = delete;

  // Any number of statements without parameters or results.
  absl::Status Execute(const std::string& sql);

  sqlite3* handle() { return db_; }
  int64_t last_row_id() const;

 private:
  friend class Query;
  Database() = default;
  // A statement that nobody uses now; prepared once for each text.
  absl::StatusOr<sqlite3_stmt*> Take(const std::string& sql);
  void GiveBack(const std::string& sql, sqlite3_stmt* statement);

  sqlite3* db_ = nullptr;
  absl::flat_hash_map<std::string, std::vector<sqlite3_stmt*>> idle_;
};

}  // namespace shirube::sqlite

#endif  // SHIRUBE_SERVER_STORAGE_SQLITE_DATABASE_H_
