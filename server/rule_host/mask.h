// Which selected rows a module is asked about: those that have what its
// manifest requires. The host answers for the others. Read by column, so that a
// whole slot without such rows costs a few microseconds and no memory.
#ifndef SHIRUBE_SERVER_RULE_HOST_MASK_H_
#define SHIRUBE_SERVER_RULE_HOST_MASK_H_

#include <cstdint>
#include <utility>
#include <vector>

#include "rules/include/shirube/rule.h"
#include "server/rule_host/frame/ask.h"

namespace shirube {

struct Requirements {
  bool target = false;
  bool observation = false;
};

struct Mask {
  // True: every position is asked, and `asked` is empty.
  bool all = true;
  std::vector<uint32_t> asked;  // positions in the ask, ascending
  // Positions the host answers for, with its reason.
  std::vector<std::pair<uint32_t, uint16_t>> answered;

  uint32_t count(const frame::Ask& ask) const {
    return all ? ask.n : static_cast<uint32_t>(asked.size());
  }
  uint32_t position(uint32_t i) const { return all ? i : asked[i]; }
};

// `columns` are those of the ask's slot, with as_of_index set.
void BuildMask(const frame::Ask& ask, const shirube_batch& columns,
               Requirements requirements, Mask* mask);

}  // namespace shirube

#endif  // SHIRUBE_SERVER_RULE_HOST_MASK_H_
