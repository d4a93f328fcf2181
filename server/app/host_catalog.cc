#include "server/app/host_catalog.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "server/base/status_macros.h"
#include "server/rule_host/compose.h"
#include "server/service/convert_common.h"
#include "server/service/convert_verdict.h"
#include "server/service/field_reader.h"
#include "server/service/resource_names.h"
#include "shirube/rule.h"

namespace shirube {
namespace {

constexpr EnumPair<ModuleState, v1::RuleModule::State> kStates[] = {
    {ModuleState::kDiscovered, v1::RuleModule::STATE_DISCOVERED},
    {ModuleState::kVerified, v1::RuleModule::STATE_VERIFIED},
    {ModuleState::kStarting, v1::RuleModule::STATE_STARTING},
    {ModuleState::kSelfTest, v1::RuleModule::STATE_SELF_TEST},
    {ModuleState::kReady, v1::RuleModule::STATE_READY},
    {ModuleState::kActive, v1::RuleModule::STATE_ACTIVE},
    {ModuleState::kDraining, v1::RuleModule::STATE_DRAINING},
    {ModuleState::kRetired, v1::RuleModule::STATE_RETIRED},
    {ModuleState::kRejected, v1::RuleModule::STATE_REJECTED},
    {ModuleState::kQuarantined, v1::RuleModule::STATE_QUARANTINED}};

v1::LocalizedText ToWire(const ManifestText& text) {
  v1::LocalizedText out;
  out.set_ja(text.ja);
  out.set_en(text.en);
  return out;
}

void FillParameter(const ManifestParameter& in, v1::RuleParameter* out) {
  out->set_name(in.name);
  out->set_default_value(DecimalOfMillionths(in.default_millionths).ToString());
  out->set_min(DecimalOfMillionths(in.min_millionths).ToString());
  out->set_max(DecimalOfMillionths(in.max_millionths).ToString());
  if (in.stricter == ManifestParameter::Stricter::kHigher) {
    out->set_stricter("higher");
  } else if (in.stricter == ManifestParameter::Stricter::kLower) {
    out->set_stricter("lower");
  }
}

void FillReason(const ManifestReason& in, v1::RuleReason* out) {
  out->set_id(in.id);
  out->set_status(shirube::ToWire(in.status));
  out->set_mark(in.mark);
  if (in.severity == Severity::kWarning) {
    out->set_severity(v1::Verdict::SEVERITY_WARNING);
  } else if (in.severity == Severity::kCritical) {
    out->set_severity(v1::Verdict::SEVERITY_CRITICAL);
  }
  out->set_symbol(in.symbol);
  *out->mutable_message() = ToWire(in.message);
}

void FillManifest(const Manifest& manifest, v1::RuleModule* out) {
  out->set_module(manifest.id);
  out->set_version(manifest.version);
  out->set_name(ModuleName(manifest.id, manifest.version));
  *out->mutable_title() = ToWire(manifest.title);
  out->set_abi_version(
      absl::StrCat(manifest.abi_major, ".", manifest.abi_minor));
  out->set_arithmetic(manifest.approximate
                          ? v1::RuleModule::ARITHMETIC_APPROXIMATE
                          : v1::RuleModule::ARITHMETIC_EXACT);
  if (manifest.requires_target) out->add_required_columns("target");
  if (manifest.requires_observation) {
    out->add_required_columns("observation");
  }
  if (manifest.requires_today) out->add_required_columns("today");
  for (const ManifestParameter& parameter : manifest.parameters) {
    FillParameter(parameter, out->add_parameters());
  }
  for (const ManifestFact& fact : manifest.facts) {
    v1::RuleFact* row = out->add_facts();
    row->set_name(fact.name);
    row->set_unit(fact.unit == ManifestFact::Unit::kRow ? "unit" : "ratio");
  }
  for (const ManifestReason& reason : manifest.reasons) {
    FillReason(reason, out->add_reasons());
  }
  out->set_source(manifest.source.en.empty() ? manifest.source.ja
                                             : manifest.source.en);
}

void FillProblem(const std::string& reason, const std::string& en,
                 const std::string& ja, v1::RuleModule* out) {
  out->set_reason(reason);
  out->mutable_message()->set_en(en);
  out->mutable_message()->set_ja(ja.empty() ? en : ja);
}

v1::RuleModuleStatistics ToWire(const StatisticsSnapshot& in) {
  v1::RuleModuleStatistics out;
  out.set_rows(in.rows);
  out.set_raised(in.answers.raised);
  out.set_not_raised(in.answers.not_raised);
  out.set_cannot_tell(in.answers.cannot_tell);
  out.set_unanswered(in.answers.unanswered);
  out.set_faulted_rows(in.faulted_rows);
  out.set_batches(in.batches);
  out.set_restarts(in.restarts);
  out.set_cpu_micros(absl::ToInt64Microseconds(in.cpu));
  out.set_queue_micros(absl::ToInt64Microseconds(in.queue));
  out.set_evaluate_micros(absl::ToInt64Microseconds(in.evaluate));
  out.set_validate_micros(absl::ToInt64Microseconds(in.validate));
  for (const auto& [reason, count] : in.faults) {
    (*out.mutable_faults())[reason] = count;
  }
  out.set_incidents(in.incidents);
  out.set_poison_rows(in.poison_rows);
  out.set_peak_memory_bytes(in.peak_memory_bytes);
  if (in.last_success > absl::InfinitePast()) {
    *out.mutable_last_success_time() = ToWireTime(in.last_success);
  }
  return out;
}

// "achieved.so" is the file of `achieved`.
std::string ModuleOfFile(const std::string& file) {
  return file.substr(0, file.rfind('.'));
}

}  // namespace

v1::RuleModule ToWire(const ModuleInfo& module) {
  v1::RuleModule out;
  if (module.manifest != nullptr) {
    FillManifest(*module.manifest, &out);
  } else {
    out.set_module(module.id.empty() ? ModuleOfFile(module.file) : module.id);
    out.set_version(module.version);
    out.set_name(ModuleName(out.module(), module.version));
  }
  out.set_state(ToWireEnum(module.state, absl::MakeConstSpan(kStates),
                           v1::RuleModule::STATE_UNSPECIFIED));
  if (module.quarantine) {
    FillProblem(module.quarantine->reason, module.quarantine->en,
                module.quarantine->ja, &out);
    *out.mutable_quarantine_time() = ToWireTime(module.quarantine->time);
  } else if (!module.problem.ok()) {
    FillProblem(std::string(ReasonWord(module.problem.reason)),
                module.problem.detail, module.problem.ja, &out);
  } else if (const std::string& last = module.statistics.last_fault;
             !last.empty()) {
    // It serves; what its author has to mend is said all the same.
    FillProblem("", "last failure: " + last, "直近の障害: " + last, &out);
  }
  out.set_sha256(module.sha256);
  out.set_file(module.file);
  out.set_cases_count(module.cases_count);
  *out.mutable_create_time() = ToWireTime(module.since);
  *out.mutable_update_time() = ToWireTime(module.since);
  *out.mutable_statistics() = ToWire(module.statistics);
  return out;
}

std::vector<v1::RuleModule> HostCatalog::Modules() const {
  std::vector<v1::RuleModule> modules;
  for (const ModuleInfo& module : host_.ListModules()) {
    modules.push_back(ToWire(module));
  }
  return modules;
}

v1::RuleModule HostCatalog::Describe(const RuleModuleRecord& record) const {
  v1::RuleModule out;
  const auto manifest = ParseManifest(record.manifest_json);
  if (manifest.ok()) FillManifest(*manifest, &out);
  out.set_module(record.module);
  out.set_version(record.version);
  out.set_name(ModuleName(record.module, record.version));
  out.set_sha256(record.sha256);
  return out;
}

absl::StatusOr<RuleModuleRecord> HostCatalog::Verify(
    const std::string& file, const std::string& sha256) {
  SHIRUBE_ASSIGN_OR_RETURN(const auto verified, host_.VerifyFile(file, sha256));
  RuleModuleRecord record;
  record.module = verified->manifest->id;
  record.version = verified->manifest->version;
  record.sha256 = verified->sha256;
  record.file = file;
  record.manifest_json = verified->manifest_json;
  SHIRUBE_ASSIGN_OR_RETURN(record.bytes, verified->Bytes());
  record.bytes_size = static_cast<int64_t>(record.bytes.size());
  return record;
}

// Of two files for one module the one that is no module is refused by its own
// name, so the other is meant.
absl::StatusOr<RuleModuleRecord> HostCatalog::VerifyModule(
    const std::string& module) {
  host_.Rescan();
  std::string file;
  for (const ModuleInfo& known : host_.ListModules()) {
    if (known.file.empty() || ModuleOfFile(known.file) != module) continue;
    if (file.empty() || known.problem.ok()) file = known.file;
  }
  if (file.empty()) {
    return absl::NotFoundError("no file of the rules folder is called " +
                               module);
  }
  return Verify(file, "");
}

absl::StatusOr<RuleSetRecord> HostCatalog::Compose(
    const std::vector<RuleModuleRecord>& modules,
    const Parameters& parameters) const {
  RuleSetRecord record;
  std::vector<RuleSetMember> members;
  for (const RuleModuleRecord& module : modules) {
    SHIRUBE_ASSIGN_OR_RETURN(Manifest manifest,
                             ParseManifest(module.manifest_json));
    members.push_back(
        {std::make_shared<const Manifest>(std::move(manifest)), module.sha256});
    record.modules.push_back({module.module, module.version, module.sha256});
  }
  SHIRUBE_ASSIGN_OR_RETURN(const RuleSet set,
                           ComposeRuleSet(std::move(members), parameters));
  record.id = set.id();
  record.canonical_json = set.canonical();
  for (const auto& [name, millionths] : set.parameters()) {
    record.parameters[name] = DecimalOfMillionths(millionths);
  }
  return record;
}

void HostCatalog::Describe(v1::ServerInfo* info) const {
  info->set_rule_abi_version(
      absl::StrCat(SHIRUBE_RULE_ABI_MAJOR, ".", SHIRUBE_RULE_ABI_MINOR));
  v1::Confinement* confinement = info->mutable_confinement();
  for (const ConfinementLayer& layer : host_.confinement().layers) {
    v1::Confinement::Layer* row = confinement->add_layers();
    row->set_name(layer.name);
    row->set_active(layer.active);
    row->set_required(layer.required);
    row->set_detail(layer.detail);
  }
  confinement->set_memory_limit_bytes(options_.memory_limit_bytes);
  confinement->set_call_deadline_millis(
      static_cast<int32_t>(absl::ToInt64Milliseconds(options_.call_deadline)));
}

}  // namespace shirube
