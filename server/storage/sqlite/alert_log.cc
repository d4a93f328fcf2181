// Where the log of transitions begins, and throwing away what lies before.
#include <sqlite3.h>

#include <algorithm>

#include "server/base/status_macros.h"
#include "server/storage/sqlite/alerts.h"
#include "server/storage/sqlite/errors.h"
#include "server/storage/sqlite/statement.h"

namespace shirube::sqlite {

absl::StatusOr<LogStart> LogStartRow(Database* db) {
  Query q(db, "SELECT position, revision, time FROM alert_log_start");
  LogStart start;
  if (q.Next()) {
    start.position = q.Int();
    start.revision = q.Int();
    start.time = q.Time();
  }
  if (!q.status().ok()) return q.status();
  return start;
}

absl::StatusOr<int64_t> PassedByAllRows(Database* db, int64_t most) {
  // A lower end may lie within a digest that the higher one did not touch.
  for (int64_t end = most;; end = most) {
    Query q(db,
            "SELECT min(p) FROM (SELECT ?1 AS p"
            " UNION ALL SELECT position FROM subscription"
            "  WHERE delete_time IS NULL"
            " UNION ALL SELECT iif(count > 1, first_position, position) - 1"
            "  FROM delivery WHERE state = 'WAITING'"
            " UNION ALL SELECT first_position - 1 FROM delivery"
            "  WHERE count > 1 AND first_position <= ?1 AND position > ?1)");
    q.Bind(end);
    if (q.Next()) most = q.Int();
    if (!q.status().ok()) return q.status();
    if (most == end) return std::max<int64_t>(0, end);
  }
}

absl::Status SetLogStartRow(Database* db, const LogStart& start) {
  SHIRUBE_RETURN_IF_ERROR(
      Query(db,
            "UPDATE alert_log_start SET position = ?1, revision = ?2, "
            "time = ?3 WHERE position <= ?1 AND revision <= ?2 AND time <= ?3")
          .Bind(start.position)
          .Bind(start.revision)
          .Bind(start.time)
          .Run());
  if (sqlite3_changes(db->handle()) != 1) {
    return ContractBroken("the start of the log of alerts would go back");
  }
  return Query(db,
               "DELETE FROM delivery WHERE position <= ? AND "
               "state <> 'WAITING'")
      .Bind(start.position)
      .Run();
}

absl::StatusOr<int64_t> DeleteTransitionRows(Database* db, int64_t after,
                                             int limit) {
  SHIRUBE_ASSIGN_OR_RETURN(const LogStart start, LogStartRow(db));
  int64_t through = start.position;
  {
    Query q(db,
            "SELECT position FROM alert_transition WHERE position > ? AND "
            "position <= ? ORDER BY position LIMIT 1 OFFSET ?");
    q.Bind(after).Bind(start.position).Bind(int64_t{limit} - 1);
    if (q.Next()) through = q.Int();
    if (!q.status().ok()) return q.status();
  }
  SHIRUBE_RETURN_IF_ERROR(
      Query(db,
            "DELETE FROM alert_transition WHERE position > ? AND position <= ? "
            "AND EXISTS (SELECT 1 FROM alert a WHERE a.plan = "
            "alert_transition.plan AND a.id = alert_transition.alert AND "
            "a.state = 'RESOLVED' AND a.position > alert_transition.position)")
          .Bind(after)
          .Bind(through)
          .Run());
  return through;
}

}  // namespace shirube::sqlite
