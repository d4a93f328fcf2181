// What a preview has found so far, and what of it the caller has been told.
// Of one thread; made by RunPreview.
#ifndef SHIRUBE_SERVER_EVALUATION_PREVIEW_REPORT_H_
#define SHIRUBE_SERVER_EVALUATION_PREVIEW_REPORT_H_

#include <deque>
#include <optional>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "server/evaluation/comparison.h"
#include "server/evaluation/preview_flags.h"
#include "server/evaluation/two_sets.h"

namespace shirube {

class PreviewReport {
 public:
  // `begun` has the rule set, the revision and the total.
  PreviewReport(const PreviewOptions& options, PreviewPart begun,
                const PreviewSink* sink);

  // ---- Of the period at that position. ----
  void Count(size_t period, const TwoSets::Row& row);
  // Whether such a change is to be listed at all, and may still be.
  bool Lists(TwoSets::Difference difference) const;
  void List(VerdictChange change);
  void AddFlags(size_t period, const PreviewFlags& flags);

  // ---- To the caller: CANCELLED when it has gone. ----
  // Whether it has waited long enough for a word.
  bool IsDue() const;
  absl::Status SendIfDue();
  // Everything, and the summaries.
  absl::Status Finish();

 private:
  struct Period {
    PreviewSummary summary;
    // The counts by pair of statuses, before they are spread out.
    int64_t pairs[6][6] = {};
  };
  absl::Status SendAll();
  absl::Status Send(PreviewPart part);
  void Summarize(Period* period) const;

  const PreviewOptions options_;
  const PreviewSink* const sink_;
  std::vector<Period> periods_;
  PreviewPart state_;  // counts so far
  int64_t listed_ = 0;
  std::deque<VerdictChange> verdicts_;  // not sent yet
  std::deque<FlagChange> flags_;
  absl::Time sent_;
  bool sent_any_ = false;
};

}  // namespace shirube

#endif  // SHIRUBE_SERVER_EVALUATION_PREVIEW_REPORT_H_
