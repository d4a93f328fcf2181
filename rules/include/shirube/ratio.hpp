// Exact fractions for rule modules in C++: sums, products and comparisons of
// them never round. Part of rule.hpp; pure, C++17, any thread.
//
// A result that does not fit 128 bits and a division by zero end the worker
// (CRASHED): the row is named and set aside, and no wrapped number is taken for
// an answer. Values have at most 18 digits and index distances at most 5, so a
// product of two differences of values, or of one with an index distance and a
// parameter, always fits.
#ifndef SHIRUBE_RATIO_HPP_
#define SHIRUBE_RATIO_HPP_

#include <utility>

namespace shirube::rule {

__extension__ using Int128 = __int128;

namespace internal {

[[noreturn]] inline void DoesNotFit() { __builtin_trap(); }

inline Int128 Plus(Int128 a, Int128 b) {
  Int128 sum = 0;
  if (__builtin_add_overflow(a, b, &sum)) DoesNotFit();
  return sum;
}

inline Int128 Minus(Int128 a, Int128 b) {
  Int128 difference = 0;
  if (__builtin_sub_overflow(a, b, &difference)) DoesNotFit();
  return difference;
}

inline Int128 Times(Int128 a, Int128 b) {
  Int128 product = 0;
  if (__builtin_mul_overflow(a, b, &product)) DoesNotFit();
  return product;
}

inline Int128 GreatestDivisor(Int128 a, Int128 b) {
  if (a < 0) a = Minus(0, a);
  while (b != 0) a = std::exchange(b, a % b);
  return a;
}

// The greatest whole number not above numerator / denominator (> 0).
inline Int128 WholePart(Int128 numerator, Int128 denominator) {
  return numerator / denominator - (numerator % denominator < 0);
}

// What is left above the whole part, times the denominator.
inline Int128 Rest(Int128 numerator, Int128 denominator) {
  const Int128 rest = numerator % denominator;
  return rest < 0 ? rest + denominator : rest;
}

}  // namespace internal

// A fraction in lowest terms, its denominator above 0.
class Ratio {
 public:
  // Whole numbers are ratios: a value and a ratio can be added and compared.
  Ratio(Int128 whole = 0) : numerator_(whole), denominator_(1) {}
  Ratio(Int128 numerator, Int128 denominator) {
    if (denominator == 0) internal::DoesNotFit();
    if (denominator < 0) {
      numerator = internal::Minus(0, numerator);
      denominator = internal::Minus(0, denominator);
    }
    const Int128 by = internal::GreatestDivisor(numerator, denominator);
    numerator_ = numerator / by;
    denominator_ = denominator / by;
  }

  Int128 numerator() const { return numerator_; }
  Int128 denominator() const { return denominator_; }

  // For roots and logarithms alone; say `"arithmetic": "approximate"` then.
  double approximate() const {
    return static_cast<double>(numerator_) / static_cast<double>(denominator_);
  }

 private:
  Int128 numerator_;
  Int128 denominator_;
};

inline Ratio operator+(const Ratio& a, const Ratio& b) {
  return {internal::Plus(internal::Times(a.numerator(), b.denominator()),
                         internal::Times(b.numerator(), a.denominator())),
          internal::Times(a.denominator(), b.denominator())};
}
inline Ratio operator-(const Ratio& a) {
  return {internal::Minus(0, a.numerator()), a.denominator()};
}
inline Ratio operator-(const Ratio& a, const Ratio& b) { return a + -b; }
inline Ratio operator*(const Ratio& a, const Ratio& b) {
  // Crosswise first, so that what cancels does not have to fit.
  const Ratio left(a.numerator(), b.denominator());
  const Ratio right(b.numerator(), a.denominator());
  return {internal::Times(left.numerator(), right.numerator()),
          internal::Times(left.denominator(), right.denominator())};
}
inline Ratio operator/(const Ratio& a, const Ratio& b) {
  return a * Ratio(b.denominator(), b.numerator());
}

// -1, 0 or 1. By cross-multiplication; where the products do not fit, whole
// part by whole part, which always does.
inline int Compare(const Ratio& a, const Ratio& b) {
  Int128 left = 0, right = 0;
  if (!__builtin_mul_overflow(a.numerator(), b.denominator(), &left) &&
      !__builtin_mul_overflow(b.numerator(), a.denominator(), &right)) {
    return (left > right) - (left < right);
  }
  Int128 an = a.numerator(), ad = a.denominator();
  Int128 bn = b.numerator(), bd = b.denominator();
  for (int sign = 1;; sign = -sign) {
    const Int128 whole_a = internal::WholePart(an, ad);
    const Int128 whole_b = internal::WholePart(bn, bd);
    if (whole_a != whole_b) return whole_a < whole_b ? -sign : sign;
    an = internal::Rest(an, ad);
    bn = internal::Rest(bn, bd);
    if (an == 0 || bn == 0) return sign * ((an != 0) - (bn != 0));
    std::swap(an, ad);  // the greater fraction has the smaller reciprocal
    std::swap(bn, bd);
  }
}
inline bool operator==(const Ratio& a, const Ratio& b) {
  return Compare(a, b) == 0;
}
inline bool operator!=(const Ratio& a, const Ratio& b) {
  return Compare(a, b) != 0;
}
inline bool operator<(const Ratio& a, const Ratio& b) {
  return Compare(a, b) < 0;
}
inline bool operator<=(const Ratio& a, const Ratio& b) {
  return Compare(a, b) <= 0;
}
inline bool operator>(const Ratio& a, const Ratio& b) {
  return Compare(a, b) > 0;
}
inline bool operator>=(const Ratio& a, const Ratio& b) {
  return Compare(a, b) >= 0;
}

}  // namespace shirube::rule

#endif  // SHIRUBE_RATIO_HPP_
