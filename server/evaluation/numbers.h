// Numbers as sentences print them: thousands grouped, values with their unit,
// differences of percentages in points, rounding that never turns a comparison.
// Pure.
#ifndef SHIRUBE_SERVER_EVALUATION_NUMBERS_H_
#define SHIRUBE_SERVER_EVALUATION_NUMBERS_H_

#include <string>
#include <string_view>

#include "server/domain/decimal.h"
#include "server/domain/ratio.h"

namespace shirube {

enum class Language { kJapanese, kEnglish };

Ratio ToRatio(const Decimal& value);

// "2233.50" is "2,233.50".
std::string Grouped(std::string_view plain);

// A value with the decimals it was given with.
std::string PrintValue(const Decimal& value, std::string_view unit, Language);
// A difference: 20.75 of "%" is "20.75ポイント" / "20.75 points".
std::string PrintDifference(std::string_view number, std::string_view unit,
                            Language);
std::string PrintWithUnit(std::string_view number, std::string_view unit,
                          Language);

// Without unit: exactly when two decimals beyond `scale` suffice, else rounded
// half up to that, and with more only where it would print as 0 without being.
std::string PrintComputed(const Ratio& value, int scale);

// A level and how far `actual` is from it, both as PrintComputed, with more
// decimals where the level would print like the actual without being equal.
struct LevelText {
  std::string level;
  std::string distance;  // without sign
};
LevelText PrintLevel(const Ratio& actual, const Ratio& level, int scale);

// "78.6%" and "60.0%": one decimal, more where rounding would hide or turn
// how progress compares with the share, or with a threshold's part of it.
struct ShareText {
  std::string progress;
  std::string share;
};
ShareText PrintShares(const Ratio& progress, const Ratio& share,
                      const Ratio& pace_threshold,
                      const Ratio& behind_threshold);
std::string PrintPercent(const Ratio& value, int decimals = 1);

}  // namespace shirube

#endif  // SHIRUBE_SERVER_EVALUATION_NUMBERS_H_
