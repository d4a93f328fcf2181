// Alerts by their latest change, as they were at one position of the log.
#include <algorithm>
#include <iterator>
#include <utility>

#include "absl/strings/str_cat.h"
#include "server/base/status_macros.h"
#include "server/storage/sqlite/alerts.h"
#include "server/storage/sqlite/codec.h"
#include "server/storage/sqlite/statement.h"

namespace shirube::sqlite {

namespace {

int64_t Limit(int limit) { return limit == 0 ? -1 : limit; }

// Those that have not changed since: what they are now.
Listed<AlertTransition> Unchanged(Database* db,
                                  const LatestAlertsQuery& query) {
  Query q(db, SelectTransitions(absl::StrCat(
                  "WHERE t.position IN (SELECT position FROM alert INDEXED BY ",
                  query.unresolved ? "alert_unresolved_latest" : "alert_latest",
                  " WHERE position <= ? AND position < ? ",
                  query.unresolved ? "AND state <> 'RESOLVED' " : "",
                  query.plan.empty() ? "" : "AND plan = ? ",
                  "ORDER BY position DESC LIMIT ?) ORDER BY t.position DESC")));
  q.Bind(query.at).Bind(query.before);
  if (!query.plan.empty()) q.Bind(query.plan);
  q.Bind(Limit(query.limit));
  return ReadTransitions(&q);
}

// Those that have, as they were then.
Listed<AlertTransition> ChangedSince(Database* db,
                                     const LatestAlertsQuery& query) {
  Query q(db,
          SelectTransitions(absl::StrCat(
              "JOIN (SELECT DISTINCT plan, alert FROM alert_transition WHERE "
              "position > ?) c ON t.plan = c.plan AND t.alert = c.alert AND "
              "t.seq = (SELECT max(seq) FROM alert_transition x WHERE "
              "x.plan = c.plan AND x.alert = c.alert AND x.position <= ?) "
              "WHERE t.position < ? ",
              query.unresolved ? "AND t.state <> 'RESOLVED' " : "",
              query.plan.empty() ? "" : "AND t.plan = ? ",
              "ORDER BY t.position DESC LIMIT ?")));
  q.Bind(query.at).Bind(query.at).Bind(query.before);
  if (!query.plan.empty()) q.Bind(query.plan);
  q.Bind(Limit(query.limit));
  return ReadTransitions(&q);
}

bool Later(const AlertTransition& a, const AlertTransition& b) {
  return a.position > b.position;
}

}  // namespace

Listed<AlertTransition> ListLatestAlertRows(Database* db,
                                            const LatestAlertsQuery& query) {
  SHIRUBE_ASSIGN_OR_RETURN(auto unchanged, Unchanged(db, query));
  SHIRUBE_ASSIGN_OR_RETURN(const int64_t last, LastTransitionRow(db, ""));
  if (last <= query.at) return unchanged;
  SHIRUBE_ASSIGN_OR_RETURN(auto changed, ChangedSince(db, query));
  std::vector<AlertTransition> all;
  std::merge(std::make_move_iterator(unchanged.begin()),
             std::make_move_iterator(unchanged.end()),
             std::make_move_iterator(changed.begin()),
             std::make_move_iterator(changed.end()), std::back_inserter(all),
             Later);
  if (query.limit > 0 && all.size() > static_cast<size_t>(query.limit)) {
    all.resize(query.limit);
  }
  return all;
}

}  // namespace shirube::sqlite
