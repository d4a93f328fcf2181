// One indicator as the table holds it: the numbers a rule module sees, and what
// the evaluator wants to know of each point besides. BuildRow is pure; the
// evaluator calls it for every row that it applies or asks a what-if about.
#ifndef SHIRUBE_SERVER_TABLE_ROW_INPUT_H_
#define SHIRUBE_SERVER_TABLE_ROW_INPUT_H_

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "server/domain/ids.h"
#include "server/domain/indicator.h"
#include "server/domain/observation.h"
#include "server/domain/period.h"

namespace shirube {

// Parameters that differ from the rule set's, name -> millionths, already
// resolved by precedence (indicator, initiative, plan).
using Overrides = std::map<std::string, int64_t>;

// One finished point of a row.
struct RowPoint {
  Period period;
  Basis basis = Basis::kNone;
  bool assumed_to_date = false;
  // Of the observation behind it; of a sum the weakest (PROVISIONAL, RESTATED).
  ObservationState state = ObservationState::kFinal;
  uint8_t point_state = 0;  // enum shirube_point_state, as the modules see it
  int64_t units = 0;        // of 10^-scale; 0 where there is no number
};

struct RowMilestone {
  int32_t index = 0;
  int64_t units = 0;
};

struct RowInput {
  IndicatorKey key;
  Revision input_revision = 0;  // of the newest data in it
  // As in shirube_batch.
  uint8_t kind = 0;
  uint8_t measure = 0;
  int8_t direction = 0;
  uint8_t operator_ = 0;
  uint8_t scale = 0;
  uint16_t present = 0;
  int64_t baseline = 0;
  int64_t target = 0;
  int64_t target_upper = 0;
  int64_t noise_band = 0;
  int32_t baseline_index = 0;
  int32_t target_index = 0;
  int32_t window_start_index = 0;
  uint8_t publication_month = 0;  // 0: none
  uint8_t publication_lag_years = 0;
  std::vector<RowPoint> points;          // by index, each index once
  std::vector<RowMilestone> milestones;  // by index
  Overrides overrides;
};

// The row of `indicator` with its `observations` (any order; NOT_AVAILABLE ones
// are skipped). `as_of` chooses the baseline and target in force then (none:
// the current ones); the points are all handed over, modules leave out those
// after it. INTERNAL when the values do not fit in 18 digits at one scale,
// which writing refuses.
absl::StatusOr<RowInput> BuildRow(const Indicator& indicator,
                                  const std::vector<Observation>& observations,
                                  Overrides overrides,
                                  std::optional<Period> as_of,
                                  Revision input_revision);

}  // namespace shirube

#endif  // SHIRUBE_SERVER_TABLE_ROW_INPUT_H_
