// One run of judging: rows by a rule set, batch after batch, changed verdicts
// to a writer. Made by the follower, for what is due and for an activation; its
// thread only.
#ifndef SHIRUBE_SERVER_EVALUATION_JUDGING_RUN_H_
#define SHIRUBE_SERVER_EVALUATION_JUDGING_RUN_H_

#include <functional>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/types/span.h"
#include "server/evaluation/evaluator.h"
#include "server/evaluation/judge.h"
#include "server/evaluation/retries.h"
#include "server/evaluation/table_filler.h"
#include "server/evaluation/verdict_writer.h"

namespace shirube {

class QuarantineInbox;

class JudgingRun {
 public:
  struct Setup {
    Evaluator::Dependencies deps;
    const TableFiller* filler = nullptr;
    size_t max_batch_rows = 0;
    // Asked between batches; true ends the run with CANCELLED.
    std::function<bool()> stopped;
  };
  JudgingRun(const Setup& setup, VerdictWriter writer)
      : setup_(setup), writer_(std::move(writer)) {}

  // `keys` in order. A verdict that waits for a module keeps what was known.
  absl::Status Judge(const RuleSet& set, const std::vector<IndicatorKey>& keys);
  // By a set that is not active: with its parameters, without touching the
  // table. FAILED_PRECONDITION as soon as a module of it is out of service.
  absl::Status JudgeCandidate(const RuleSet& set,
                              const std::vector<IndicatorKey>& keys);

  VerdictWriter& writer() { return writer_; }
  // What was judged, of a plan (empty: all).
  RunSummary Sum(const PlanId& plan) const;
  // Of the rows judged, those whose status or reason is another now.
  int64_t turned() const { return turned_; }
  // Rows without an answer that asking again may bring.
  const FaultedRows& faulted() const { return faulted_; }
  // Whether any row of `plan` (empty: all) got an answer from any module.
  bool AnyAnswer(const PlanId& plan) const;

 private:
  absl::Status JudgeBatch(const RuleSet& set,
                          absl::Span<const IndicatorKey> keys, bool candidate);
  absl::Status Ask(const RuleSet& set, absl::Span<const IndicatorKey> keys,
                   const TableFiller::OverridesByKey* overrides,
                   std::vector<Verdict>* verdicts) const;
  absl::Status Take(const RuleSet& set, Verdict verdict, const Verdict* before,
                    bool candidate);
  void NoteFaults(const Verdict& verdict, RunSummary* summary);

  const Setup setup_;
  VerdictWriter writer_;
  std::map<PlanId, RunSummary> by_plan_;
  FaultedRows faulted_;
  std::set<PlanId> answered_;
  int64_t turned_ = 0;
};

}  // namespace shirube

#endif  // SHIRUBE_SERVER_EVALUATION_JUDGING_RUN_H_
