#include "server/rule_host/module.h"

#include <poll.h>

#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "server/base/logging.h"

namespace shirube {
namespace {

ModuleOutcome NotRunning(const ModuleProblem& problem) {
  return {.kind = ModuleOutcome::Kind::kNotRunning,
          .detail = absl::StrCat(std::string(ReasonWord(problem.reason)), ": ",
                                 problem.detail)};
}

}  // namespace

ModuleOutcome QuarantinedOutcome(const QuarantineNotice& notice) {
  return {.kind = ModuleOutcome::Kind::kQuarantined,
          .detail = absl::StrCat(notice.reason, ": ", notice.en)};
}

Module::Module(std::shared_ptr<const ModuleFile> file,
               std::shared_ptr<ModuleRecord> record,
               const Surroundings& surroundings)
    : file_(std::move(file)),
      record_(std::move(record)),
      surroundings_(surroundings),
      reasons_(*file_->manifest),
      workers_(static_cast<size_t>(surroundings.options->workers_per_module)),
      out_(ModuleOutcome{.kind = ModuleOutcome::Kind::kNotRunning,
                         .detail = "it was not started"}) {}

Module::~Module() {
  workers_.clear();
  record_->Move(ModuleState::kDraining, ModuleState::kRetired);
}

ModuleProblem Module::Start() {
  ModuleProblem problem;
  for (auto& worker : workers_) {
    worker = StartWorker(&problem);
    if (worker == nullptr) break;
  }
  if (problem.ok()) {
    record_->Move(ModuleState::kStarting, ModuleState::kSelfTest);
    problem = SelfTest(workers_[0].get());
  }
  if (!problem.ok()) {
    for (auto& worker : workers_) worker.reset();
    NoteWorkers();
    TakeOutOfService(NotRunning(problem));
    return problem;
  }
  record_->Move(ModuleState::kSelfTest, ModuleState::kReady);
  NoteWorkers();
  const std::lock_guard lock(mu_);
  out_.reset();
  return problem;
}

// The place for running the module's own cases (file_->cases) and comparing
// their answers; until then the test is an empty batch, which a module has to
// stand and which proves worker, socket and areas.
ModuleProblem Module::SelfTest(WorkerProcess* worker) {
  frame::Request request;
  request.as_of_index = INT32_MAX;
  request.parameters_count =
      static_cast<uint32_t>(file_->manifest->parameters.size());
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
                              file_->memory.get(), surroundings_.columns,
                              surroundings_.options->start_deadline, problem);
}

ModuleProblem Module::Replace(size_t i) {
  if (const auto why = why_out()) {
    return {ModuleReason::kWorkerUnavailable, why->ToString()};
  }
  ModuleProblem problem;
  workers_[i].reset();  // first: two of one module would share nothing, but
                        // cost twice
  workers_[i] = StartWorker(&problem);
  record_->CountRestart();
  NoteWorkers();
  return problem;
}

void Module::Quarantine(std::string_view reason, const std::string& en,
                        const std::string& ja) {
  const QuarantineNotice notice = {.sha256 = file_->sha256,
                                   .module = id(),
                                   .version = file_->manifest->version,
                                   .reason = std::string(reason),
                                   .en = en,
                                   .ja = ja,
                                   .time = absl::Now()};
  const bool first = record_->Quarantine(notice);
  TakeOutOfService(QuarantinedOutcome(notice));
  for (auto& worker : workers_) worker.reset();
  NoteWorkers();
  if (!first) return;
  LogError("rule module ", id(), " ", notice.version,
           " is QUARANTINED: ", notice.reason, ": ", en);
  if (surroundings_.options->on_quarantine != nullptr) {
    surroundings_.options->on_quarantine(notice);
  }
}

std::optional<ModuleOutcome> Module::why_out() const {
  const std::lock_guard lock(mu_);
  return out_;
}

void Module::TakeOutOfService(ModuleOutcome why) {
  const std::lock_guard lock(mu_);
  out_ = std::move(why);
}

std::vector<int> Module::worker_pids() const {
  const std::lock_guard lock(mu_);
  return pids_;
}

void Module::NoteWorkers() {
  const std::lock_guard lock(mu_);
  pids_.clear();
  for (const auto& worker : workers_) {
    if (worker != nullptr) pids_.push_back(worker->pid());
  }
}

}  // namespace shirube
