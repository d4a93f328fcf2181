// Registering modules and sets, activation, quarantine. Whether a module can
// run is the rule host's word; here it is only written down, in one
// transaction with what it makes visible.
#include "server/ledger/rule_sets.h"

#include <algorithm>
#include <set>
#include <utility>

#include "absl/strings/str_cat.h"
#include "server/base/status_macros.h"
#include "server/domain/violation.h"
#include "server/ledger/errors.h"
#include "server/ledger/execute.h"

namespace shirube::ledger {

namespace {

using shirube::NameOf;

std::string NameOf(const RuleModuleRecord& module) {
  return NameOfModule(module.module, module.version);
}

// Name and version may be those of a rebuilt module too: the hash is last, as
// the key of a resource is.
std::string RecordedName(const RuleModuleRecord& module) {
  return absl::StrCat(NameOf(module), "/sha256/", module.sha256);
}

std::string LastPart(const std::string& name) {
  return name.substr(name.rfind('/') + 1);
}

Touched TouchedModule(const std::string& sha256, ChangeType type) {
  return {ResourceKind::kRuleModule, type, PlanId(), sha256, ""};
}

Violation NotRegistered(size_t i, const RuleSetModule& module) {
  const std::string name = NameOfModule(module.module, module.version);
  return {absl::StrCat("modules[", i, "]"), "RESOURCE_NOT_FOUND",
          absl::StrCat(name, " (sha256 ", module.sha256.substr(0, 12),
                       "…) is not registered; register its file first"),
          absl::StrCat(name, "(sha256 ", module.sha256.substr(0, 12),
                       "…)は登録されていません。先にファイルを登録して"
                       "ください。")};
}

// The set by which a scope would be judged: of a plan that follows the default,
// the default's; empty when there is none.
absl::StatusOr<RuleSetId> Judging(StoreReader* reader, const PlanId& plan,
                                  const RuleSetId& rule_set) {
  if (!rule_set.empty() || plan.empty()) return rule_set;
  SHIRUBE_ASSIGN_OR_RETURN(auto active, reader->GetActivation(PlanId()));
  return active.has_value() ? active->rule_set : RuleSetId();
}

// NOT_FOUND for a set that is not stored, MODULE_QUARANTINED naming every
// member that is out.
absl::Status CheckCanJudge(StoreReader* reader, const PlanId& plan,
                           const RuleSetId& id) {
  SHIRUBE_ASSIGN_OR_RETURN(const RuleSetId judging, Judging(reader, plan, id));
  if (judging.empty()) return absl::OkStatus();
  SHIRUBE_ASSIGN_OR_RETURN(auto rule_set, reader->GetRuleSet(judging));
  if (!rule_set.has_value()) return NotFound(NameOf(judging));
  SHIRUBE_ASSIGN_OR_RETURN(const auto out, reader->ListQuarantines());
  std::vector<QuarantineRecord> members;
  for (const QuarantineRecord& quarantine : out) {
    for (const RuleSetModule& module : rule_set->modules) {
      if (module.sha256 == quarantine.sha256) members.push_back(quarantine);
    }
  }
  if (members.empty()) return absl::OkStatus();
  return ModuleQuarantined(NameOf(judging), members);
}

// Writes the plan that names the set from now on.
absl::Status NameInPlan(WriteContext* ctx, const ActivateRuleSet& m) {
  if (m.plan.empty()) return absl::OkStatus();
  SHIRUBE_ASSIGN_OR_RETURN(Plan plan, ctx->Live(m.plan));
  plan.rule_set = m.rule_set;
  return ctx->Put(&plan, ChangeType::kUpdated);
}

absl::StatusOr<RuleModuleRecord> ModuleOf(StoreReader* reader,
                                          const std::string& sha256) {
  SHIRUBE_ASSIGN_OR_RETURN(auto module, reader->GetRuleModule(sha256));
  if (!module.has_value()) return NotFound("ruleModules/-/sha256/" + sha256);
  module->bytes.clear();
  return *std::move(module);
}

}  // namespace

absl::StatusOr<ActivationRecord> ActivationAt(StoreReader* reader,
                                              const PlanId& plan, Revision at) {
  SHIRUBE_ASSIGN_OR_RETURN(auto active, reader->GetActivation(plan, at));
  if (active.has_value()) return *std::move(active);
  ActivationRecord none;
  none.plan = plan;
  if (plan.empty()) return none;
  SHIRUBE_ASSIGN_OR_RETURN(auto stored, reader->GetPlan(plan, at));
  if (stored.has_value()) none.time = stored->stamp.create_time;
  return none;
}

absl::Status RereadModule(StoreReader* reader, const RequestRecord& record,
                          MutationResult* result) {
  SHIRUBE_ASSIGN_OR_RETURN(result->rule_module,
                           ModuleOf(reader, LastPart(record.resource)));
  return absl::OkStatus();
}

absl::Status RereadRuleSet(StoreReader* reader, const RequestRecord& record,
                           MutationResult* result) {
  const RuleSetId id(LastPart(record.resource));
  SHIRUBE_ASSIGN_OR_RETURN(result->rule_set, reader->GetRuleSet(id));
  return result->rule_set.has_value() ? absl::OkStatus() : NotFound(NameOf(id));
}

absl::Status Execute(WriteContext* ctx, const RegisterRuleModule& m,
                     MutationResult* result) {
  ctx->set_resource_name(RecordedName(m.module));
  SHIRUBE_ASSIGN_OR_RETURN(const auto stored, ctx->tx()->ListRuleModules());
  for (const RuleModuleRecord& other : stored) {
    if (other.sha256 == m.module.sha256) {
      result->rule_module = other;
      return absl::OkStatus();
    }
  }
  for (const RuleModuleRecord& other : stored) {
    if (!m.by_server && other.module == m.module.module &&
        other.version == m.module.version) {
      return ModuleVersionTaken(NameOf(other), other.sha256, m.module.sha256);
    }
  }
  RuleModuleRecord record = m.module;
  record.bytes_size = static_cast<int64_t>(record.bytes.size());
  record.create_time = ctx->now();
  record.revision = ctx->revision();
  SHIRUBE_RETURN_IF_ERROR(ctx->tx()->PutRuleModule(record));
  ctx->Touch(TouchedModule(record.sha256, ChangeType::kCreated));
  record.bytes.clear();
  result->rule_module = std::move(record);
  return absl::OkStatus();
}

absl::Status Execute(WriteContext* ctx, const RegisterRuleSet& m,
                     MutationResult* result) {
  ctx->set_resource_name(NameOf(m.rule_set.id));
  // Also of one that is stored already: sets of earlier servers came without
  // the bytes of their modules.
  SHIRUBE_ASSIGN_OR_RETURN(const auto registered, ctx->tx()->ListRuleModules());
  std::set<std::string> known;
  for (const RuleModuleRecord& module : registered) known.insert(module.sha256);
  Violations violations;
  for (size_t i = 0; i < m.rule_set.modules.size(); ++i) {
    const RuleSetModule& module = m.rule_set.modules[i];
    if (known.count(module.sha256) == 0) {
      violations.push_back(NotRegistered(i, module));
    }
  }
  SHIRUBE_RETURN_IF_ERROR(ViolationsToStatus(violations));
  SHIRUBE_ASSIGN_OR_RETURN(result->rule_set,
                           ctx->tx()->GetRuleSet(m.rule_set.id));
  if (result->rule_set.has_value()) return absl::OkStatus();
  RuleSetRecord record = m.rule_set;
  record.create_time = ctx->now();
  record.revision = ctx->revision();
  SHIRUBE_RETURN_IF_ERROR(ctx->tx()->PutRuleSet(record));
  ctx->Touch({ResourceKind::kRuleSet, ChangeType::kCreated, PlanId(),
              record.id.value(), ""});
  result->rule_set = std::move(record);
  return absl::OkStatus();
}

absl::Status Execute(WriteContext* ctx, const ActivateRuleSet& m,
                     MutationResult* result) {
  ctx->set_resource_name(NameOf(m.rule_set));
  if (!m.plan.empty()) SHIRUBE_RETURN_IF_ERROR(ctx->Live(m.plan).status());
  if (m.plan.empty() && m.rule_set.empty()) return NeedsRuleSet();
  SHIRUBE_ASSIGN_OR_RETURN(ActivationRecord active,
                           ActivationAt(ctx->tx(), m.plan));
  if (m.expected.has_value() && *m.expected != active.rule_set) {
    return RuleSetChanged(m.plan.empty() ? "ruleSets/default" : NameOf(m.plan),
                          NameOf(active.rule_set), NameOf(*m.expected));
  }
  if (active.rule_set == m.rule_set) {
    result->activation = std::move(active);
    return absl::OkStatus();
  }
  SHIRUBE_RETURN_IF_ERROR(CheckCanJudge(ctx->tx(), m.plan, m.rule_set));
  ActivationRecord record;
  record.plan = m.plan;
  record.rule_set = m.rule_set;
  record.previous = active.rule_set;
  record.revision = ctx->revision();
  record.time = ctx->now();
  record.actor = ctx->committed().change.actor;
  record.claimed = ctx->committed().change.claimed;
  SHIRUBE_RETURN_IF_ERROR(ctx->tx()->PutActivation(record));
  SHIRUBE_RETURN_IF_ERROR(NameInPlan(ctx, m));
  ctx->Touch({ResourceKind::kRuleSet, ChangeType::kUpdated, m.plan,
              m.rule_set.value(), ""});
  if (m.run != 0) {
    SHIRUBE_RETURN_IF_ERROR(ctx->tx()->PublishRun(m.run, ctx->revision()));
    ctx->committed().published_run = m.run;
    SHIRUBE_RETURN_IF_ERROR(
        ctx->tx()->PutAlertBacklog({m.run, ctx->revision(), 0}));
  }
  result->activation = std::move(record);
  return absl::OkStatus();
}

absl::Status Execute(WriteContext* ctx, const SetQuarantine& m,
                     MutationResult*) {
  QuarantineRecord record = m.quarantine;
  ctx->set_resource_name(absl::StrCat(
      NameOfModule(record.module, record.version), "/sha256/", record.sha256));
  SHIRUBE_ASSIGN_OR_RETURN(const auto out, ctx->tx()->ListQuarantines());
  for (const QuarantineRecord& other : out) {
    if (other.sha256 == record.sha256) return absl::OkStatus();
  }
  if (record.time == absl::Time()) record.time = ctx->now();
  record.revision = ctx->revision();
  SHIRUBE_RETURN_IF_ERROR(ctx->tx()->PutQuarantine(record));
  ctx->Touch(TouchedModule(record.sha256, ChangeType::kUpdated));
  return absl::OkStatus();
}

absl::Status Execute(WriteContext* ctx, const ReleaseQuarantine& m,
                     MutationResult* result) {
  SHIRUBE_ASSIGN_OR_RETURN(RuleModuleRecord module,
                           ModuleOf(ctx->tx(), m.sha256));
  ctx->set_resource_name(RecordedName(module));
  SHIRUBE_ASSIGN_OR_RETURN(const auto out, ctx->tx()->ListQuarantines());
  const bool is_out = std::any_of(
      out.begin(), out.end(),
      [&](const QuarantineRecord& q) { return q.sha256 == m.sha256; });
  if (!is_out) return NotQuarantined(NameOf(module));
  SHIRUBE_RETURN_IF_ERROR(ctx->tx()->EndQuarantine(m.sha256, ctx->revision()));
  ctx->Touch(TouchedModule(m.sha256, ChangeType::kUpdated));
  result->rule_module = std::move(module);
  return absl::OkStatus();
}

}  // namespace shirube::ledger
