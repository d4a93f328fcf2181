// Rule modules in processes of their own: verify them, start them, ask them,
// contain them, let them go. The server itself never loads a module.
//
// `app` makes one RuleHost over the table's memory; the evaluator loads rule
// sets and asks them, the rule service lists modules. Every method may be
// called from any thread. Evaluations are answered one after the other, as they
// came; loading, dropping and releasing go on beside them and wait for none. A
// worker that dies, hangs or answers nonsense costs the rows it was asked
// about, never the host. Whatever fails leaves the sets that are loaded as they
// are.
#ifndef SHIRUBE_SERVER_RULE_HOST_RULE_HOST_H_
#define SHIRUBE_SERVER_RULE_HOST_RULE_HOST_H_

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "absl/types/span.h"
#include "server/domain/ids.h"
#include "server/rule_host/answers.h"
#include "server/rule_host/confinement.h"
#include "server/rule_host/frame/ask.h"
#include "server/rule_host/lifecycle.h"
#include "server/rule_host/manifest.h"
#include "server/rule_host/module_file.h"
#include "server/rule_host/rule_set.h"
#include "server/rule_host/statistics.h"

namespace shirube {

// A module that misbehaved so much that it is not asked until it is released.
struct QuarantineNotice {
  std::string sha256, module, version;
  std::string reason;  // "CRASHED" …
  std::string en, ja;  // what happened
  absl::Time time;
};

struct RuleHostOptions {
  std::string rules_dir;       // modules are its files NAME.so, .lua
  std::string worker_program;  // shirube-rule-worker
  int workers_per_module = 1;
  // CPU time a worker may take for one call of at most frame::kCallRows rows;
  // ten times that by the clock on the wall.
  absl::Duration call_deadline = absl::Milliseconds(200);
  // From starting a worker to its first word, on the wall.
  absl::Duration start_deadline = absl::Seconds(10);
  // What a worker may allocate.
  int64_t memory_limit_bytes = int64_t{256} << 20;
  // Layers of confinement without which the host does not start.
  std::vector<std::string> required_layers;
  // By which hunts for rows that fail are limited; empty: the real one.
  std::function<absl::Time()> clock;
  // Called once a quarantine, by the thread that found it (of an evaluation, a
  // load or CheckIdle); must not call the host.
  std::function<void(const QuarantineNotice&)> on_quarantine;
};

// A module as far as it is known: by its bytes, or, of a file that was
// rejected, by its name.
struct ModuleInfo {
  std::string id, version;
  std::string file;    // "achieved.so"; empty: not in the folder
  std::string sha256;  // once its bytes were read
  ModuleState state = ModuleState::kDiscovered;
  ModuleProblem problem;                     // of kRejected
  absl::Time since;                          // in this state
  std::shared_ptr<const Manifest> manifest;  // from kVerified on
  int cases_count = 0;                       // it carries
  bool in_use = false;  // belongs to a rule set that is loaded
  std::optional<QuarantineNotice> quarantine;
  std::vector<int> worker_pids;   // of those running
  StatisticsSnapshot statistics;  // of its bytes, whoever asked
};

struct AskOptions {
  int32_t as_of_index = INT32_MAX;  // the latest
  bool want_facts = false;
  // The month in which is judged, for modules that require it, as the index of
  // that month (Period::index12); with an as-of before it, they are told that.
  int32_t today_index = 0;
  // Rows that the set judges in all, of which these may be a few: what a
  // module's bad rows are measured against. 0: those of this question.
  int64_t population = 0;
};

class RuleHost {
 public:
  // Looks at the folder and tries the confinement. A file that is no module is
  // listed with its reason and fails nothing; an error means that nothing can
  // ever be judged: rules_dir unreadable, worker program missing, or
  // FAILED_PRECONDITION CONFINEMENT_MISSING, saying which layer and why.
  static absl::StatusOr<std::unique_ptr<RuleHost>> Start(
      const RuleHostOptions& options, const frame::ColumnMemory& memory);
  // Ends the workers. Handles that are still held are good for reading.
  ~RuleHost();
  RuleHost(const RuleHost&) = delete;
  RuleHost& operator=(const RuleHost&) = delete;

