// One slot of the table: columns in the shared memory, and beside them, in
// private memory, what workers need not know (whose row it is, what revision,
// the periods behind the points). Everything here happens under the table's
// lock, except reading a leased slot, which nobody writes.
#ifndef SHIRUBE_SERVER_TABLE_SLOT_H_
#define SHIRUBE_SERVER_TABLE_SLOT_H_

#include <cstdint>
#include <map>
#include <vector>

#include "absl/status/status.h"
#include "server/rule_host/frame/ask.h"
#include "server/rule_host/frame/slot_layout.h"
#include "server/table/row_input.h"

namespace shirube {

class Slot {
 public:
  static constexpr uint32_t kNoKey = UINT32_MAX;

  // `memory` is the slot's place in the table's mapping, `fd` and `offset` the
  // same in the memory file.
  Slot(uint32_t number, void* memory, int fd);

  uint32_t number() const { return number_; }
  uint32_t rows_count() const { return rows_count_; }
  uint32_t live_rows() const { return live_rows_; }
  uint32_t live_points() const { return live_points_; }
  uint64_t reserved_bytes() const { return reserved_bytes_; }
  uint64_t EstimatePrivateBytes() const;

  // Empties the slot; its memory stays reserved for the next use.
  void Reset();

  enum class Room { kYes, kAfterCompacting, kNo };
  // Whether a row with so many points and milestones can be written at `row`.
  Room RoomFor(const RowInput& input, uint32_t row) const;

  // Writes row `row` (at most rows_count(), which then grows by one) for the
  // key of that number. Fails before anything is written. RoomFor said kYes.
  absl::Status Write(uint32_t row, uint32_t key, const RowInput& input);
  // Makes a hole of a row.
  void Clear(uint32_t row);
  // Takes over all rows of `other`, at the same places, without the points
  // that nobody uses any more. This slot is empty before.
  absl::Status CopyFrom(const Slot& other);

  const void* memory() const { return memory_; }
  uint32_t key(uint32_t row) const { return rows_[row].key; }
  Revision input_revision(uint32_t row) const {
    return rows_[row].input_revision;
  }
  bool has_overrides() const { return overridden_rows_ > 0; }
  // nullptr where the row has none.
  const Overrides* overrides(uint32_t row) const;
  RowPoint point(uint32_t row, uint32_t j) const;

  // Of the selections that read this slot.
  int leases = 0;
  // False once a copy took its place, and for scratch rows: it becomes free
  // with its last lease.
  bool current = false;
  std::vector<IndicatorKey> scratch_keys;  // of scratch rows: by row

 private:
  struct RowInfo {
    uint32_t key = kNoKey;
    uint32_t overrides = 0;  // 1 + number in override_sets_; 0: none
    Revision input_revision = 0;
  };
  struct PointInfo {
    Period period;
    uint8_t basis : 2;
    uint8_t assumed_to_date : 1;
    uint8_t state : 3;
  };
  static_assert(sizeof(PointInfo) == 8);

  template <typename T>
  T& Cell(const frame::Column& column, uint32_t i) {
    return *frame::At<T>(memory_, column, i);
  }
  template <typename T>
  const T& Cell(const frame::Column& column, uint32_t i) const {
    return *frame::At<T>(static_cast<const void*>(memory_), column, i);
  }
  absl::Status ReserveRows();
  absl::Status ReservePoints(uint32_t points);
  absl::Status ReserveMilestones(uint32_t milestones);
  absl::Status Reserve(const frame::Column& column, uint32_t first,
                       uint32_t last);
  void WriteCells(uint32_t row, const RowInput& input);
  void WritePoints(uint32_t row, const RowInput& input);
  void WriteMilestones(uint32_t row, const RowInput& input);
  uint32_t InternOverrides(const Overrides& overrides);

  const uint32_t number_;
  void* const memory_;
  const int fd_;
  uint32_t rows_count_ = 0;
  uint32_t live_rows_ = 0;
  // Ends of what was handed out of the shared arrays, and how much of it is
  // still used.
  uint32_t points_end_ = 0, live_points_ = 0;
  uint32_t milestones_end_ = 0, live_milestones_ = 0;
  // What the file has memory for.
  bool rows_reserved_ = false;
  uint32_t points_reserved_ = 0;
  uint32_t milestones_reserved_ = 0;
  uint64_t reserved_bytes_ = 0;

  std::vector<RowInfo> rows_;
  std::vector<PointInfo> points_;
  uint32_t overridden_rows_ = 0;
  std::vector<Overrides> override_sets_;
  std::map<Overrides, uint32_t> override_numbers_;
};

}  // namespace shirube

#endif  // SHIRUBE_SERVER_TABLE_SLOT_H_
