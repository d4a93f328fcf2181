// Reads of verdicts. A verdict counts from the revision in which
// it became visible: its own, or the one that published its run.
#include <utility>

#include "server/storage/sqlite/reads.h"
#include "server/storage/sqlite/statement.h"

namespace shirube::sqlite {

namespace {

constexpr const char* kVisible =
    "(CASE WHEN v.run IS NULL THEN v.revision ELSE r.published_revision END)";

const std::string& VerdictNames() {
  static const std::string* const kNames = [] {
    ColumnNames names;
    const Verdict verdict;
    VerdictColumns(names, verdict);
    return new std::string(Joined(names.names(), "v.") + ", v.failed");
  }();
  return *kNames;
}

// A SELECT of VerdictNames.
absl::StatusOr<std::vector<Verdict>> ReadVerdicts(Query* q) {
  std::vector<Verdict> verdicts;
  ColumnReader reader(q);
  while (q->Next()) {
    Verdict& verdict = verdicts.emplace_back();
    VerdictColumns(reader, verdict);
    for (const std::string& failed : q->Words()) {
      const size_t colon = failed.find(':');
      if (colon == std::string::npos) {
        q->FailCorrupt("failed module " + failed);
      } else {
        verdict.failed.push_back(
            {failed.substr(0, colon), failed.substr(colon + 1)});
      }
    }
  }
  if (!q->status().ok()) return q->status();
  return verdicts;
}

// The version of the verdict that counts for `plan` and `indicator`
// (expressions) at the revision of the one parameter.
std::string CountingVersion(const std::string& plan,
                            const std::string& indicator) {
  return absl::StrCat(
      "(SELECT v.version FROM verdict v LEFT JOIN run r ON r.id = v.run "
      "WHERE v.plan = ",
      plan, " AND v.indicator = ", indicator, " AND ", kVisible,
      " <= ? ORDER BY v.input_revision DESC, v.revision DESC, v.version DESC "
      "LIMIT 1)");
}

}  // namespace

Found<Verdict> GetVerdictRow(Database* db, const IndicatorKey& key,
                             Revision at) {
  static const std::string* const kSql = new std::string(absl::StrCat(
      "SELECT ", VerdictNames(),
      " FROM verdict v WHERE v.version = ", CountingVersion("?", "?")));
  Query q(db, *kSql);
  q.Bind(key.plan).Bind(key.indicator).Bind(Clamped(at));
  SHIRUBE_ASSIGN_OR_RETURN(std::vector<Verdict> found, ReadVerdicts(&q));
  if (found.empty()) return std::optional<Verdict>();
  return std::optional<Verdict>(std::move(found.front()));
}

Listed<Verdict> ListVerdictRows(Database* db, const ListQuery& query) {
  std::string sql =
      absl::StrCat("SELECT ", VerdictNames(),
                   " FROM indicator t JOIN verdict v ON v.version = ",
                   CountingVersion("t.plan", "t.id"),
                   " WHERE t.to_revision > ? AND t.from_revision <= ?");
  if (!query.show_deleted) sql += " AND t.delete_time IS NULL";
  if (!query.plan.empty()) sql += " AND t.plan = ?";
  if (!query.indicator.empty()) sql += " AND t.id = ?";
  if (!query.initiative.empty()) {
    sql +=
        " AND (EXISTS (SELECT 1 FROM indicator_link l WHERE l.version = "
        "t.version AND l.initiative = ?) OR (t.printed_under = ? AND NOT "
        "EXISTS (SELECT 1 FROM indicator_link l WHERE l.version = "
        "t.version)))";
  }
  if (!query.after.empty()) sql += " AND (t.plan, t.id) > (?, ?)";
  sql += " ORDER BY t.plan, t.id LIMIT ?";
  Query q(db, sql);
  const Revision at = Clamped(query.at);
  q.Bind(at).Bind(at).Bind(at);
  if (!query.plan.empty()) q.Bind(query.plan);
  if (!query.indicator.empty()) q.Bind(query.indicator);
  if (!query.initiative.empty()) {
    q.Bind(query.initiative).Bind(query.initiative);
  }
  if (!query.after.empty()) {
    std::string plan = query.plan.value();
    std::string id = query.after;
    if (plan.empty()) {
      const size_t slash = id.find('/');
      plan = id.substr(0, slash);
      id = slash == std::string::npos ? "" : id.substr(slash + 1);
    }
    q.Bind(plan).Bind(id);
  }
  q.Bind(query.limit > 0 ? query.limit : -1);
  return ReadVerdicts(&q);
}

Listed<Verdict> ListVerdictRowsSince(Database* db, Revision after,
                                     Revision at) {
  // Two halves, so that each uses its own index.
  Query q(db,
          absl::StrCat("SELECT * FROM (SELECT ", VerdictNames(),
                       ", v.revision AS visible, v.version AS version "
                       "FROM verdict v WHERE v.run IS NULL AND "
                       "v.revision > ? AND v.revision <= ? UNION ALL SELECT ",
                       VerdictNames(),
                       ", r.published_revision, v.version "
                       "FROM run r JOIN verdict v ON v.run = r.id WHERE "
                       "r.published_revision > ? AND "
                       "r.published_revision <= ?) ORDER BY visible, version"));
  q.Bind(after).Bind(Clamped(at)).Bind(after).Bind(Clamped(at));
  return ReadVerdicts(&q);
}

Listed<RunVerdict> ListRunVerdictRows(Database* db, RunId run, int64_t after,
                                      int limit) {
  std::vector<int64_t> rows;
  {
    Query q(db,
            "SELECT version FROM verdict WHERE run = ? AND version > ? "
            "ORDER BY version LIMIT ?");
    q.Bind(run).Bind(after).Bind(limit == 0 ? -1 : limit);
    while (q.Next()) rows.push_back(q.Int());
    if (!q.status().ok()) return q.status();
  }
  Query q(db, absl::StrCat("SELECT ", VerdictNames(),
                           " FROM verdict v WHERE v.run = ? AND v.version > ? "
                           "ORDER BY v.version LIMIT ?"));
  q.Bind(run).Bind(after).Bind(limit == 0 ? -1 : limit);
  SHIRUBE_ASSIGN_OR_RETURN(std::vector<Verdict> verdicts, ReadVerdicts(&q));
  std::vector<RunVerdict> found;
  for (size_t i = 0; i < verdicts.size(); ++i) {
    found.push_back({rows[i], std::move(verdicts[i])});
  }
  return found;
}

}  // namespace shirube::sqlite
