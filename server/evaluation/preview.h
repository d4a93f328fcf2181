// Judges by two rule sets, side by side, what another one would change: the
// work behind Evaluator::Preview. Nothing is written, and nothing is held
// between two batches but what was added up: no snapshot, no lease, no turn of
// the rule host.
//
// A batch is some rows in printed order, judged for every period asked: the
// rows as the table holds them; where other baselines or targets were in force
// then, or the table does not have them yet, rows made for the question. Each
// row is judged by both sets in the same version.
//
// A module that misbehaves is dealt with as in any question about real rows:
// the row is INDETERMINATE by the set that has the module, and where the host
// finds that it has to be set aside, it is, as if it had been met while
// judging.
#ifndef SHIRUBE_SERVER_EVALUATION_PREVIEW_H_
#define SHIRUBE_SERVER_EVALUATION_PREVIEW_H_

#include <functional>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "server/evaluation/comparison.h"
#include "server/evaluation/preview_pace.h"
#include "server/evaluation/progress.h"
#include "server/evaluation/rule_sets.h"
#include "server/rule_host/rule_host.h"
#include "server/storage/store.h"
#include "server/table/table.h"

namespace shirube {

struct PreviewDependencies {
  Store* store = nullptr;
  Table* table = nullptr;
  RuleHost* host = nullptr;
  RuleSets* rule_sets = nullptr;
  Progress* progress = nullptr;
  const PreviewStop* stop = nullptr;
  std::function<absl::Time()> clock;
  size_t batch_rows = 4096;
};

// As Evaluator::Preview says; on the caller's thread.
absl::Status RunPreview(const PreviewDependencies& deps,
                        const Yardstick& candidate,
                        const PreviewOptions& options, absl::Time deadline,
                        const PreviewSink& sink);

}  // namespace shirube

#endif  // SHIRUBE_SERVER_EVALUATION_PREVIEW_H_
