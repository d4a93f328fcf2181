#include "server/rule_host/rule_host.h"

#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <mutex>
#include <set>
#include <system_error>
#include <utility>

#include "absl/strings/str_cat.h"
#include "server/base/logging.h"
#include "server/base/status_macros.h"
#include "server/domain/violation.h"
#include "server/rule_host/frame/slot_layout.h"
#include "server/rule_host/module.h"
#include "server/rule_host/run.h"
#include "server/rule_host/spawner.h"

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

// The ids of the files ID.so in a folder.
absl::StatusOr<std::set<std::string>> Discover(const std::string& rules_dir) {
  std::error_code error;
  std::set<std::string> ids;
  std::filesystem::directory_iterator at(rules_dir, error), end;
  for (; !error && at != end; at.increment(error)) {
    if (at->path().extension() == ".so") ids.insert(at->path().stem().string());
  }
  if (error) {
    return absl::FailedPreconditionError(absl::StrCat(
        "rules_dir ", rules_dir, " cannot be read: ", error.message()));
  }
  return ids;
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
      : options_(options), memory_(memory) {}

  void StartModules(const std::set<std::string>& found);
  std::vector<ModuleInfo> ListModules() const;
  absl::StatusOr<std::shared_ptr<const RuleSet>> FindRuleSet(
      const RuleSetId& id) const;
  absl::Status Evaluate(const RuleSet& set, absl::Span<const frame::Ask> asks,
                        const AskOptions& options, const Sink& sink);

 private:
  Module* Find(std::string_view id) const;
  // Of a rule set, in its order; UNAVAILABLE names those that cannot be asked.
  absl::StatusOr<std::vector<Module*>> ModulesOf(const RuleSet& set) const;
  void MakeDefaultSet();

  const RuleHostOptions options_;
  const frame::ColumnMemory memory_;
  Spawner spawner_;  // before the modules: it has to outlive their workers
  std::vector<std::unique_ptr<Module>> modules_;  // by id; fixed after start
  std::shared_ptr<const RuleSet> default_set_;    // or nullptr
  std::mutex turn_;                               // one evaluation at a time
};

void RuleHost::Impl::StartModules(const std::set<std::string>& found) {
  std::set<std::string> ids = found;
  ids.insert(options_.default_modules.begin(), options_.default_modules.end());
  for (const std::string& id : ids) {
    modules_.push_back(std::make_unique<Module>(
        id, Module::Surroundings{&options_, memory_, &spawner_}));
    modules_.back()->Verify();
  }
  // The others are known and wait for a rule set that names them.
  for (const std::string& id : options_.default_modules) {
    Module* module = Find(id);
    if (module->Info().state == ModuleState::kVerified) module->Start();
  }
  MakeDefaultSet();
}

void RuleHost::Impl::MakeDefaultSet() {
  std::vector<RuleSetMember> members;
  for (const std::string& id : options_.default_modules) {
    const ModuleFile& file = Find(id)->file();
    if (file.manifest == nullptr) return;
    members.push_back({file.manifest, file.sha256});
  }
  default_set_ = std::make_shared<const RuleSet>(
      std::move(members), std::map<std::string, int64_t>());
}

Module* RuleHost::Impl::Find(std::string_view id) const {
  for (const auto& module : modules_) {
    if (module->id() == id) return module.get();
  }
  return nullptr;
}

std::vector<ModuleInfo> RuleHost::Impl::ListModules() const {
  std::vector<ModuleInfo> infos;
  for (const auto& module : modules_) infos.push_back(module->Info());
  return infos;
}

absl::StatusOr<std::vector<Module*>> RuleHost::Impl::ModulesOf(
    const RuleSet& set) const {
  std::vector<Module*> modules;
  std::string missing;
  for (const RuleSetMember& member : set.modules()) {
    Module* module = Find(member.manifest->id);
    if (module == nullptr || module->file().sha256 != member.sha256) {
      absl::StrAppend(&missing, " ", member.manifest->id, " (NOT_FOUND)");
      continue;
    }
    const ModuleInfo info = module->Info();
    if (info.state != ModuleState::kActive) {
      absl::StrAppend(&missing, " ", member.manifest->id, " (",
                      std::string(StateWord(info.state)), " ",
                      std::string(ReasonWord(info.problem.reason)), ")");
      continue;
    }
    modules.push_back(module);
  }
  if (missing.empty()) return modules;
  return NotServing(set.id().value(), missing);
}

absl::StatusOr<std::shared_ptr<const RuleSet>> RuleHost::Impl::FindRuleSet(
    const RuleSetId& id) const {
  const bool is_default = id.empty() || id.value() == "default";
  if (default_set_ != nullptr && (is_default || id == default_set_->id())) {
    SHIRUBE_RETURN_IF_ERROR(ModulesOf(*default_set_).status());
    return default_set_;
  }
  if (!is_default) {
    return absl::NotFoundError(
        absl::StrCat("there is no rule set ", id.value()));
  }
  std::string missing;
  for (const std::string& name : options_.default_modules) {
    const ModuleInfo info = Find(name)->Info();
    if (info.problem.ok()) continue;
    absl::StrAppend(&missing, " ", name, " (",
                    std::string(ReasonWord(info.problem.reason)), ": ",
                    info.problem.detail, ")");
  }
  return NotServing("default", missing);
}

absl::Status RuleHost::Impl::Evaluate(const RuleSet& set,
                                      absl::Span<const frame::Ask> asks,
                                      const AskOptions& options,
                                      const Sink& sink) {
  for (const frame::Ask& ask : asks) {
    SHIRUBE_RETURN_IF_ERROR(CheckAsk(ask, memory_.bytes / frame::kSlotBytes));
  }
  SHIRUBE_ASSIGN_OR_RETURN(std::vector<Module*> modules, ModulesOf(set));
  const std::lock_guard turn(turn_);
  Run run({.set = &set,
           .modules = std::move(modules),
           .columns = memory_,
           .call_deadline = options_.call_deadline,
           .options = options,
           .asks = asks,
           .sink = &sink});
  run.Execute();
  return absl::OkStatus();
}

absl::StatusOr<std::unique_ptr<RuleHost>> RuleHost::Start(
    const RuleHostOptions& options, const frame::ColumnMemory& memory) {
  if (options.workers_per_module < 1 || options.default_modules.empty()) {
    return absl::InvalidArgumentError(
        "a rule host needs default modules and a worker for each");
  }
  if (access(options.worker_program.c_str(), X_OK) != 0) {
    return absl::FailedPreconditionError(
        absl::StrCat("worker_program ", options.worker_program,
                     " is no program; build shirube-rule-worker"));
  }
  SHIRUBE_ASSIGN_OR_RETURN(const std::set<std::string> found,
                           Discover(options.rules_dir));
  auto impl = std::make_unique<Impl>(options, memory);
  impl->StartModules(found);
  return std::unique_ptr<RuleHost>(new RuleHost(std::move(impl)));
}

RuleHost::RuleHost(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
RuleHost::~RuleHost() = default;

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
