#include "server/rule_host/rule_host.h"

#include <unistd.h>

#include <algorithm>
#include <iterator>
#include <mutex>
#include <tuple>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "server/base/logging.h"
#include "server/base/status_macros.h"
#include "server/domain/violation.h"
#include "server/rule_host/folder.h"
#include "server/rule_host/frame/slot_layout.h"
#include "server/rule_host/loaded_sets.h"
#include "server/rule_host/module.h"
#include "server/rule_host/run.h"

namespace shirube {
namespace {

absl::Status NotServing(const std::string& rule_set,
                        const std::string& modules) {
  return MakeError(absl::StatusCode::kUnavailable, "RULE_SET_NOT_SERVING",
                   absl::StrCat("rule set ", rule_set,
                                " cannot be asked; modules out:", modules),
                   absl::StrCat("判定基準 ", rule_set,
                                " は使えません。使えないモジュール:", modules));
}

// Why a file cannot be used.
absl::Status NotUsable(const std::string& file, const ModuleProblem& problem) {
  const std::string reason(ReasonWord(problem.reason));
  return MakeError(absl::StatusCode::kFailedPrecondition, reason,
                   absl::StrCat(file, ": ", reason, ": ", problem.detail),
                   absl::StrCat(file, ": ", reason, ": ", problem.detail),
                   {{"file", file}});
}

absl::Status HashMismatch(const std::string& file, const std::string& expected,
                          const std::string& found) {
  return MakeError(
      absl::StatusCode::kFailedPrecondition, "HASH_MISMATCH",
      absl::StrCat(file, ": HASH_MISMATCH: its sha256 is ", found,
                   ", expected is ", expected,
                   "; put the expected file there, or name this one"),
      absl::StrCat(file, ": HASH_MISMATCH: sha256は", found, "で、期待した",
                   expected,
                   "と違います。正しいファイルを置くか、"
                   "このsha256を指定してください。"),
      {{"file", file}, {"expected", expected}, {"found", found}});
}

absl::Status CheckAsk(const frame::Ask& ask, uint64_t slots) {
  const bool fits = ask.slot < slots && ask.rows_count <= frame::kSlotRows &&
                    ask.n <= ask.rows_count;
  if (!fits) {
    return absl::InvalidArgumentError(
        absl::StrCat("ask about ", ask.n, " of ", ask.rows_count,
                     " rows of slot ", ask.slot, ", which do not exist"));
  }
  for (uint32_t k = 0; ask.rows != nullptr && k < ask.n; ++k) {
    if (ask.rows[k] < ask.rows_count) continue;
    return absl::InvalidArgumentError(
        absl::StrCat("ask about row ", ask.rows[k], " of ", ask.rows_count));
  }
  for (const frame::RowParameter& parameter : ask.parameters) {
    if (parameter.position < ask.n) continue;
    return absl::InvalidArgumentError(
        absl::StrCat("parameter ", parameter.name, " of position ",
                     parameter.position, " of ", ask.n));
  }
  return absl::OkStatus();
}

}  // namespace

class RuleHost::Impl {
 public:
  Impl(const RuleHostOptions& options, const frame::ColumnMemory& memory)
      : options_(options),
        memory_(memory),
        loaded_(std::make_shared<LoadedSets>(&options_, memory)),
        inspector_(loaded_->spawner(), options.worker_program),
        folder_(options.rules_dir,
                [this](const std::string& path, const std::string& id,
                       ModuleFile* file) {
                  return ReadModuleFile(path, id, /*expected_sha256=*/"",
                                        inspector_, file);
                }) {}
  ~Impl() { loaded_->Shutdown(); }

  LoadedSets& loaded() const { return *loaded_; }
  Folder& folder() { return folder_; }
  // Tries the layers that will hold the workers.
  absl::Status Probe() {
    SHIRUBE_ASSIGN_OR_RETURN(
        confinement_,
        ProbeConfinement(loaded_->spawner(), options_.worker_program,
                         static_cast<uint64_t>(options_.memory_limit_bytes)));
    return RequireLayers(options_.required_layers, &confinement_);
  }
  const Confinement& confinement() const { return confinement_; }

  absl::StatusOr<std::shared_ptr<const ModuleFile>> VerifyFile(
      const std::string& name, const std::string& expected_sha256) const;
  absl::StatusOr<std::shared_ptr<const ModuleFile>> VerifyBytes(
      std::string_view bytes, const std::string& id,
      const std::string& sha256) const;
  std::vector<ModuleInfo> ListModules() const;
  absl::Status Evaluate(const RuleSet& set, absl::Span<const frame::Ask> asks,
                        const AskOptions& options, const Sink& sink);

  void LoadDefaultSet();
  absl::StatusOr<std::shared_ptr<const RuleSet>> FindRuleSet(
      const RuleSetId& id) const;

