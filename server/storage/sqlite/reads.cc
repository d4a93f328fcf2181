#include "server/storage/sqlite/reads.h"

#include <utility>

#include "server/storage/sqlite/statement.h"

namespace shirube::sqlite {

namespace {

// "a/b/c" at its first slash; without one the second part is empty.
std::pair<std::string, std::string> SplitFirst(const std::string& text) {
  const size_t slash = text.find('/');
  if (slash == std::string::npos) return {text, ""};
  return {text.substr(0, slash), text.substr(slash + 1)};
}

// `query.plan`, and paging by id after `query.after`.
Conditions InPlan(const ListQuery& query) {
  Conditions c;
  if (!query.plan.empty()) {
    c.Add("t.plan = ?", query.plan);
    if (!query.after.empty()) c.Add("t.id > ?", query.after);
  } else if (!query.after.empty()) {
    const auto [plan, id] = SplitFirst(query.after);
    c.Add("(t.plan, t.id) > (?", plan);
    c.sql += ", ?)";
    c.binds.push_back([id = id](Query& q) { q.Bind(id); });
  }
  return c;
}

}  // namespace

absl::StatusOr<StoreHead> ReadHead(Database* db) {
  Query q(db,
          "SELECT history, revision, judged_through, commit_time FROM store");
  StoreHead head;
  if (!q.Next()) {
    return q.status().ok() ? CorruptRow("the table store is empty")
                           : q.status();
  }
  head.history = q.Text();
  head.revision = q.Int();
  head.judged_through = q.Int();
  head.commit_time = q.Time();
  return head;
}

Listed<Plan> ListPlanRows(Database* db, const ListQuery& query) {
  Conditions c;
  if (!query.plan.empty()) c.Add("t.id = ?", query.plan);
  if (!query.after.empty()) c.Add("t.id > ?", query.after);
  return ListRows<Plan>(db, query, std::move(c), "t.id");
}

Listed<Initiative> ListInitiativeRows(Database* db, const ListQuery& query) {
  Conditions c = InPlan(query);
  if (!query.initiative.empty()) c.Add("t.parent = ?", query.initiative);
  return ListRows<Initiative>(db, query, std::move(c), "t.plan, t.id");
}

Listed<Indicator> ListIndicatorRows(Database* db, const ListQuery& query) {
  Conditions c = InPlan(query);
  if (!query.indicator.empty()) c.Add("t.id = ?", query.indicator);
  if (!query.initiative.empty()) {
    c.Add(
        "(EXISTS (SELECT 1 FROM indicator_link l WHERE l.version = t.version "
        "AND l.initiative = ?)",
        query.initiative);
    c.sql +=
        " OR (t.printed_under = ? AND NOT EXISTS (SELECT 1 FROM indicator_link "
        "l WHERE l.version = t.version)))";
    c.binds.push_back([id = query.initiative](Query& q) { q.Bind(id); });
  }
  return ListRows<Indicator>(db, query, std::move(c), "t.plan, t.id");
}

Listed<Observation> ListObservationRows(Database* db, const ListQuery& query) {
  Conditions c;
  if (!query.plan.empty()) c.Add("t.plan = ?", query.plan);
  if (!query.indicator.empty()) c.Add("t.indicator = ?", query.indicator);
  if (!query.after.empty()) {
    std::string plan = query.plan.value();
    std::string rest = query.after;
    if (plan.empty()) std::tie(plan, rest) = SplitFirst(rest);
    const auto [indicator, id] = SplitFirst(rest);
    SHIRUBE_ASSIGN_OR_RETURN(const ObservationId after, ParseObservationId(id));
    c.Add("(t.plan, t.indicator, t.period_index, t.period_months, t.id) > (?",
          plan);
    c.sql += ", ?, ?, ?, ?)";
    c.binds.push_back([indicator = indicator, id = id, after](Query& q) {
      q.Bind(indicator).Bind(after.period.index12());
      q.Bind(after.period.length_months()).Bind(id);
    });
  }
  return ListRows<Observation>(
      db, query, std::move(c),
      "t.plan, t.indicator, t.period_index, t.period_months, t.id");
}

Listed<Assessment> ListAssessmentRows(Database* db, const ListQuery& query) {
  Conditions c = InPlan(query);
  if (!query.initiative.empty()) c.Add("t.initiative = ?", query.initiative);
  if (!query.indicator.empty()) c.Add("t.indicator = ?", query.indicator);
  return ListRows<Assessment>(db, query, std::move(c), "t.plan, t.id");
}

Listed<PlanSource> ListSourceRows(Database* db, const PlanId& plan,
                                  Revision at) {
  Query q(db,
          "SELECT sha256, file, encoding, lines, normalisations, layout, "
          "from_revision FROM plan_source WHERE plan = ? AND to_revision > ? "
          "AND from_revision <= ? ORDER BY version");
  q.Bind(plan).Bind(Clamped(at)).Bind(Clamped(at));
  std::vector<PlanSource> sources;
  while (q.Next()) {
    PlanSource& source = sources.emplace_back();
    source.sha256 = q.Text();
    source.file = q.Text();
    source.encoding = q.Text();
    source.lines = static_cast<int>(q.Int());
    source.normalisations = q.Words();
    source.layout = q.Text();
    source.revision = q.Int();
  }
  if (!q.status().ok()) return q.status();
  return sources;
}

Listed<Observation> ListRevisions(Database* db, const ObservationKey& key) {
  Query q(db,
          absl::StrCat("SELECT ", SelectedColumns<Observation>(),
                       " FROM observation t WHERE ", TableOf<Observation>::kKey,
                       " ORDER BY t.from_revision"));
  TableOf<Observation>::BindKey(q, key);
  return ReadAll<Observation>(db, &q);
}

absl::Status ScanIndicatorRows(Database* db,
                               absl::FunctionRef<absl::Status(Indicator)> row) {
  Query q(db, absl::StrCat("SELECT ", SelectedColumns<Indicator>(),
                           " FROM indicator t WHERE t.to_revision = ? AND "
                           "t.delete_time IS NULL ORDER BY t.plan, t.id"));
  q.Bind(kOpen);
  return ReadRows<Indicator>(&q, [&](int64_t version, Indicator indicator) {
    SHIRUBE_RETURN_IF_ERROR(ReadChildren(db, version, &indicator));
    return row(std::move(indicator));
  });
}

absl::Status ScanObservationRows(
    Database* db, absl::FunctionRef<absl::Status(Observation)> row) {
  Query q(db, absl::StrCat("SELECT ", SelectedColumns<Observation>(),
                           " FROM indicator i CROSS JOIN observation t "
                           "ON t.plan = i.plan AND t.indicator = i.id "
                           "WHERE i.to_revision = ? AND i.delete_time IS NULL "
                           "AND t.to_revision = ? AND t.delete_time IS NULL "
                           "ORDER BY i.plan, i.id"));
  q.Bind(kOpen).Bind(kOpen);
  return ReadRows<Observation>(&q, [&](int64_t, Observation observation) {
    return row(std::move(observation));
  });
}

Listed<Change> ListChangeRows(Database* db, Revision after, int limit) {
  Query q(db,
          "SELECT revision, time, actor, claimed, action, causes_judging "
          "FROM change WHERE revision > ? ORDER BY revision LIMIT ?");
  q.Bind(after).Bind(limit > 0 ? limit : -1);
  std::vector<Change> changes;
  while (q.Next()) {
    Change& change = changes.emplace_back();
    change.revision = q.Int();
    change.time = q.Time();
    change.actor = q.Text();
    change.claimed = q.Flag();
    change.action = q.Text();
    change.causes_judging = q.Flag();
    Query t(db,
            "SELECT kind, type, plan, id, observation FROM change_touched "
            "WHERE revision = ? ORDER BY position");
    t.Bind(change.revision);
    ColumnReader reader(&t);
    while (t.Next()) {
      Touched& touched = change.touched.emplace_back();
      reader("kind", touched.kind);
      reader("type", touched.type);
      reader("plan", touched.plan);
      reader("id", touched.id);
      reader("observation", touched.observation);
    }
    if (!t.status().ok()) return t.status();
  }
  if (!q.status().ok()) return q.status();
  return changes;
}

Found<Revision> FirstCauseRow(Database* db, Revision after) {
  Query q(db,
          "SELECT revision FROM change WHERE causes_judging = 1 AND "
          "revision > ? ORDER BY revision LIMIT 1");
  q.Bind(after);
  std::optional<Revision> first;
  if (q.Next()) first = q.Int();
  if (!q.status().ok()) return q.status();
  return first;
}

Found<RequestRecord> GetRequestRow(Database* db, const std::string& method,
                                   const std::string& request_id) {
  Query q(db,
          "SELECT payload_hash, resource, revision, time, count FROM request "
          "WHERE method = ? AND request_id = ?");
  q.Bind(method).Bind(request_id);
  std::optional<RequestRecord> record;
  if (q.Next()) {
    record.emplace();
    record->method = method;
    record->request_id = request_id;
    record->payload_hash = q.Text();
    record->resource = q.Text();
    record->revision = q.Int();
    record->time = q.Time();
    record->count = q.Int();
  }
  if (!q.status().ok()) return q.status();
  return record;
}

}  // namespace shirube::sqlite
