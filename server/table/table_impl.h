// The inside of Table: which slot holds which rows, and who still reads them.
//
// Rows are numbered through logical slots; a logical slot is held by one slot
// of the memory file at a time, and by another after a copy. Row numbers never
// change by copying, so the index needs no update then.
#ifndef SHIRUBE_SERVER_TABLE_TABLE_IMPL_H_
#define SHIRUBE_SERVER_TABLE_TABLE_IMPL_H_

#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "server/rule_host/frame/memory_file.h"
#include "server/table/key_store.h"
#include "server/table/slot.h"
#include "server/table/table.h"

namespace shirube {

class TableImpl {
 public:
  static absl::StatusOr<std::unique_ptr<TableImpl>> Create(
      const TableOptions& options);
  ~TableImpl();

  frame::ColumnMemory memory() const;
  absl::Status Upsert(const RowInput& input);
  absl::StatusOr<bool> Remove(const IndicatorKey& key);
  std::optional<Revision> Find(const IndicatorKey& key) const;
  TableUsage Usage() const;
  uint64_t CountPlan(const PlanId& plan) const;
  Selection SelectAll();
  Selection SelectPlan(const PlanId& plan);
  Selection SelectKeys(absl::Span<const IndicatorKey> keys);
  absl::StatusOr<Selection> Scratch(absl::Span<const RowInput> rows);

  // For selections.
  void Release(Slot* slot);
  const KeyStore& keys() const { return keys_; }

 private:
  TableImpl(frame::Fd fd, frame::Mapping mapping, uint32_t max_slots);

  // All of these under mu_.
  absl::StatusOr<Slot*> TakeFreeSlot();
  void GiveBack(Slot* slot);
  // Puts a copy in the place of a logical slot; the old one is freed with its
  // last lease.
  absl::Status Replace(uint32_t logical);
  // The slot that holds a logical slot, after a copy if it is leased.
  absl::StatusOr<Slot*> Writable(uint32_t logical);
  // Writes at a row number; false where its slot has no room.
  absl::StatusOr<bool> TryWrite(uint32_t row, uint32_t key,
                                const RowInput& input);
  // Finds a free row that has room and writes there.
  absl::StatusOr<uint32_t> WriteSomewhere(uint32_t key, const RowInput& input);
  absl::Status Erase(uint32_t row);
  Selection SelectRows(std::map<uint32_t, std::vector<uint32_t>> by_slot);

  const frame::Fd fd_;
  const frame::Mapping mapping_;
  const uint32_t max_slots_;

  mutable std::mutex mu_;
  KeyStore keys_;
  std::vector<std::unique_ptr<Slot>> slots_;  // by number in the file
  std::vector<Slot*> free_slots_;
  std::vector<Slot*> logical_;       // which slot holds it now
  std::vector<uint32_t> free_rows_;  // holes, to be filled first
};

}  // namespace shirube

#endif  // SHIRUBE_SERVER_TABLE_TABLE_IMPL_H_
