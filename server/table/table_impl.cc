#include "server/table/table_impl.h"

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>

#include "absl/strings/str_cat.h"
#include "server/base/status_macros.h"

namespace shirube {
namespace {

constexpr uint32_t kRows = frame::kSlotRows;
// More would not fit the counts of a row.
constexpr size_t kMaxPerRow = UINT16_MAX - 1;

absl::Status CheckSizes(const RowInput& input) {
  if (input.points.size() <= kMaxPerRow &&
      input.milestones.size() <= kMaxPerRow) {
    return absl::OkStatus();
  }
  return absl::InvalidArgumentError(absl::StrCat(
      "indicator ", input.key.indicator.value(), " of plan ",
      input.key.plan.value(), " has ", input.points.size(), " points and ",
      input.milestones.size(), " milestones; a row holds ", kMaxPerRow));
}

}  // namespace

absl::StatusOr<std::unique_ptr<TableImpl>> TableImpl::Create(
    const TableOptions& options) {
  const uint64_t slots = options.max_bytes / frame::kSlotBytes;
  if (slots == 0 || slots > UINT32_MAX / kRows) {
    return absl::InvalidArgumentError(
        absl::StrCat("table.max_bytes = ", options.max_bytes,
                     " must hold 1 to 65535 slots of ", frame::kSlotBytes));
  }
  const uint64_t bytes = slots * frame::kSlotBytes;
  frame::Fd fd = frame::CreateMemoryFile("shirube-table", bytes);
  if (!fd.valid()) {
    return absl::ResourceExhaustedError(
        absl::StrCat("no memory file of ", bytes,
                     " bytes for the table: ", std::strerror(errno)));
  }
  // The one writable mapping comes first: after sealing there is no other.
  frame::Mapping mapping =
      frame::Map(fd.get(), bytes, frame::Access::kReadWrite);
  if (!mapping.valid() ||
      !frame::SealMemoryFile(fd.get(), frame::Seal::kNoNewWriters)) {
    return absl::ResourceExhaustedError(absl::StrCat(
        "the table's ", bytes,
        " bytes cannot be mapped and sealed: ", std::strerror(errno)));
  }
  return std::unique_ptr<TableImpl>(new TableImpl(
      std::move(fd), std::move(mapping), static_cast<uint32_t>(slots)));
}

TableImpl::TableImpl(frame::Fd fd, frame::Mapping mapping, uint32_t max_slots)
    : fd_(std::move(fd)), mapping_(std::move(mapping)), max_slots_(max_slots) {}

TableImpl::~TableImpl() {
  for (const auto& slot : slots_) {
    if (slot->leases == 0) continue;
    std::fprintf(stderr, "a selection outlives its table\n");
    std::abort();
  }
}

frame::ColumnMemory TableImpl::memory() const {
  return {fd_.get(), mapping_.base(), mapping_.bytes()};
}

absl::StatusOr<Slot*> TableImpl::TakeFreeSlot() {
  if (!free_slots_.empty()) {
    Slot* slot = free_slots_.back();
    free_slots_.pop_back();
    return slot;
  }
  if (slots_.size() == max_slots_) {
    return absl::ResourceExhaustedError(absl::StrCat(
        "all ", max_slots_, " slots of the table are in use; raise its size"));
  }
  const uint32_t number = static_cast<uint32_t>(slots_.size());
  char* memory =
      static_cast<char*>(mapping_.base()) + number * frame::kSlotBytes;
  slots_.push_back(std::make_unique<Slot>(number, memory, fd_.get()));
  return slots_.back().get();
}

void TableImpl::GiveBack(Slot* slot) {
  slot->Reset();
  free_slots_.push_back(slot);
}

void TableImpl::Release(Slot* slot) {
  const std::lock_guard lock(mu_);
  if (--slot->leases == 0 && !slot->current) GiveBack(slot);
}

absl::Status TableImpl::Replace(uint32_t logical) {
  Slot* old = logical_[logical];
  SHIRUBE_ASSIGN_OR_RETURN(Slot * copy, TakeFreeSlot());
  if (const absl::Status status = copy->CopyFrom(*old); !status.ok()) {
    GiveBack(copy);
    return status;
  }
  copy->current = true;
  old->current = false;
  logical_[logical] = copy;
  if (old->leases == 0) GiveBack(old);
  return absl::OkStatus();
}

absl::StatusOr<Slot*> TableImpl::Writable(uint32_t logical) {
  if (logical_[logical]->leases > 0) {
    SHIRUBE_RETURN_IF_ERROR(Replace(logical));
  }
  return logical_[logical];
}

absl::StatusOr<bool> TableImpl::TryWrite(uint32_t row, uint32_t key,
                                         const RowInput& input) {
  const uint32_t logical = row / kRows;
  const Slot::Room room = logical_[logical]->RoomFor(input, row % kRows);
  if (room == Slot::Room::kNo) return false;
  if (room == Slot::Room::kAfterCompacting) {
    SHIRUBE_RETURN_IF_ERROR(Replace(logical));
  }
  SHIRUBE_ASSIGN_OR_RETURN(Slot * slot, Writable(logical));
  SHIRUBE_RETURN_IF_ERROR(slot->Write(row % kRows, key, input));
  return true;
}

absl::StatusOr<uint32_t> TableImpl::WriteSomewhere(uint32_t key,
                                                   const RowInput& input) {
  if (!free_rows_.empty()) {
    const uint32_t row = free_rows_.back();
    SHIRUBE_ASSIGN_OR_RETURN(const bool written, TryWrite(row, key, input));
    if (written) {
      free_rows_.pop_back();
      return row;
    }
  }
  if (!logical_.empty() && logical_.back()->rows_count() < kRows) {
    const uint32_t row = static_cast<uint32_t>(logical_.size() - 1) * kRows +
                         logical_.back()->rows_count();
    SHIRUBE_ASSIGN_OR_RETURN(const bool written, TryWrite(row, key, input));
    if (written) return row;
  }
  SHIRUBE_ASSIGN_OR_RETURN(Slot * slot, TakeFreeSlot());
  if (const absl::Status status = slot->Write(0, key, input); !status.ok()) {
    GiveBack(slot);
    return status;
  }
  slot->current = true;
  logical_.push_back(slot);
  return static_cast<uint32_t>(logical_.size() - 1) * kRows;
}

absl::Status TableImpl::Erase(uint32_t row) {
  SHIRUBE_ASSIGN_OR_RETURN(Slot * slot, Writable(row / kRows));
  slot->Clear(row % kRows);
  free_rows_.push_back(row);
  return absl::OkStatus();
}

absl::Status TableImpl::Upsert(const RowInput& input) {
  SHIRUBE_RETURN_IF_ERROR(CheckSizes(input));
  const std::lock_guard lock(mu_);
  const std::optional<uint32_t> key = keys_.FindOrAdd(input.key);
  if (!key.has_value()) {
    return absl::ResourceExhaustedError("the table has no more keys to give");
  }
  const uint32_t old_row = keys_.row(*key);
  if (old_row != KeyStore::kNoRow) {
    SHIRUBE_ASSIGN_OR_RETURN(const bool written,
                             TryWrite(old_row, *key, input));
    if (written) return absl::OkStatus();
    // The copy that erasing may need comes first, so that nothing is half done
    // when there is no memory for it.
    SHIRUBE_RETURN_IF_ERROR(Writable(old_row / kRows).status());
  }
  SHIRUBE_ASSIGN_OR_RETURN(const uint32_t row, WriteSomewhere(*key, input));
  keys_.set_row(*key, row);
  if (old_row != KeyStore::kNoRow) return Erase(old_row);
  return absl::OkStatus();
}

absl::StatusOr<bool> TableImpl::Remove(const IndicatorKey& key) {
  const std::lock_guard lock(mu_);
  const std::optional<uint32_t> number = keys_.Find(key);
  if (!number.has_value() || keys_.row(*number) == KeyStore::kNoRow) {
    return false;
  }
  SHIRUBE_RETURN_IF_ERROR(Erase(keys_.row(*number)));
  keys_.set_row(*number, KeyStore::kNoRow);
  return true;
}

std::optional<Revision> TableImpl::Find(const IndicatorKey& key) const {
  const std::lock_guard lock(mu_);
  const std::optional<uint32_t> number = keys_.Find(key);
  if (!number.has_value()) return std::nullopt;
  const uint32_t row = keys_.row(*number);
  if (row == KeyStore::kNoRow) return std::nullopt;
  return logical_[row / kRows]->input_revision(row % kRows);
}

TableUsage TableImpl::Usage() const {
  const std::lock_guard lock(mu_);
  TableUsage usage;
  for (const auto& slot : slots_) {
    if (slot->current) usage.rows += slot->live_rows();
    if (slot->current) usage.points += slot->live_points();
    usage.reserved_bytes += slot->reserved_bytes();
    usage.private_bytes += slot->EstimatePrivateBytes();
  }
  usage.private_bytes += keys_.EstimateBytes();
  usage.slots_free = static_cast<uint32_t>(free_slots_.size());
  usage.slots_in_use = static_cast<uint32_t>(slots_.size()) - usage.slots_free;
  return usage;
}

uint64_t TableImpl::CountPlan(const PlanId& plan) const {
  const std::lock_guard lock(mu_);
  const std::vector<uint32_t>* numbers = keys_.OfPlan(plan);
  if (numbers == nullptr) return 0;
  return static_cast<uint64_t>(std::count_if(
      numbers->begin(), numbers->end(),
      [&](uint32_t number) { return keys_.row(number) != KeyStore::kNoRow; }));
}

Selection TableImpl::SelectAll() {
  const std::lock_guard lock(mu_);
  Selection selection;
  for (Slot* slot : logical_) {
    if (slot->live_rows() == 0) continue;
    ++slot->leases;
    selection.parts.push_back(SelectionPart(this, slot, {}, /*whole=*/true));
  }
  return selection;
}

Selection TableImpl::SelectRows(
    std::map<uint32_t, std::vector<uint32_t>> by_slot) {
  Selection selection;
  for (auto& [logical, rows] : by_slot) {
    std::sort(rows.begin(), rows.end());
    rows.erase(std::unique(rows.begin(), rows.end()), rows.end());
    Slot* slot = logical_[logical];
    ++slot->leases;
    selection.parts.push_back(
        SelectionPart(this, slot, std::move(rows), /*whole=*/false));
  }
  return selection;
}

Selection TableImpl::SelectPlan(const PlanId& plan) {
  const std::lock_guard lock(mu_);
  std::map<uint32_t, std::vector<uint32_t>> by_slot;
  if (const std::vector<uint32_t>* numbers = keys_.OfPlan(plan)) {
    for (const uint32_t number : *numbers) {
      const uint32_t row = keys_.row(number);
      if (row != KeyStore::kNoRow) by_slot[row / kRows].push_back(row % kRows);
    }
  }
  return SelectRows(std::move(by_slot));
}

Selection TableImpl::SelectKeys(absl::Span<const IndicatorKey> keys) {
  const std::lock_guard lock(mu_);
  std::map<uint32_t, std::vector<uint32_t>> by_slot;
  for (const IndicatorKey& key : keys) {
    const std::optional<uint32_t> number = keys_.Find(key);
    if (!number.has_value()) continue;
    const uint32_t row = keys_.row(*number);
    if (row != KeyStore::kNoRow) by_slot[row / kRows].push_back(row % kRows);
  }
  return SelectRows(std::move(by_slot));
}

absl::StatusOr<Selection> TableImpl::Scratch(absl::Span<const RowInput> rows) {
  if (rows.size() > kRows) {
    return absl::InvalidArgumentError(
        absl::StrCat(rows.size(), " what-if rows; at most ", kRows));
  }
  Selection selection;
  if (rows.empty()) return selection;
  for (const RowInput& row : rows) SHIRUBE_RETURN_IF_ERROR(CheckSizes(row));
  const std::lock_guard lock(mu_);
  SHIRUBE_ASSIGN_OR_RETURN(Slot * slot, TakeFreeSlot());
  for (uint32_t k = 0; k < rows.size(); ++k) {
    absl::Status status =
        slot->RoomFor(rows[k], k) == Slot::Room::kYes
            ? slot->Write(k, k, rows[k])
            : absl::InvalidArgumentError("too many points in what-if rows");
    if (!status.ok()) {
      GiveBack(slot);
      return status;
    }
    slot->scratch_keys.push_back(rows[k].key);
  }
  ++slot->leases;
  selection.parts.push_back(SelectionPart(this, slot, {}, /*whole=*/true));
  return selection;
}

}  // namespace shirube
