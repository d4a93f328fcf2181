// Exact fractions, for facts and derivations: gap, progress, pace. Comparison
// is by cross-multiplication in 128 bits.
#ifndef SHIRUBE_SERVER_DOMAIN_RATIO_H_
#define SHIRUBE_SERVER_DOMAIN_RATIO_H_

#include <compare>
#include <cstdint>
#include <string>

#include "absl/numeric/int128.h"

namespace shirube {

// numerator / denominator, denominator > 0, kept in lowest terms.
class Ratio {
 public:
  Ratio() = default;
  // `denominator` may be negative but not 0.
  Ratio(absl::int128 numerator, absl::int128 denominator);

  absl::int128 numerator() const { return numerator_; }
  absl::int128 denominator() const { return denominator_; }
  int sign() const;

  // Rounded half up (away from zero) to `decimals` places, all of them printed.
  std::string ToFixed(int decimals) const;
  // Exactly, when at most `max_decimals` places suffice; otherwise ToFixed of
  // that, and `*exact` (if given) is false. Trailing zeros are not printed.
  std::string ToShortest(int max_decimals, bool* exact = nullptr) const;

  friend std::strong_ordering operator<=>(const Ratio& a, const Ratio& b);
  friend bool operator==(const Ratio& a, const Ratio& b);
  // Results are exact while they fit in 128 bits after reduction, which values
  // of 18 digits and spans of years always do once.
  friend Ratio operator+(const Ratio& a, const Ratio& b);
  friend Ratio operator-(const Ratio& a, const Ratio& b);
  friend Ratio operator*(const Ratio& a, const Ratio& b);
  friend Ratio operator/(const Ratio& a, const Ratio& b);

 private:
  absl::int128 numerator_ = 0;
  absl::int128 denominator_ = 1;
};

std::string Int128ToString(absl::int128 value);

}  // namespace shirube

#endif  // SHIRUBE_SERVER_DOMAIN_RATIO_H_
