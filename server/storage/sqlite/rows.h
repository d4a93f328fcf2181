// Versioned rows of every resource type: put, get and list as known at a
// revision.
#ifndef SHIRUBE_SERVER_STORAGE_SQLITE_ROWS_H_
#define SHIRUBE_SERVER_STORAGE_SQLITE_ROWS_H_

#include <algorithm>
#include <functional>
#include <string>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/strings/str_cat.h"
#include "server/base/status_macros.h"
#include "server/storage/sqlite/children.h"
#include "server/storage/sqlite/codec.h"
#include "server/storage/sqlite/errors.h"
#include "server/storage/store.h"

namespace shirube::sqlite {

// `to_revision` of what is true now.
inline constexpr Revision kOpen = kLatest;
// The highest revision to ask for: kLatest itself lies after everything.
inline Revision Clamped(Revision at) { return std::min(at, kLatest - 1); }

template <typename T>
const std::string& SelectedColumns() {
  static const std::string* const kColumns = [] {
    ColumnNames names;
    const T resource{};
    AllColumns(names, resource);
    return new std::string("t.version, " + Joined(names.names(), "t."));
  }();
  return *kColumns;
}

// Carries out a SELECT of SelectedColumns; `row` gets each resource without
// its children and its version.
template <typename T>
absl::Status ReadRows(Query* q,
                      absl::FunctionRef<absl::Status(int64_t, T)> row) {
  ColumnReader reader(q);
  while (q->Next()) {
    int64_t version = 0;
    reader("version", version);
    T resource;
    AllColumns(reader, resource);
    SHIRUBE_RETURN_IF_ERROR(q->status());
    SHIRUBE_RETURN_IF_ERROR(row(version, std::move(resource)));
  }
  return q->status();
}

template <typename T>
absl::StatusOr<std::vector<T>> ReadAll(Database* db, Query* q) {
  std::vector<T> all;
  SHIRUBE_RETURN_IF_ERROR(ReadRows<T>(q, [&](int64_t version, T resource) {
    SHIRUBE_RETURN_IF_ERROR(ReadChildren(db, version, &resource));
    all.push_back(std::move(resource));
    return absl::OkStatus();
  }));
  return all;
}

template <typename T, typename Key>
Found<T> GetRow(Database* db, const Key& key, Revision at) {
  static const std::string* const kSql = new std::string(absl::StrCat(
      "SELECT ", SelectedColumns<T>(), " FROM ", TableOf<T>::kName, " t WHERE ",
      TableOf<T>::kKey, " AND to_revision > ? AND from_revision <= ?"));
  Query q(db, *kSql);
  TableOf<T>::BindKey(q, key);
  q.Bind(Clamped(at)).Bind(Clamped(at));
  SHIRUBE_ASSIGN_OR_RETURN(std::vector<T> all, ReadAll<T>(db, &q));
  if (all.empty()) return std::optional<T>();
  return std::optional<T>(std::move(all.front()));
}

// Ends the current row at `revision`; one that was written at that very
// revision is replaced.
template <typename T, typename Key>
absl::Status CloseRow(Database* db, const Key& key, Revision revision) {
  static const std::string* const kFind = new std::string(
      absl::StrCat("SELECT version, from_revision FROM ", TableOf<T>::kName,
                   " WHERE ", TableOf<T>::kKey, " AND to_revision = ?"));
  static const std::string* const kClose = new std::string(absl::StrCat(
      "UPDATE ", TableOf<T>::kName, " SET to_revision = ? WHERE version = ?"));
  static const std::string* const kReplace = new std::string(
      absl::StrCat("DELETE FROM ", TableOf<T>::kName, " WHERE version = ?"));
  int64_t version = 0;
  Revision from = 0;
  {
    Query find(db, *kFind);
    TableOf<T>::BindKey(find, key);
    find.Bind(kOpen);
    if (!find.Next()) return find.status();
    version = find.Int();
    from = find.Int();
  }
  if (from > revision) {
    return ContractBroken(absl::StrCat(TableOf<T>::kName, " put at revision ",
                                       revision, " but stored at ", from));
  }
  if (from == revision) return Query(db, *kReplace).Bind(version).Run();
  return Query(db, *kClose).Bind(revision).Bind(version).Run();
}

// Columns that are derived from others, for ordering and for the key.
inline std::string ExtraNames(const Observation&) {
  return ", id, period_index, period_months";
}
inline void BindExtra(Query& q, const Observation& o) {
  q.Bind(o.id()).Bind(o.period.index12()).Bind(o.period.length_months());
}
template <typename T>
std::string ExtraNames(const T&) {
  return "";
}
template <typename T>
void BindExtra(Query&, const T&) {}

template <typename T>
absl::Status PutRow(Database* db, const T& resource) {
  static const std::string* const kInsert = [&] {
    ColumnNames names;
    AllColumns(names, resource);
    const std::string extra = ExtraNames(resource);
    const size_t extras = std::count(extra.begin(), extra.end(), ',');
    return new std::string(absl::StrCat(
        "INSERT INTO ", TableOf<T>::kName, " (", Joined(names.names()),
        ", to_revision", extra, ") VALUES (",
        Marks(names.names().size() + 1 + extras), ")"));
  }();
  SHIRUBE_RETURN_IF_ERROR(
      CloseRow<T>(db, TableOf<T>::KeyOf(resource), resource.stamp.revision));
  {
    Query q(db, *kInsert);
    ColumnBinder binder(&q);
    AllColumns(binder, resource);
    q.Bind(kOpen);
    BindExtra(q, resource);
    SHIRUBE_RETURN_IF_ERROR(q.Run());
  }
  return PutChildren(db, db->last_row_id(), resource);
}

// Conditions of a list, and what they bind, in order.
struct Conditions {
  std::string sql;
  std::vector<std::function<void(Query&)>> binds;

  template <typename T>
  void Add(const std::string& condition, const T& value) {
    sql += sql.empty() ? condition : " AND " + condition;
    binds.push_back([value](Query& q) { q.Bind(value); });
  }
};

template <typename T>
absl::StatusOr<std::vector<T>> ListRows(Database* db, const ListQuery& query,
                                        Conditions conditions,
                                        const std::string& order) {
  conditions.Add("t.to_revision > ?", Clamped(query.at));
  conditions.Add("t.from_revision <= ?", Clamped(query.at));
  if (!query.show_deleted) conditions.sql += " AND t.delete_time IS NULL";
  std::string sql =
      absl::StrCat("SELECT ", SelectedColumns<T>(), " FROM ", TableOf<T>::kName,
                   " t WHERE ", conditions.sql, " ORDER BY ", order);
  if (query.limit > 0) sql += " LIMIT ?";
  Query q(db, sql);
  for (const auto& bind : conditions.binds) bind(q);
  if (query.limit > 0) q.Bind(query.limit);
  return ReadAll<T>(db, &q);
}

}  // namespace shirube::sqlite

#endif  // SHIRUBE_SERVER_STORAGE_SQLITE_ROWS_H_
