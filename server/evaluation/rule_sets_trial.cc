// Sets that are tried before anybody stores them.
#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "server/base/status_macros.h"
#include "server/domain/violation.h"
#include "server/evaluation/rule_sets.h"
#include "server/rule_host/compose.h"

namespace shirube {
namespace {

// Who compares tries the same few sets again and again.
constexpr size_t kTriedKept = 4;

}  // namespace

absl::StatusOr<std::shared_ptr<const ModuleFile>> RuleSets::FileForTrial(
    const RuleModuleRecord& record) {
  {
    const std::lock_guard lock(mutex_);
    for (const Loaded& tried : tried_) {
      for (const auto& file : tried.files) {
        if (file->sha256 == record.sha256 &&
            file->manifest->id == record.module) {
          return file;
        }
      }
    }
  }
  if (!record.bytes.empty()) {
    return host_->VerifyBytes(record.bytes, record.module, record.sha256);
  }
  SHIRUBE_ASSIGN_OR_RETURN(const std::unique_ptr<StoreReader> reader,
                           store_->Snapshot());
  auto file = FileOf(*reader, {record.module, record.version, record.sha256});
  if (file.status().code() != absl::StatusCode::kDataLoss) return file;
  const ErrorDetails why = DetailsOf(file.status());
  return NotServing(record.module, why.en, why.ja);
}

void RuleSets::KeepTried(Loaded loaded) {
  Loaded gone;  // ends without the lock
  const std::lock_guard lock(mutex_);
  const auto same = std::find_if(
      tried_.begin(), tried_.end(),
      [&](const Loaded& one) { return one.set->id() == loaded.set->id(); });
  if (same != tried_.end()) {
    gone = std::move(*same);
    tried_.erase(same);
  } else if (tried_.size() == kTriedKept) {
    gone = std::move(tried_.back());
    tried_.pop_back();
  }
  tried_.push_front(std::move(loaded));
}

absl::StatusOr<std::shared_ptr<const RuleSet>> RuleSets::GetForTrial(
    const Yardstick& yardstick) {
  if (!yardstick.id.empty()) {
    SHIRUBE_ASSIGN_OR_RETURN(const std::unique_ptr<StoreReader> reader,
                             store_->Snapshot());
    SHIRUBE_ASSIGN_OR_RETURN(const RuleSetId id,
                             ActiveId(*reader, yardstick.id));
    return GetWhole(id);
  }
  Loaded loaded;
  std::vector<RuleSetMember> members;
  for (const RuleModuleRecord& record : yardstick.modules) {
    SHIRUBE_ASSIGN_OR_RETURN(auto file, FileForTrial(record));
    members.push_back({file->manifest, file->sha256});
    loaded.files.push_back(std::move(file));
  }
  SHIRUBE_ASSIGN_OR_RETURN(const RuleSet composed,
                           ComposeRuleSet(members, yardstick.parameters));
  SHIRUBE_ASSIGN_OR_RETURN(loaded.set,
                           host_->Load(loaded.files, composed.parameters(),
                                       RuleHost::OnFailure::kRefuse));
  std::shared_ptr<const RuleSet> set = loaded.set;
  KeepTried(std::move(loaded));
  return set;
}

}  // namespace shirube
