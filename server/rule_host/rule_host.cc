#include "server/rule_host/rule_host.h"

#include <unistd.h>

#include <algorithm>
#include <iterator>
#include <tuple>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "server/base/logging.h"
#include "server/base/status_macros.h"
#include "server/rule_host/folder.h"
#include "server/rule_host/frame/slot_layout.h"
#include "server/rule_host/load_errors.h"
#include "server/rule_host/loaded_sets.h"
#include "server/rule_host/module.h"
#include "server/rule_host/run.h"
#include "server/rule_host/turn.h"

namespace shirube {
namespace {

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

// A file that nothing has loaded.
void FillFrom(const FolderFile& file, ModuleInfo* info) {
  info->file = file.name;
  info->sha256 = file.sha256;
  info->problem = file.problem;
  info->since = file.since;
  info->manifest = file.manifest;
  info->cases_count = file.cases_count;
  info->state =
      file.problem.ok() ? ModuleState::kVerified : ModuleState::kRejected;
  if (file.manifest == nullptr) return;
  info->id = file.manifest->id;
  info->version = file.manifest->version;
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
                       const std::string& expected_sha256, ModuleFile* file) {
                  return ReadModuleFile(path, id, expected_sha256, inspector_,
                                        file);
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
  void CheckIdle();

 private:
  const RuleHostOptions options_;
  const frame::ColumnMemory memory_;
  const std::shared_ptr<LoadedSets> loaded_;
  const Inspector inspector_;
  Folder folder_;
  Confinement confinement_;
  Turns turns_;  // one evaluation at a time
};

absl::StatusOr<std::shared_ptr<const ModuleFile>> RuleHost::Impl::VerifyFile(
    const std::string& name, const std::string& expected_sha256) const {
  auto file = std::make_shared<ModuleFile>();
  const ModuleProblem problem = folder_.Read(name, expected_sha256, file.get());
  if (!problem.ok()) return NotUsable(name, problem);
  return file;
}

absl::StatusOr<std::shared_ptr<const ModuleFile>> RuleHost::Impl::VerifyBytes(
    std::string_view bytes, const std::string& id,
    const std::string& sha256) const {
  auto file = std::make_shared<ModuleFile>();
  const ModuleProblem problem =
      ReadModuleBytes(bytes, id, sha256, inspector_, file.get());
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
      // In quarantine since before it was ever looked at.
      if (known->manifest == nullptr) known->manifest = file.manifest;
      if (known->cases_count == 0) known->cases_count = file.cases_count;
      if (known->state == ModuleState::kDiscovered) {
        known->state = ModuleState::kVerified;
      }
      continue;
    }
    FillFrom(file, &(file.problem.ok() ? modules : rejected).emplace_back());
  }
  std::sort(modules.begin(), modules.end(), [](const auto& a, const auto& b) {
    return std::tie(a.id, a.version, a.sha256) <
           std::tie(b.id, b.version, b.sha256);
  });
  std::move(rejected.begin(), rejected.end(), std::back_inserter(modules));
  return modules;
}

absl::Status RuleHost::Impl::Evaluate(const RuleSet& set,
                                      absl::Span<const frame::Ask> asks,
                                      const AskOptions& options,
                                      const Sink& sink) {
  for (const frame::Ask& ask : asks) {
    SHIRUBE_RETURN_IF_ERROR(CheckAsk(ask, memory_.bytes / frame::kSlotBytes));
  }
  SHIRUBE_ASSIGN_OR_RETURN(const LoadedSets::InUse use, loaded_->Use(set));
  std::vector<Module*> modules;
  for (const auto& module : use.modules) modules.push_back(module.get());
  const Turns::Turn turn(&turns_);
  Run run({.set = use.text != nullptr ? use.text.get() : &set,
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

void RuleHost::Impl::CheckIdle() {
  const std::vector<std::shared_ptr<Module>> modules = loaded_->Running();
  const Turns::Turn turn(&turns_, Turns::IfFree());
  if (!turn.came()) return;
  const absl::Time now = options_.clock ? options_.clock() : absl::Now();
  for (const auto& module : modules) module->CheckIdle(now);
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

absl::Status RuleHost::Evaluate(const RuleSet& set,
                                absl::Span<const frame::Ask> asks,
                                const AskOptions& options, const Sink& sink) {
  return impl_->Evaluate(set, asks, options, sink);
}

void RuleHost::CheckIdle() { impl_->CheckIdle(); }

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
