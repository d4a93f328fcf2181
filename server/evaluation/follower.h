// The judging thread: follows the ledger's commits, applies their rows to the
// table, has what they touched judged, and gives changed verdicts back together
// with judged_through. It also carries out what changes by whom is judged:
// activations, releases, and the quarantines that the rule host reports. Owned
// by Evaluator.
//
// Plans take turns, each judged whole, so that a few rows of one wait for one
// turn of another, not for all; judged_through stays below the plan that waits
// longest. Many changed verdicts of a turn are a run, whose alerts are made a
// piece each round.
// Somebody who asks for a run, an activation or a release has all of it done
// first.
//
// When the store or the ledger fails, what was touched stays due and is tried
// again; when a plan's rule set cannot be had at all, its verdicts wait and
// judged_through stays. An activation that fails leaves nothing behind.
#ifndef SHIRUBE_SERVER_EVALUATION_FOLLOWER_H_
#define SHIRUBE_SERVER_EVALUATION_FOLLOWER_H_

#include <chrono>
#include <condition_variable>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "absl/status/statusor.h"
#include "server/evaluation/alert_news.h"
#include "server/evaluation/dirty.h"
#include "server/evaluation/due_rows.h"
#include "server/evaluation/evaluator.h"
#include "server/evaluation/figure_alerts.h"
#include "server/evaluation/initiative_alerts.h"
#include "server/evaluation/judging_run.h"
#include "server/evaluation/module_alerts.h"
#include "server/evaluation/progress.h"
#include "server/evaluation/retries.h"
#include "server/evaluation/rule_sets.h"
#include "server/evaluation/table_filler.h"
#include "server/ledger/ledger.h"

namespace shirube {

class Follower : public CommitListener {
 public:
  Follower(const Evaluator::Dependencies& dependencies,
           const Evaluator::Options& options, RuleSets* rule_sets,
           Progress* progress);
  ~Follower() override;

  // Fills the table, finds what is due, starts the thread.
  absl::Status Start();
  void Stop();

  void OnCommit(const CommittedGroup& group) override;

  // Judges a plan (empty: all) again, on the thread.
  absl::StatusOr<RunSummary> Run(const PlanId& plan, absl::Time deadline);

  // As Evaluator's. The set is started on the caller's thread, while the old
  // one judges on; the rest is the thread's.
  absl::StatusOr<ActivationOutcome> Activate(Mutation mutation, bool rollback,
                                             absl::Time deadline);
  absl::StatusOr<MutationResult> Release(Mutation mutation,
                                         absl::Time deadline);

 private:
  // A RunEvaluation that somebody waits for.
  struct RunRequest {
    PlanId plan;
    bool done = false;
    absl::StatusOr<RunSummary> result = RunSummary();
  };
  using Requests = std::vector<std::shared_ptr<RunRequest>>;
  // Something else to be done on the thread, after a whole round that came to
  // `round`.
  struct Job {
    std::function<void(const absl::Status& round)> work;
    std::function<void()> cancel;
  };
  struct Turn;

  void Loop();
  bool WaitForWork(Requests* requests, std::optional<Job>* job);
  // `whole`: all that is due, with its alerts.
  absl::Status RunRound(const Requests& requests, bool whole);
  absl::Status Apply();
  absl::Status JudgeDue(const Requests& requests, bool whole);
  absl::Status JudgeTurn(Turn* turn, bool whole);
  std::vector<PlanId> FindReady();
  void StartModulesAgain();
  void AddRequested(const Requests& requests);
  Revision Through() const;
  void Finish(const Requests& requests, const Turn* turn,
              const absl::Status& status);
  void PlanRetries(const absl::Status& status);
  JudgingRun::Setup RunSetup();

  // The month's turn, in follower_month.cc.
  void AddTurnedMonth();
  std::chrono::steady_clock::time_point NextMonthLook() const;

