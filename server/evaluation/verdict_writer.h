// Gives changed verdicts back to the ledger: in one transaction with
// judged_through, or, from a certain number on, in groups of a run that one
// last small transaction publishes, so that no reader sees half of it. Used by
// the follower's thread, a writer for each turn.
//
// After an error judged_through has not moved, and what was to be published may
// be visible or not: it is judged again, which changes nothing where it is.
#ifndef SHIRUBE_SERVER_EVALUATION_VERDICT_WRITER_H_
#define SHIRUBE_SERVER_EVALUATION_VERDICT_WRITER_H_

#include <algorithm>
#include <cstddef>
#include <functional>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "server/ledger/ledger.h"

namespace shirube {

// What verdicts that become visible mean for alerts: what those of indicators
// say, and what was seen of initiatives.
struct Tidings {
  std::vector<AlertNews> news;
  std::vector<Observed> observed;
};

class VerdictWriter {
 public:
  // Asked once for every commit whose verdicts become visible at once.
  using News =
      std::function<absl::StatusOr<Tidings>(const std::vector<Verdict>&)>;

  // What becomes visible at once is committed with its alerts, while writers
  // wait: no more than `direct_rows`. More are a run, of which `group_rows` are
  // committed at a time. `candidate`: whose verdicts these are, of a set that
  // is not active yet.
  VerdictWriter(Ledger* ledger, size_t direct_rows, size_t group_rows,
                RuleSetId candidate = {}, News news = nullptr)
      : ledger_(ledger),
        direct_rows_(std::min(direct_rows, group_rows)),
        group_rows_(group_rows),
        candidate_(std::move(candidate)),
        news_(std::move(news)) {}

  absl::Status Add(Verdict verdict);
  // `judged_through` 0: it stays where it is.
  absl::Status Finish(Revision judged_through);
  // Instead of Finish, of a candidate's: the run that an activation is to
  // publish. Nobody sees any of it until then.
  absl::StatusOr<RunId> FinishUnpublished();
  // Whether it became a run, whose alerts are made after Finish(0), and before
  // MoveOn.
  bool is_run() const { return run_ != 0; }
  absl::Status MoveOn(Revision judged_through);
  // Verdicts that the ledger did not take.
  size_t dropped() const { return dropped_; }

 private:
  absl::Status BeginRun();
  absl::Status Store(bool publish, Revision judged_through);

  Ledger* ledger_;
  size_t direct_rows_;
  size_t group_rows_;
  RuleSetId candidate_;
  News news_;
  RunId run_ = 0;
  size_t dropped_ = 0;
  std::vector<Verdict> group_;
};

}  // namespace shirube

#endif  // SHIRUBE_SERVER_EVALUATION_VERDICT_WRITER_H_
