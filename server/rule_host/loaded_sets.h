// The rule sets that are loaded, and the modules that run for them: a module
// runs as long as somebody holds a handle to a set with it, once, however many
// sets that are.
//
// RuleHost has one; handles keep it alive, so that the last of them may go
// after the host. Any thread: mu_ is held for moments only, load_ while modules
// start, and an evaluation holds neither.
#ifndef SHIRUBE_SERVER_RULE_HOST_LOADED_SETS_H_
#define SHIRUBE_SERVER_RULE_HOST_LOADED_SETS_H_

#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "server/rule_host/module.h"
#include "server/rule_host/module_record.h"
#include "server/rule_host/rule_host.h"
#include "server/rule_host/spawner.h"

namespace shirube {

class LoadedSets : public std::enable_shared_from_this<LoadedSets> {
 public:
  using Files = std::vector<std::shared_ptr<const ModuleFile>>;

  // `options` outlives Shutdown().
  LoadedSets(const RuleHostOptions* options,
             const frame::ColumnMemory& columns);

  // As RuleHost.
  absl::StatusOr<std::shared_ptr<const RuleSet>> Load(
      Files files, std::map<std::string, int64_t> parameters,
      RuleHost::OnFailure on_failure);
  std::shared_ptr<const RuleSet> Find(const RuleSetId& id) const;
  void SetQuarantined(const QuarantineNotice& notice);
  absl::Status Release(const std::string& sha256);

  // What an evaluation needs of a set, to the end of it, whoever lets go of the
  // set meanwhile.
  struct InUse {
    std::shared_ptr<const RuleSet> text;           // nullptr: never loaded
    std::vector<std::shared_ptr<Module>> modules;  // in the set's order
  };
  // UNAVAILABLE where nobody has loaded its modules.
  absl::StatusOr<InUse> Use(const RuleSet& set) const;

  // The modules that loaded sets have.
  std::vector<std::shared_ptr<Module>> Running() const;
  // Everything ever loaded or in quarantine, by sha256.
  std::vector<ModuleInfo> List() const;

  // Ends every worker; nothing can be loaded any more.
  void Shutdown();

  Spawner* spawner() { return &spawner_; }

 private:
  // A module as it is used now.
  struct Entry {
    std::shared_ptr<ModuleRecord> record;
    int pins = 0;                    // by loaded sets and loads under way
    std::shared_ptr<Module> module;  // nullptr: it is not loaded
    std::weak_ptr<Module> draining;  // let go of; an evaluation may have it
  };
  // A set as others find it.
  struct Known {
    std::weak_ptr<const RuleSet> handle;
    std::weak_ptr<const RuleSet> text;  // the set, without its modules
  };
  // Keeps modules in `entries_`; lets go of them at its end.
  class Pins {
   public:
    Pins(std::shared_ptr<LoadedSets> owner, const Files& files);
    ~Pins();
    Pins(const Pins&) = delete;
    Pins& operator=(const Pins&) = delete;

   private:
    std::shared_ptr<LoadedSets> owner_;
    std::vector<std::string> sha256s_;
  };
  struct Loaded;
  // A module that was started for a load, or could not be.
  struct Start {
    std::shared_ptr<Module> module;
    ModuleProblem problem;
  };

  Module::Surroundings surroundings() {
    return {options_, columns_, &spawner_};
  }
  Entry& EntryOf(const std::string& sha256);
  void Unpin(const std::vector<std::string>& sha256s);
  void Forget(const RuleSetId& id);

  absl::Status RefuseQuarantined(const Files& files) const;
  bool Serves(const std::string& sha256);
  // The start hung, and not for the first time: each costs whoever judges a
  // deadline of seconds, so that the third within ten minutes is the last.
  void NoteHang(Module* module, const ModuleProblem& problem);
  // A module whose record says that it may be started.
  Start StartModule(const std::shared_ptr<const ModuleFile>& file,
                    const std::shared_ptr<ModuleRecord>& record);
  std::vector<Start> StartMissing(const Files& files);
  // Puts what was started in the place of what was there: everything, or what
  // runs and a loaded set waits for.
  void Publish(const std::vector<Start>& starts, bool everything);
  std::shared_ptr<const RuleSet> MakeHandle(RuleSet set,
                                            std::unique_ptr<Pins> pins);

  const RuleHostOptions* const options_;
  const frame::ColumnMemory columns_;
  Spawner spawner_;  // before the modules: it has to outlive their workers

  std::mutex load_;  // one load or release at a time; before mu_
  mutable std::mutex mu_;
  std::map<std::string, Entry> entries_;  // by sha256; never erased
  std::map<RuleSetId, Known> sets_;
  bool shut_down_ = false;
};

}  // namespace shirube

#endif  // SHIRUBE_SERVER_RULE_HOST_LOADED_SETS_H_
