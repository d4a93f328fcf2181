// Gives changed verdicts back to the ledger: in one transaction with
// judged_through, or, from a certain number on, in groups of a run that one
// last small transaction publishes, so that no reader sees half of it. Used by
// the follower's thread, one writer a round.
//
// After an error nothing of the round is visible and judged_through has not
// moved: the round is judged again.
#ifndef SHIRUBE_SERVER_EVALUATION_VERDICT_WRITER_H_
#define SHIRUBE_SERVER_EVALUATION_VERDICT_WRITER_H_

#include <cstddef>
#include <vector>

#include "absl/status/status.h"
#include "server/ledger/ledger.h"

namespace shirube {

class VerdictWriter {
 public:
  VerdictWriter(Ledger* ledger, size_t group_rows)
      : ledger_(ledger), group_rows_(group_rows) {}

  absl::Status Add(Verdict verdict);
  // `judged_through` 0: it stays where it is.
  absl::Status Finish(Revision judged_through);

 private:
  absl::Status Store(bool publish, Revision judged_through);

  Ledger* ledger_;
  size_t group_rows_;
  RunId run_ = 0;
  std::vector<Verdict> group_;
};

}  // namespace shirube

#endif  // SHIRUBE_SERVER_EVALUATION_VERDICT_WRITER_H_
