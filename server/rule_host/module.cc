#include "server/rule_host/module.h"

#include <poll.h>

#include <cstdio>
#include <cstdlib>
#include <utility>

#include "absl/strings/str_cat.h"
#include "server/base/logging.h"

namespace shirube {

Module::Module(std::string id, const Surroundings& surroundings)
    : id_(std::move(id)), surroundings_(surroundings) {
  info_.file = id_ + ".so";
}

void Module::MoveTo(ModuleState state, ModuleProblem problem) {
  const std::lock_guard lock(mu_);
  if (!IsLegal(info_.state, state)) {
    std::fprintf(stderr, "module %s cannot go from %s to %s\n", id_.c_str(),
                 std::string(StateWord(info_.state)).c_str(),
                 std::string(StateWord(state)).c_str());
    std::abort();
  }
  info_.state = state;
  info_.problem = std::move(problem);
  if (state == ModuleState::kRejected) {
    LogWarning("rule module ", info_.file,
               " is REJECTED: ", std::string(ReasonWord(info_.problem.reason)),
               ": ", info_.problem.detail);
  }
}

void Module::Verify() {
  const std::string path =
      absl::StrCat(surroundings_.options->rules_dir, "/", id_, ".so");
  ModuleProblem problem = ReadModuleFile(path, id_, &file_);
  {
    const std::lock_guard lock(mu_);
    info_.manifest = file_.manifest;
    info_.sha256 = file_.sha256;
  }
  if (!problem.ok()) {
    MoveTo(ModuleState::kRejected, std::move(problem));
    return;
  }
  reasons_ = std::make_unique<ReasonTable>(*file_.manifest);
  MoveTo(ModuleState::kVerified);
}

void Module::Start() {
  MoveTo(ModuleState::kStarting);
  ModuleProblem problem;
  for (int i = 0; i < surroundings_.options->workers_per_module; ++i) {
    std::unique_ptr<WorkerProcess> worker = StartWorker(&problem);
    if (worker == nullptr) break;
    workers_.push_back(std::move(worker));
  }
  if (problem.ok()) {
    MoveTo(ModuleState::kSelfTest);
    problem = SelfTest(workers_[0].get());
  }
  if (!problem.ok()) {
    workers_.clear();
    MoveTo(ModuleState::kRejected, std::move(problem));
    return;
  }
  MoveTo(ModuleState::kReady);
  MoveTo(ModuleState::kActive);
  NoteWorkers(/*restarts=*/0);
}

// The place for running the module's own cases (file_.cases) and comparing
// their answers; until then the test is an empty batch, which a module has to
// stand and which proves worker, socket and areas.
ModuleProblem Module::SelfTest(WorkerProcess* worker) {
  frame::Request request;
  request.as_of_index = INT32_MAX;
  request.parameters_count =
      static_cast<uint32_t>(file_.manifest->parameters.size());
  const auto failed = [](const ModuleOutcome& outcome) {
    return ModuleProblem{
        ModuleReason::kSelfTestFailed,
        absl::StrCat("asked about no rows: ", outcome.ToString())};
  };
  ModuleOutcome outcome;
  if (!worker->Send(request)) return failed(worker->Autopsy());
  while (true) {
    pollfd ready = {worker->socket(), POLLIN, 0};
    poll(&ready, 1, /*timeout=*/5);
    if (const auto reply = worker->Receive(&outcome)) {
      if (reply->status == frame::Reply::kAnswered) return {};
      return {ModuleReason::kSelfTestFailed,
              absl::StrCat("evaluate returned ", reply->value, " for no rows")};
    }
    if (outcome.ok()) {
      outcome = worker->CheckDeadline(surroundings_.options->call_deadline);
    }
    if (!outcome.ok()) return failed(outcome);
  }
}

std::unique_ptr<WorkerProcess> Module::StartWorker(ModuleProblem* problem) {
  return WorkerProcess::Start(surroundings_.spawner,
                              surroundings_.options->worker_program,
                              file_.memory.get(), surroundings_.columns,
                              surroundings_.options->start_deadline, problem);
}

ModuleProblem Module::Replace(size_t i) {
  ModuleProblem problem;
  workers_[i].reset();  // first: two of one module would share nothing, but
                        // cost twice
  workers_[i] = StartWorker(&problem);
  NoteWorkers(/*restarts=*/1);
  return problem;
}

void Module::Quarantine(std::string_view reason, const std::string& en,
                        const std::string& ja) {
  workers_.clear();
  NoteWorkers(/*restarts=*/0);
  {
    const std::lock_guard lock(mu_);
    out_ = {.kind = ModuleOutcome::Kind::kQuarantined,
            .detail = absl::StrCat(std::string(reason), ": ", en)};
  }
  MoveTo(ModuleState::kQuarantined);
  LogError("rule module ", id_, " is QUARANTINED: ", std::string(reason), ": ",
           en, " / ", ja);
}

std::optional<ModuleOutcome> Module::why_out() const {
  const std::lock_guard lock(mu_);
  return out_;
}

void Module::NoteWorkers(int64_t restarts) {
  const std::lock_guard lock(mu_);
  info_.restarts += restarts;
  info_.worker_pids.clear();
  for (const auto& worker : workers_) {
    if (worker != nullptr) info_.worker_pids.push_back(worker->pid());
  }
}

ModuleInfo Module::Info() const {
  const std::lock_guard lock(mu_);
  ModuleInfo info = info_;
  info.statistics = history_->Snapshot();
  return info;
}

}  // namespace shirube
