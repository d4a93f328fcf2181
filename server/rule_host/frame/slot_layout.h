// The layout of one slot of the shared column memory: where each column of
// `shirube_batch` lies. `table` writes it, workers map it read-only, and
// `rule_host` reads it to mask rows; all three take it from here alone.
//
// A slot holds 65,536 rows and the points and milestones they share. Slots have
// one fixed size and follow each other in one sparse memory file, so that slot
// i begins at i * kSlotBytes; what is never touched costs no memory.
#ifndef SHIRUBE_SERVER_RULE_HOST_FRAME_SLOT_LAYOUT_H_
#define SHIRUBE_SERVER_RULE_HOST_FRAME_SLOT_LAYOUT_H_

#include <cstddef>
#include <cstdint>

#include "rules/include/shirube/rule.h"

namespace shirube::frame {

inline constexpr uint32_t kSlotRows = 65'536;
inline constexpr uint32_t kSlotPoints = 1'048'576;
inline constexpr uint32_t kSlotMilestones = 524'288;

// A worker answers in calls of at most this many rows: what a deadline bounds
// and what a death is narrowed down to.
inline constexpr uint32_t kCallRows = 1'024;

// One column inside a slot.
struct Column {
  uint64_t offset;
  uint32_t width;    // bytes an element
  uint32_t entries;  // elements
  constexpr uint64_t bytes() const { return uint64_t{width} * entries; }
};

namespace internal {
inline constexpr uint64_t kPage = 4096;
constexpr uint64_t RoundUp(uint64_t n) {
  return (n + kPage - 1) / kPage * kPage;
}
constexpr Column After(const Column& previous, uint32_t width,
                       uint32_t entries) {
  return {RoundUp(previous.offset + previous.bytes()), width, entries};
}
}  // namespace internal

// Every column begins on a page, so that a part of it can be reserved and
// copied by itself. The rows come first, the shared arrays last.
inline constexpr Column kKind = {0, 1, kSlotRows};
inline constexpr Column kMeasure = internal::After(kKind, 1, kSlotRows);
inline constexpr Column kDirection = internal::After(kMeasure, 1, kSlotRows);
inline constexpr Column kOperator = internal::After(kDirection, 1, kSlotRows);
inline constexpr Column kScale = internal::After(kOperator, 1, kSlotRows);
inline constexpr Column kPresent = internal::After(kScale, 2, kSlotRows);
inline constexpr Column kBaseline = internal::After(kPresent, 8, kSlotRows);
inline constexpr Column kTarget = internal::After(kBaseline, 8, kSlotRows);
inline constexpr Column kTargetUpper = internal::After(kTarget, 8, kSlotRows);
inline constexpr Column kNoiseBand =
    internal::After(kTargetUpper, 8, kSlotRows);
inline constexpr Column kBaselineIndex =
    internal::After(kNoiseBand, 4, kSlotRows);
inline constexpr Column kTargetIndex =
    internal::After(kBaselineIndex, 4, kSlotRows);
inline constexpr Column kWindowStartIndex =
    internal::After(kTargetIndex, 4, kSlotRows);
inline constexpr Column kPointsOffset =
    internal::After(kWindowStartIndex, 4, kSlotRows);
inline constexpr Column kPointsCount =
    internal::After(kPointsOffset, 2, kSlotRows);
inline constexpr Column kMilestonesOffset =
    internal::After(kPointsCount, 4, kSlotRows);
inline constexpr Column kMilestonesCount =
    internal::After(kMilestonesOffset, 2, kSlotRows);
inline constexpr Column kPublicationMonth =
    internal::After(kMilestonesCount, 1, kSlotRows);
inline constexpr Column kPublicationLagYears =
    internal::After(kPublicationMonth, 1, kSlotRows);
inline constexpr Column kPointValue =
    internal::After(kPublicationLagYears, 8, kSlotPoints);
inline constexpr Column kPointIndex =
    internal::After(kPointValue, 4, kSlotPoints);
inline constexpr Column kPointState =
    internal::After(kPointIndex, 1, kSlotPoints);
inline constexpr Column kMilestoneValue =
    internal::After(kPointState, 8, kSlotMilestones);
inline constexpr Column kMilestoneIndex =
    internal::After(kMilestoneValue, 4, kSlotMilestones);

inline constexpr uint64_t kRowBytes = kPointValue.offset;  // all row columns
inline constexpr uint64_t kSlotBytes =
    internal::RoundUp(kMilestoneIndex.offset + kMilestoneIndex.bytes());

// The address of element `i` of a column of the slot at `slot`.
template <typename T>
T* At(void* slot, const Column& column, uint32_t i = 0) {
  return reinterpret_cast<T*>(static_cast<char*>(slot) + column.offset) + i;
}
template <typename T>
const T* At(const void* slot, const Column& column, uint32_t i = 0) {
  return reinterpret_cast<const T*>(static_cast<const char*>(slot) +
                                    column.offset) +
         i;
}

// The batch over rows [first_row, first_row + rows_count) of the slot at `slot`
// (first_row a multiple of 64), without parameters, as of the latest point, on
// no day.
shirube_batch BindRows(const void* slot, uint32_t first_row,
                       uint32_t rows_count);

}  // namespace shirube::frame

#endif  // SHIRUBE_SERVER_RULE_HOST_FRAME_SLOT_LAYOUT_H_
