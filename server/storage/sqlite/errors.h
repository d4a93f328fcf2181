// What the driver says when SQLite fails: the product's own errors, never a
// bare SQLite code.
#ifndef SHIRUBE_SERVER_STORAGE_SQLITE_ERRORS_H_
#define SHIRUBE_SERVER_STORAGE_SQLITE_ERRORS_H_

#include <string>
#include <string_view>

#include "absl/status/status.h"

struct sqlite3;

namespace shirube::sqlite {

// The last error of `db` while doing `what`.
absl::Status ErrorOf(sqlite3* db, std::string_view what);
// A stored row that no code of ours can have written.
absl::Status CorruptRow(std::string_view what);
// The caller broke the contract of store.h.
absl::Status ContractBroken(std::string_view what);

}  // namespace shirube::sqlite

#endif  // SHIRUBE_SERVER_STORAGE_SQLITE_ERRORS_H_
