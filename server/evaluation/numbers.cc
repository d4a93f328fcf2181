#include "server/evaluation/numbers.h"

#include <algorithm>
#include <optional>

namespace shirube {
namespace {

// Enough for any comparison that people can follow; two values that agree so
// far are printed alike.
constexpr int kMostDecimals = 18;

bool IsPercent(std::string_view unit) { return unit == "%" || unit == "％"; }

absl::int128 PowerOfTen(int exponent) {
  absl::int128 power = 1;
  for (int i = 0; i < exponent; ++i) power *= 10;
  return power;
}

Ratio Abs(const Ratio& value) {
  return value.sign() < 0 ? Ratio() - value : value;
}

bool PrintsAsZero(std::string_view number) {
  return number.find_first_not_of("-0.") == std::string_view::npos;
}

// `value` as PrintPercent prints it, as a number again.
Ratio RoundedPercent(const Ratio& value, int decimals) {
  const std::string text =
      (value * Ratio(100, 1)).ToFixed(std::min(decimals, kMostDecimals));
  absl::StatusOr<Decimal> parsed = Decimal::Parse(text);
  return parsed.ok() ? ToRatio(*parsed) : value * Ratio(100, 1);
}

// The order that the printed numbers show is the true one.
bool TellsTheTruth(const Ratio& progress, const Ratio& share,
                   const Ratio& threshold, int decimals) {
  const Ratio p = RoundedPercent(progress, decimals);
  const Ratio limit = RoundedPercent(share, decimals) * threshold;
  return (progress >= share * threshold) == (p >= limit);
}

}  // namespace

Ratio ToRatio(const Decimal& value) {
  return Ratio(value.units(), PowerOfTen(value.scale()));
}

std::string Grouped(std::string_view plain) {
  const bool negative = !plain.empty() && plain.front() == '-';
  if (negative) plain.remove_prefix(1);
  const size_t whole = std::min(plain.find('.'), plain.size());
  std::string out = negative ? "-" : "";
  for (size_t i = 0; i < whole; ++i) {
    if (i > 0 && (whole - i) % 3 == 0) out += ',';
    out += plain[i];
  }
  out += plain.substr(whole);
  return out;
}

std::string PrintWithUnit(std::string_view number, std::string_view unit,
                          Language language) {
  std::string out(number);
  const bool spaced = language == Language::kEnglish && !IsPercent(unit);
  if (spaced && !unit.empty()) out += ' ';
  out += unit;
  return out;
}

std::string PrintValue(const Decimal& value, std::string_view unit,
                       Language language) {
  return PrintWithUnit(Grouped(value.ToString()), unit, language);
}

std::string PrintDifference(std::string_view number, std::string_view unit,
                            Language language) {
  if (!IsPercent(unit)) return PrintWithUnit(number, unit, language);
  return PrintWithUnit(number,
                       language == Language::kJapanese ? "ポイント" : "points",
                       language);
}

std::string PrintComputed(const Ratio& value, int scale) {
  std::string text;
  for (int decimals = scale + 2; decimals <= kMostDecimals + 2; ++decimals) {
    text = value.ToShortest(decimals);
    if (value.sign() == 0 || !PrintsAsZero(text)) break;
  }
  return Grouped(text);
}

LevelText PrintLevel(const Ratio& actual, const Ratio& level, int scale) {
  const Ratio distance = Abs(actual - level);
  LevelText text;
  for (int decimals = scale + 2; decimals <= kMostDecimals + 2; ++decimals) {
    text.level = Grouped(level.ToShortest(decimals));
    text.distance = Grouped(distance.ToShortest(decimals));
    if (distance.sign() == 0) break;
    if (!PrintsAsZero(text.distance) &&
        text.level != Grouped(actual.ToShortest(decimals))) {
      break;
    }
  }
  return text;
}

std::string PrintPercent(const Ratio& value, int decimals) {
  std::string text = (value * Ratio(100, 1)).ToFixed(decimals);
  if (PrintsAsZero(text) && text.front() == '-') text.erase(0, 1);
  return Grouped(text) + "%";
}

ShareText PrintShares(const Ratio& progress, const Ratio& share,
                      const Ratio& pace_threshold,
                      const Ratio& behind_threshold) {
  int decimals = 1;
  for (; decimals < 12; ++decimals) {
    const bool hidden =
        progress != share &&
        RoundedPercent(progress, decimals) == RoundedPercent(share, decimals);
    if (!hidden && TellsTheTruth(progress, share, Ratio(1, 1), decimals) &&
        TellsTheTruth(progress, share, pace_threshold, decimals) &&
        TellsTheTruth(progress, share, behind_threshold, decimals)) {
      break;
    }
  }
  return {PrintPercent(progress, decimals), PrintPercent(share, decimals)};
}

}  // namespace shirube
