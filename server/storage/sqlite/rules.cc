// Rule modules, rule sets, what was active when, quarantines.
#include "server/storage/sqlite/rules.h"

#include <utility>

#include "server/storage/sqlite/errors.h"
#include "server/storage/sqlite/rows.h"
#include "server/storage/sqlite/statement.h"

namespace shirube::sqlite {

namespace {

constexpr const char* kModuleColumns =
    "module, module_version, sha256, file, manifest, bytes_size, create_time, "
    "revision";
constexpr const char* kSetColumns = "id, canonical_json, create_time, revision";
constexpr const char* kActivations =
    "SELECT a.plan, a.rule_set, a.previous, a.from_revision, c.time, c.actor, "
    "c.claimed FROM rule_set_activation a "
    "LEFT JOIN change c ON c.revision = a.from_revision WHERE a.plan = ?";

RuleModuleRecord ReadModule(Query* q) {
  RuleModuleRecord record;
  record.module = q->Text();
  record.version = q->Text();
  record.sha256 = q->Text();
  record.file = q->Text();
  record.manifest_json = q->Text();
  record.bytes_size = q->Int();
  record.create_time = q->Time();
  record.revision = q->Int();
  return record;
}

absl::StatusOr<RuleSetRecord> ReadRuleSet(Database* db, Query* q) {
  RuleSetRecord record;
  record.id = RuleSetId(q->Text());
  record.canonical_json = q->Text();
  record.create_time = q->Time();
  record.revision = q->Int();
  Query m(db,
          "SELECT module, module_version, sha256 FROM rule_set_module "
          "WHERE rule_set = ? ORDER BY position");
  m.Bind(record.id);
  while (m.Next()) {
    RuleSetModule& module = record.modules.emplace_back();
    module.module = m.Text();
    module.version = m.Text();
    module.sha256 = m.Text();
  }
  if (!m.status().ok()) return m.status();
  Query p(db, "SELECT name, value FROM rule_set_parameter WHERE rule_set = ?");
  p.Bind(record.id);
  while (p.Next()) {
    std::string name = p.Text();
    record.parameters.emplace(std::move(name), p.Number());
  }
  if (!p.status().ok()) return p.status();
  return record;
}

// A SELECT of kActivations.
Listed<ActivationRecord> ReadActivations(Query* q) {
  std::vector<ActivationRecord> records;
  while (q->Next()) {
    ActivationRecord& record = records.emplace_back();
    record.plan = PlanId(q->Text());
    record.rule_set = RuleSetId(q->Text());
    record.previous = RuleSetId(q->Text());
    record.revision = q->Int();
    // Not there yet while the transaction that activates is still open.
    record.time = q->MaybeTime().value_or(absl::UnixEpoch());
    record.actor = q->Text();
    record.claimed = q->Flag();
  }
  if (!q->status().ok()) return q->status();
  return records;
}

}  // namespace

Found<RuleModuleRecord> GetRuleModuleRow(Database* db,
                                         const std::string& sha256) {
  Query q(db, absl::StrCat("SELECT ", kModuleColumns,
                           ", bytes FROM rule_module WHERE sha256 = ?"));
  q.Bind(sha256);
  std::optional<RuleModuleRecord> record;
  if (q.Next()) {
    record = ReadModule(&q);
    record->bytes = q.Blob();
  }
  if (!q.status().ok()) return q.status();
  return record;
}

Listed<RuleModuleRecord> ListRuleModuleRows(Database* db) {
  Query q(db, absl::StrCat("SELECT ", kModuleColumns,
                           " FROM rule_module ORDER BY module, position"));
  std::vector<RuleModuleRecord> records;
  while (q.Next()) records.push_back(ReadModule(&q));
  if (!q.status().ok()) return q.status();
  return records;
}

Found<RuleSetRecord> GetRuleSetRow(Database* db, const RuleSetId& id) {
  Query q(db,
          absl::StrCat("SELECT ", kSetColumns, " FROM rule_set WHERE id = ?"));
  q.Bind(id);
  if (!q.Next()) {
    if (!q.status().ok()) return q.status();
    return std::optional<RuleSetRecord>();
  }
  SHIRUBE_ASSIGN_OR_RETURN(RuleSetRecord record, ReadRuleSet(db, &q));
  if (!q.status().ok()) return q.status();
  return std::optional<RuleSetRecord>(std::move(record));
}

Listed<RuleSetRecord> ListRuleSetRows(Database* db) {
  Query q(db,
          absl::StrCat("SELECT ", kSetColumns, " FROM rule_set ORDER BY id"));
  std::vector<RuleSetRecord> records;
  while (q.Next()) {
    SHIRUBE_ASSIGN_OR_RETURN(RuleSetRecord record, ReadRuleSet(db, &q));
    records.push_back(std::move(record));
  }
  if (!q.status().ok()) return q.status();
  return records;
}

Found<ActivationRecord> GetActivationRow(Database* db, const PlanId& plan,
                                         Revision at) {
  Query q(db, absl::StrCat(kActivations,
                           " AND a.from_revision <= ? "
                           "ORDER BY a.from_revision DESC LIMIT 1"));
  q.Bind(plan).Bind(Clamped(at));
  SHIRUBE_ASSIGN_OR_RETURN(std::vector<ActivationRecord> found,
                           ReadActivations(&q));
  if (found.empty()) return std::optional<ActivationRecord>();
  return std::optional<ActivationRecord>(std::move(found.front()));
}

Listed<ActivationRecord> ListActivationRows(Database* db, const PlanId& plan) {
  Query q(db, absl::StrCat(kActivations, " ORDER BY a.from_revision DESC"));
  q.Bind(plan);
  return ReadActivations(&q);
}

Listed<QuarantineRecord> ListQuarantineRows(Database* db, Revision at) {
  Query q(db,
          "SELECT sha256, module, module_version, reason, message_en, "
          "message_ja, time, from_revision FROM quarantine "
          "WHERE to_revision > ? AND from_revision <= ? "
          "ORDER BY module, from_revision");
  q.Bind(Clamped(at)).Bind(Clamped(at));
  std::vector<QuarantineRecord> records;
  while (q.Next()) {
    QuarantineRecord& record = records.emplace_back();
    record.sha256 = q.Text();
    record.module = q.Text();
    record.version = q.Text();
    record.reason = q.Text();
    record.en = q.Text();
    record.ja = q.Text();
    record.time = q.Time();
    record.revision = q.Int();
  }
  if (!q.status().ok()) return q.status();
  return records;
}

absl::Status PutRuleModuleRow(Database* db, const RuleModuleRecord& record) {
  return Query(db,
               "INSERT INTO rule_module (module, module_version, sha256, file, "
               "manifest, bytes_size, create_time, revision, bytes) "
               "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)")
      .Bind(record.module)
      .Bind(record.version)
      .Bind(record.sha256)
      .Bind(record.file)
      .Bind(record.manifest_json)
      .Bind(static_cast<int64_t>(record.bytes.size()))
      .Bind(record.create_time)
      .Bind(record.revision)
      .BindBlob(record.bytes)
      .Run();
}

absl::Status PutRuleSetRow(Database* db, const RuleSetRecord& record) {
  SHIRUBE_RETURN_IF_ERROR(Query(db, "INSERT INTO rule_set VALUES (?, ?, ?, ?)")
                              .Bind(record.id)
                              .Bind(record.canonical_json)
                              .Bind(record.create_time)
                              .Bind(record.revision)
                              .Run());
  int64_t position = 0;
  for (const RuleSetModule& module : record.modules) {
    SHIRUBE_RETURN_IF_ERROR(
        Query(db, "INSERT INTO rule_set_module VALUES (?, ?, ?, ?, ?)")
            .Bind(record.id)
            .Bind(position++)
            .Bind(module.module)
            .Bind(module.version)
            .Bind(module.sha256)
            .Run());
  }
  for (const auto& [name, value] : record.parameters) {
    SHIRUBE_RETURN_IF_ERROR(
        Query(db, "INSERT INTO rule_set_parameter VALUES (?, ?, ?)")
            .Bind(record.id)
            .Bind(name)
            .Bind(value)
            .Run());
  }
  return absl::OkStatus();
}

absl::Status PutActivationRow(Database* db, const ActivationRecord& record) {
  return Query(db, "INSERT INTO rule_set_activation VALUES (?, ?, ?, ?)")
      .Bind(record.plan)
      .Bind(record.revision)
      .Bind(record.rule_set)
      .Bind(record.previous)
      .Run();
}

absl::Status PutQuarantineRow(Database* db, const QuarantineRecord& record) {
  return Query(db,
               "INSERT INTO quarantine (sha256, from_revision, to_revision, "
               "module, module_version, reason, message_en, message_ja, time) "
               "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)")
      .Bind(record.sha256)
      .Bind(record.revision)
      .Bind(kOpen)
      .Bind(record.module)
      .Bind(record.version)
      .Bind(record.reason)
      .Bind(record.en)
      .Bind(record.ja)
      .Bind(record.time)
      .Run();
}

absl::Status EndQuarantineRow(Database* db, const std::string& sha256,
                              Revision revision) {
  Query q(db,
          "UPDATE quarantine SET to_revision = ?1 WHERE sha256 = ?2 AND "
          "to_revision = ?3 AND from_revision < ?1 RETURNING from_revision");
  q.Bind(revision).Bind(sha256).Bind(kOpen);
  const bool ended = q.Next();
  SHIRUBE_RETURN_IF_ERROR(q.Run());
  if (ended) return absl::OkStatus();
  return ContractBroken("a module that is not in quarantine was released");
}

}  // namespace shirube::sqlite
