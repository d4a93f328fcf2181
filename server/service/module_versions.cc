#include "server/service/module_versions.h"

#include <utility>

namespace shirube {
namespace {

std::unique_ptr<const ModuleVersions> Read(Store* store, const RuleSetId& id) {
  const auto reader = store->Snapshot();
  if (!reader.ok()) return nullptr;
  const auto record = (*reader)->GetRuleSet(id);
  if (!record.ok() || !record->has_value()) return nullptr;
  ModuleVersions versions;
  for (const RuleSetModule& module : (*record)->modules) {
    versions[module.module] = module.version;
  }
  return std::make_unique<const ModuleVersions>(std::move(versions));
}

}  // namespace

const ModuleVersions& RuleSetVersions::Of(const RuleSetId& rule_set) {
  static const auto& none = *new ModuleVersions;
  if (rule_set.empty()) return none;
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    const auto found = known_.find(rule_set);
    if (found != known_.end()) return *found->second;
  }
  auto read = Read(store_, rule_set);
  if (read == nullptr) return none;
  const std::lock_guard<std::mutex> lock(mutex_);
  return *known_.emplace(rule_set, std::move(read)).first->second;
}

}  // namespace shirube
