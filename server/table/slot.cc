#include "server/table/slot.h"

#include <fcntl.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "absl/strings/str_cat.h"
#include "server/base/status_macros.h"

namespace shirube {
namespace {

// The shared arrays are given memory in pieces of this many elements.
constexpr uint32_t kReservePoints = 65'536;
constexpr uint32_t kReserveMilestones = 32'768;
// Override sets that rows left behind are thrown away by the next copy; a slot
// full of them is copied for that alone.
constexpr size_t kMaxOverrideSets = 2 * frame::kSlotRows;

constexpr frame::Column kRowColumns[] = {frame::kKind,
                                         frame::kMeasure,
                                         frame::kDirection,
                                         frame::kOperator,
                                         frame::kScale,
                                         frame::kPresent,
                                         frame::kBaseline,
                                         frame::kTarget,
                                         frame::kTargetUpper,
                                         frame::kNoiseBand,
                                         frame::kBaselineIndex,
                                         frame::kTargetIndex,
                                         frame::kWindowStartIndex,
                                         frame::kPublicationMonth,
                                         frame::kPublicationLagYears};

uint32_t RoundUpTo(uint32_t n, uint32_t step, uint32_t most) {
  return std::min((n + step - 1) / step * step, most);
}

void CopyCells(void* to, const void* from, const frame::Column& column,
               uint32_t to_first, uint32_t from_first, uint32_t n) {
  std::memcpy(
      frame::At<char>(to, column) + uint64_t{to_first} * column.width,
      frame::At<char>(from, column) + uint64_t{from_first} * column.width,
      uint64_t{n} * column.width);
}

}  // namespace

Slot::Slot(uint32_t number, void* memory, int fd)
    : number_(number), memory_(memory), fd_(fd) {}

uint64_t Slot::EstimatePrivateBytes() const {
  return rows_.capacity() * sizeof(RowInfo) +
         points_.capacity() * sizeof(PointInfo) +
         override_sets_.size() * 2 * 128;
}

void Slot::Reset() {
  rows_count_ = live_rows_ = 0;
  points_end_ = live_points_ = milestones_end_ = live_milestones_ = 0;
  rows_.clear();
  points_.clear();
  overridden_rows_ = 0;
  override_sets_.clear();
  override_numbers_.clear();
  scratch_keys.clear();
  current = false;
}

Slot::Room Slot::RoomFor(const RowInput& input, uint32_t row) const {
  const bool exists = row < rows_count_;
  const uint32_t points = static_cast<uint32_t>(input.points.size());
  const uint32_t milestones = static_cast<uint32_t>(input.milestones.size());
  const uint32_t old_points =
      exists ? Cell<uint16_t>(frame::kPointsCount, row) : 0;
  const uint32_t old_milestones =
      exists ? Cell<uint16_t>(frame::kMilestonesCount, row) : 0;
  const bool fits =
      (points <= old_points || points_end_ + points <= frame::kSlotPoints) &&
      (milestones <= old_milestones ||
       milestones_end_ + milestones <= frame::kSlotMilestones);
  // Reserving more while a quarter lies waste would break the cost of 24 bytes
  // a point.
  const bool wasteful = points > old_points &&
                        points_end_ + points > points_reserved_ &&
                        points_end_ - live_points_ > points_end_ / 4;
  const bool too_many_sets = override_sets_.size() >= kMaxOverrideSets;
  if (fits && !wasteful && !too_many_sets) return Room::kYes;
  const bool fits_compacted =
      live_points_ + points <= frame::kSlotPoints &&
      live_milestones_ + milestones <= frame::kSlotMilestones;
  if (!fits_compacted) return Room::kNo;
  const bool little_waste =
      !too_many_sets && points_end_ - live_points_ < frame::kSlotPoints / 8 &&
      milestones_end_ - live_milestones_ < frame::kSlotMilestones / 8;
  // Compacting a slot that is full of live points would have to be done again
  // at the next row: that row goes elsewhere.
  return !wasteful && little_waste ? Room::kNo : Room::kAfterCompacting;
}

absl::Status Slot::Reserve(const frame::Column& column, uint32_t first,
                           uint32_t last) {
  const uint64_t from = number_ * frame::kSlotBytes + column.offset +
                        uint64_t{first} * column.width;
  const uint64_t bytes = uint64_t{last - first} * column.width;
  // Without this a machine out of memory would end the server by SIGBUS at the
  // first write, instead of failing this call.
  int result;
  do {
    result =
        fallocate(fd_, 0, static_cast<off_t>(from), static_cast<off_t>(bytes));
  } while (result != 0 && errno == EINTR);
  if (result != 0) {
    return absl::ResourceExhaustedError(
        absl::StrCat("no memory for slot ", number_,
                     " of the table: ", std::strerror(errno)));
  }
  reserved_bytes_ += bytes;
  return absl::OkStatus();
}

absl::Status Slot::ReserveRows() {
  if (rows_reserved_) return absl::OkStatus();
  const frame::Column all = {0, 1, static_cast<uint32_t>(frame::kRowBytes)};
  SHIRUBE_RETURN_IF_ERROR(Reserve(all, 0, all.entries));
  rows_reserved_ = true;
  return absl::OkStatus();
}

absl::Status Slot::ReservePoints(uint32_t points) {
  if (points <= points_reserved_) return absl::OkStatus();
  const uint32_t end = RoundUpTo(points, kReservePoints, frame::kSlotPoints);
  for (const frame::Column& column :
       {frame::kPointValue, frame::kPointIndex, frame::kPointState}) {
    SHIRUBE_RETURN_IF_ERROR(Reserve(column, points_reserved_, end));
  }
  points_reserved_ = end;
  return absl::OkStatus();
}

absl::Status Slot::ReserveMilestones(uint32_t milestones) {
  if (milestones <= milestones_reserved_) return absl::OkStatus();
  const uint32_t end =
      RoundUpTo(milestones, kReserveMilestones, frame::kSlotMilestones);
  for (const frame::Column& column :
       {frame::kMilestoneValue, frame::kMilestoneIndex}) {
    SHIRUBE_RETURN_IF_ERROR(Reserve(column, milestones_reserved_, end));
  }
  milestones_reserved_ = end;
  return absl::OkStatus();
}

absl::Status Slot::Write(uint32_t row, uint32_t key, const RowInput& input) {
  const bool exists = row < rows_count_;
  const uint32_t old_points =
      exists ? Cell<uint16_t>(frame::kPointsCount, row) : 0;
  const uint32_t old_milestones =
      exists ? Cell<uint16_t>(frame::kMilestonesCount, row) : 0;
  const uint32_t points = static_cast<uint32_t>(input.points.size());
  const uint32_t milestones = static_cast<uint32_t>(input.milestones.size());
  SHIRUBE_RETURN_IF_ERROR(ReserveRows());
  if (points > old_points) {
    SHIRUBE_RETURN_IF_ERROR(ReservePoints(points_end_ + points));
  }
  if (milestones > old_milestones) {
    SHIRUBE_RETURN_IF_ERROR(ReserveMilestones(milestones_end_ + milestones));
  }

  if (!exists) {
    if (rows_.size() <= row) rows_.resize(row + 1);
    rows_[row] = RowInfo();
    Cell<uint16_t>(frame::kPointsCount, row) = 0;
    Cell<uint16_t>(frame::kMilestonesCount, row) = 0;
    rows_count_ = row + 1;
  }
  RowInfo& info = rows_[row];
  live_rows_ += info.key == kNoKey ? 1 : 0;
  overridden_rows_ -= info.overrides != 0 ? 1 : 0;
  info.key = key;
  info.input_revision = input.input_revision;
  info.overrides = InternOverrides(input.overrides);
  overridden_rows_ += info.overrides != 0 ? 1 : 0;
  WriteCells(row, input);
  WritePoints(row, input);
  WriteMilestones(row, input);
  return absl::OkStatus();
}

void Slot::WriteCells(uint32_t row, const RowInput& input) {
  Cell<uint8_t>(frame::kKind, row) = input.kind;
  Cell<uint8_t>(frame::kMeasure, row) = input.measure;
  Cell<int8_t>(frame::kDirection, row) = input.direction;
  Cell<uint8_t>(frame::kOperator, row) = input.operator_;
  Cell<uint8_t>(frame::kScale, row) = input.scale;
  Cell<uint16_t>(frame::kPresent, row) = input.present;
  Cell<int64_t>(frame::kBaseline, row) = input.baseline;
  Cell<int64_t>(frame::kTarget, row) = input.target;
  Cell<int64_t>(frame::kTargetUpper, row) = input.target_upper;
  Cell<int64_t>(frame::kNoiseBand, row) = input.noise_band;
  Cell<int32_t>(frame::kBaselineIndex, row) = input.baseline_index;
  Cell<int32_t>(frame::kTargetIndex, row) = input.target_index;
  Cell<int32_t>(frame::kWindowStartIndex, row) = input.window_start_index;
  Cell<uint8_t>(frame::kPublicationMonth, row) = input.publication_month;
  Cell<uint8_t>(frame::kPublicationLagYears, row) = input.publication_lag_years;
}

void Slot::WritePoints(uint32_t row, const RowInput& input) {
  uint16_t& count = Cell<uint16_t>(frame::kPointsCount, row);
  uint32_t& offset = Cell<uint32_t>(frame::kPointsOffset, row);
  const uint32_t n = static_cast<uint32_t>(input.points.size());
  live_points_ += n - count;
  if (n > count) {
    // The last row of the array grows in place: new figures come one by one.
    if (count == 0 || offset + count != points_end_) offset = points_end_;
    points_end_ = offset + n;
    // In the steps of the shared memory: doubling would cost twice as much.
    points_.reserve(points_reserved_);
    if (points_.size() < points_end_) points_.resize(points_end_);
  }
  count = static_cast<uint16_t>(n);
  for (uint32_t j = 0; j < n; ++j) {
    const RowPoint& point = input.points[j];
    Cell<int64_t>(frame::kPointValue, offset + j) = point.units;
    Cell<int32_t>(frame::kPointIndex, offset + j) = point.period.index12();
    Cell<uint8_t>(frame::kPointState, offset + j) = point.point_state;
    PointInfo& info = points_[offset + j];
    info.period = point.period;
    info.basis = static_cast<uint8_t>(point.basis) & 3;
    info.assumed_to_date = point.assumed_to_date ? 1 : 0;
    info.state = static_cast<uint8_t>(point.state) & 7;
  }
}

void Slot::WriteMilestones(uint32_t row, const RowInput& input) {
  uint16_t& count = Cell<uint16_t>(frame::kMilestonesCount, row);
  uint32_t& offset = Cell<uint32_t>(frame::kMilestonesOffset, row);
  const uint32_t n = static_cast<uint32_t>(input.milestones.size());
  live_milestones_ += n - count;
  if (n > count) {
    offset = milestones_end_;
    milestones_end_ += n;
  }
  count = static_cast<uint16_t>(n);
  for (uint32_t j = 0; j < n; ++j) {
    Cell<int64_t>(frame::kMilestoneValue, offset + j) =
        input.milestones[j].units;
    Cell<int32_t>(frame::kMilestoneIndex, offset + j) =
        input.milestones[j].index;
  }
}

uint32_t Slot::InternOverrides(const Overrides& overrides) {
  if (overrides.empty()) return 0;
  const auto [at, added] = override_numbers_.emplace(
      overrides, static_cast<uint32_t>(override_sets_.size()) + 1);
  if (added) override_sets_.push_back(overrides);
  return at->second;
}

void Slot::Clear(uint32_t row) {
  RowInfo& info = rows_[row];
  if (info.key == kNoKey) return;
  overridden_rows_ -= info.overrides != 0 ? 1 : 0;
  info = RowInfo();
  --live_rows_;
  // A hole looks like an indicator without target and figures: the host
  // answers for it, and no module sees it that requires either.
  RowInput nothing;
  WriteCells(row, nothing);
  WritePoints(row, nothing);
  WriteMilestones(row, nothing);
}

absl::Status Slot::CopyFrom(const Slot& other) {
  SHIRUBE_RETURN_IF_ERROR(ReserveRows());
  SHIRUBE_RETURN_IF_ERROR(ReservePoints(other.live_points_));
  SHIRUBE_RETURN_IF_ERROR(ReserveMilestones(other.live_milestones_));
  for (const frame::Column& column : kRowColumns) {
    CopyCells(memory_, other.memory_, column, 0, 0, other.rows_count_);
  }
  rows_count_ = other.rows_count_;
  live_rows_ = other.live_rows_;
  rows_ = other.rows_;
  points_.reserve(points_reserved_);
  points_.resize(other.live_points_);
  for (uint32_t row = 0; row < rows_count_; ++row) {
    const uint32_t n = other.Cell<uint16_t>(frame::kPointsCount, row);
    const uint32_t from = other.Cell<uint32_t>(frame::kPointsOffset, row);
    Cell<uint16_t>(frame::kPointsCount, row) = static_cast<uint16_t>(n);
    Cell<uint32_t>(frame::kPointsOffset, row) = points_end_;
    for (const frame::Column& column :
         {frame::kPointValue, frame::kPointIndex, frame::kPointState}) {
      CopyCells(memory_, other.memory_, column, points_end_, from, n);
    }
    std::copy_n(other.points_.begin() + from, n, points_.begin() + points_end_);
    points_end_ += n;

    const uint32_t m = other.Cell<uint16_t>(frame::kMilestonesCount, row);
    const uint32_t at = other.Cell<uint32_t>(frame::kMilestonesOffset, row);
    Cell<uint16_t>(frame::kMilestonesCount, row) = static_cast<uint16_t>(m);
    Cell<uint32_t>(frame::kMilestonesOffset, row) = milestones_end_;
    for (const frame::Column& column :
         {frame::kMilestoneValue, frame::kMilestoneIndex}) {
      CopyCells(memory_, other.memory_, column, milestones_end_, at, m);
    }
    milestones_end_ += m;

    if (const Overrides* overrides = other.overrides(row)) {
      rows_[row].overrides = InternOverrides(*overrides);
      ++overridden_rows_;
    }
  }
  live_points_ = points_end_;
  live_milestones_ = milestones_end_;
  return absl::OkStatus();
}

const Overrides* Slot::overrides(uint32_t row) const {
  const uint32_t number = rows_[row].overrides;
  return number == 0 ? nullptr : &override_sets_[number - 1];
}

RowPoint Slot::point(uint32_t row, uint32_t j) const {
  const uint32_t at = Cell<uint32_t>(frame::kPointsOffset, row) + j;
  const PointInfo& info = points_[at];
  return {.period = info.period,
          .basis = static_cast<Basis>(info.basis),
          .assumed_to_date = info.assumed_to_date != 0,
          .state = static_cast<ObservationState>(info.state),
          .point_state = Cell<uint8_t>(frame::kPointState, at),
          .units = Cell<int64_t>(frame::kPointValue, at)};
}

}  // namespace shirube
