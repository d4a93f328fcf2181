// Units as printed, and which of them are one another's power of ten: 万円 and
// 億円, 千人 and 人, ％ and %. Anything else is another unit.
#ifndef SHIRUBE_SERVER_DOMAIN_UNIT_H_
#define SHIRUBE_SERVER_DOMAIN_UNIT_H_

#include <optional>
#include <string>
#include <string_view>

namespace shirube {

// What a unit counts, and in tens to which power: 百万円 is 円 to the 6th.
struct Unit {
  std::string base;
  int power = 0;
};
Unit ParseUnit(std::string_view text);

// n where a number in `from` is 10^n of `to`: 億円 in 万円 is 4, 万円 in 億円
// -4. An empty `from` means the same unit; one that is only a multiplier (万)
// counts what `to` counts. Nothing when they differ in anything else.
std::optional<int> PowerOfTenBetween(std::string_view from,
                                     std::string_view to);

}  // namespace shirube

#endif  // SHIRUBE_SERVER_DOMAIN_UNIT_H_
