#include "server/storage/sqlite/schema.h"

#include <random>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "server/base/status_macros.h"
#include "server/domain/violation.h"
#include "server/storage/sqlite/errors.h"
#include "server/storage/sqlite/statement.h"

namespace shirube::sqlite {

namespace {

constexpr int64_t kApplicationId = 0x53485242;  // "SHRB"

// Random enough that a restored copy which went on by itself is never taken
// for the original.
std::string NewHistory() {
  std::random_device random;
  return absl::StrFormat("%08x%08x", random(), random());
}

absl::StatusOr<int64_t> ReadInt(Database* db, const std::string& sql) {
  Query q(db, sql);
  const int64_t value = q.Next() ? q.Int() : 0;
  if (!q.status().ok()) return q.status();
  return value;
}

absl::Status Apply(Database* db, const Migration& migration, absl::Time now) {
  SHIRUBE_RETURN_IF_ERROR(db->Execute(migration.sql));
  return Query(db, "INSERT INTO schema_version VALUES (?, ?, ?)")
      .Bind(migration.version)
      .Bind(migration.min_compatible_version)
      .Bind(now)
      .Run();
}

// Runs `work` in a transaction of its own.
template <typename Work>
absl::Status Atomically(Database* db, const Work& work) {
  SHIRUBE_RETURN_IF_ERROR(db->Execute("BEGIN IMMEDIATE"));
  absl::Status done = work();
  if (done.ok()) done = db->Execute("COMMIT");
  if (!done.ok()) db->Execute("ROLLBACK").IgnoreError();
  return done;
}

absl::Status TooNew(const std::string& path, int64_t version, int known) {
  return MakeError(
      absl::StatusCode::kFailedPrecondition, "STORE_TOO_NEW",
      absl::StrCat(path, " was written by a newer server (schema ", version,
                   "; this one knows ", known, "). Start that server."),
      absl::StrCat(path, " は新しい版のサーバーのものです(スキーマ ", version,
                   "。この版が扱えるのは ", known,
                   " まで)。新しい版で起動してください。"),
      {{"schema_version", absl::StrCat(version)},
       {"known_version", absl::StrCat(known)}});
}

}  // namespace

absl::Status CreateStore(Database* db, absl::Time now,
                         const std::vector<Migration>& migrations) {
  SHIRUBE_RETURN_IF_ERROR(Atomically(db, [&]() -> absl::Status {
    SHIRUBE_RETURN_IF_ERROR(
        db->Execute(absl::StrCat("PRAGMA application_id = ", kApplicationId)));
    for (const Migration& migration : migrations) {
      SHIRUBE_RETURN_IF_ERROR(Apply(db, migration, now));
    }
    return Query(db, "INSERT INTO store VALUES (1, ?, 0, 0, ?)")
        .Bind(NewHistory())
        .Bind(now)
        .Run();
  }));
  return db->Execute("PRAGMA journal_mode = WAL");
}

absl::Status UpgradeStore(Database* db, const std::string& path, absl::Time now,
                          const std::vector<Migration>& migrations) {
  SHIRUBE_ASSIGN_OR_RETURN(const int64_t application,
                           ReadInt(db, "PRAGMA application_id"));
  if (application != kApplicationId) {
    return CorruptRow(path + " is a database of another program");
  }
  SHIRUBE_ASSIGN_OR_RETURN(
      const int64_t version,
      ReadInt(db, "SELECT max(version) FROM schema_version"));
  SHIRUBE_ASSIGN_OR_RETURN(
      const int64_t compatible,
      ReadInt(db, "SELECT max(min_compatible_version) FROM schema_version"));
  const int known = migrations.back().version;
  if (compatible > known) return TooNew(path, version, known);
  for (const Migration& migration : migrations) {
    if (migration.version <= version) continue;
    SHIRUBE_RETURN_IF_ERROR(
        Atomically(db, [&] { return Apply(db, migration, now); }));
  }
  return absl::OkStatus();
}

}  // namespace shirube::sqlite
