// Rows chosen from the table, frozen: a list of parts, each some rows of one
// leased slot. Made by Table; movable, readable from any thread, at most as
// long-lived as the table. Positions k run from 0 to size()-1 within a part.
#ifndef SHIRUBE_SERVER_TABLE_SELECTION_H_
#define SHIRUBE_SERVER_TABLE_SELECTION_H_

#include <cstdint>
#include <memory>
#include <vector>

#include "rules/include/shirube/rule.h"
#include "server/domain/ids.h"
#include "server/rule_host/frame/ask.h"
#include "server/table/row_input.h"

namespace shirube {

class Slot;
class TableImpl;

class SelectionPart {
 public:
  SelectionPart(SelectionPart&& other) noexcept;
  SelectionPart& operator=(SelectionPart&& other) noexcept;
  ~SelectionPart();  // gives the lease back

  uint32_t size() const { return ask_.n; }
  uint32_t row(uint32_t k) const { return ask_.row(k); }
  // What RuleHost::Evaluate takes; points into this part.
  const frame::Ask& ask() const { return ask_; }
  // The slot's columns, to be indexed by row(k).
  const shirube_batch& columns() const { return columns_; }

  // False for a hole: SelectAll hands whole slots over, where removed rows left
  // holes. Skip its answers; nothing else may be asked of it.
  bool live(uint32_t k) const;
  IndicatorKey key(uint32_t k) const;
  Revision input_revision(uint32_t k) const;

  // Points by index; `j` is what a module calls judged_point.
  uint32_t points_count(uint32_t k) const;
  RowPoint point(uint32_t k, uint32_t j) const;

 private:
  friend class TableImpl;
  SelectionPart(TableImpl* table, Slot* slot, std::vector<uint32_t> rows,
                bool whole);

  TableImpl* table_ = nullptr;
  Slot* slot_ = nullptr;
  std::vector<uint32_t> rows_;
  frame::Ask ask_;
  shirube_batch columns_{};
};

struct Selection {
  std::vector<SelectionPart> parts;

  uint64_t size() const {
    uint64_t n = 0;
    for (const SelectionPart& part : parts) n += part.size();
    return n;
  }
};

// Of its live rows, in its order.
std::vector<IndicatorKey> KeysOf(const Selection& selection);

}  // namespace shirube

#endif  // SHIRUBE_SERVER_TABLE_SELECTION_H_
