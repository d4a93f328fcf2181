// Exact decimal numbers: an integer of units and a scale. Values travel as
// these from the printed text to the verdict; nothing passes through `double`.
#ifndef SHIRUBE_SERVER_DOMAIN_DECIMAL_H_
#define SHIRUBE_SERVER_DOMAIN_DECIMAL_H_

#include <compare>
#include <cstdint>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"

namespace shirube {

// units * 10^-scale, at most 18 digits in `units`, 0 <= scale <= 18. The scale
// is part of what was printed ("100.0" has scale 1) and is kept.
class Decimal {
 public:
  static constexpr int kMaxDigits = 18;
  static constexpr int kMaxScale = 18;

  constexpr Decimal() = default;

  // `-?[0-9]+(\.[0-9]+)?` in ASCII. No exponent, no grouping, no NaN; more than
  // 18 significant digits is INVALID_ARGUMENT. "-0" is 0.
  static absl::StatusOr<Decimal> Parse(std::string_view text);
  // INVALID_ARGUMENT outside the limits above.
  static absl::StatusOr<Decimal> Make(int64_t units, int scale);

  constexpr int64_t units() const { return units_; }
  constexpr int scale() const { return scale_; }
  bool is_zero() const { return units_ == 0; }

  // Prints with all `scale` digits: "100.0".
  std::string ToString() const;

  // The same number at another scale; INVALID_ARGUMENT when digits would be
  // lost or 18 digits do not suffice.
  absl::StatusOr<Decimal> Rescaled(int scale) const;

  // Numerical: 10.0 == 10.
  friend std::strong_ordering operator<=>(const Decimal& a, const Decimal& b);
  friend bool operator==(const Decimal& a, const Decimal& b);

 private:
  constexpr Decimal(int64_t units, int scale) : units_(units), scale_(scale) {}
  int64_t units_ = 0;
  int scale_ = 0;
};

// The same number printed the same way (10.0 is not identical to 10).
bool Identical(const Decimal& a, const Decimal& b);

}  // namespace shirube

#endif  // SHIRUBE_SERVER_DOMAIN_DECIMAL_H_
