#include "server/storage/sqlite/alerts.h"

#include <sqlite3.h>

#include <utility>

#include "absl/strings/str_cat.h"
#include "server/base/status_macros.h"
#include "server/storage/sqlite/codec.h"
#include "server/storage/sqlite/errors.h"
#include "server/storage/sqlite/rows.h"
#include "server/storage/sqlite/statement.h"

namespace shirube::sqlite {

namespace {

// `T` is the type or its const. `initiatives` is bound and read beside these.
template <typename V, typename T>
void TransitionColumns(V& v, T& t) {
  auto& a = t.alert;
  v("position", t.position);
  v("plan", a.plan);
  v("alert", a.id);
  v("seq", a.seq);
  v("type", t.type);
  v("from_state", t.from_state);
  v("from_status", t.from_status);
  v("time", t.time);
  v("actor", t.actor);
  v("revision", t.revision);
  v("kind", a.kind);
  v("subject", a.subject);
  v("subject_display_name", a.subject_display_name);
  v("period", a.period);
  v("state", a.state);
  v("resolution", a.resolution);
  v("severity", a.severity);
  v("status", a.status);
  v("reason", a.reason);
  v("value", a.value);
  v("unit", a.unit);
  v("owner", a.owner);
  v("rule_set", a.rule_set);
  v("previous", a.previous);
  v("escalated", a.escalated);
  v("reopened", a.reopened);
  v("sentence_ja", a.sentence.ja);
  v("sentence_en", a.sentence.en);
  v("way_out_ja", a.way_out.ja);
  v("way_out_en", a.way_out.en);
  v("acknowledge_reason", a.acknowledge_reason);
  v("acknowledged_by", a.acknowledged_by);
  v("review_date", a.review_date);
  v("snoozed_until", a.snoozed_until);
  v("create_time", a.stamp.create_time);
}

const std::vector<std::string>& Names() {
  static const auto* const kNames = [] {
    ColumnNames names;
    const AlertTransition empty;
    TransitionColumns(names, empty);
    return new std::vector<std::string>(names.names());
  }();
  return *kNames;
}

// A limit of SQL for "0: all".
int64_t Limit(int limit) { return limit == 0 ? -1 : limit; }

// Left alone, SQLite looks at every alert of the plan, because those are in the
// order that is wanted.
std::string IndexFor(const AlertQuery& query) {
  if (query.plan.empty() || query.kind == AlertKind::kUnspecified ||
      query.subject.empty()) {
    return "";
  }
  return query.unresolved ? "INDEXED BY alert_unresolved "
                          : "INDEXED BY alert_subject ";
}

absl::Status PutCurrent(Database* db, const Alert& alert, int64_t position) {
  if (alert.seq == 1) {
    return Query(db, "INSERT INTO alert VALUES (?, ?, ?, ?, ?, ?, ?)")
        .Bind(alert.plan)
        .Bind(alert.id)
        .Bind(WordOf(alert.kind))
        .Bind(alert.subject)
        .Bind(WordOf(alert.state))
        .Bind(alert.seq)
        .Bind(position)
        .Run();
  }
  SHIRUBE_RETURN_IF_ERROR(
      Query(db,
            "UPDATE alert SET state = ?, seq = ?, position = ? WHERE plan = ? "
            "AND id = ? AND seq = ?")
          .Bind(WordOf(alert.state))
          .Bind(alert.seq)
          .Bind(position)
          .Bind(alert.plan)
          .Bind(alert.id)
          .Bind(alert.seq - 1)
          .Run());
  if (sqlite3_changes(db->handle()) == 1) return absl::OkStatus();
  return ContractBroken(absl::StrCat("transition ", alert.seq, " of alert ",
                                     alert.id.value(), " is not its next one"));
}

}  // namespace

std::string SelectTransitions(const std::string& rest) {
  return absl::StrCat("SELECT ", Joined(Names(), "t."),
                      ", t.initiatives FROM alert_transition t ", rest);
}

Listed<AlertTransition> ReadTransitions(Query* q) {
  std::vector<AlertTransition> all;
  ColumnReader reader(q);
  while (q->Next()) {
    AlertTransition& t = all.emplace_back();
    TransitionColumns(reader, t);
    for (std::string& id : q->Words()) {
      t.alert.initiatives.emplace_back(std::move(id));
    }
    t.alert.stamp.update_time = t.time;
    t.alert.stamp.revision = t.revision;
    t.alert.stamp.actor = t.actor;
  }
  if (!q->status().ok()) return q->status();
  return all;
}

Found<Alert> GetAlertRow(Database* db, const AlertKey& key, Revision at) {
  Query q(db, SelectTransitions(
                  "WHERE t.plan = ? AND t.alert = ? AND t.revision <= ? "
                  "ORDER BY t.seq DESC LIMIT 1"));
  q.Bind(key.plan).Bind(key.alert).Bind(Clamped(at));
  SHIRUBE_ASSIGN_OR_RETURN(std::vector<AlertTransition> found,
                           ReadTransitions(&q));
  if (found.empty()) return std::optional<Alert>();
  return std::optional<Alert>(std::move(found.front().alert));
}

Listed<Alert> ListAlertRows(Database* db, const AlertQuery& query) {
  Conditions c;
  if (!query.plan.empty()) c.Add("a.plan = ?", query.plan);
  if (query.kind != AlertKind::kUnspecified) {
    c.Add("a.kind = ?", std::string(WordOf(query.kind)));
  }
  if (!query.subject.empty()) c.Add("a.subject = ?", query.subject);
  if (query.state != AlertState::kUnspecified) {
    // Said twice: the index of those set aside is used only when it is plain.
    if (query.state == AlertState::kAcknowledged ||
        query.state == AlertState::kSnoozed) {
      c.Add("a.state IN ('ACKNOWLEDGED', 'SNOOZED') AND a.state = ?",
            std::string(WordOf(query.state)));
    } else {
      c.Add("a.state = ?", std::string(WordOf(query.state)));
    }
  }
  std::string unresolved = query.unresolved ? "AND a.state <> 'RESOLVED' " : "";
  if (!query.after.empty()) {
    if (!query.plan.empty()) {
      c.Add("a.id > ?", query.after);
    } else {
      const size_t slash = query.after.find('/');
      c.Add("(a.plan, a.id) > (?", query.after.substr(0, slash));
      c.sql += ", ?)";
      c.binds.push_back(
          [id = slash == std::string::npos
                    ? std::string()
                    : query.after.substr(slash + 1)](Query& q) { q.Bind(id); });
    }
  }
  Query q(db, SelectTransitions(
                  absl::StrCat("JOIN alert a ", IndexFor(query),
                               "ON a.position = t.position WHERE ",
                               c.sql.empty() ? "TRUE" : c.sql, " ", unresolved,
                               "ORDER BY a.plan, a.id LIMIT ?")));
  for (const auto& bind : c.binds) bind(q);
  q.Bind(Limit(query.limit));
  SHIRUBE_ASSIGN_OR_RETURN(std::vector<AlertTransition> found,
                           ReadTransitions(&q));
  std::vector<Alert> alerts;
  alerts.reserve(found.size());
  for (AlertTransition& t : found) alerts.push_back(std::move(t.alert));
  return alerts;
}

Listed<AlertTransition> ListTransitionRows(Database* db, int64_t after,
                                           int limit) {
  Query q(db, SelectTransitions(
                  "WHERE t.position > ? ORDER BY t.position LIMIT ?"));
  q.Bind(after).Bind(Limit(limit));
  return ReadTransitions(&q);
}

Listed<AlertTransition> ListTransitionRowsOf(Database* db, const AlertKey& key,
                                             int64_t after_seq, int limit) {
  Query q(db,
          SelectTransitions("WHERE t.plan = ? AND t.alert = ? AND t.seq > ? "
                            "ORDER BY t.seq LIMIT ?"));
  q.Bind(key.plan).Bind(key.alert).Bind(after_seq).Bind(Limit(limit));
  return ReadTransitions(&q);
}

absl::StatusOr<int64_t> LastTransitionRow(Database* db,
                                          const std::string& where,
                                          std::optional<int64_t> parameter) {
  Query q(db,
          absl::StrCat("SELECT position FROM alert_transition ",
                       where.empty() ? "" : "WHERE ", where,
                       where.empty()     ? " ORDER BY position"
                       : where[0] == 't' ? " ORDER BY time DESC, position"
                                         : " ORDER BY revision DESC, position",
                       " DESC LIMIT 1"));
  if (parameter.has_value()) q.Bind(*parameter);
  const int64_t position = q.Next() ? q.Int() : 0;
  if (!q.status().ok()) return q.status();
  return position;
}

Found<AlertBacklog> NextBacklogRow(Database* db) {
  Query q(db,
          "SELECT run, published, after FROM alert_backlog ORDER BY published "
          "LIMIT 1");
  std::optional<AlertBacklog> backlog;
  if (q.Next()) {
    backlog.emplace();
    backlog->run = q.Int();
    backlog->published = q.Int();
    backlog->after = q.Int();
  }
  if (!q.status().ok()) return q.status();
  return backlog;
}

absl::StatusOr<bool> IsBaselineRow(Database* db, const IndicatorKey& key) {
  Query q(db, "SELECT 1 FROM alert_baseline WHERE plan = ? AND indicator = ?");
  q.Bind(key.plan).Bind(key.indicator);
  const bool found = q.Next();
  if (!q.status().ok()) return q.status();
  return found;
}

absl::StatusOr<int64_t> PutTransitionRow(Database* db,
                                         const AlertTransition& transition) {
  static const std::string* const kSql = new std::string(
      absl::StrCat("INSERT INTO alert_transition (", Joined(Names()),
                   ", initiatives) VALUES (", Marks(Names().size() + 1), ")"));
  SHIRUBE_ASSIGN_OR_RETURN(const int64_t last, LastTransitionRow(db, ""));
  AlertTransition row = transition;
  row.position = last + 1;
  std::vector<std::string> initiatives;
  for (const InitiativeId& id : row.alert.initiatives) {
    initiatives.push_back(id.value());
  }
  Query q(db, *kSql);
  ColumnBinder binder(&q);
  TransitionColumns(binder, std::as_const(row));
  q.BindWords(initiatives);
  SHIRUBE_RETURN_IF_ERROR(q.Run());
  SHIRUBE_RETURN_IF_ERROR(PutCurrent(db, row.alert, row.position));
  return row.position;
}

absl::Status PutBacklogRow(Database* db, const AlertBacklog& backlog) {
  return Query(db, "INSERT OR REPLACE INTO alert_backlog VALUES (?, ?, ?)")
      .Bind(backlog.run)
      .Bind(backlog.published)
      .Bind(backlog.after)
      .Run();
}

absl::Status EndBacklogRow(Database* db, RunId run) {
  return Query(db, "DELETE FROM alert_backlog WHERE run = ?").Bind(run).Run();
}

absl::Status SetBaselineRow(Database* db, const IndicatorKey& key, bool is) {
  return Query(db, is ? "INSERT OR IGNORE INTO alert_baseline VALUES (?, ?)"
                      : "DELETE FROM alert_baseline WHERE plan = ? AND "
                        "indicator = ?")
      .Bind(key.plan)
      .Bind(key.indicator)
      .Run();
}

}  // namespace shirube::sqlite
