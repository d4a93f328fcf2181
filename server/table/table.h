// Every indicator in memory, in columns, in the very layout rule modules read.
//
// `app` makes one Table; the evaluator's thread applies committed rows to it
// (one writer at a time), any thread selects rows from it. The columns live in
// one sparse, sealed memory file that workers map read-only.
//
// What a reader has selected does not change: a selection leases its slots, and
// the writer copies a leased slot before it touches it. So the answers for a
// selection belong to exactly the revisions it names. A lease costs memory
// until it is dropped: drop it when the answers are in.
//
// A call that fails (RESOURCE_EXHAUSTED: the memory file is full or the machine
// out of memory) leaves the table as it was before the call.
#ifndef SHIRUBE_SERVER_TABLE_TABLE_H_
#define SHIRUBE_SERVER_TABLE_TABLE_H_

#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "server/domain/ids.h"
#include "server/rule_host/frame/ask.h"
#include "server/rule_host/frame/slot_layout.h"
#include "server/table/row_input.h"
#include "server/table/selection.h"

namespace shirube {

struct TableOptions {
  // Address space and file size; only slots in use cost memory. Rounded down to
  // whole slots (about 24 MiB each).
  uint64_t max_bytes = uint64_t{64} << 30;
};

struct TableUsage {
  uint64_t rows = 0;
  uint64_t points = 0;
  uint32_t slots_in_use = 0;
  uint32_t slots_free = 0;      // had rows once, are used again first
  uint64_t reserved_bytes = 0;  // of the memory file
  uint64_t private_bytes = 0;   // keys, index, point periods; an estimate
};

class Table {
 public:
  static absl::StatusOr<std::unique_ptr<Table>> Create(
      const TableOptions& options = {});
  // Every selection must be gone by then.
  ~Table();
  Table(const Table&) = delete;
  Table& operator=(const Table&) = delete;

  // What RuleHost::Start needs; valid as long as the table.
  frame::ColumnMemory memory() const;

  // ---- The writer. ----

  // Adds the row or replaces the one of the same key.
  absl::Status Upsert(const RowInput& row);
  // False where there was no such row. Fails like Upsert.
  absl::StatusOr<bool> Remove(const IndicatorKey& key);

  // ---- Readers. ----

  // The input revision of the row; none where there is no such row.
  std::optional<Revision> Find(const IndicatorKey& key) const;
  TableUsage Usage() const;
  // Rows of a plan.
  uint64_t CountPlan(const PlanId& plan) const;

  Selection SelectAll() const;
  // The rows of a plan, in no particular order. Empty for an unknown plan.
  Selection SelectPlan(const PlanId& plan) const;
  // One position each; keys that are not in the table are left out, a key named
  // twice is selected once.
  Selection SelectKeys(absl::Span<const IndicatorKey> keys) const;

  // Rows that belong to nobody, for what-ifs: position k of the one part is
  // rows[k]. At most kSlotRows of them, else INVALID_ARGUMENT. They go away
  // with the selection, and no other selection ever sees them.
  absl::StatusOr<Selection> Scratch(absl::Span<const RowInput> rows);

 private:
  explicit Table(std::unique_ptr<class TableImpl> impl);
  std::unique_ptr<class TableImpl> impl_;
};

}  // namespace shirube

#endif  // SHIRUBE_SERVER_TABLE_TABLE_H_
