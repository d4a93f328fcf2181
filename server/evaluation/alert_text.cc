#include "server/evaluation/alert_text.h"

#include <string>

#include "absl/strings/str_cat.h"
#include "server/domain/era.h"
#include "server/evaluation/numbers.h"

namespace shirube {
namespace {

const FlipPoint* PointOf(const std::vector<FlipPoint>& flips, Status status) {
  for (const FlipPoint& flip : flips) {
    const bool there = flip.value || flip.lower || flip.upper;
    if (flip.status == status && flip.period && there) return &flip;
  }
  return nullptr;
}

LocalizedText Bound(const Decimal& value, const std::string& unit,
                    bool at_least) {
  const std::string ja = PrintValue(value, unit, Language::kJapanese);
  const std::string en = PrintValue(value, unit, Language::kEnglish);
  return {absl::StrCat(ja, at_least ? "以上" : "以下"),
          absl::StrCat(at_least ? "at least " : "at most ", en)};
}

// Empty where the flip point cannot be worded.
LocalizedText Wanted(const Derivation& derivation, const FlipPoint& flip) {
  if (flip.value) {
    if (derivation.direction == Direction::kUnspecified) return {};
    return Bound(*flip.value, derivation.unit,
                 derivation.direction == Direction::kUp);
  }
  LocalizedText wanted;
  if (flip.lower) wanted = Bound(*flip.lower, derivation.unit, true);
  if (flip.upper) {
    const LocalizedText upper = Bound(*flip.upper, derivation.unit, false);
    absl::StrAppend(&wanted.ja, upper.ja);
    absl::StrAppend(&wanted.en, wanted.en.empty() ? "" : " and ", upper.en);
  }
  return wanted;
}

}  // namespace

LocalizedText WayOut(const Derivation& derivation,
                     const std::vector<FlipPoint>& flips) {
  const FlipPoint* flip = PointOf(flips, Status::kOnTrack);
  if (flip == nullptr) flip = PointOf(flips, Status::kAchieved);
  if (flip == nullptr) return {};
  const LocalizedText wanted = Wanted(derivation, *flip);
  if (wanted.ja.empty()) return {};
  const bool sum = derivation.kind == IndicatorKind::kCumulative;
  return {
      absl::StrCat(ShortJapanese(*flip->period),
                   sum ? "までの累計が" : "の実績値が", wanted.ja, "であれば「",
                   std::string(StatusJapanese(flip->status)), "」に変わる。"),
      absl::StrCat("A ", sum ? "total up to " : "figure for ",
                   English(*flip->period), " of ", wanted.en, " makes it ",
                   std::string(StatusEnglish(flip->status)), ".")};
}

}  // namespace shirube
