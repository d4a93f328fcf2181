#include "server/storage/sqlite/children.h"

#include <functional>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "server/base/status_macros.h"
#include "server/storage/sqlite/codec.h"
#include "server/storage/sqlite/statement.h"

namespace shirube::sqlite {

namespace {

// Columns of the parts of an indicator.
template <typename V, typename T>
void PartColumns(V& v, T& part) {
  using Part = std::remove_const_t<T>;
  ValueColumns(v, part.value);
  if constexpr (std::is_same_v<Part, Target>) {
    // Always eight columns, also where there is no upper edge.
    bool has_upper = part.upper.has_value();
    v("has_upper", has_upper);
    Value upper = part.upper.value_or(Value());
    ValueColumns(v, upper, "upper_");
    if constexpr (!std::is_const_v<T>) {
      if (has_upper) part.upper = upper;
    }
    v("period", part.period);
    v("every_year", part.every_year);
    v("words", part.words);
    v("operator", part.op);
    v("effective_from", part.effective_from);
  } else {
    v("period", part.period);
    if constexpr (std::is_same_v<Part, Baseline>) {
      v("effective_from", part.effective_from);
    }
  }
}

template <typename Part>
std::string PartNames() {
  ColumnNames names;
  const Part part{};
  PartColumns(names, part);
  return Joined(names.names());
}

template <typename Part>
absl::Status PutParts(Database* db, int64_t version, const char* table,
                      const std::vector<Part>& parts) {
  if (parts.empty()) return absl::OkStatus();
  ColumnNames names;
  PartColumns(names, parts.front());
  static const std::string* const kSql = new std::string(absl::StrCat(
      "INSERT INTO ", table, " (version, position, ", Joined(names.names()),
      ") VALUES (?, ?, ", Marks(names.names().size()), ")"));
  for (size_t i = 0; i < parts.size(); ++i) {
    Query q(db, *kSql);
    q.Bind(version).Bind(static_cast<int64_t>(i));
    ColumnBinder binder(&q);
    PartColumns(binder, parts[i]);
    SHIRUBE_RETURN_IF_ERROR(q.Run());
  }
  return absl::OkStatus();
}

template <typename Part>
absl::Status ReadParts(Database* db, int64_t version, const char* table,
                       std::vector<Part>* parts) {
  static const std::string* const kSql = new std::string(
      absl::StrCat("SELECT ", PartNames<Part>(), " FROM ", table,
                   " WHERE version = ? ORDER BY position"));
  Query q(db, *kSql);
  q.Bind(version);
  ColumnReader reader(&q);
  while (q.Next()) PartColumns(reader, parts->emplace_back());
  return q.status();
}

absl::Status PutParameters(Database* db, int64_t version, const char* table,
                           const Parameters& parameters) {
  for (const auto& [name, value] : parameters) {
    Query q(db, absl::StrCat("INSERT INTO ", table, " VALUES (?, ?, ?)"));
    SHIRUBE_RETURN_IF_ERROR(q.Bind(version).Bind(name).Bind(value).Run());
  }
  return absl::OkStatus();
}

absl::Status ReadParameters(Database* db, int64_t version, const char* table,
                            Parameters* parameters) {
  Query q(db, absl::StrCat("SELECT name, value FROM ", table,
                           " WHERE version = ? ORDER BY name"));
  q.Bind(version);
  while (q.Next()) {
    std::string name = q.Text();
    parameters->emplace(std::move(name), q.Number());
  }
  return q.status();
}

absl::Status PutEntries(Database* db, int64_t version, int64_t parent,
                        const std::vector<Entry>& entries, int64_t* position) {
  for (const Entry& entry : entries) {
    const int64_t own = (*position)++;
    Query q(db,
            "INSERT INTO initiative_entry (version, position, parent, type, "
            "fiscal_year, text, marker, file, line, steps) "
            "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)");
    q.Bind(version).Bind(own).Bind(parent);
    ColumnBinder binder(&q);
    binder("type", entry.type);
    binder("fiscal_year", entry.fiscal_year);
    q.Bind(entry.text).Bind(entry.marker).Bind(entry.provenance.file);
    q.Bind(entry.provenance.line).BindWords(entry.provenance.steps);
    SHIRUBE_RETURN_IF_ERROR(q.Run());
    SHIRUBE_RETURN_IF_ERROR(
        PutEntries(db, version, own, entry.children, position));
  }
  return absl::OkStatus();
}

struct FlatEntry {
  int64_t position, parent;
  Entry entry;
};

// The entries below `parent`; `*next` moves over the rows used.
std::vector<Entry> Nested(std::vector<FlatEntry>* rows, size_t* next,
                          int64_t parent) {
  std::vector<Entry> entries;
  while (*next < rows->size() && (*rows)[*next].parent == parent) {
    FlatEntry& row = (*rows)[(*next)++];
    row.entry.children = Nested(rows, next, row.position);
    entries.push_back(std::move(row.entry));
  }
  return entries;
}

absl::Status ReadEntries(Database* db, int64_t version,
                         std::vector<Entry>* entries) {
  Query q(db,
          "SELECT position, parent, type, fiscal_year, text, marker, file, "
          "line, steps FROM initiative_entry WHERE version = ? "
          "ORDER BY position");
  q.Bind(version);
  ColumnReader reader(&q);
  std::vector<FlatEntry> rows;
  while (q.Next()) {
    FlatEntry& row = rows.emplace_back();
    reader("position", row.position);
    reader("parent", row.parent);
    reader("type", row.entry.type);
    reader("fiscal_year", row.entry.fiscal_year);
    reader("text", row.entry.text);
    reader("marker", row.entry.marker);
    reader("file", row.entry.provenance.file);
    reader("line", row.entry.provenance.line);
    reader("steps", row.entry.provenance.steps);
  }
  size_t next = 0;
  *entries = Nested(&rows, &next, -1);
  if (next != rows.size()) q.FailCorrupt("nested entries");
  return q.status();
}

absl::Status PutLinks(Database* db, int64_t version,
                      const std::vector<InitiativeId>& links) {
  for (const InitiativeId& link : links) {
    Query q(db, "INSERT INTO indicator_link VALUES (?, ?)");
    SHIRUBE_RETURN_IF_ERROR(q.Bind(version).Bind(link).Run());
  }
  return absl::OkStatus();
}

absl::Status ReadLinks(Database* db, int64_t version,
                       std::vector<InitiativeId>* links) {
  Query q(db,
          "SELECT initiative FROM indicator_link WHERE version = ? "
          "ORDER BY initiative");
  q.Bind(version);
  while (q.Next()) links->emplace_back(q.Text());
  return q.status();
}

absl::Status PutPublication(Database* db, int64_t version,
                            const std::optional<Publication>& publication) {
  if (!publication.has_value()) return absl::OkStatus();
  Query q(db,
          "UPDATE indicator SET publication_month = ?, "
          "publication_lag_years = ? WHERE version = ?");
  q.Bind(publication->month).Bind(publication->lag_years).Bind(version);
  return q.Run();
}

absl::Status ReadPublication(Database* db, int64_t version,
                             std::optional<Publication>* publication) {
  Query q(db,
          "SELECT publication_month, publication_lag_years FROM indicator "
          "WHERE version = ?");
  q.Bind(version);
  while (q.Next()) {
    const std::optional<int64_t> month = q.MaybeInt();
    const std::optional<int64_t> lag = q.MaybeInt();
    if (month.has_value() && lag.has_value()) {
      *publication =
          Publication{static_cast<int>(*month), static_cast<int>(*lag)};
    }
  }
  return q.status();
}

}  // namespace

absl::Status PutChildren(Database* db, int64_t version, const Plan& plan) {
  return PutParameters(db, version, "plan_parameter", plan.parameters);
}

absl::Status PutChildren(Database* db, int64_t version,
                         const Initiative& initiative) {
  SHIRUBE_RETURN_IF_ERROR(PutParameters(db, version, "initiative_parameter",
                                        initiative.parameters));
  int64_t position = 0;
  return PutEntries(db, version, -1, initiative.entries, &position);
}

absl::Status PutChildren(Database* db, int64_t version,
                         const Indicator& indicator) {
  SHIRUBE_RETURN_IF_ERROR(
      PutParts(db, version, "indicator_baseline", indicator.baselines));
  SHIRUBE_RETURN_IF_ERROR(
      PutParts(db, version, "indicator_target", indicator.targets));
  SHIRUBE_RETURN_IF_ERROR(
      PutParts(db, version, "indicator_milestone", indicator.milestones));
  SHIRUBE_RETURN_IF_ERROR(PutLinks(db, version, indicator.links));
  SHIRUBE_RETURN_IF_ERROR(PutPublication(db, version, indicator.publication));
  return PutParameters(db, version, "indicator_parameter",
                       indicator.parameters);
}

absl::Status PutChildren(Database*, int64_t, const Observation&) {
  return absl::OkStatus();
}
absl::Status PutChildren(Database*, int64_t, const Assessment&) {
  return absl::OkStatus();
}

absl::Status ReadChildren(Database* db, int64_t version, Plan* plan) {
  return ReadParameters(db, version, "plan_parameter", &plan->parameters);
}

absl::Status ReadChildren(Database* db, int64_t version,
                          Initiative* initiative) {
  SHIRUBE_RETURN_IF_ERROR(ReadParameters(db, version, "initiative_parameter",
                                         &initiative->parameters));
  return ReadEntries(db, version, &initiative->entries);
}

absl::Status ReadChildren(Database* db, int64_t version, Indicator* indicator) {
  SHIRUBE_RETURN_IF_ERROR(
      ReadParts(db, version, "indicator_baseline", &indicator->baselines));
  SHIRUBE_RETURN_IF_ERROR(
      ReadParts(db, version, "indicator_target", &indicator->targets));
  SHIRUBE_RETURN_IF_ERROR(
      ReadParts(db, version, "indicator_milestone", &indicator->milestones));
  SHIRUBE_RETURN_IF_ERROR(ReadLinks(db, version, &indicator->links));
  SHIRUBE_RETURN_IF_ERROR(
      ReadPublication(db, version, &indicator->publication));
  return ReadParameters(db, version, "indicator_parameter",
                        &indicator->parameters);
}

absl::Status ReadChildren(Database*, int64_t, Observation*) {
  return absl::OkStatus();
}
absl::Status ReadChildren(Database*, int64_t, Assessment*) {
  return absl::OkStatus();
}

}  // namespace shirube::sqlite
