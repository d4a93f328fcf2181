// The indicators of some plans as a preview judges them: a few at a time, plan
// after plan, with what judging by two rule sets takes of each. Reads the store
// in pieces, so that no snapshot is held for long. Of one thread; made by
// Preview.
#ifndef SHIRUBE_SERVER_EVALUATION_PREVIEW_SOURCE_H_
#define SHIRUBE_SERVER_EVALUATION_PREVIEW_SOURCE_H_

#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "server/evaluation/preview_flags.h"
#include "server/evaluation/row_source.h"
#include "server/rule_host/rule_set.h"
#include "server/storage/store.h"

namespace shirube {

struct PreviewPlan {
  PreviewPlan(PlanContext c, size_t periods)
      : context(std::move(c)),
        sets_parameters(context.SetsParameters()),
        flags(context, periods) {}

  PlanContext context;
  bool sets_parameters;
  PreviewFlags flags;
};

struct PreviewRow {
  Indicator indicator;
  std::shared_ptr<PreviewPlan> plan;
  std::vector<size_t> counted_by;
  bool numeric_target = false;
  // Where anything overrides a parameter: by which it is judged under each set.
  Overrides before, after;
};

struct PreviewBatch {
  std::vector<PreviewRow> rows;
  // Plans that have no rows after these.
  std::vector<std::shared_ptr<PreviewPlan>> complete;
};

class PreviewSource {
 public:
  struct Setup {
    std::vector<PlanId> plans;
    std::shared_ptr<const RuleSet> before, after;
    size_t periods = 1;
    // Indicators that are read, and put into printed order, at once: a larger
    // plan comes in several such pieces, by id.
    size_t read_rows = 4096;
  };
  explicit PreviewSource(Setup setup) : setup_(std::move(setup)) {}

  // At most `most` rows and whatever plans end with them; neither at the end.
  // A plan that is gone by now is left out.
  absl::StatusOr<PreviewBatch> Next(Store& store, size_t most);

 private:
  absl::Status OpenNextPlan(StoreReader& reader);
  absl::Status ReadOn(StoreReader& reader);
  absl::StatusOr<PreviewRow> RowOf(Indicator indicator) const;

  const Setup setup_;
  size_t next_plan_ = 0;
  std::shared_ptr<PreviewPlan> plan_;  // that is being read
  std::string after_;                  // of it, what was read last
  bool read_all_ = false;
  std::deque<Indicator> read_;  // in printed order
};

}  // namespace shirube

#endif  // SHIRUBE_SERVER_EVALUATION_PREVIEW_SOURCE_H_
