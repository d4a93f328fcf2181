#include "server/table/selection.h"

#include <utility>

#include "server/table/slot.h"
#include "server/table/table_impl.h"

namespace shirube {

SelectionPart::SelectionPart(TableImpl* table, Slot* slot,
                             std::vector<uint32_t> rows, bool whole)
    : table_(table), slot_(slot), rows_(std::move(rows)) {
  ask_.slot = slot->number();
  ask_.rows_count = slot->rows_count();
  ask_.rows = whole ? nullptr : rows_.data();
  ask_.n = whole ? slot->rows_count() : static_cast<uint32_t>(rows_.size());
  columns_ = frame::BindRows(slot->memory(), 0, slot->rows_count());
  if (slot->scratch_keys.empty()) {
    ask_.version = [slot](uint32_t row) {
      const uint32_t key = slot->key(row);
      return key == Slot::kNoKey
                 ? frame::RowVersion()
                 : frame::RowVersion{key, slot->input_revision(row)};
    };
  }
  if (!slot->has_overrides()) return;
  for (uint32_t k = 0; k < ask_.n; ++k) {
    const Overrides* overrides = slot->overrides(ask_.row(k));
    if (overrides == nullptr) continue;
    for (const auto& [name, millionths] : *overrides) {
      ask_.parameters.push_back({k, name, millionths});
    }
  }
}

SelectionPart::SelectionPart(SelectionPart&& other) noexcept
    : table_(other.table_),
      slot_(std::exchange(other.slot_, nullptr)),
      rows_(std::move(other.rows_)),  // keeps its buffer: ask_.rows stays good
      ask_(std::move(other.ask_)),
      columns_(other.columns_) {}

SelectionPart& SelectionPart::operator=(SelectionPart&& other) noexcept {
  if (this == &other) return *this;
  if (slot_ != nullptr) table_->Release(slot_);
  table_ = other.table_;
  slot_ = std::exchange(other.slot_, nullptr);
  rows_ = std::move(other.rows_);
  ask_ = std::move(other.ask_);
  columns_ = other.columns_;
  return *this;
}

SelectionPart::~SelectionPart() {
  if (slot_ != nullptr) table_->Release(slot_);
}

bool SelectionPart::live(uint32_t k) const {
  return slot_->key(row(k)) != Slot::kNoKey;
}

IndicatorKey SelectionPart::key(uint32_t k) const {
  if (!slot_->scratch_keys.empty()) return slot_->scratch_keys[row(k)];
  return table_->keys().key(slot_->key(row(k)));
}

Revision SelectionPart::input_revision(uint32_t k) const {
  return slot_->input_revision(row(k));
}

uint32_t SelectionPart::points_count(uint32_t k) const {
  return columns_.points_count[row(k)];
}

RowPoint SelectionPart::point(uint32_t k, uint32_t j) const {
  return slot_->point(row(k), j);
}

std::vector<IndicatorKey> KeysOf(const Selection& selection) {
  std::vector<IndicatorKey> keys;
  for (const SelectionPart& part : selection.parts) {
    for (uint32_t k = 0; k < part.size(); ++k) {
      if (part.live(k)) keys.push_back(part.key(k));
    }
  }
  return keys;
}

}  // namespace shirube
