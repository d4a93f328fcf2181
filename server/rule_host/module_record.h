// What stays known of a module, by its sha256, as long as the server runs:
// where it stands, why, and what it has been through. Its workers are a
// Module's; the record outlives them.
//
// LoadedSets makes one a sha256; Module and the evaluation under way write into
// it. Any thread.
#ifndef SHIRUBE_SERVER_RULE_HOST_MODULE_RECORD_H_
#define SHIRUBE_SERVER_RULE_HOST_MODULE_RECORD_H_

#include <memory>
#include <mutex>
#include <optional>
#include <string>

#include "server/rule_host/history.h"
#include "server/rule_host/rule_host.h"

namespace shirube {

class ModuleRecord {
 public:
  explicit ModuleRecord(std::string sha256);
  ModuleRecord(const ModuleRecord&) = delete;
  ModuleRecord& operator=(const ModuleRecord&) = delete;

  // What its file says of it.
  void Identify(const ModuleFile& file);

  // From `from`, and no other state, to `to`. False: something else happened
  // to it meanwhile (a quarantine), and nothing was changed.
  bool Move(ModuleState from, ModuleState to, ModuleProblem problem = {});
  // From wherever a module may be started (again) to STARTING. True: it was
  // started before.
  bool BeginStart();
  // The start or a case of it failed: REJECTED, or QUARANTINED where it is.
  void Fail(const ModuleProblem& problem);

  // False: it is in quarantine already, for another reason.
  bool Quarantine(const QuarantineNotice& notice);
  void EndQuarantine();
  std::optional<QuarantineNotice> quarantine() const;

  // Statistics, poison rows, incidents.
  ModuleHistory* history() { return &history_; }

  // Without worker_pids and in_use.
  ModuleInfo Info() const;

 private:
  void MoveLocked(ModuleState to, ModuleProblem problem);

  ModuleHistory history_;
  mutable std::mutex mu_;
  ModuleInfo info_;
  bool started_before_ = false;
};

}  // namespace shirube

#endif  // SHIRUBE_SERVER_RULE_HOST_MODULE_RECORD_H_
