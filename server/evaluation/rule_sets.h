// The rule sets that judge, loaded: from the store whatever lies in the rules
// folder, on demand, and kept while they are needed. The evaluator's own; any
// thread.
//
// The sets that are active and those that were before them stay loaded; of the
// others a few that were asked last, so that reads of a moment ago still find
// theirs. A set that cannot be had is tried again after some seconds; until
// then, the same error. Two threads never load one set at the same time.
#ifndef SHIRUBE_SERVER_EVALUATION_RULE_SETS_H_
#define SHIRUBE_SERVER_EVALUATION_RULE_SETS_H_

#include <condition_variable>
#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <mutex>
#include <set>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "server/domain/ids.h"
#include "server/evaluation/comparison.h"
#include "server/rule_host/rule_host.h"
#include "server/storage/store.h"

namespace shirube {

// UNAVAILABLE RULE_SET_NOT_SERVING: nothing can be judged by `rule_set`.
absl::Status NotServing(const std::string& rule_set, const std::string& en,
                        const std::string& ja);

class RuleSets {
 public:
  RuleSets(Store* store, RuleHost* host) : store_(store), host_(host) {}

  // What a plan that names `named` is judged by in the state that `reader`
  // sees; empty: nothing was ever activated. Empty and "default" stand for the
  // default.
  static absl::StatusOr<RuleSetId> ActiveId(StoreReader& reader,
                                            const RuleSetId& named);

  // Loads it where it is not; a module that cannot start is out of service, and
  // its rows are faults. NOT_FOUND for a set that is not stored; UNAVAILABLE
  // RULE_SET_NOT_SERVING for one whose modules' bytes are missing or damaged,
  // and for the empty id.
  absl::StatusOr<std::shared_ptr<const RuleSet>> Get(const RuleSetId& id);
  // For an activation: every module has to run. FAILED_PRECONDITION
  // RULE_SET_CANNOT_START or MODULE_QUARANTINED.
  absl::StatusOr<std::shared_ptr<const RuleSet>> GetWhole(const RuleSetId& id);

  // For a preview or a comparison, of sets that need not be stored: every
  // module has to run. As GetWhole, and as RuleHost::VerifyBytes and
  // ComposeRuleSet. Sets that are not stored stay loaded while their handles
  // are held; a few that were tried last a little longer.
  absl::StatusOr<std::shared_ptr<const RuleSet>> GetForTrial(
      const Yardstick& yardstick);

  // Tries once more to start those modules of a loaded set that do not run.
  void StartAgain(const RuleSetId& id);

  // Why Get last failed; OK where it did not, or never tried. Loads nothing.
  absl::Status ProblemOf(const RuleSetId& id) const;
  // What is said of the empty id.
  void SetNoDefault(const absl::Status& why);

  // These stay loaded once they are, and no others beyond a few.
  void Pin(std::set<RuleSetId> ids);
  // Sets that could not be had are tried again at once.
  void ForgetProblems();

 private:
  struct Entry {
    bool loading = false;
    std::shared_ptr<const RuleSet> set;
    std::vector<std::shared_ptr<const ModuleFile>> files;
    absl::Status problem;
    absl::Time tried;
    uint64_t used = 0;
  };
  struct Loaded {
    std::shared_ptr<const RuleSet> set;
    std::vector<std::shared_ptr<const ModuleFile>> files;
  };

  absl::StatusOr<Loaded> LoadFromStore(const RuleSetId& id,
                                       RuleHost::OnFailure on_failure);
  absl::StatusOr<std::shared_ptr<const ModuleFile>> FileOf(
      StoreReader& reader, const RuleSetModule& member);
  absl::StatusOr<std::shared_ptr<const ModuleFile>> FileForTrial(
      const RuleModuleRecord& record);
  void KeepTried(Loaded loaded);
  absl::StatusOr<std::shared_ptr<const RuleSet>> Take(
      const RuleSetId& id, absl::StatusOr<Loaded> loaded);
  absl::Status NoDefault() const;  // under the lock
  // Under the lock; gives back what is to be let go after it.
  std::vector<std::shared_ptr<const RuleSet>> Evict();

  Store* const store_;
  RuleHost* const host_;

  mutable std::mutex mutex_;
  std::condition_variable loaded_;
  std::map<RuleSetId, Entry> entries_;  // guarded by mutex_
  std::set<RuleSetId> pinned_;          // guarded by mutex_
  std::deque<Loaded> tried_;            // not stored; guarded by mutex_
  absl::Status no_default_;             // guarded by mutex_
  uint64_t uses_ = 0;                   // guarded by mutex_
};

}  // namespace shirube

#endif  // SHIRUBE_SERVER_EVALUATION_RULE_SETS_H_
