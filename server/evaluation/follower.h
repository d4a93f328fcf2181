// The judging thread: follows the ledger's commits, applies their rows to the
// table, has what they touched judged, and gives changed verdicts back together
// with judged_through. Owned by Evaluator.
//
// When the store or the ledger fails, what was touched stays due and is tried
// again; when no rule set can be asked, verdicts wait and judged_through stays.
#ifndef SHIRUBE_SERVER_EVALUATION_FOLLOWER_H_
#define SHIRUBE_SERVER_EVALUATION_FOLLOWER_H_

#include <chrono>
#include <condition_variable>
#include <deque>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "absl/status/statusor.h"
#include "server/evaluation/dirty.h"
#include "server/evaluation/evaluator.h"
#include "server/evaluation/judge.h"
#include "server/evaluation/progress.h"
#include "server/evaluation/table_filler.h"
#include "server/evaluation/verdict_writer.h"
#include "server/ledger/ledger.h"

namespace shirube {

class Follower : public CommitListener {
 public:
  Follower(const Evaluator::Dependencies& dependencies,
           const Evaluator::Options& options, Progress* progress);
  ~Follower() override;

  // Fills the table, finds what is due, starts the thread.
  absl::Status Start();
  void Stop();

  void OnCommit(const CommittedGroup& group) override;

  // Judges a plan (empty: all) again, on the thread.
  absl::StatusOr<RunSummary> Run(const PlanId& plan, absl::Time deadline);

 private:
  // A RunEvaluation that somebody waits for.
  struct RunRequest {
    PlanId plan;
    bool done = false;
    absl::StatusOr<RunSummary> result = RunSummary();
  };
  using Requests = std::vector<std::shared_ptr<RunRequest>>;
  struct Round;

  void Loop();
  bool WaitForWork(Requests* requests);
  absl::Status Apply();
  absl::Status FindDue(StoreReader& reader);
  absl::Status StoreActiveRuleSet();
  absl::Status JudgeDue(const Requests& requests);
  absl::Status JudgeSet(const RuleSet& rule_set,
                        const std::vector<IndicatorKey>& keys, Round* round);
  absl::Status JudgeBatch(const RuleSet& rule_set,
                          absl::Span<const IndicatorKey> keys, Round* round);
  void AddRequested(const Requests& requests);
  void Finish(const Requests& requests, const Round& round,
              const absl::Status& status);
  void AddKeys(const Selection& selection);
  absl::Status RunRound(const Requests& requests);
  void TakeFaulted();
  void PlanRetries(const absl::Status& status);

  const Evaluator::Dependencies deps_;
  const Evaluator::Options options_;
  Progress* const progress_;

  std::mutex mutex_;
  std::condition_variable work_;
  std::condition_variable run_done_;
  bool stop_ = false;   // guarded by mutex_
  Dirty incoming_;      // guarded by mutex_
  bool moved_ = false;  // guarded by mutex_
  Requests requests_;   // guarded by mutex_
  std::thread thread_;

  // The thread's own.
  TableFiller filler_;
  Dirty unapplied_;
  std::set<IndicatorKey> due_;
  std::set<IndicatorKey> faulted_;  // to be tried again without a change
  Revision applied_ = 0;
  RuleSetId stored_rule_set_;
  bool waits_for_rule_set_ = false;
  std::string why_waiting_;
  std::chrono::steady_clock::duration next_delay_;
  std::chrono::steady_clock::time_point retry_at_;
  std::chrono::steady_clock::time_point retry_faulted_at_;
};

}  // namespace shirube

#endif  // SHIRUBE_SERVER_EVALUATION_FOLLOWER_H_
