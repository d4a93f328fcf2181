#include "server/rule_host/module.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "server/base/logging.h"
#include "server/rule_host/self_test.h"

namespace shirube {
namespace {

// For all cases of a module; one of the shipped ones takes milliseconds.
constexpr absl::Duration kSelfTestDeadline = absl::Seconds(10);

// Of a worker between requests, which waits in a system call. Generous.
constexpr absl::Duration kIdleCpu = absl::Milliseconds(100);

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
  ModuleProblem problem = PassSelfTest();
  if (problem.ok()) problem = StartWorkers();
  if (!problem.ok()) {
    TakeOutOfService(NotRunning(problem));
    return problem;
  }
  record_->Move(ModuleState::kSelfTest, ModuleState::kReady);
  const std::lock_guard lock(mu_);
  out_.reset();
  return problem;
}

ModuleProblem Module::PassSelfTest() {
  SelfTest test(
      {.file = file_.get(),
       .start =
           [this](const frame::ColumnMemory& columns, ModuleProblem* problem) {
             return StartWorker(columns, problem);
           },
       .call_deadline = surroundings_.options->call_deadline,
       .deadline = kSelfTestDeadline});
  ModuleProblem problem = test.Begin();
  if (!problem.ok()) return problem;
  record_->Move(ModuleState::kStarting, ModuleState::kSelfTest);
  problem = test.Run();
  problem.took_too_long |= !problem.ok() && test.timed_out();
  return problem;
}

ModuleProblem Module::StartWorkers() {
  ModuleProblem problem;
  for (auto& worker : workers_) {
    worker = StartWorker(surroundings_.columns, &problem);
    if (worker != nullptr) continue;
    for (auto& started : workers_) started.reset();
    break;
  }
  NoteWorkers();
  return problem;
}

std::unique_ptr<WorkerProcess> Module::StartWorker(
    const frame::ColumnMemory& columns, ModuleProblem* problem) {
  const RuleHostOptions& options = *surroundings_.options;
  return WorkerProcess::Start(
      surroundings_.spawner,
      {.program = options.worker_program,
       .memory_limit_bytes = static_cast<uint64_t>(options.memory_limit_bytes),
       .start_deadline = options.start_deadline},
      file_->memory.get(), columns, problem);
}

ModuleProblem Module::Replace(size_t i) {
  if (const auto why = why_out()) {
    return {ModuleReason::kWorkerUnavailable, why->ToString()};
  }
  ModuleProblem problem;
  workers_[i].reset();  // first: two of one module would share nothing, but
                        // cost twice
  workers_[i] = StartWorker(surroundings_.columns, &problem);
  NoteWorkers();
  return problem;
}

void Module::CheckIdle(absl::Time now) {
  for (auto& worker : workers_) {
    if (worker == nullptr || worker->IdleCpu() < kIdleCpu) continue;
    EndIdle(std::move(worker), now);
    worker = nullptr;
    NoteWorkers();
  }
}

void Module::EndIdle(std::unique_ptr<WorkerProcess> worker, absl::Time now) {
  const ModuleOutcome outcome = {
      .kind = ModuleOutcome::Kind::kProtocolError,
      .detail = "went on computing after its reply, asked by nobody"};
  ModuleStatistics& statistics = history()->statistics;
  worker->Kill();
  statistics.AddCpu(worker->TakeCpu());
  statistics.CountFailed(outcome);
  LogWarning("rule module ", id(), ": ", outcome.ToString(),
             "; its worker was ended");
  const auto cause = history()->incidents.Fruitless(now);
  if (cause.has_value() && !record_->quarantine().has_value()) {
    Quarantine(outcome.word(), cause->en, cause->ja);
  }
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
