// What a script holds of a row: not the thing itself but 64 bits that lead to
// it, kept in a light userdata. So a row costs the collector nothing, and what
// was kept from an earlier row is known by its generation. Ratios are interned
// (ratio_pool.h): equal ones have equal handles, which is what `==` compares.
#ifndef SHIRUBE_SERVER_WORKER_LUA_HANDLE_H_
#define SHIRUBE_SERVER_WORKER_LUA_HANDLE_H_

#include <cstdint>

namespace shirube::lua {

struct Handle {
  enum Tag : uint32_t {
    kRatio = 1,   // index: in the pool
    kPoint,       // index: its number within the row, from 0
    kMilestone,   // the same
    kPoints,      // index: how many
    kMilestones,  // index: how many
    kAnswer,      // index: how many answers the row had before
  };
  // Of what lasts as long as the module.
  static constexpr uint32_t kForEver = 0;
  static constexpr uint32_t kIndexBits = 28;
  static constexpr uint32_t kMostIndex = (1U << kIndexBits) - 1;

  Tag tag;
  uint32_t generation;  // of the row
  uint32_t index;       // at most kMostIndex

  void* pointer() const {
    return reinterpret_cast<void*>(uint64_t{tag} << 60 |
                                   uint64_t{generation} << kIndexBits | index);
  }
  static Handle Of(const void* pointer) {
    const auto bits = reinterpret_cast<uint64_t>(pointer);
    return {static_cast<Tag>(bits >> 60),
            static_cast<uint32_t>(bits >> kIndexBits),
            static_cast<uint32_t>(bits) & kMostIndex};
  }
};
static_assert(sizeof(void*) == sizeof(uint64_t));

}  // namespace shirube::lua

#endif  // SHIRUBE_SERVER_WORKER_LUA_HANDLE_H_
