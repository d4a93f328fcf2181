// Has rows judged when their data changed, and answers reads of judgements.
//
// `app` makes one Evaluator, `service` calls it from any thread. One thread of
// its own follows the commits of the ledger, applies their rows to the table,
// has what they touched judged, and gives changed verdicts back to the ledger
// together with judged_through. A crash at any point loses nothing: at the next
// start whatever the change log says was touched after judged_through is
// judged.
//
// Reads with `as_of`, what-if and explanations are judged on reading by the
// same modules and store nothing.
//
// What judges is a rule set of the store. Another one is activated beside the
// one that judges: everything in its scope is judged by it first, and one small
// transaction then makes it and its verdicts visible, or nothing. While a
// module is out of service, verdicts that need it keep their last status and
// say since when they wait; they count as judged.
#ifndef SHIRUBE_SERVER_EVALUATION_EVALUATOR_H_
#define SHIRUBE_SERVER_EVALUATION_EVALUATOR_H_

#include <algorithm>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "server/domain/flag_policy.h"
#include "server/domain/ids.h"
#include "server/domain/indicator.h"
#include "server/domain/observation.h"
#include "server/domain/verdict.h"
#include "server/evaluation/comparison.h"
#include "server/evaluation/explanation.h"
#include "server/ledger/mutation.h"

namespace shirube {

class Ledger;
class QuarantineInbox;
class RuleHost;
class Store;
class StoreReader;
class Table;

// Which observations are judged.
struct ReadOptions {
  std::optional<Period> as_of;  // none: the latest; then stored verdicts
  // Without it an `as_of` that ends after the current fiscal year is
  // INVALID_ARGUMENT AS_OF_IN_FUTURE.
  bool allow_future = false;
  // The state to read, so that verdicts and flags of one answer are of one rule
  // set; null: the state now. Of ListVerdicts and Flags.
  StoreReader* reader = nullptr;
};

// One case of a what-if.
struct WhatIfCase {
  std::optional<IndicatorKey> stored;   // its definition and observations
  std::optional<Indicator> definition;  // instead of the stored one
  // Replace the stored ones of their period and basis, add to the others.
  std::vector<Observation> observations;
  bool ignore_stored = false;  // only the observations given
};

struct WhatIfOptions {
  ReadOptions read;
  PlanId plan;         // whose parameters and rule set count; may be empty
  RuleSetId rule_set;  // empty: the plan's, else the default
  // Also derivation, sentence and flip points; else only `verdict` and `facts`.
  bool explain = false;
};

struct RunSummary {
  int64_t evaluated = 0;
  int64_t changed = 0;
  StatusCounts counts;          // after it
  Revision judged_through = 0;  // everything up to here is judged
  // Of those judged, the ones that wait for a module and keep what was known;
  // and the modules that are out of service, each once, also where no verdict
  // waits for them.
  int64_t waiting = 0;
  std::vector<ModuleFault> out;

  void NoteOut(const ModuleFault& fault) {
    if (std::find(out.begin(), out.end(), fault) == out.end()) {
      out.push_back(fault);
    }
  }
};

// Indicators of a plan that lag and never had an alert for their period, by id.
struct LaggingPage {
  std::vector<AlertNews> news;
  IndicatorId after;  // where the next page begins
  bool last = true;
};

struct ActivationOutcome {
  ActivationRecord activation;
  int64_t evaluated = 0;  // rows judged by the new set; 0 for a repeat
  int64_t changed = 0;    // of those, with another status or reason than before
  Revision revision = 0;
};

class Evaluator {
 public:
  struct Dependencies {
    Store* store = nullptr;  // all outlive the Evaluator
    Ledger* ledger = nullptr;
    Table* table = nullptr;
    RuleHost* rule_host = nullptr;
    // What the host's on_quarantine fills; nullptr: quarantines are not kept.
    QuarantineInbox* quarantines = nullptr;
    std::function<absl::Time()> clock = absl::Now;
  };
  struct Options {
    // Changed verdicts that are committed at once, with their alerts. More are
    // a run, stored in groups and published at once by one small transaction.
    size_t direct_rows = 512;
    size_t group_rows = 4096;
    size_t max_batch_rows = 65536;  // of one question to the rule host
    // Most rows a preview asks about at once.
    size_t preview_rows = 4096;
    // Rows that a module failed on are asked again after this, then after twice
    // as long each time, up to five minutes.
    absl::Duration first_retry = absl::Seconds(5);
    // What resolved alerts were before is forgotten after this, once every
    // subscription has passed it; zero: never.
    absl::Duration keep_alerts = absl::ZeroDuration();
    // Of the rule set that comes with the server, in order: ID.so in the rules
    // folder. It judges a new store, and its files are followed from start to
    // start as long as nobody has activated another default.
    std::vector<std::string> shipped_modules = {"achieved", "on_track",
                                                "at_risk"};
  };

  // Fills the table from the store, starts the thread, and returns when the
  // table is complete; judging what is due goes on in the thread
  // (WaitJudged(head)). On an error nothing runs.
  static absl::StatusOr<std::unique_ptr<Evaluator>> Start(
      const Dependencies& dependencies, const Options& options);

  virtual ~Evaluator() = default;  // calls Stop

  // Ends the thread after the batch it is at: what is not judged stays due.
  // Waiters get CANCELLED. Reads go on working.
  virtual void Stop() = 0;

