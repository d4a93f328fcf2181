#include "server/rule_host/split.h"

#include <algorithm>

#include "server/rule_host/frame/slot_layout.h"

namespace shirube {
namespace {

using Stage = Stretch::Stage;

std::vector<Stretch> Halves(const Stretch& stretch, uint32_t in_first) {
  // Without a suspect, the halves of many calls are just asked again.
  const bool within_call = stretch.n <= frame::kCallRows;
  return {
      {stretch.first, in_first, within_call ? Stage::kFirstHalf : Stage::kRest},
      {stretch.first + in_first, stretch.n - in_first,
       within_call ? Stage::kSecondHalf : Stage::kRest}};
}

std::vector<Stretch> SuspectCall(const Stretch& failed, uint32_t call) {
  const uint32_t begin = std::min(call * frame::kCallRows, failed.n);
  const uint32_t end = std::min(begin + frame::kCallRows, failed.n);
  std::vector<Stretch> next = {
      {failed.first + begin, end - begin, Stage::kSuspect}};
  if (begin > 0) next.push_back({failed.first, begin, Stage::kRest});
  if (end < failed.n) {
    next.push_back({failed.first + end, failed.n - end, Stage::kRest});
  }
  return next;
}

}  // namespace

std::vector<Stretch> SplitAfterFailure(const Stretch& failed,
                                       std::optional<uint32_t> hint) {
  const uint32_t calls = (failed.n + frame::kCallRows - 1) / frame::kCallRows;
  if (calls > 1) {
    if (hint.has_value() && *hint < calls) return SuspectCall(failed, *hint);
    return Halves(failed, calls / 2 * frame::kCallRows);
  }
  // Its end may have come from outside. Without hints it was asked before as a
  // part of what failed, and deaths are dear.
  const bool twice = failed.stage == Stage::kRest && !hint && failed.n > 1;
  if (failed.stage == Stage::kFresh ||
      (failed.stage == Stage::kRest && !twice)) {
    return {{failed.first, failed.n, Stage::kSuspect}};
  }
  if (failed.n <= 1) return {};
  return Halves(failed, failed.n / 2);
}

std::vector<Stretch> SplitGuilty(const Stretch& second_half) {
  if (second_half.n <= 1) return {second_half};
  return Halves(second_half, second_half.n / 2);
}

std::vector<Stretch> SplitAround(const Stretch& stretch, uint32_t found) {
  std::vector<Stretch> rest;
  if (found > 0) rest.push_back({stretch.first, found, Stage::kRest});
  if (found + 1 < stretch.n) {
    rest.push_back(
        {stretch.first + found + 1, stretch.n - found - 1, Stage::kRest});
  }
  return rest;
}

}  // namespace shirube
