#include "server/app/host_catalog.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "server/domain/violation.h"
#include "server/service/convert_verdict.h"
#include "server/service/field_reader.h"
#include "server/service/resource_names.h"

namespace shirube {
namespace {

// At most 6 decimals, without trailing zeros.
Decimal FromMillionths(int64_t millionths) {
  int scale = 6;
  while (scale > 0 && millionths % 10 == 0) {
    millionths /= 10;
    --scale;
  }
  return Decimal::Make(millionths, scale).value_or(Decimal());
}

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
  out->set_default_value(FromMillionths(in.default_millionths).ToString());
  out->set_min(FromMillionths(in.min_millionths).ToString());
  out->set_max(FromMillionths(in.max_millionths).ToString());
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
    out.set_module(ModuleOfFile(module.file));
    out.set_name(ModuleName(out.module(), ""));
  }
  out.set_state(ToWireEnum(module.state, absl::MakeConstSpan(kStates),
                           v1::RuleModule::STATE_UNSPECIFIED));
  if (!module.problem.ok()) {
    out.set_reason(std::string(ReasonWord(module.problem.reason)));
    out.mutable_message()->set_en(module.problem.detail);
    out.mutable_message()->set_ja(module.problem.detail);
  }
  out.set_sha256(module.sha256);
  out.set_file(module.file);
  out.mutable_statistics()->set_restarts(module.restarts);
  out.set_etag(
      absl::StrCat("m", static_cast<int>(module.state), "-", module.restarts));
  return out;
}

std::vector<v1::RuleModule> HostCatalog::Modules() const {
  std::vector<v1::RuleModule> modules;
  for (const ModuleInfo& module : host_.ListModules()) {
    modules.push_back(ToWire(module));
  }
  return modules;
}

RuleSetState HostCatalog::StateOf(const RuleSetId& id) const {
  RuleSetState state;
  const auto found = host_.FindRuleSet(id);
  state.serves = found.ok();
  if (found.ok()) {
    for (const auto& [name, millionths] : (*found)->parameters()) {
      state.parameters[name] = FromMillionths(millionths);
    }
    return state;
  }
  const ErrorDetails details = DetailsOf(found.status());
  state.reason = details.reason;
  state.en = details.en;
  state.ja = details.ja;
  return state;
}

}  // namespace shirube
