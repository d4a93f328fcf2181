// Rule modules in processes of their own: find them, start them, ask them,
// contain them. The server itself never loads a module.
//
// `app` makes one RuleHost over the table's memory; the evaluator asks it, the
// rule service lists it; every method may be called from any thread, and
// evaluations are answered one after the other. A worker that dies, hangs or
// answers nonsense costs the rows it was asked about, never the host: it is
// replaced before the next ask.
#ifndef SHIRUBE_SERVER_RULE_HOST_RULE_HOST_H_
#define SHIRUBE_SERVER_RULE_HOST_RULE_HOST_H_

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "absl/types/span.h"
#include "server/domain/ids.h"
#include "server/rule_host/answers.h"
#include "server/rule_host/frame/ask.h"
#include "server/rule_host/lifecycle.h"
#include "server/rule_host/manifest.h"
#include "server/rule_host/rule_set.h"
#include "server/rule_host/statistics.h"

namespace shirube {

struct RuleHostOptions {
  std::string rules_dir;       // modules are its files NAME.so
  std::string worker_program;  // shirube-rule-worker
  std::vector<std::string> default_modules = {"achieved", "on_track",
                                              "at_risk"};
  int workers_per_module = 1;
  // CPU time a worker may take for one call of at most frame::kCallRows rows;
  // ten times that by the clock on the wall.
  absl::Duration call_deadline = absl::Milliseconds(200);
  // From starting a worker to its first word, on the wall.
  absl::Duration start_deadline = absl::Seconds(10);
  // By which hunts for rows that fail are limited; empty: the real one.
  std::function<absl::Time()> clock;
};

struct ModuleInfo {
  std::string file;  // "achieved.so"
  ModuleState state = ModuleState::kDiscovered;
  ModuleProblem problem;                     // of kRejected
  std::shared_ptr<const Manifest> manifest;  // from kVerified on
  std::string sha256;                        // once its bytes were read
  std::vector<int> worker_pids;              // of those running
  int64_t restarts = 0;                      // workers replaced since the start
  StatisticsSnapshot statistics;             // of its bytes, whoever asked
};

struct AskOptions {
  int32_t as_of_index = INT32_MAX;  // the latest
  bool want_facts = false;
};

class RuleHost {
 public:
  // Discovers and starts the modules. A module that cannot be used is listed
  // with its reason and fails nothing; an error means that nothing can ever be
  // judged (rules_dir unreadable, worker program missing).
  static absl::StatusOr<std::unique_ptr<RuleHost>> Start(
      const RuleHostOptions& options, const frame::ColumnMemory& memory);
  // Ends the workers.
  ~RuleHost();
  RuleHost(const RuleHost&) = delete;
  RuleHost& operator=(const RuleHost&) = delete;

  // Every module found or named by the default rule set, by file name.
  std::vector<ModuleInfo> ListModules() const;

  // By id; empty or "default": the shipped one. NOT_FOUND for an unknown id.
  // UNAVAILABLE, naming modules and reasons, where one of its modules cannot be
  // asked.
  absl::StatusOr<std::shared_ptr<const RuleSet>> FindRuleSet(
      const RuleSetId& id = RuleSetId()) const;

  // Asks every module of the set about every ask, modules in parallel, and
  // calls `sink` on this thread once an ask is complete, in the order of
  // `asks`: answers[m] is module m's. The vectors are used again for later
  // asks: read or swap them inside. `sink` must not call Evaluate. The slots
  // asked about must stay leased until it returns. Faults of modules are in the
  // answers; an error (INVALID_ARGUMENT, UNAVAILABLE) means that nothing was
  // asked.
  using Sink =
      std::function<void(size_t ask, std::vector<ModuleAnswers>& answers)>;
  absl::Status Evaluate(const RuleSet& set, absl::Span<const frame::Ask> asks,
                        const AskOptions& options, const Sink& sink);

  // The same for one ask.
  absl::StatusOr<std::vector<ModuleAnswers>> Evaluate(
      const RuleSet& set, const frame::Ask& ask,
      const AskOptions& options = {});

 private:
  class Impl;
  explicit RuleHost(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace shirube

#endif  // SHIRUBE_SERVER_RULE_HOST_RULE_HOST_H_
