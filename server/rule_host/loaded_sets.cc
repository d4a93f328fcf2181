#include "server/rule_host/loaded_sets.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "server/base/status_macros.h"
#include "server/domain/violation.h"
#include "server/rule_host/compose.h"

namespace shirube {

using enum ModuleState;

// What a handle holds.
struct LoadedSets::Loaded {
  Loaded(std::shared_ptr<LoadedSets> loader, RuleSet rule_set,
         std::unique_ptr<Pins> modules)
      : owner(std::move(loader)),
        set(std::move(rule_set)),
        pins(std::move(modules)) {}
  ~Loaded() { owner->Forget(set.id()); }

  const std::shared_ptr<LoadedSets> owner;
  const RuleSet set;
  const std::unique_ptr<Pins> pins;
};

LoadedSets::LoadedSets(const RuleHostOptions* options,
                       const frame::ColumnMemory& columns)
    : options_(options), columns_(columns) {}

// ---- Pins. ----

LoadedSets::Pins::Pins(std::shared_ptr<LoadedSets> owner, const Files& files)
    : owner_(std::move(owner)) {
  const std::lock_guard lock(owner_->mu_);
  for (const auto& file : files) {
    Entry& entry = owner_->EntryOf(file->sha256);
    entry.record->Identify(*file);
    ++entry.pins;
    sha256s_.push_back(file->sha256);
  }
}

LoadedSets::Pins::~Pins() { owner_->Unpin(sha256s_); }

LoadedSets::Entry& LoadedSets::EntryOf(const std::string& sha256) {
  Entry& entry = entries_[sha256];
  if (entry.record == nullptr) {
    entry.record = std::make_shared<ModuleRecord>(sha256);
  }
  return entry;
}

void LoadedSets::Unpin(const std::vector<std::string>& sha256s) {
  // Ended outside of the lock: by this thread, or by the evaluation that still
  // has it.
  std::vector<std::shared_ptr<Module>> ended;
  const std::lock_guard lock(mu_);
  for (const std::string& sha256 : sha256s) {
    Entry& entry = entries_[sha256];
    if (--entry.pins > 0 || entry.module == nullptr) continue;
    entry.record->Move(kActive, kDraining);
    entry.draining = entry.module;
    ended.push_back(std::move(entry.module));
    entry.module = nullptr;
  }
}

void LoadedSets::Forget(const RuleSetId& id) {
  const std::lock_guard lock(mu_);
  const auto found = sets_.find(id);
  // Another handle of the same id may have been made meanwhile.
  if (found != sets_.end() && found->second.expired()) sets_.erase(found);
}

// ---- Loading. ----

absl::StatusOr<std::shared_ptr<const RuleSet>> LoadedSets::Load(
    Files files, std::map<std::string, int64_t> parameters,
    RuleHost::OnFailure on_failure) {
  std::vector<RuleSetMember> members;
  for (const auto& file : files) {
    members.push_back({file->manifest, file->sha256});
  }
  SHIRUBE_ASSIGN_OR_RETURN(
      RuleSet set,
      ComposeRuleSetOfMillionths(std::move(members), std::move(parameters)));
  auto pins = std::make_unique<Pins>(shared_from_this(), files);
  const std::lock_guard loading(load_);
  if (on_failure == RuleHost::OnFailure::kRefuse) {
    SHIRUBE_RETURN_IF_ERROR(RefuseQuarantined(files));
  }
  SHIRUBE_RETURN_IF_ERROR(StartMissing(files, on_failure));
  if (std::shared_ptr<const RuleSet> known = Find(set.id())) return known;
  auto loaded = std::make_shared<Loaded>(shared_from_this(), std::move(set),
                                         std::move(pins));
  std::shared_ptr<const RuleSet> handle(loaded, &loaded->set);
  const std::lock_guard lock(mu_);
  sets_[handle->id()] = handle;
  return handle;
}

absl::Status LoadedSets::RefuseQuarantined(const Files& files) const {
  std::string en, ja;
  std::vector<std::pair<std::string, std::string>> metadata;
  const std::lock_guard lock(mu_);
  for (const auto& file : files) {
    const auto notice = entries_.at(file->sha256).record->quarantine();
    if (!notice.has_value()) continue;
    const std::string name = file->manifest->id;
    const std::string since =
        absl::FormatTime(absl::RFC3339_sec, notice->time, absl::UTCTimeZone());
    absl::StrAppend(&en, en.empty() ? "" : "; ", "module ", name, " ",
                    file->manifest->version, " is in quarantine since ", since,
                    " (", notice->reason, ": ", notice->en,
                    "); once it is mended or its data is, let it go with "
                    "`shirube rule release ",
                    name, "`");
    absl::StrAppend(&ja, "モジュール", name, " ", file->manifest->version, "は",
                    since, "から隔離中です(", notice->reason, ": ", notice->ja,
                    ")。原因を取り除いてから `shirube rule release ", name,
                    "` で解除してください。");
    metadata.emplace_back(name, notice->reason);
  }
  if (metadata.empty()) return absl::OkStatus();
  return MakeError(absl::StatusCode::kFailedPrecondition, "MODULE_QUARANTINED",
                   std::move(en), std::move(ja), std::move(metadata));
}

std::shared_ptr<Module> LoadedSets::StartModule(
    const std::shared_ptr<const ModuleFile>& file,
    const std::shared_ptr<ModuleRecord>& record, ModuleProblem* problem) {
  auto module = std::make_shared<Module>(
      file, record, Module::Surroundings{options_, columns_, &spawner_});
  record->BeginStart();
  *problem = module->Start();
  if (!problem->ok()) record->Fail(*problem);
  return module;
}

bool LoadedSets::Serves(const std::string& sha256) {
  const std::lock_guard lock(mu_);
  Entry& entry = EntryOf(sha256);
  if (entry.module == nullptr) {
    // Let go of a moment ago, and still there: an evaluation has it.
    entry.module = entry.draining.lock();
    if (entry.module != nullptr) entry.record->Move(kDraining, kActive);
  }
  return entry.module != nullptr && !entry.module->out_of_service();
}

void LoadedSets::Publish(const std::shared_ptr<Module>& module) {
  std::shared_ptr<Module> before;  // ends outside of the lock
  const std::lock_guard lock(mu_);
  Entry& entry = EntryOf(module->file().sha256);
  if (shut_down_) return;
  before = std::exchange(entry.module, module);
  entry.record->Move(kReady, kActive);
}

absl::Status LoadedSets::StartMissing(const Files& files,
                                      RuleHost::OnFailure on_failure) {
  const bool leave_out = on_failure == RuleHost::OnFailure::kLeaveOut;
  std::vector<std::shared_ptr<Module>> started;
  std::vector<Failure> failures;
  for (const auto& file : files) {
    if (Serves(file->sha256)) continue;
    std::shared_ptr<ModuleRecord> record;
    {
      const std::lock_guard lock(mu_);
      record = EntryOf(file->sha256).record;
    }
    if (const auto notice = record->quarantine()) {
      auto module = std::make_shared<Module>(
          file, record, Module::Surroundings{options_, columns_, &spawner_});
      module->TakeOutOfService(QuarantinedOutcome(*notice));
      started.push_back(std::move(module));
      continue;
    }
    ModuleProblem problem;
    std::shared_ptr<Module> module = StartModule(file, record, &problem);
    if (!problem.ok()) {
      failures.push_back({file->manifest->id,
                          std::string(ReasonWord(problem.reason)),
                          problem.detail});
      if (!leave_out) continue;
    }
    started.push_back(std::move(module));
  }
  if (!failures.empty() && !leave_out) {
    std::string en = "the rule set cannot start, nothing has changed: ";
    std::string ja = "判定基準を起動できません。何も変わっていません: ";
    std::vector<std::pair<std::string, std::string>> metadata;
    for (size_t i = 0; i < failures.size(); ++i) {
      const Failure& failure = failures[i];
      const std::string text =
          absl::StrCat(i == 0 ? "" : "; ", failure.module, " (", failure.reason,
                       ": ", failure.detail, ")");
      en += text;
      ja += text;
      metadata.emplace_back(failure.module, failure.reason);
    }
    for (const auto& module : started) {
      module->record()->Move(kReady, kRetired);
    }
    return MakeError(absl::StatusCode::kFailedPrecondition,
                     "RULE_SET_CANNOT_START", std::move(en), std::move(ja),
                     std::move(metadata));
  }
  for (const auto& module : started) Publish(module);
  return absl::OkStatus();
}

std::shared_ptr<const RuleSet> LoadedSets::Find(const RuleSetId& id) const {
  const std::lock_guard lock(mu_);
  const auto found = sets_.find(id);
  return found == sets_.end() ? nullptr : found->second.lock();
}

// ---- Quarantine. ----

void LoadedSets::SetQuarantined(const QuarantineNotice& notice) {
  const std::lock_guard lock(mu_);
  Entry& entry = EntryOf(notice.sha256);
  entry.record->Quarantine(notice);
  if (entry.module != nullptr) {
    entry.module->TakeOutOfService(QuarantinedOutcome(notice));
  }
}

absl::Status LoadedSets::Release(const std::string& sha256) {
  const std::lock_guard loading(load_);
  std::shared_ptr<Module> module;
  std::shared_ptr<ModuleRecord> record;
  {
    const std::lock_guard lock(mu_);
    const auto found = entries_.find(sha256);
    if (found != entries_.end()) {
      record = found->second.record;
      module = found->second.module;
    }
  }
  if (record == nullptr || !record->quarantine().has_value()) {
    return MakeError(
        absl::StatusCode::kFailedPrecondition, "NOT_QUARANTINED",
        absl::StrCat("no module with sha256 ", sha256, " is in quarantine"),
        absl::StrCat("sha256が", sha256, "のモジュールは隔離されていません。"));
  }
  if (module == nullptr) {
    record->history()->Forgive();
    record->EndQuarantine();
    return absl::OkStatus();
  }
  ModuleProblem problem;
  const std::shared_ptr<Module> started =
      StartModule(module->shared_file(), record, &problem);
  if (!problem.ok()) {
    const std::string reason(ReasonWord(problem.reason));
    return MakeError(
        absl::StatusCode::kFailedPrecondition, reason,
        absl::StrCat("module ", module->id(), " stays in quarantine: ", reason,
                     ": ", problem.detail),
        absl::StrCat("モジュール", module->id(), "は隔離のままです: ", reason,
                     ": ", problem.detail));
  }
  record->history()->Forgive();
  record->EndQuarantine();
  Publish(started);
  return absl::OkStatus();
}

// ---- For evaluations, lists and the end. ----

absl::StatusOr<std::vector<std::shared_ptr<Module>>> LoadedSets::ModulesOf(
    const RuleSet& set) const {
  std::vector<std::shared_ptr<Module>> modules;
  const std::lock_guard lock(mu_);
  for (const RuleSetMember& member : set.modules()) {
    const auto found = entries_.find(member.sha256);
    if (found == entries_.end() || found->second.module == nullptr) {
      return MakeError(
          absl::StatusCode::kUnavailable, "RULE_SET_NOT_SERVING",
          absl::StrCat("rule set ", set.id().value(), " is not loaded: module ",
                       member.manifest->id, " does not run"),
          absl::StrCat("判定基準", set.id().value(),
                       "は読み込まれていません。動いていないモジュール: ",
                       member.manifest->id));
    }
    modules.push_back(found->second.module);
  }
  return modules;
}

std::vector<ModuleInfo> LoadedSets::List() const {
  std::vector<ModuleInfo> infos;
  const std::lock_guard lock(mu_);
  for (const auto& [sha256, entry] : entries_) {
    infos.push_back(entry.record->Info());
    infos.back().in_use = entry.pins > 0;
    std::shared_ptr<Module> module = entry.module;
    if (module == nullptr) module = entry.draining.lock();
    if (module != nullptr) infos.back().worker_pids = module->worker_pids();
  }
  return infos;
}

void LoadedSets::Shutdown() {
  std::vector<std::shared_ptr<Module>> ended;
  const std::lock_guard loading(load_);
  const std::lock_guard lock(mu_);
  shut_down_ = true;
  for (auto& [sha256, entry] : entries_) {
    entry.record->Move(kActive, kDraining);
    if (entry.module != nullptr) ended.push_back(std::move(entry.module));
    entry.module = nullptr;
  }
}

}  // namespace shirube
