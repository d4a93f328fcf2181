#include "server/domain/unit.h"

#include <utility>

#include "absl/strings/ascii.h"
#include "server/domain/era.h"

namespace shirube {
namespace {

constexpr std::pair<std::string_view, int> kMultipliers[] = {
    {"兆", 12}, {"億", 8}, {"万", 4}, {"千", 3}, {"百", 2}, {"十", 1}};

// A rate for so many of something ("10万人当たり") is no multiple of one unit.
bool IsRatePer(std::string_view unit) {
  for (std::string_view word : {"当", "あたり", "につき", "対", "/"}) {
    if (unit.find(word) != std::string_view::npos) return true;
  }
  return false;
}

// "10", "1,000" before a unit, as a power of ten; 0 and nothing taken when it
// is another number.
int EatPowerOfTen(std::string_view* unit) {
  if (!unit->starts_with("1")) return 0;
  int zeros = 0;
  size_t at = 1;
  for (; at < unit->size() && ((*unit)[at] == '0' || (*unit)[at] == ',');
       ++at) {
    zeros += (*unit)[at] == '0';
  }
  if (zeros == 0 || (at < unit->size() && absl::ascii_isdigit((*unit)[at])))
    return 0;
  unit->remove_prefix(at);
  return zeros;
}

bool EatMultiplier(std::string_view* unit, int* power) {
  for (const auto& [word, value] : kMultipliers) {
    if (!unit->starts_with(word)) continue;
    unit->remove_prefix(word.size());
    *power += value;
    return true;
  }
  return false;
}

}  // namespace

Unit ParseUnit(std::string_view text) {
  const std::string normal = NormalizedName(text);
  Unit unit;
  std::string_view rest = normal;
  if (!IsRatePer(rest)) {
    unit.power = EatPowerOfTen(&rest);
    while (EatMultiplier(&rest, &unit.power)) {
    }
  }
  unit.base = rest == "パーセント" ? "%" : std::string(rest);
  return unit;
}

std::optional<int> PowerOfTenBetween(std::string_view from,
                                     std::string_view to) {
  const Unit a = ParseUnit(from);
  if (a.base.empty() && a.power == 0) return 0;
  const Unit b = ParseUnit(to);
  if (a.base.empty()) return a.power - b.power;
  if (a.base != b.base) return std::nullopt;
  return a.power - b.power;
}

}  // namespace shirube
