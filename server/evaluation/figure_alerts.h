// Alerts of figures that should be out by now: which of some indicators have
// one overdue, and which of those told have none any more. Made for the
// follower, on its thread, from the rows of the table.
#ifndef SHIRUBE_SERVER_EVALUATION_FIGURE_ALERTS_H_
#define SHIRUBE_SERVER_EVALUATION_FIGURE_ALERTS_H_

#include <cstdint>
#include <map>
#include <set>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "server/domain/alert_policy.h"
#include "server/evaluation/table_filler.h"
#include "server/storage/store.h"
#include "server/table/table.h"

namespace shirube {

class FigureAlerts {
 public:
  FigureAlerts(const Table* table, const TableFiller* filler)
      : table_(table), filler_(filler) {}

  absl::Status Start(StoreReader& reader);
  // `month`: the one it is, as MonthIndexOf.
  absl::StatusOr<std::vector<Observed>> Of(StoreReader& reader,
                                           const std::set<IndicatorKey>& keys,
                                           int32_t month);
  // What Of said last is stored.
  void Keep();
  std::set<IndicatorKey> Told() const;

 private:
  absl::Status Look(StoreReader& reader, const SelectionPart& part, uint32_t k,
                    int32_t month, std::vector<Observed>* observed);

  const Table* const table_;
  const TableFiller* const filler_;
  std::map<IndicatorKey, Period> told_;  // the figure that is missing
  std::vector<Observed> said_;
};

}  // namespace shirube

#endif  // SHIRUBE_SERVER_EVALUATION_FIGURE_ALERTS_H_
