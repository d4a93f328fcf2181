#include "server/storage/sqlite/errors.h"

#include <sqlite3.h>

#include "absl/strings/str_cat.h"
#include "server/domain/violation.h"

namespace shirube::sqlite {

absl::Status ErrorOf(sqlite3* db, std::string_view what) {
  const int code = db == nullptr ? SQLITE_NOMEM : sqlite3_errcode(db);
  const std::string text =
      absl::StrCat(std::string(what), ": ",
                   db == nullptr ? "out of memory" : sqlite3_errmsg(db));
  switch (code) {
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
      return MakeError(
          absl::StatusCode::kDataLoss, "STORE_CORRUPT",
          absl::StrCat("The database is damaged (", text,
                       "). Stop the server and restore a backup."),
          absl::StrCat("データベースが壊れています(", text,
                       ")。サーバーを止め、バックアップから戻してください。"));
    case SQLITE_FULL:
    case SQLITE_IOERR:
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
    case SQLITE_READONLY:
    case SQLITE_CANTOPEN:
    case SQLITE_NOMEM:
      return MakeError(
          absl::StatusCode::kUnavailable, "STORE_UNAVAILABLE",
          absl::StrCat("The database cannot be used now (", text,
                       "). Check the disk, then try again."),
          absl::StrCat("データベースを使えません(", text,
                       ")。ディスクを確かめて、もう一度試してください。"));
    default:
      return ContractBroken(text);
  }
}

absl::Status CorruptRow(std::string_view what) {
  const std::string text(what);
  return MakeError(absl::StatusCode::kDataLoss, "STORE_CORRUPT",
                   absl::StrCat("The database holds what cannot be read (",
                                text, "). Restore a backup."),
                   absl::StrCat("データベースに読めないものがあります(", text,
                                ")。バックアップから戻してください。"));
}

absl::Status ContractBroken(std::string_view what) {
  const std::string text(what);
  return MakeError(absl::StatusCode::kInternal, "INTERNAL_FAULT",
                   absl::StrCat("Fault of the server: ", text),
                   absl::StrCat("サーバーの不具合: ", text));
}

}  // namespace shirube::sqlite