  // Until everything up to `revision` is judged / applied to the table:
  // UNAVAILABLE NOT_YET_JUDGED at the deadline (naming what holds it up).
  virtual absl::Status WaitJudged(Revision revision, absl::Time deadline) = 0;
  virtual absl::Status WaitApplied(Revision revision, absl::Time deadline) = 0;
  virtual Revision judged_through() const = 0;
  virtual Revision applied_through() const = 0;
  // Calls `done` once, on the ledger's writer thread (be quick) or at once,
  // with what WaitJudged would give; never with a timeout of its own: the
  // caller cancels by the token. For handlers that must not block.
  using WaitToken = uint64_t;
  virtual WaitToken NotifyJudged(Revision revision,
                                 std::function<void(absl::Status)> done) = 0;
  virtual void CancelNotify(WaitToken token) = 0;

  // One verdict, or those of a plan (empty: of all plans) in printed order.
  // NOT_FOUND names the indicator or plan; with `as_of` judged now. An
  // indicator that was not judged yet is UNAVAILABLE NOT_YET_JUDGED.
  virtual absl::StatusOr<Verdict> GetVerdict(const IndicatorKey& key,
                                             const ReadOptions& options) = 0;
  virtual absl::StatusOr<std::vector<Verdict>> ListVerdicts(
      const PlanId& plan, const ReadOptions& options) = 0;

  // Flags of all initiatives of a plan, in the order of ListInitiatives, and
  // the plan's counts.
  virtual absl::StatusOr<PlanFlags> Flags(const PlanId& plan,
                                          const ReadOptions& options) = 0;

  // `flip_period` none: the period after the actual.
  virtual absl::StatusOr<Explanation> Explain(
      const IndicatorKey& key, const ReadOptions& options,
      std::optional<Period> flip_period) = 0;

  // In the order of `cases`. Violations name `cases[i]`.
  virtual absl::StatusOr<std::vector<Explanation>> EvaluateIndicators(
      const std::vector<WhatIfCase>& cases, const WhatIfOptions& options) = 0;

  // Those beyond `after` (empty: the first), among `limit` verdicts. With
  // `texts` as alerts have them, which takes judging.
  virtual absl::StatusOr<LaggingPage> LaggingWithoutAlert(
      const PlanId& plan, const IndicatorId& after, int limit, bool texts) = 0;

  // Judges a plan (empty: all) again and waits for it. UNAVAILABLE
  // RULE_SET_NOT_SERVING where no module answers; with some of them out, what
  // can be judged is, and the summary says what waits for whom.
  virtual absl::StatusOr<RunSummary> RunEvaluation(const PlanId& plan,
                                                   absl::Time deadline) = 0;

  // `mutation` holds an ActivateRuleSet (its `run` is filled in here); with
  // `rollback` its rule_set is not looked at: the one before the present
  // activation is taken. Starts the set, judges the whole scope by it
  // (`default` covers the plans that name none) and publishes; data written
  // meanwhile is judged by the new set afterwards. After any error, or a crash,
  // the set before judges on and its verdicts stand.
  //
  // What is active already, and a request carried out before, are answered
  // without judging. Errors: NOT_FOUND RESOURCE_NOT_FOUND (plan, set);
  // INVALID_ARGUMENT (default without a set); ABORTED RULE_SET_CHANGED;
  // FAILED_PRECONDITION NO_PREVIOUS_RULE_SET, RULE_SET_CANNOT_START,
  // MODULE_QUARANTINED; UNAVAILABLE RULE_SET_NOT_SERVING (bytes of a module
  // missing or damaged), STORE_UNAVAILABLE, or NOT_YET_JUDGED at the deadline:
  // then it goes on, and its repeat or ListActivations tells the end;
  // CANCELLED when the evaluator stops.
  virtual absl::StatusOr<ActivationOutcome> Activate(Mutation mutation,
                                                     bool rollback,
                                                     absl::Time deadline) = 0;

  // `mutation` holds a ReleaseQuarantine. The module is started and answers its
  // cases first, then it is written down; what waited for it is judged after
  // that (WaitJudged of the revision answered). FAILED_PRECONDITION
  // NOT_QUARANTINED, or the reason why it cannot start: then it stays where it
  // is. NOT_FOUND, UNAVAILABLE and CANCELLED as above.
  virtual absl::StatusOr<MutationResult> Release(Mutation mutation,
                                                 absl::Time deadline) = 0;

  // Judges by `candidate` and by the set that is active, both on the same data,
  // and hands what would change to `sink`, on the caller's thread, until all
  // is judged. Nothing is written. Errors: NOT_FOUND (plan, set);
  // INVALID_ARGUMENT (as_of, parameters); FAILED_PRECONDITION
  // RULE_SET_CANNOT_START, MODULE_QUARANTINED or a load-time reason;
  // UNAVAILABLE RULE_SET_NOT_SERVING; CANCELLED when the sink said false or the
  // evaluator stops; DEADLINE_EXCEEDED.
  virtual absl::Status Preview(const Yardstick& candidate,
                               const PreviewOptions& options,
                               absl::Time deadline,
                               const PreviewSink& sink) = 0;

  // The indicators of `plan` (`only`: some of them) by each yardstick, judged
  // now. Errors as Preview's; NOT_FOUND also for an indicator.
  virtual absl::StatusOr<Comparison> Compare(
      const PlanId& plan, const std::vector<IndicatorId>& only,
      const std::vector<Yardstick>& yardsticks, const ReadOptions& options) = 0;

  // Why nothing can be judged by a rule set (empty: the default) at all; OK
  // where it can be, or was not asked yet. From memory.
  virtual absl::Status RuleSetProblem(const RuleSetId& id) const = 0;
};

}  // namespace shirube

#endif  // SHIRUBE_SERVER_EVALUATION_EVALUATOR_H_
