#include "server/worker/lua/exact.h"

#include <algorithm>
#include <bit>
#include <limits>
#include <numeric>
#include <utility>

namespace shirube::lua {
namespace {

__extension__ using Unsigned128 = unsigned __int128;

constexpr Int128 kLeast = static_cast<Int128>(Unsigned128{1} << 127);
constexpr int kMostPlaces = 18;

constexpr int64_t PowerOfTen(int n) {
  int64_t power = 1;
  for (; n > 0; --n) power *= 10;
  return power;
}

Unsigned128 Magnitude(Int128 a) {
  return a < 0 ? -static_cast<Unsigned128>(a) : static_cast<Unsigned128>(a);
}

bool IsSmall(Unsigned128 a) { return (a >> 64) == 0; }

// Divisions of 128 bits cost ten times those of 64.
Unsigned128 GreatestDivisor(Unsigned128 a, Unsigned128 b) {
  while (!IsSmall(a) || !IsSmall(b)) {
    if (b == 0) return a;
    a = std::exchange(b, a % b);
  }
  return std::gcd(static_cast<uint64_t>(a), static_cast<uint64_t>(b));
}

Int128 Divided(Int128 a, Unsigned128 by) {
  const Unsigned128 magnitude = Magnitude(a);
  const auto quotient = static_cast<Int128>(
      IsSmall(magnitude)
          ? static_cast<uint64_t>(magnitude) / static_cast<uint64_t>(by)
          : magnitude / by);
  return a < 0 ? -quotient : quotient;
}

// The sum of a's and sign x b's, over their product or, where it is one, their
// common denominator.
Computed Sum(const Exact& a, const Exact& b, bool subtract, Exact* result) {
  Int128 left = a.numerator, right = b.numerator;
  Int128 denominator = a.denominator;
  if (a.denominator != b.denominator &&
      (__builtin_mul_overflow(left, b.denominator, &left) ||
       __builtin_mul_overflow(right, a.denominator, &right) ||
       __builtin_mul_overflow(denominator, b.denominator, &denominator))) {
    return Computed::kDoesNotFit;
  }
  Int128 numerator = 0;
  if (subtract ? __builtin_sub_overflow(left, right, &numerator)
               : __builtin_add_overflow(left, right, &numerator)) {
    return Computed::kDoesNotFit;
  }
  return Fraction(numerator, denominator, result);
}

rule::Ratio ToRatio(const Exact& a) { return {a.numerator, a.denominator}; }

// The digits of a magnitude, from the end of `text` backwards.
char* Digits(Unsigned128 magnitude, char* end) {
  do {
    *--end = static_cast<char>('0' + static_cast<int>(magnitude % 10));
    magnitude /= 10;
  } while (magnitude != 0);
  return end;
}

// The places of a finite decimal, or -1.
int PlacesOf(Int128 denominator) {
  int twos = 0, fives = 0;
  for (; denominator % 2 == 0; denominator /= 2) ++twos;
  for (; denominator % 5 == 0; denominator /= 5) ++fives;
  const int places = std::max(twos, fives);
  return denominator == 1 && places <= kMostPlaces ? places : -1;
}

}  // namespace

Computed Fraction(Int128 numerator, Int128 denominator, Exact* result) {
  if (denominator == 0) return Computed::kDividedByZero;
  if (numerator == kLeast || denominator == kLeast) {
    return Computed::kDoesNotFit;
  }
  if (denominator < 0) {
    numerator = -numerator;
    denominator = -denominator;
  }
  if (numerator == 0) denominator = 1;  // its divisor may be a large one
  if (denominator != 1) {
    const Unsigned128 by =
        GreatestDivisor(Magnitude(numerator), Magnitude(denominator));
    if (by != 1) {
      numerator = Divided(numerator, by);
      denominator = Divided(denominator, by);
    }
  }
  *result = {numerator, denominator};
  return Computed::kWell;
}

Exact OfUnits(int64_t units, int scale) {
  if (scale == 0 || units == 0) return {units, 1};
  // What a power of ten has in common with a number are twos and fives.
  int64_t denominator = PowerOfTen(scale);
  const int twos =
      std::min(std::countr_zero(static_cast<uint64_t>(units)), scale);
  denominator >>= twos;
  units /= int64_t{1} << twos;
  for (int fives = scale; fives > 0 && units % 5 == 0; --fives) {
    units /= 5;
    denominator /= 5;
  }
  return {units, denominator};
}

Computed Plus(const Exact& a, const Exact& b, Exact* result) {
  return Sum(a, b, /*subtract=*/false, result);
}

Computed Minus(const Exact& a, const Exact& b, Exact* result) {
  return Sum(a, b, /*subtract=*/true, result);
}

Computed Times(const Exact& a, const Exact& b, Exact* result) {
  // Crosswise first, so that what cancels does not have to fit.
  Exact left, right;
  Fraction(a.numerator, b.denominator, &left);
  Fraction(b.numerator, a.denominator, &right);
  Int128 numerator = 0, denominator = 0;
  if (__builtin_mul_overflow(left.numerator, right.numerator, &numerator) ||
      __builtin_mul_overflow(left.denominator, right.denominator,
                             &denominator) ||
      numerator == kLeast) {
    return Computed::kDoesNotFit;
  }
  *result = {numerator, denominator};  // in lowest terms already
  return Computed::kWell;
}

Computed Over(const Exact& a, const Exact& b, Exact* result) {
  if (b.numerator == 0) return Computed::kDividedByZero;
  const bool negative = b.numerator < 0;
  return Times(a,
               {negative ? -b.denominator : b.denominator,
                negative ? -b.numerator : b.numerator},
               result);
}

Exact Negative(const Exact& a) { return {-a.numerator, a.denominator}; }

int Compare(const Exact& a, const Exact& b) {
  if (a.denominator == b.denominator) {
    return (a.numerator > b.numerator) - (a.numerator < b.numerator);
  }
  Int128 left = 0, right = 0;
  if (!__builtin_mul_overflow(a.numerator, b.denominator, &left) &&
      !__builtin_mul_overflow(b.numerator, a.denominator, &right)) {
    return (left > right) - (left < right);
  }
  return rule::Compare(ToRatio(a), ToRatio(b));
}

double Approximate(const Exact& a) {
  return static_cast<double>(a.numerator) / static_cast<double>(a.denominator);
}

bool OfDecimal(std::string_view text, Exact* result) {
  const bool negative = !text.empty() && text[0] == '-';
  if (negative || (!text.empty() && text[0] == '+')) text.remove_prefix(1);
  Int128 numerator = 0, denominator = 1;
  bool behind_point = false, any = false;
  for (const char c : text) {
    if (c == '.' && !behind_point && any) {
      behind_point = true;
      any = false;
      continue;
    }
    if (c < '0' || c > '9') return false;
    any = true;
    if (__builtin_mul_overflow(numerator, Int128{10}, &numerator) ||
        __builtin_add_overflow(numerator, Int128{c - '0'}, &numerator) ||
        (behind_point &&
         __builtin_mul_overflow(denominator, Int128{10}, &denominator))) {
      return false;
    }
  }
  return any && Fraction(negative ? -numerator : numerator, denominator,
                         result) == Computed::kWell;
}

size_t Print(const Exact& a, char (&text)[kPrintedBytes]) {
  char backwards[kPrintedBytes];
  char* const end = backwards + kPrintedBytes;
  char* at = end;
  const int places = PlacesOf(a.denominator);
  Int128 scaled = 0;
  if (places > 0 &&
      !__builtin_mul_overflow(a.numerator, PowerOfTen(places) / a.denominator,
                              &scaled)) {
    const Unsigned128 magnitude = Magnitude(scaled);
    const auto power = static_cast<Unsigned128>(PowerOfTen(places));
    at = Digits(magnitude % power, at);
    while (end - at < places) *--at = '0';
    *--at = '.';
    at = Digits(magnitude / power, at);
  } else {
    if (a.denominator != 1) {
      at = Digits(Magnitude(a.denominator), at);
      *--at = '/';
    }
    at = Digits(Magnitude(a.numerator), at);
  }
  if (a.numerator < 0) *--at = '-';
  *std::copy(at, end, text) = '\0';
  return static_cast<size_t>(end - at);
}

}  // namespace shirube::lua
