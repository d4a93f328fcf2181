#include "server/domain/decimal.h"

#include "absl/numeric/int128.h"
#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "server/domain/violation.h"

namespace shirube {
namespace {

constexpr int64_t kMaxUnits = 999'999'999'999'999'999;

constexpr int64_t PowerOfTen(int exponent) {
  int64_t power = 1;
  for (int i = 0; i < exponent; ++i) power *= 10;
  return power;
}

absl::Status NotADecimal(std::string_view text) {
  return MakeError(
      absl::StatusCode::kInvalidArgument, "NOT_A_DECIMAL",
      absl::StrCat(Quoted(text),
                   " is not a decimal number; write digits with at most one "
                   "point, such as 12, -3 or 71.5"),
      absl::StrCat(QuotedJa(text),
                   "は数値として読めません。12、-3、71."
                   "5のように、半角数字と小数点だけで書いてください。"));
}

absl::Status TooManyDigits(std::string_view text) {
  return MakeError(
      absl::StatusCode::kInvalidArgument, "TOO_MANY_DIGITS",
      absl::StrCat(Quoted(text), " has more than ", Decimal::kMaxDigits,
                   " digits; use a larger unit or fewer decimals"),
      absl::StrCat(QuotedJa(text), "は", Decimal::kMaxDigits,
                   "桁を超えています。単位を大きくするか、"
                   "小数の桁数を減らしてください。"));
}

// Digits of `text` from `*at` on, appended to `*units`; their number, or -1
// when the units no longer fit.
int ReadDigits(std::string_view text, size_t* at, int64_t* units) {
  int count = 0;
  for (; *at < text.size() && absl::ascii_isdigit(text[*at]); ++*at, ++count) {
    if (*units > kMaxUnits / 10) return -1;
    *units = *units * 10 + (text[*at] - '0');
  }
  return count;
}

}  // namespace

absl::StatusOr<Decimal> Decimal::Parse(std::string_view text) {
  size_t at = 0;
  const bool negative = !text.empty() && text[0] == '-';
  if (negative) ++at;
  // The form first: a long text of other things is not a long number.
  const size_t point = text.find('.', at);
  const bool has_point = point != std::string_view::npos;
  for (size_t i = at; i < text.size(); ++i) {
    if (i != point && !absl::ascii_isdigit(text[i])) return NotADecimal(text);
  }
  if (at == text.size() || point == at || point + 1 == text.size()) {
    return NotADecimal(text);
  }
  int64_t units = 0;
  int scale = 0;
  if (ReadDigits(text, &at, &units) < 0) return TooManyDigits(text);
  if (has_point) {
    ++at;
    scale = ReadDigits(text, &at, &units);
  }
  if (scale < 0 || scale > kMaxScale) return TooManyDigits(text);
  return Decimal(negative ? -units : units, scale);
}

absl::StatusOr<Decimal> Decimal::Make(int64_t units, int scale) {
  if (scale < 0 || scale > kMaxScale || units > kMaxUnits ||
      units < -kMaxUnits) {
    return TooManyDigits(absl::StrCat(units, "e-", scale));
  }
  return Decimal(units, scale);
}

std::string Decimal::ToString() const {
  const bool negative = units_ < 0;
  std::string digits = absl::StrCat(negative ? -units_ : units_);
  if (scale_ > 0) {
    if (digits.size() <= static_cast<size_t>(scale_)) {
      digits.insert(0, scale_ + 1 - digits.size(), '0');
    }
    digits.insert(digits.size() - scale_, ".");
  }
  return negative ? "-" + digits : digits;
}

absl::StatusOr<Decimal> Decimal::Rescaled(int scale) const {
  if (scale < 0 || scale > kMaxScale) return TooManyDigits(ToString());
  if (scale < scale_) {
    const int64_t power = PowerOfTen(scale_ - scale);
    if (units_ % power != 0) {
      return MakeError(
          absl::StatusCode::kInvalidArgument, "DIGITS_LOST",
          absl::StrCat(ToString(), " does not fit in ", scale,
                       " decimals; allow more decimals"),
          absl::StrCat(ToString(), "は小数", scale,
                       "桁では表せません。小数の桁数を増やしてください。"));
    }
    return Decimal(units_ / power, scale);
  }
  const int64_t power = PowerOfTen(scale - scale_);
  const absl::int128 units = absl::int128(units_) * power;
  if (units > kMaxUnits || units < -kMaxUnits) return TooManyDigits(ToString());
  return Decimal(static_cast<int64_t>(units), scale);
}

std::strong_ordering operator<=>(const Decimal& a, const Decimal& b) {
  const absl::int128 left = absl::int128(a.units_) * PowerOfTen(b.scale_);
  const absl::int128 right = absl::int128(b.units_) * PowerOfTen(a.scale_);
  if (left < right) return std::strong_ordering::less;
  if (left > right) return std::strong_ordering::greater;
  return std::strong_ordering::equal;
}

bool operator==(const Decimal& a, const Decimal& b) { return (a <=> b) == 0; }

bool Identical(const Decimal& a, const Decimal& b) {
  return a.units() == b.units() && a.scale() == b.scale();
}

}  // namespace shirube
