// The schema and its migrations: numbered files, compiled in, each carried out
// once in one transaction.
#ifndef SHIRUBE_SERVER_STORAGE_SQLITE_SCHEMA_H_
#define SHIRUBE_SERVER_STORAGE_SQLITE_SCHEMA_H_

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "server/storage/sqlite/database.h"

namespace shirube::sqlite {

struct Migration {
  int version;
  // The oldest server (by the last migration it knows) that may use a database
  // after this migration.
  int min_compatible_version;
  const char* sql;
};

// From migrations/, in order.
const std::vector<Migration>& AllMigrations();

// Makes an empty database one of ours.
absl::Status CreateStore(Database* db, absl::Time now,
                         const std::vector<Migration>& migrations);
// Checks that `path` is a store this server may use, and brings it up to date:
// FAILED_PRECONDITION STORE_TOO_NEW when a newer server has changed it so that
// this one would misread it; DATA_LOSS STORE_CORRUPT for a foreign database.
absl::Status UpgradeStore(Database* db, const std::string& path, absl::Time now,
                          const std::vector<Migration>& migrations);

}  // namespace shirube::sqlite

#endif  // SHIRUBE_SERVER_STORAGE_SQLITE_SCHEMA_H_