  // Alerts, in follower_alerts.cc.
  absl::StatusOr<Tidings> TidingsOf(const std::vector<Verdict>& verdicts);
  absl::Status Publish(VerdictWriter* writer, const DueRows::ByPlan& judged,
                       bool whole);
  absl::Status StoreAlerts(VerdictWriter* writer, const DueRows::ByPlan& judged,
                           bool whole);
  absl::Status Observe(std::vector<Observed> observed);
  void ObserveOthers();
  absl::Status LookAtFigures();
  absl::Status LookAtModules();
  void Hold(const std::vector<PlanId>& plans, Revision judged);
  absl::Status ExpandSome();
  absl::Status ExpandAll();
  absl::Status ExpandPiece();
  void TickDueAlerts();
  absl::Status Tick(absl::Time now);
  std::chrono::steady_clock::time_point NextAlertLook() const;
  // In follower_keeping.cc.
  void ForgetOldAlerts();

  // Start-up, in follower_start.cc.
  absl::Status LoadDefault(StoreReader& reader);
  absl::Status FindDue(StoreReader& reader);
  absl::Status TellQuarantines();
  // The shipped set for a new store, or after the files changed.
  absl::Status FollowShipped();
  void ActivateShippedLater(const RuleSetId& id, const RuleSetId& present);

  // Whom to judge by, in follower_rule_sets.cc.
  template <typename T>
  absl::StatusOr<T> OnThread(std::function<absl::StatusOr<T>()> work,
                             absl::Time deadline, const absl::Status& late);
  absl::StatusOr<ActivationOutcome> ActivateNow(Mutation mutation);
  absl::StatusOr<ActivationOutcome> Publish(Mutation mutation,
                                            const JudgingRun* run);
  absl::StatusOr<MutationResult> ReleaseNow(Mutation mutation);
  absl::Status StoreQuarantines();
  void AddJudgedBy(const std::set<std::string>& modules,
                   std::set<IndicatorKey>* keys) const;
  absl::Status PinRuleSets(StoreReader& reader);
  absl::StatusOr<bool> WasCarriedOut(StoreReader& reader,
                                     const Mutation& mutation) const;

  const Evaluator::Dependencies deps_;
  const Evaluator::Options options_;
  Progress* const progress_;

  std::mutex mutex_;
  std::condition_variable work_;
  std::condition_variable run_done_;
  bool stop_ = false;           // guarded by mutex_
  Dirty incoming_;              // guarded by mutex_
  bool moved_ = false;          // guarded by mutex_
  bool snoozes_moved_ = false;  // guarded by mutex_
  Requests requests_;           // guarded by mutex_
  std::deque<Job> jobs_;        // guarded by mutex_
  std::thread thread_;

  // The thread's own.
  RuleSets* const rule_sets_;
  TableFiller filler_;
  const AlertNewsMaker news_;
  InitiativeAlerts initiatives_;
  FigureAlerts figures_;
  ModuleAlerts modules_;
  std::set<IndicatorKey> figures_due_;  // to be looked at for a missing figure
  bool modules_due_ = true;             // so are the modules
  absl::Time next_tick_ = absl::InfinitePast();  // of dates and snoozes
  bool observe_left_ = false;  // of figures and modules: the store failed
  absl::Time next_forget_ = absl::InfinitePast();
  int64_t forgotten_through_ = 0;  // of the log, while some are left
  Dirty unapplied_;
  DueRows due_;
  std::map<PlanId, absl::Status> waiting_;  // their rule set cannot be had
  // Plans of published runs whose alerts are being made, and how far they were
  // judged before. No later verdict of them is made until then: it would take
  // the run's for told.
  std::map<PlanId, Revision> held_;
  bool backlog_ = true;  // of such runs, as far as is known
  Retries retries_;
  Revision applied_ = 0;
  bool has_default_ = false;
  std::vector<QuarantineNotice> quarantines_;  // not stored yet
  std::chrono::steady_clock::time_point retry_at_;
  int32_t month_ = 0;  // by which rows with a calendar are judged, or due
};

}  // namespace shirube

#endif  // SHIRUBE_SERVER_EVALUATION_FOLLOWER_H_
