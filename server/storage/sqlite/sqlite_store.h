// The SQLite driver: one database file, one writer connection, a pool of
// readers. `app` opens it once; it is used as a Store from any thread.
#ifndef SHIRUBE_SERVER_STORAGE_SQLITE_SQLITE_STORE_H_
#define SHIRUBE_SERVER_STORAGE_SQLITE_SQLITE_STORE_H_

#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "server/storage/store.h"

namespace shirube {

// Opens the database at `path`, or creates it (mode 0600), and locks
// `<path>.lock` until the store is destroyed. Errors, each with its reason
// word: FAILED_PRECONDITION STORE_FOLDER_MISSING, STORE_READ_ONLY,
// STORE_LOCKED, STORE_TOO_NEW; DATA_LOSS STORE_CORRUPT; UNAVAILABLE
// STORE_UNAVAILABLE. After an error the file is as it was.
absl::StatusOr<std::unique_ptr<Store>> OpenSqliteStore(const std::string& path);

}  // namespace shirube

#endif  // SHIRUBE_SERVER_STORAGE_SQLITE_SQLITE_STORE_H_
