// One module of the rules folder: its file, where it stands, its workers.
//
// The rule host's start and its evaluations drive it, one thread at a time;
// Info() may be called from any thread meanwhile.
#ifndef SHIRUBE_SERVER_RULE_HOST_MODULE_H_
#define SHIRUBE_SERVER_RULE_HOST_MODULE_H_

#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "server/rule_host/check.h"
#include "server/rule_host/history.h"
#include "server/rule_host/lifecycle.h"
#include "server/rule_host/mask.h"
#include "server/rule_host/module_file.h"
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

  // The module `id` of the file `id`.so.
  Module(std::string id, const Surroundings& surroundings);

  // DISCOVERED -> VERIFIED or REJECTED.
  void Verify();
  // VERIFIED -> STARTING -> SELF_TEST -> READY -> ACTIVE, or REJECTED.
  void Start();

  ModuleInfo Info() const;
  const std::string& id() const { return id_; }
  const ModuleFile& file() const { return file_; }
  const ReasonTable& reasons() const { return *reasons_; }
  // Statistics, poison rows, incidents: of its bytes.
  ModuleHistory* history() { return history_.get(); }
  Requirements requirements() const {
    return {file_.manifest->requires_target,
            file_.manifest->requires_observation};
  }

  // ---- While ACTIVE, for the evaluation under way. ----
  size_t workers() const { return workers_.size(); }
  // nullptr where one died and could not be replaced.
  WorkerProcess* worker(size_t i) { return workers_[i].get(); }
  // Ends worker i, if it has not ended, and starts another.
  ModuleProblem Replace(size_t i);
  // -> QUARANTINED: ends its workers and tells whoever wants to know. `reason`
  // is the word of what it did last.
  void Quarantine(std::string_view reason, const std::string& en,
                  const std::string& ja);
  // Why it cannot be asked, where it cannot: then it has no workers.
  std::optional<ModuleOutcome> why_out() const;

 private:
  void MoveTo(ModuleState state, ModuleProblem problem = {});
  std::unique_ptr<WorkerProcess> StartWorker(ModuleProblem* problem);
  ModuleProblem SelfTest(WorkerProcess* worker);
  void NoteWorkers(int64_t restarts);

  const std::string id_;
  const Surroundings surroundings_;
  ModuleFile file_;
  std::unique_ptr<ReasonTable> reasons_;
  std::shared_ptr<ModuleHistory> history_ = std::make_shared<ModuleHistory>();
  std::vector<std::unique_ptr<WorkerProcess>> workers_;

  mutable std::mutex mu_;
  ModuleInfo info_;
  std::optional<ModuleOutcome> out_;
};

}  // namespace shirube

#endif  // SHIRUBE_SERVER_RULE_HOST_MODULE_H_
