// A module in service: its file and its workers, from one start to their end.
// Where the module as such stands is its ModuleRecord's.
//
// Started by whoever loads a rule set; asked by one evaluation at a time; its
// destructor ends the workers. Methods without another word belong to the
// evaluation under way; those that say "any thread" may be called meanwhile.
#ifndef SHIRUBE_SERVER_RULE_HOST_MODULE_H_
#define SHIRUBE_SERVER_RULE_HOST_MODULE_H_

#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "server/rule_host/check.h"
#include "server/rule_host/lifecycle.h"
#include "server/rule_host/mask.h"
#include "server/rule_host/module_file.h"
#include "server/rule_host/module_record.h"
#include "server/rule_host/outcome.h"
#include "server/rule_host/rule_host.h"
#include "server/rule_host/spawner.h"
#include "server/rule_host/worker_process.h"

namespace shirube {

class Module {
 public:
  // What its workers are started with; outlives the module.
  struct Surroundings {
    const RuleHostOptions* options;
    frame::ColumnMemory columns;
    Spawner* spawner;
  };

  // Not started: out of service.
  Module(std::shared_ptr<const ModuleFile> file,
         std::shared_ptr<ModuleRecord> record,
         const Surroundings& surroundings);
  // Ends its workers. Any thread.
  ~Module();
  Module(const Module&) = delete;
  Module& operator=(const Module&) = delete;

  // STARTING -> SELF_TEST -> READY: it loads and answers its own cases, then
  // its workers start. Or a problem and no worker; then it is out of service.
  // Once, before it is shared.
  ModuleProblem Start();

  // ---- What it is. Any thread. ----
  const std::string& id() const { return file_->manifest->id; }
  const ModuleFile& file() const { return *file_; }
  const std::shared_ptr<const ModuleFile>& shared_file() const { return file_; }
  const ReasonTable& reasons() const { return reasons_; }
  Requirements requirements() const {
    return {file_->manifest->requires_target,
            file_->manifest->requires_observation};
  }
  const std::shared_ptr<ModuleRecord>& record() const { return record_; }
  // Statistics, poison rows, incidents: of its bytes.
  ModuleHistory* history() { return record_->history(); }
  std::vector<int> worker_pids() const;

  // ---- Whether it is asked. Any thread. ----
  bool out_of_service() const { return why_out().has_value(); }
  std::optional<ModuleOutcome> why_out() const;
  // Its rows become faults of this kind; its workers stay until it ends.
  void TakeOutOfService(ModuleOutcome why);

  // ---- For the evaluation under way. ----
  size_t workers() const { return workers_.size(); }
  // nullptr where one died and could not be replaced, and out of service.
  WorkerProcess* worker(size_t i) { return workers_[i].get(); }
  // Ends worker i, if it has not ended, and starts another. A problem where
  // that fails, and out of service.
  ModuleProblem Replace(size_t i);
  // Ends workers that compute although nobody asks them anything: a module that
  // forged its reply, or never meant to wait. PROTOCOL_ERROR, and in the long
  // run a quarantine.
  void CheckIdle(absl::Time now);
  // Puts the module in quarantine for `reason` ("CRASHED" …): out of service,
  // its workers end (worker(i) is nullptr from here on), on_quarantine is told,
  // once.
  void Quarantine(std::string_view reason, const std::string& en,
                  const std::string& ja);

 private:
  std::unique_ptr<WorkerProcess> StartWorker(const frame::ColumnMemory& columns,
                                             ModuleProblem* problem);
  ModuleProblem PassSelfTest();
  ModuleProblem StartWorkers();
  void NoteWorkers();
  void EndIdle(std::unique_ptr<WorkerProcess> worker, absl::Time now);

  const std::shared_ptr<const ModuleFile> file_;
  const std::shared_ptr<ModuleRecord> record_;
  const Surroundings surroundings_;
  const ReasonTable reasons_;
  std::vector<std::unique_ptr<WorkerProcess>> workers_;

  mutable std::mutex mu_;
  std::vector<int> pids_;
  std::optional<ModuleOutcome> out_;
};

// What rows of a module in quarantine get.
ModuleOutcome QuarantinedOutcome(const QuarantineNotice& notice);

}  // namespace shirube

#endif  // SHIRUBE_SERVER_RULE_HOST_MODULE_H_