  // The layers that hold every worker.
  const Confinement& confinement() const;

  // ---- Files. ----

  // Looks at rules_dir again; only files that changed are verified again.
  void Rescan();
  // A file of rules_dir ("achieved.so"), read and verified now. With an
  // expected sha256 another file is HASH_MISMATCH. FAILED_PRECONDITION with the
  // load-time reason.
  absl::StatusOr<std::shared_ptr<const ModuleFile>> VerifyFile(
      const std::string& file, const std::string& expected_sha256 = "");
  // The same for bytes that were kept elsewhere.
  absl::StatusOr<std::shared_ptr<const ModuleFile>> VerifyBytes(
      std::string_view bytes, const std::string& id, const std::string& sha256);

  // ---- Rule sets. ----

  // kRefuse: all or nothing. kLeaveOut, for sets that were active before: a
  // module that cannot start is out of service, and the set is loaded.
  enum class OnFailure { kRefuse, kLeaveOut };
  // Starts what does not run yet, lets it answer its own cases, and gives a
  // handle that keeps its modules running; modules are shared between sets by
  // sha256. INVALID_ARGUMENT as ComposeRuleSet; FAILED_PRECONDITION
  // RULE_SET_CANNOT_START, naming every module that failed, or
  // MODULE_QUARANTINED. A set that is loaded already gets its handle.
  absl::StatusOr<std::shared_ptr<const RuleSet>> Load(
      std::vector<std::shared_ptr<const ModuleFile>> modules,
      std::map<std::string, int64_t> parameters, OnFailure on_failure);
  // A set to which somebody holds a handle, or nullptr.
  std::shared_ptr<const RuleSet> Find(const RuleSetId& id) const;

  // ---- Quarantine. ----

  // Of the store, before sets are loaded: no on_quarantine.
  void SetQuarantined(const QuarantineNotice& notice);
  // Lets it be asked again. Where a loaded set has it, it is started and
  // answers its cases first; if it fails, it stays in quarantine and the error
  // says why. FAILED_PRECONDITION NOT_QUARANTINED.
  absl::Status Release(const std::string& sha256);

  // The folder's modules, those in use and those in quarantine: a row a
  // sha256, by module and version; then the rejected files, a row each.
  std::vector<ModuleInfo> ListModules() const;

  // ---- Asking. ----

  // Asks every module of the set about every ask, modules in parallel, and
  // calls `sink` on this thread once an ask is complete, in the order of
  // `asks`: answers[m] is module m's. The vectors are used again for later
  // asks: read or swap them inside. `sink` must not call Evaluate. The slots
  // asked about must stay leased until it returns. Faults of modules, those out
  // of service included, are in the answers; an error (INVALID_ARGUMENT, or
  // UNAVAILABLE for a set whose modules nobody has loaded) means that nothing
  // was asked.
  using Sink =
      std::function<void(size_t ask, std::vector<ModuleAnswers>& answers)>;
  absl::Status Evaluate(const RuleSet& set, absl::Span<const frame::Ask> asks,
                        const AskOptions& options, const Sink& sink);

  // The same for one ask.
  absl::StatusOr<std::vector<ModuleAnswers>> Evaluate(
      const RuleSet& set, const frame::Ask& ask,
      const AskOptions& options = {});

  // Ends workers that compute although nobody asks them anything; they are
  // replaced when they are asked next. Does nothing while an evaluation is
  // under way, and waits for none. For somebody to call every second or so.
  void CheckIdle();

 private:
  class Impl;
  explicit RuleHost(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace shirube

#endif  // SHIRUBE_SERVER_RULE_HOST_RULE_HOST_H_
