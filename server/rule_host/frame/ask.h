// What is asked of the modules: rows of one slot. `table` makes these from a
// selection, `evaluation` hands them to the rule host. Nothing is gathered: the
// rows stay where they are.
#ifndef SHIRUBE_SERVER_RULE_HOST_FRAME_ASK_H_
#define SHIRUBE_SERVER_RULE_HOST_FRAME_ASK_H_

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

namespace shirube::frame {

// A parameter that differs from the rule set's for one selected row.
struct RowParameter {
  uint32_t position;  // in the selection
  std::string name;
  int64_t millionths;
};

// Whose data a row holds, and which of its revisions: what a row that made a
// module fail is known by when it is asked about again.
struct RowVersion {
  // A row that nobody asks about twice: a hole, a draft.
  static constexpr uint64_t kNobody = UINT64_MAX;
  uint64_t row = kNobody;
  int64_t revision = 0;
};

struct Ask {
  uint32_t slot = 0;
  uint32_t rows_count = 0;               // rows in use in the slot
  const uint32_t* rows = nullptr;        // nullptr: rows 0 to n-1
  uint32_t n = 0;                        // selected rows, at most kSlotRows
  std::vector<RowParameter> parameters;  // by position; usually none

  // Of a row of the slot; empty where all rows are nobody's.
  std::function<RowVersion(uint32_t row)> version;

  uint32_t row(uint32_t k) const { return rows == nullptr ? k : rows[k]; }
};

// The shared column memory, as its owner has it mapped. Whoever gets one only
// reads, and only slots it has a lease on.
struct ColumnMemory {
  int fd = -1;  // readable; sealed against everything but its owner's mapping
  const void* base = nullptr;
  uint64_t bytes = 0;
};

}  // namespace shirube::frame

#endif  // SHIRUBE_SERVER_RULE_HOST_FRAME_ASK_H_
