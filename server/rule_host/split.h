// How a stretch of rows over which a module failed is cut up, to be asked again
// until one row is left. Pure.
#ifndef SHIRUBE_SERVER_RULE_HOST_SPLIT_H_
#define SHIRUBE_SERVER_RULE_HOST_SPLIT_H_

#include <cstdint>
#include <optional>
#include <vector>

namespace shirube {

struct Stretch {
  enum class Stage : uint8_t {
    kFresh,       // was not asked yet
    kRest,        // beside what was suspected; asked again
    kSuspect,     // failed, or is said to; asked again as it is
    kFirstHalf,   // of what failed as a suspect
    kSecondHalf,  // follows its first half
  };
  uint32_t first = 0, n = 0;
  Stage stage = Stage::kFresh;

  // Asked in the course of a hunt.
  bool hunted() const { return stage != Stage::kFresh; }
  bool operator==(const Stretch&) const = default;
};

// What to ask instead of a stretch that failed, in this order; nothing where it
// is one row that failed by itself: that row is the cause. `hint` is the number
// of the call it is said to have failed in, if that can be relied on.
std::vector<Stretch> SplitAfterFailure(const Stretch& failed,
                                       std::optional<uint32_t> hint);

// A first half that was answered leaves the second to be the cause: what to ask
// instead of it.
std::vector<Stretch> SplitGuilty(const Stretch& second_half);

// What is left of a stretch without row `found` (counted within the stretch).
std::vector<Stretch> SplitAround(const Stretch& stretch, uint32_t found);

}  // namespace shirube

#endif  // SHIRUBE_SERVER_RULE_HOST_SPLIT_H_
