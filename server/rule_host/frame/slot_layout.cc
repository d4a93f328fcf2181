#include "server/rule_host/frame/slot_layout.h"

namespace shirube::frame {

shirube_batch BindRows(const void* slot, uint32_t first_row,
                       uint32_t rows_count) {
  shirube_batch batch{};
  batch.struct_size = sizeof(batch);
  batch.rows_count = rows_count;
  batch.kind = At<uint8_t>(slot, kKind, first_row);
  batch.measure = At<uint8_t>(slot, kMeasure, first_row);
  batch.direction = At<int8_t>(slot, kDirection, first_row);
  batch.operator_ = At<uint8_t>(slot, kOperator, first_row);
  batch.scale = At<uint8_t>(slot, kScale, first_row);
  batch.present = At<uint16_t>(slot, kPresent, first_row);
  batch.baseline = At<int64_t>(slot, kBaseline, first_row);
  batch.target = At<int64_t>(slot, kTarget, first_row);
  batch.target_upper = At<int64_t>(slot, kTargetUpper, first_row);
  batch.noise_band = At<int64_t>(slot, kNoiseBand, first_row);
  batch.baseline_index = At<int32_t>(slot, kBaselineIndex, first_row);
  batch.target_index = At<int32_t>(slot, kTargetIndex, first_row);
  batch.window_start_index = At<int32_t>(slot, kWindowStartIndex, first_row);
  batch.points_offset = At<uint32_t>(slot, kPointsOffset, first_row);
  batch.points_count = At<uint16_t>(slot, kPointsCount, first_row);
  batch.milestones_offset = At<uint32_t>(slot, kMilestonesOffset, first_row);
  batch.milestones_count = At<uint16_t>(slot, kMilestonesCount, first_row);
  batch.point_value = At<int64_t>(slot, kPointValue);
  batch.point_index = At<int32_t>(slot, kPointIndex);
  batch.point_state = At<uint8_t>(slot, kPointState);
  batch.milestone_value = At<int64_t>(slot, kMilestoneValue);
  batch.milestone_index = At<int32_t>(slot, kMilestoneIndex);
  batch.as_of_index = INT32_MAX;
  batch.publication_month = At<uint8_t>(slot, kPublicationMonth, first_row);
  batch.publication_lag_years =
      At<uint8_t>(slot, kPublicationLagYears, first_row);
  return batch;
}

}  // namespace shirube::frame