 private:
  const RuleHostOptions options_;
  const frame::ColumnMemory memory_;
  const std::shared_ptr<LoadedSets> loaded_;
  const Inspector inspector_;
  Folder folder_;
  Confinement confinement_;
  std::mutex turn_;  // one evaluation at a time

  // Of default_modules: those that could be verified, and whether all could.
  std::shared_ptr<const RuleSet> default_set_;
  bool default_complete_ = true;
  std::vector<std::pair<std::string, ModuleProblem>> default_problems_;
};

absl::StatusOr<std::shared_ptr<const ModuleFile>> RuleHost::Impl::VerifyFile(
    const std::string& name, const std::string& expected_sha256) const {
  auto file = std::make_shared<ModuleFile>();
  const ModuleProblem problem = folder_.Read(name, file.get());
  if (!expected_sha256.empty() && !file->sha256.empty() &&
      file->sha256 != expected_sha256) {
    return HashMismatch(name, expected_sha256, file->sha256);
  }
  if (!problem.ok()) return NotUsable(name, problem);
  return file;
}

absl::StatusOr<std::shared_ptr<const ModuleFile>> RuleHost::Impl::VerifyBytes(
    std::string_view bytes, const std::string& id,
    const std::string& sha256) const {
  auto file = std::make_shared<ModuleFile>();
  const ModuleProblem problem =
      ReadModuleBytes(bytes, id, sha256, inspector_, file.get());
  if (file->sha256 != sha256) return HashMismatch(id, sha256, file->sha256);
  if (!problem.ok()) return NotUsable(id, problem);
  return file;
}

std::vector<ModuleInfo> RuleHost::Impl::ListModules() const {
  std::vector<ModuleInfo> modules = loaded_->List(), rejected;
  for (const FolderFile& file : folder_.List()) {
    const auto known =
        std::find_if(modules.begin(), modules.end(), [&](const auto& module) {
          return file.problem.ok() && module.sha256 == file.sha256;
        });
    if (known != modules.end()) {
      known->file = file.name;
      continue;
    }
    ModuleInfo info;
    info.file = file.name;
    info.sha256 = file.sha256;
    info.problem = file.problem;
    info.since = file.since;
    info.manifest = file.manifest;
    info.cases_count = file.cases_count;
    info.state =
        file.problem.ok() ? ModuleState::kVerified : ModuleState::kRejected;
    if (file.manifest != nullptr) {
      info.id = file.manifest->id;
      info.version = file.manifest->version;
    }
    (file.problem.ok() ? modules : rejected).push_back(std::move(info));
  }
  for (const auto& [name, problem] : default_problems_) {
    if (problem.reason != ModuleReason::kNotFound) continue;
    ModuleInfo info;
    info.file = name + ".so";
    info.state = ModuleState::kRejected;
    info.problem = problem;
    rejected.push_back(std::move(info));
  }
  std::sort(modules.begin(), modules.end(), [](const auto& a, const auto& b) {
    return std::tie(a.id, a.version, a.sha256) <
           std::tie(b.id, b.version, b.sha256);
  });
  std::move(rejected.begin(), rejected.end(), std::back_inserter(modules));
  return modules;
}

void RuleHost::Impl::LoadDefaultSet() {
  LoadedSets::Files files;
  for (const std::string& id : options_.default_modules) {
    auto file = std::make_shared<ModuleFile>();
    ModuleProblem problem = folder_.Read(id + ".so", file.get());
    if (problem.ok()) {
      files.push_back(std::move(file));
    } else {
      default_problems_.emplace_back(id, std::move(problem));
    }
  }
  default_complete_ = default_problems_.empty();
  auto set = loaded_->Load(std::move(files), {}, OnFailure::kLeaveOut);
  if (set.ok()) default_set_ = *std::move(set);
}

absl::StatusOr<std::shared_ptr<const RuleSet>> RuleHost::Impl::FindRuleSet(
    const RuleSetId& id) const {
  const bool is_default = id.empty() || id.value() == "default";
  if (!is_default) {
    if (auto set = loaded_->Find(id)) return set;
    return absl::NotFoundError(
        absl::StrCat("there is no rule set ", id.value()));
  }
  std::string missing;
  for (const auto& [name, problem] : default_problems_) {
    absl::StrAppend(&missing, " ", name, " (",
                    std::string(ReasonWord(problem.reason)), ": ",
                    problem.detail, ")");
  }
  if (default_set_ != nullptr) {
    SHIRUBE_ASSIGN_OR_RETURN(const auto modules,
                             loaded_->ModulesOf(*default_set_));
    for (const auto& module : modules) {
      if (const auto why = module->why_out()) {
        absl::StrAppend(&missing, " ", module->id(), " (", why->ToString(),
                        ")");
      }
    }
  }
  if (default_complete_ && missing.empty()) return default_set_;
  return NotServing("default", missing);
}

absl::Status RuleHost::Impl::Evaluate(const RuleSet& set,
                                      absl::Span<const frame::Ask> asks,
                                      const AskOptions& options,
                                      const Sink& sink) {
  for (const frame::Ask& ask : asks) {
    SHIRUBE_RETURN_IF_ERROR(CheckAsk(ask, memory_.bytes / frame::kSlotBytes));
  }
  // Kept until the end, whoever lets go of the set meanwhile.
  SHIRUBE_ASSIGN_OR_RETURN(const std::vector<std::shared_ptr<Module>> pinned,
                           loaded_->ModulesOf(set));
  std::vector<Module*> modules;
  for (const auto& module : pinned) modules.push_back(module.get());
  const std::lock_guard turn(turn_);
  Run run({.set = &set,
           .modules = std::move(modules),
           .columns = memory_,
           .call_deadline = options_.call_deadline,
           .options = options,
           .asks = asks,
           .sink = &sink,
           .clock = options_.clock ? options_.clock : absl::Now});
  run.Execute();
  return absl::OkStatus();
}

absl::StatusOr<std::unique_ptr<RuleHost>> RuleHost::Start(
    const RuleHostOptions& options, const frame::ColumnMemory& memory) {
  if (options.workers_per_module < 1) {
    return absl::InvalidArgumentError(
        "a rule host needs a worker for each module");
  }
  if (access(options.worker_program.c_str(), X_OK) != 0) {
    return absl::FailedPreconditionError(
        absl::StrCat("worker_program ", options.worker_program,
                     " is no program; build shirube-rule-worker"));
  }
  auto impl = std::make_unique<Impl>(options, memory);
  SHIRUBE_RETURN_IF_ERROR(impl->Probe());
  SHIRUBE_RETURN_IF_ERROR(impl->folder().Rescan());
  if (!options.default_modules.empty()) impl->LoadDefaultSet();
  return std::unique_ptr<RuleHost>(new RuleHost(std::move(impl)));
}

RuleHost::RuleHost(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
RuleHost::~RuleHost() = default;

const Confinement& RuleHost::confinement() const {
  return impl_->confinement();
}

void RuleHost::Rescan() {
  if (const absl::Status status = impl_->folder().Rescan(); !status.ok()) {
    LogWarning("the rules folder is listed as it was: ", status.ToString());
  }
}

absl::StatusOr<std::shared_ptr<const ModuleFile>> RuleHost::VerifyFile(
    const std::string& file, const std::string& expected_sha256) {
  return impl_->VerifyFile(file, expected_sha256);
}

absl::StatusOr<std::shared_ptr<const ModuleFile>> RuleHost::VerifyBytes(
    std::string_view bytes, const std::string& id, const std::string& sha256) {
  return impl_->VerifyBytes(bytes, id, sha256);
}

absl::StatusOr<std::shared_ptr<const RuleSet>> RuleHost::Load(
    std::vector<std::shared_ptr<const ModuleFile>> modules,
    std::map<std::string, int64_t> parameters, OnFailure on_failure) {
  return impl_->loaded().Load(std::move(modules), std::move(parameters),
                              on_failure);
}

std::shared_ptr<const RuleSet> RuleHost::Find(const RuleSetId& id) const {
  return impl_->loaded().Find(id);
}

void RuleHost::SetQuarantined(const QuarantineNotice& notice) {
  impl_->loaded().SetQuarantined(notice);
}

absl::Status RuleHost::Release(const std::string& sha256) {
  return impl_->loaded().Release(sha256);
}

std::vector<ModuleInfo> RuleHost::ListModules() const {
  return impl_->ListModules();
}

absl::StatusOr<std::shared_ptr<const RuleSet>> RuleHost::FindRuleSet(
    const RuleSetId& id) const {
  return impl_->FindRuleSet(id);
}

absl::Status RuleHost::Evaluate(const RuleSet& set,
                                absl::Span<const frame::Ask> asks,
                                const AskOptions& options, const Sink& sink) {
  return impl_->Evaluate(set, asks, options, sink);
}

absl::StatusOr<std::vector<ModuleAnswers>> RuleHost::Evaluate(
    const RuleSet& set, const frame::Ask& ask, const AskOptions& options) {
  std::vector<ModuleAnswers> result;
  SHIRUBE_RETURN_IF_ERROR(
      impl_->Evaluate(set, absl::MakeConstSpan(&ask, 1), options,
                      [&](size_t, std::vector<ModuleAnswers>& answers) {
                        result = std::move(answers);
                      }));
  return result;
}

}  // namespace shirube
