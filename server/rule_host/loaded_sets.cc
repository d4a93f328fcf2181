#include "server/rule_host/loaded_sets.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "server/base/status_macros.h"
#include "server/rule_host/compose.h"
#include "server/rule_host/load_errors.h"

namespace shirube {

using enum ModuleState;

// What a handle holds.
struct LoadedSets::Loaded {
  Loaded(std::shared_ptr<LoadedSets> loader, RuleSet rule_set,
         std::unique_ptr<Pins> modules)
      : owner(std::move(loader)),
        text(std::make_shared<const RuleSet>(std::move(rule_set))),
        pins(std::move(modules)) {}
  ~Loaded() { owner->Forget(text->id()); }

  const std::shared_ptr<LoadedSets> owner;
  const std::shared_ptr<const RuleSet> text;
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
  if (found != sets_.end() && found->second.handle.expired())
    sets_.erase(found);
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
  const bool whole = on_failure == RuleHost::OnFailure::kRefuse;
  auto pins = std::make_unique<Pins>(shared_from_this(), files);
  const std::lock_guard loading(load_);
  if (whole) SHIRUBE_RETURN_IF_ERROR(RefuseQuarantined(files));
  const std::vector<Start> starts = StartMissing(files);
  std::vector<StartFailure> failures;
  for (const Start& start : starts) {
    if (start.problem.ok()) continue;
    failures.push_back({&start.module->file(), &start.problem});
  }
  const bool refused = whole && !failures.empty();
  Publish(starts, /*everything=*/!refused);
  if (refused) return CannotStart(failures);
  if (std::shared_ptr<const RuleSet> known = Find(set.id())) return known;
  return MakeHandle(std::move(set), std::move(pins));
}

std::shared_ptr<const RuleSet> LoadedSets::MakeHandle(
    RuleSet set, std::unique_ptr<Pins> pins) {
  auto loaded = std::make_shared<Loaded>(shared_from_this(), std::move(set),
                                         std::move(pins));
  std::shared_ptr<const RuleSet> handle(loaded, loaded->text.get());
  const std::lock_guard lock(mu_);
  sets_[handle->id()] = {handle, loaded->text};
  return handle;
}

absl::Status LoadedSets::RefuseQuarantined(const Files& files) const {
  std::vector<QuarantineNotice> notices;
  const std::lock_guard lock(mu_);
  for (const auto& file : files) {
    const auto notice = entries_.at(file->sha256).record->quarantine();
    if (notice.has_value()) notices.push_back(*notice);
  }
  return notices.empty() ? absl::OkStatus() : InQuarantine(notices);
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

LoadedSets::Start LoadedSets::StartModule(
    const std::shared_ptr<const ModuleFile>& file,
    const std::shared_ptr<ModuleRecord>& record) {
  Start start;
  start.module = std::make_shared<Module>(file, record, surroundings());
  const bool again = record->BeginStart();
  start.problem = start.module->Start();
  if (again && start.problem.took_too_long) {
    NoteHang(start.module.get(), start.problem);
  }
  if (!start.problem.ok()) record->Fail(start.problem);
  return start;
}

void LoadedSets::NoteHang(Module* module, const ModuleProblem& problem) {
  if (module->record()->quarantine().has_value()) return;  // a release
  const absl::Time now = options_->clock ? options_->clock() : absl::Now();
  if (!module->history()->incidents.Fruitless(now).has_value()) return;
  const std::string limit = absl::StrCat(Incidents::kMaxFruitless);
  module->Quarantine(
      ReasonWord(ModuleReason::kInitTimeout),
      absl::StrCat("hung ", limit, " times within ten minutes when it was ",
                   "started again; the last time: ", problem.detail),
      absl::StrCat("10 分のうちに ", limit,
                   " 回、再起動の途中で止まりました。最後の状況: ",
                   problem.ja.empty() ? problem.detail : problem.ja));
}

std::vector<LoadedSets::Start> LoadedSets::StartMissing(const Files& files) {
  std::vector<Start> starts;
  for (const auto& file : files) {
    if (Serves(file->sha256)) continue;
    std::shared_ptr<ModuleRecord> record;
    {
      const std::lock_guard lock(mu_);
      record = EntryOf(file->sha256).record;
    }
    if (record->quarantine().has_value()) {
      // Publish says why it is out.
      starts.push_back(
          {std::make_shared<Module>(file, record, surroundings()), {}});
    } else {
      starts.push_back(StartModule(file, record));
    }
  }
  return starts;
}

void LoadedSets::Publish(const std::vector<Start>& starts, bool everything) {
  std::vector<std::shared_ptr<Module>> before;  // end outside of the lock
  const std::lock_guard lock(mu_);
  for (const Start& start : starts) {
    Entry& entry = EntryOf(start.module->file().sha256);
    const bool awaited = entry.module != nullptr && start.problem.ok();
    if (shut_down_ || (!everything && !awaited)) {
      entry.record->Move(kReady, kRetired);
      continue;
    }
    // Also one that came while it started.
    if (const auto notice = entry.record->quarantine()) {
      start.module->TakeOutOfService(QuarantinedOutcome(*notice));
    }
    before.push_back(std::exchange(entry.module, start.module));
    entry.record->Move(kReady, kActive);
  }
}

std::shared_ptr<const RuleSet> LoadedSets::Find(const RuleSetId& id) const {
  const std::lock_guard lock(mu_);
  const auto found = sets_.find(id);
  return found == sets_.end() ? nullptr : found->second.handle.lock();
}

// ---- Quarantine. ----

void LoadedSets::SetQuarantined(const QuarantineNotice& notice) {
  std::shared_ptr<Module> before;  // ends outside of the lock
  const std::lock_guard lock(mu_);
  Entry& entry = EntryOf(notice.sha256);
  entry.record->Quarantine(notice);
  if (entry.module == nullptr) return;
  before = std::exchange(
      entry.module, std::make_shared<Module>(entry.module->shared_file(),
                                             entry.record, surroundings()));
  entry.module->TakeOutOfService(QuarantinedOutcome(notice));
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
    return NotInQuarantine(sha256);
  }
  std::vector<Start> starts;
  if (module != nullptr) {
    starts.push_back(StartModule(module->shared_file(), record));
    const ModuleProblem& problem = starts[0].problem;
    if (!problem.ok()) return StaysInQuarantine(module->file(), problem);
  }
  record->history()->Forgive();
  record->EndQuarantine();
  // The last set with it may have been let go meanwhile.
  Publish(starts, /*everything=*/false);
  return absl::OkStatus();
}

// ---- For evaluations, lists and the end. ----

absl::StatusOr<LoadedSets::InUse> LoadedSets::Use(const RuleSet& set) const {
  InUse use;
  const std::lock_guard lock(mu_);
  for (const RuleSetMember& member : set.modules()) {
    const auto found = entries_.find(member.sha256);
    if (found == entries_.end() || found->second.module == nullptr) {
      return NotLoaded(set, member);
    }
    use.modules.push_back(found->second.module);
  }
  const auto known = sets_.find(set.id());
  if (known != sets_.end()) use.text = known->second.text.lock();
  return use;
}

std::vector<std::shared_ptr<Module>> LoadedSets::Running() const {
  std::vector<std::shared_ptr<Module>> modules;
  const std::lock_guard lock(mu_);
  for (const auto& [sha256, entry] : entries_) {
    if (entry.module != nullptr) modules.push_back(entry.module);
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
