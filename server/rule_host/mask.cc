#include "server/rule_host/mask.h"

#include "server/rule_host/answers.h"

namespace shirube {
namespace {

constexpr uint16_t kAnyTarget = SHIRUBE_HAS_TARGET | SHIRUBE_TARGET_UNREAD |
                                SHIRUBE_TARGET_OTHER_UNIT |
                                SHIRUBE_TARGET_WORDS;

// The target is one number (of a band: two).
bool HasNumericTarget(const shirube_batch& columns, uint32_t row) {
  return (columns.present[row] & kAnyTarget) == SHIRUBE_HAS_TARGET &&
         columns.kind[row] != SHIRUBE_KIND_QUALITATIVE;
}

// Points of the row that are not after as_of.
uint32_t VisiblePoints(const shirube_batch& columns, uint32_t row) {
  uint32_t n = columns.points_count[row];
  const int32_t* index = columns.point_index + columns.points_offset[row];
  while (n > 0 && index[n - 1] > columns.as_of_index) --n;
  return n;
}

bool HasObservation(const shirube_batch& columns, uint32_t row) {
  if (columns.as_of_index == INT32_MAX) return columns.points_count[row] > 0;
  return VisiblePoints(columns, row) > 0;
}

bool IsAsked(const shirube_batch& columns, uint32_t row,
             Requirements requirements) {
  return (!requirements.target || HasNumericTarget(columns, row)) &&
         (!requirements.observation || HasObservation(columns, row));
}

// Why a row cannot be judged that lacks a numeric target or an observation, in
// the order of the judgement's table. The point is the latest: none other can
// be preferred without a target to meet.
uint16_t WhyNotAsked(const shirube_batch& columns, uint32_t row) {
  const uint16_t present = columns.present[row];
  if ((present & kAnyTarget) == 0) return kReasonNoTarget;
  if ((present & SHIRUBE_TARGET_WORDS) != 0 ||
      columns.kind[row] == SHIRUBE_KIND_QUALITATIVE) {
    return kReasonQualitativeTarget;
  }
  const uint32_t points = VisiblePoints(columns, row);
  if (points == 0) return kReasonNoData;
  const uint8_t state =
      columns.point_state[columns.points_offset[row] + points - 1];
  if (state == SHIRUBE_POINT_GAP) return kReasonNoData;
  const bool unread =
      state == SHIRUBE_POINT_UNREAD ||
      (present & (SHIRUBE_TARGET_UNREAD | SHIRUBE_BASELINE_UNREAD)) != 0;
  return unread ? kReasonAmbiguous : kReasonUnitMismatch;
}

// A whole slot as of its latest points: one pass that the compiler vectorises.
bool AllAsked(const shirube_batch& columns, uint32_t n,
              Requirements requirements) {
  uint32_t lacking = 0;
  if (requirements.target) {
    for (uint32_t row = 0; row < n; ++row) {
      lacking += static_cast<uint32_t>((columns.present[row] & kAnyTarget) !=
                                       SHIRUBE_HAS_TARGET);
    }
    for (uint32_t row = 0; row < n; ++row) {
      lacking +=
          static_cast<uint32_t>(columns.kind[row] == SHIRUBE_KIND_QUALITATIVE);
    }
  }
  if (requirements.observation) {
    for (uint32_t row = 0; row < n; ++row) {
      lacking += static_cast<uint32_t>(columns.points_count[row] == 0);
    }
  }
  return lacking == 0;
}

}  // namespace

void BuildMask(const frame::Ask& ask, const shirube_batch& columns,
               Requirements requirements, Mask* mask) {
  mask->all = true;
  mask->asked.clear();
  mask->answered.clear();
  if (ask.rows == nullptr && columns.as_of_index == INT32_MAX &&
      AllAsked(columns, ask.n, requirements)) {
    return;
  }
  for (uint32_t k = 0; k < ask.n; ++k) {
    const uint32_t row = ask.row(k);
    if (IsAsked(columns, row, requirements)) {
      mask->asked.push_back(k);
    } else {
      mask->answered.emplace_back(k, WhyNotAsked(columns, row));
    }
  }
  mask->all = mask->answered.empty();
  if (mask->all) mask->asked.clear();
}

}  // namespace shirube
