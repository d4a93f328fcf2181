#include "server/evaluation/shipped.h"

#include <memory>
#include <optional>
#include <set>
#include <utility>

#include "absl/strings/str_cat.h"
#include "server/base/logging.h"
#include "server/base/status_macros.h"
#include "server/domain/violation.h"
#include "server/evaluation/rule_sets.h"
#include "server/rule_host/compose.h"

namespace shirube {
namespace {

using Files = std::vector<std::shared_ptr<const ModuleFile>>;

absl::StatusOr<Files> Verify(const std::vector<std::string>& modules,
                             RuleHost* host) {
  Files files;
  std::string en, ja;
  for (const std::string& id : modules) {
    auto file = host->VerifyFile(id + ".so");
    if (file.ok()) {
      files.push_back(*std::move(file));
      continue;
    }
    const ErrorDetails details = DetailsOf(file.status());
    absl::StrAppend(&en, en.empty() ? "" : "; ", id, ": ", details.en);
    absl::StrAppend(&ja, ja.empty() ? "" : "、", id, ": ", details.ja);
  }
  if (en.empty()) return files;
  return NotServing("default", en, ja);
}

RuleSetRecord RecordOf(const Files& files) {
  std::vector<RuleSetMember> members;
  RuleSetRecord record;
  for (const auto& file : files) {
    members.push_back({file->manifest, file->sha256});
    record.modules.push_back(
        {file->manifest->id, file->manifest->version, file->sha256});
  }
  const RuleSet set(std::move(members), {});
  record.id = set.id();
  record.canonical_json = set.canonical();
  for (const auto& [name, millionths] : set.parameters()) {
    record.parameters[name] = DecimalOfMillionths(millionths);
  }
  return record;
}

absl::Status Write(Ledger* ledger, MutationBody body) {
  Mutation mutation;
  mutation.actor.name = kServerActor;
  mutation.body = std::move(body);
  return ledger->SubmitAndWait(std::move(mutation)).status();
}

absl::Status RegisterModule(const ModuleFile& file, Ledger* ledger) {
  RegisterRuleModule body;
  body.by_server = true;
  body.module.module = file.manifest->id;
  body.module.version = file.manifest->version;
  body.module.sha256 = file.sha256;
  body.module.file = file.file;
  body.module.manifest_json = file.manifest_json;
  SHIRUBE_ASSIGN_OR_RETURN(body.module.bytes, file.Bytes());
  LogInfo("keeping rule module ", file.manifest->id, " ",
          file.manifest->version, " (sha256 ", file.sha256.substr(0, 12), "…)");
  return Write(ledger, std::move(body));
}

}  // namespace

bool IsServersDefault(const std::optional<ActivationRecord>& active) {
  return !active || (active->actor == kServerActor && !active->claimed);
}

absl::StatusOr<RuleSetId> RegisterShipped(
    const std::vector<std::string>& modules, RuleHost* host, Store* store,
    Ledger* ledger) {
  SHIRUBE_ASSIGN_OR_RETURN(const Files files, Verify(modules, host));
  RegisterRuleSet body;
  body.rule_set = RecordOf(files);
  const RuleSetId id = body.rule_set.id;
  SHIRUBE_ASSIGN_OR_RETURN(const std::unique_ptr<StoreReader> reader,
                           store->Snapshot());
  SHIRUBE_ASSIGN_OR_RETURN(const std::vector<RuleModuleRecord> stored,
                           reader->ListRuleModules());
  std::set<std::string> known;
  for (const RuleModuleRecord& module : stored) known.insert(module.sha256);
  for (const auto& file : files) {
    if (known.contains(file->sha256)) continue;
    SHIRUBE_RETURN_IF_ERROR(RegisterModule(*file, ledger));
  }
  SHIRUBE_ASSIGN_OR_RETURN(const std::optional<RuleSetRecord> set,
                           reader->GetRuleSet(id));
  if (!set) SHIRUBE_RETURN_IF_ERROR(Write(ledger, std::move(body)));
  return id;
}

}  // namespace shirube
