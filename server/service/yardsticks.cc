#include "server/service/yardsticks.h"

#include <algorithm>
#include <set>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "server/base/status_macros.h"
#include "server/evaluation/plan_view.h"
#include "server/service/resource_names.h"

namespace shirube {
namespace {

constexpr int kMaxPeriods = 40;

void NoSuchSet(const FieldReader& reader, const std::string& field,
               const std::string& name) {
  reader.Refuse(
      field,
      absl::StrCat(name, " does not exist; ListRuleSets lists those there are"),
      absl::StrCat(name, "はありません。判定基準の一覧で確かめてください"));
}

void NoDefault(const FieldReader& reader, const std::string& field) {
  reader.Refuse(field,
                "no rule set is the default yet; activate one, or name another",
                "既定の判定基準がまだありません。有効にするか、別の判定基準を"
                "指定してください");
}

void NoSuchModule(const FieldReader& reader, const std::string& field,
                  const std::string& module) {
  reader.Refuse(
      field,
      absl::StrCat("no module ", Quoted(module),
                   " is registered or lies in the server's rules folder; put "
                   "its file there, or correct the name"),
      absl::StrCat("モジュール", QuotedJa(module),
                   "は登録されておらず、サーバーの判定モジュールのフォルダー"
                   "にもありません。ファイルを置くか、名前を直してください"));
}

void NoSuchVersion(const FieldReader& reader, const std::string& field,
                   const ModuleRef& wanted, const std::string& there) {
  reader.Refuse(
      field,
      absl::StrCat(wanted.module, " ", wanted.version,
                   " is not registered, and the file in the rules folder has "
                   "version ",
                   there),
      absl::StrCat(wanted.module, " ", wanted.version,
                   "は登録されておらず、フォルダーのファイルの版は", there,
                   "です"));
}

// Violations of a set as it is composed, as those of `field`.
void AddUnder(const FieldReader& reader, const std::string& field,
              const absl::Status& status) {
  for (Violation& violation : DetailsOf(status).violations) {
    violation.field =
        field.empty() ? reader.Path(violation.field) : reader.Path(field);
    reader.violations()->push_back(std::move(violation));
  }
}

bool IsIn(const ErrorDetails& details) { return !details.violations.empty(); }

}  // namespace

ModuleVersions NamedYardstick::versions() const {
  ModuleVersions versions;
  for (const RuleSetModule& module : modules) {
    versions[module.module] = module.version;
  }
  return versions;
}

std::vector<std::string> NamedYardstick::module_names() const {
  std::vector<std::string> names;
  for (const RuleSetModule& module : modules) {
    names.push_back(ModuleName(module.module, module.version));
  }
  return names;
}

absl::StatusOr<YardstickReader> YardstickReader::Make(const Backend& backend) {
  YardstickReader out(backend);
  SHIRUBE_ASSIGN_OR_RETURN(out.snapshot_, TakeSnapshot(backend));
  SHIRUBE_ASSIGN_OR_RETURN(out.registered_, out.stored()->ListRuleModules());
  SHIRUBE_ASSIGN_OR_RETURN(const auto active,
                           out.stored()->GetActivation(PlanId()));
  if (active) out.default_set_ = active->rule_set;
  return out;
}

std::optional<NamedYardstick> YardstickReader::ReadSet(
    const FieldReader& reader, const std::string& field,
    const std::string& name) {
  std::optional<RuleSetId> id = ReadRuleSetName(reader, field, name);
  if (!id) return std::nullopt;
  if (id->empty()) id = default_set_;
  if (id->empty()) {
    NoDefault(reader, field);
    return std::nullopt;
  }
  const auto record = stored()->GetRuleSet(*id);
  if (!record.ok()) {
    if (problem_.ok()) problem_ = record.status();
    return std::nullopt;
  }
  if (!record->has_value()) {
    NoSuchSet(reader, field, name);
    return std::nullopt;
  }
  NamedYardstick out;
  out.yardstick.id = *id;
  out.id = *id;
  out.modules = (*record)->modules;
  return out;
}

// It can never be tried: the file in the folder may be what is meant.
bool YardstickReader::BuiltForAnother(const RuleModuleRecord& record) const {
  v1::ServerInfo ours;
  backend_.rules->Describe(&ours);
  return backend_.rules->Describe(record).abi_version() !=
         ours.rule_abi_version();
}

absl::StatusOr<std::optional<RuleModuleRecord>> YardstickReader::Registered(
    const std::string& module, const std::string& version) {
  const RuleModuleRecord* found = nullptr;
  for (const RuleModuleRecord& record : registered_) {
    if (record.module != module) continue;
    if (version.empty() ? BuiltForAnother(record) : record.version != version) {
      continue;
    }
    if (found == nullptr || record.revision >= found->revision) {
      found = &record;
    }
  }
  if (found == nullptr) return std::nullopt;
  return stored()->GetRuleModule(found->sha256);  // with its bytes
}

std::optional<RuleModuleRecord> YardstickReader::Module(
    const FieldReader& reader, const std::string& field,
    const std::string& name) {
  const auto wanted = ReadModuleName(reader, field, name, Version::kOptional);
  if (!wanted) return std::nullopt;
  auto registered = Registered(wanted->module, wanted->version);
  if (registered.ok() && registered->has_value()) return **registered;
  absl::StatusOr<RuleModuleRecord> found =
      registered.ok() ? backend_.rules->VerifyModule(wanted->module)
                      : absl::StatusOr<RuleModuleRecord>(registered.status());
  if (absl::IsNotFound(found.status())) {
    NoSuchModule(reader, field, wanted->module);
    return std::nullopt;
  }
  if (!found.ok()) {
    if (problem_.ok()) problem_ = found.status();
    return std::nullopt;
  }
  if (!wanted->version.empty() && found->version != wanted->version) {
    NoSuchVersion(reader, field, *wanted, found->version);
    return std::nullopt;
  }
  return *std::move(found);
}

std::optional<NamedYardstick> YardstickReader::ReadModules(
    const FieldReader& reader,
    const google::protobuf::RepeatedPtrField<std::string>& names,
    const Parameters& parameters) {
  NamedYardstick out;
  for (int i = 0; i < names.size(); ++i) {
    if (auto record =
            Module(reader, absl::StrCat("modules[", i, "]"), names[i])) {
      out.yardstick.modules.push_back(*std::move(record));
    }
  }
  if (out.yardstick.modules.size() < static_cast<size_t>(names.size())) {
    return std::nullopt;
  }
  out.yardstick.parameters = parameters;
  const auto set = backend_.rules->Compose(out.yardstick.modules, parameters);
  if (!set.ok()) {
    AddUnder(reader, "", set.status());
    if (!IsIn(DetailsOf(set.status())) && problem_.ok()) {
      problem_ = set.status();
    }
    return std::nullopt;
  }
  out.id = set->id;
  out.modules = set->modules;
  return out;
}

std::optional<NamedYardstick> YardstickReader::ReadColumn(
    const FieldReader& reader, const std::string& field,
    const std::string& name) {
  reader.Required(field, name);
  if (name.empty()) return std::nullopt;
  if (!name.starts_with("ruleModules/")) return ReadSet(reader, field, name);
  NamedYardstick out;
  auto record = Module(reader, field, name);
  if (!record) return std::nullopt;
  out.yardstick.modules.push_back(*std::move(record));
  const auto set = backend_.rules->Compose(out.yardstick.modules, {});
  if (!set.ok()) {
    AddUnder(reader, field, set.status());
    if (!IsIn(DetailsOf(set.status())) && problem_.ok()) {
      problem_ = set.status();
    }
    return std::nullopt;
  }
  out.id = set->id;
  out.modules = set->modules;
  return out;
}

std::optional<Period> ReadOnePeriod(const FieldReader& reader,
                                    const std::string& field,
                                    const std::string& text,
                                    bool allow_future) {
  const std::optional<Period> period = reader.PeriodId(field, text);
  if (!period || allow_future) return period;
  const absl::Status status =
      CheckAsOf(*period, reader.Path(field), absl::Now());
  if (status.ok()) return period;
  for (const Violation& violation : DetailsOf(status).violations) {
    reader.violations()->push_back(violation);
  }
  return std::nullopt;
}

std::vector<Period> ReadPeriods(
    const FieldReader& reader,
    const google::protobuf::RepeatedPtrField<std::string>& texts,
    bool allow_future) {
  std::vector<Period> periods;
  if (texts.size() > kMaxPeriods) {
    reader.violations()->push_back(
        {reader.Path("as_of"), "LIMIT_EXCEEDED",
         absl::StrCat("at most ", kMaxPeriods, " periods at once, these are ",
                      texts.size()),
         absl::StrCat("一度に指定できる期間は", kMaxPeriods, "個までです(いま",
                      texts.size(), "個)")});
    return periods;
  }
  std::set<std::string> known;
  for (int i = 0; i < texts.size(); ++i) {
    const std::string field = absl::StrCat("as_of[", i, "]");
    reader.Required(field, texts[i]);
    const auto period = ReadOnePeriod(reader, field, texts[i], allow_future);
    if (!period) continue;
    if (!known.insert(period->ToId()).second) {
      reader.Refuse(
          field, absl::StrCat(texts[i], " is there already; name it once"),
          absl::StrCat(texts[i], "は既にあります。一度だけ指定してください"));
      continue;
    }
    periods.push_back(*period);
  }
  return periods;
}

}  // namespace shirube
