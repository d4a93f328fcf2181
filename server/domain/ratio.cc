#include "server/domain/ratio.h"

#include <algorithm>
#include <sstream>

namespace shirube {
namespace {

using absl::int128;
using absl::uint128;

int128 Abs(int128 value) { return value < 0 ? -value : value; }

// The lowest int128 has no positive counterpart; everything here stays off it.
int128 Max() { return absl::Int128Max(); }
int128 Clamp(int128 value) { return std::max(value, -Max()); }

int128 Gcd(int128 a, int128 b) {
  a = Abs(a);
  b = Abs(b);
  while (b != 0) {
    const int128 rest = a % b;
    a = b;
    b = rest;
  }
  return a;
}

int128 FloorDiv(int128 a, int128 b) {  // b > 0
  const int128 quotient = a / b;
  return (a % b != 0 && a < 0) ? quotient - 1 : quotient;
}

bool Multiply(int128 a, int128 b, int128* out) {
  if (a != 0 && Abs(b) > Max() / Abs(a)) return false;
  *out = a * b;
  return true;
}

bool Add(int128 a, int128 b, int128* out) {
  if (b > 0 ? a > Max() - b : a < -Max() - b) return false;
  *out = a + b;
  return true;
}

// One bit coarser, so that a result that does not fit comes nearer to fitting.
// False when nothing is left to give.
bool Coarsen(int128* numerator, int128* denominator) {
  if (*denominator == 1) return false;
  *numerator /= 2;
  *denominator /= 2;
  return true;
}

Ratio Saturated(bool negative) { return Ratio(negative ? -Max() : Max(), 1); }

}  // namespace

Ratio::Ratio(int128 numerator, int128 denominator) {
  numerator = Clamp(numerator);
  denominator = Clamp(denominator);
  if (denominator < 0) {
    numerator = -numerator;
    denominator = -denominator;
  }
  const int128 divisor = Gcd(numerator, denominator);
  numerator_ = divisor > 1 ? numerator / divisor : numerator;
  denominator_ = divisor > 1 ? denominator / divisor : denominator;
}

int Ratio::sign() const {
  return numerator_ > 0 ? 1 : (numerator_ < 0 ? -1 : 0);
}

std::string Ratio::ToFixed(int decimals) const {
  const uint128 denominator = static_cast<uint128>(denominator_);
  const uint128 magnitude = static_cast<uint128>(Abs(numerator_));
  uint128 rest = magnitude % denominator;
  std::string digits =
      Int128ToString(static_cast<int128>(magnitude / denominator));
  for (int i = 0; i < decimals; ++i) {
    // 10 x rest by additions: a product could pass 128 bits, a sum of two
    // numbers below 2^127 cannot.
    uint128 next = 0;
    char digit = '0';
    for (int k = 0; k < 10; ++k) {
      next += rest;
      if (next >= denominator) {
        next -= denominator;
        ++digit;
      }
    }
    digits += digit;
    rest = next;
  }
  if (rest + rest >= denominator) {
    size_t at = digits.size();
    while (at > 0 && digits[at - 1] == '9') digits[--at] = '0';
    if (at > 0) {
      ++digits[at - 1];
    } else {
      digits.insert(0, 1, '1');
    }
  }
  const bool zero = digits.find_first_not_of('0') == std::string::npos;
  const size_t point = digits.size() - decimals;
  if (decimals > 0) digits.insert(point, ".");
  return sign() < 0 && !zero ? "-" + digits : digits;
}

std::string Ratio::ToShortest(int max_decimals, bool* exact) const {
  int128 rest = denominator_;
  int twos = 0, fives = 0;
  for (; rest % 2 == 0; rest /= 2) ++twos;
  for (; rest % 5 == 0; rest /= 5) ++fives;
  const bool fits = rest == 1 && std::max(twos, fives) <= max_decimals;
  if (exact != nullptr) *exact = fits;
  if (fits) return ToFixed(std::max(twos, fives));
  std::string text = ToFixed(max_decimals);
  if (max_decimals > 0) {
    text.erase(text.find_last_not_of('0') + 1);
    if (text.back() == '.') text.pop_back();
  }
  return text;
}

// Both as continued fractions, term by term: exact for whatever 128 bits hold,
// where a product of the two would not fit.
std::strong_ordering operator<=>(const Ratio& a, const Ratio& b) {
  int128 left, right;
  if (Multiply(a.numerator_, b.denominator_, &left) &&
      Multiply(b.numerator_, a.denominator_, &right)) {
    return left < right   ? std::strong_ordering::less
           : left > right ? std::strong_ordering::greater
                          : std::strong_ordering::equal;
  }
  int128 n1 = a.numerator_, d1 = a.denominator_;
  int128 n2 = b.numerator_, d2 = b.denominator_;
  while (true) {
    const int128 q1 = FloorDiv(n1, d1), q2 = FloorDiv(n2, d2);
    if (q1 != q2) {
      return q1 < q2 ? std::strong_ordering::less
                     : std::strong_ordering::greater;
    }
    const int128 r1 = n1 - q1 * d1, r2 = n2 - q2 * d2;
    if (r1 == 0 || r2 == 0) {
      if (r1 == r2) return std::strong_ordering::equal;
      return r1 == 0 ? std::strong_ordering::less
                     : std::strong_ordering::greater;
    }
    // r1/d1 < r2/d2 exactly when d2/r2 < d1/r1.
    n1 = d2, d2 = d1, d1 = r2, n2 = d2, d2 = r1;
  }
}

bool operator==(const Ratio& a, const Ratio& b) {
  return a.numerator_ == b.numerator_ && a.denominator_ == b.denominator_;
}

Ratio operator+(const Ratio& a, const Ratio& b) {
  int128 n1 = a.numerator_, d1 = a.denominator_;
  int128 n2 = b.numerator_, d2 = b.denominator_;
  while (true) {
    const int128 common = Gcd(d1, d2);
    int128 left, right, sum, denominator;
    if (Multiply(n1, d2 / common, &left) && Multiply(n2, d1 / common, &right) &&
        Add(left, right, &sum) && Multiply(d1 / common, d2, &denominator)) {
      return Ratio(sum, denominator);
    }
    if (!(d1 >= d2 ? Coarsen(&n1, &d1) : Coarsen(&n2, &d2))) {
      return Saturated((Abs(n1) >= Abs(n2) ? n1 : n2) < 0);
    }
  }
}

Ratio operator-(const Ratio& a, const Ratio& b) {
  return a + Ratio(-b.numerator_, b.denominator_);
}

Ratio operator*(const Ratio& a, const Ratio& b) {
  const int128 g1 = std::max<int128>(Gcd(a.numerator_, b.denominator_), 1);
  const int128 g2 = std::max<int128>(Gcd(b.numerator_, a.denominator_), 1);
  int128 n1 = a.numerator_ / g1, d2 = b.denominator_ / g1;
  int128 n2 = b.numerator_ / g2, d1 = a.denominator_ / g2;
  while (true) {
    int128 numerator, denominator;
    if (Multiply(n1, n2, &numerator) && Multiply(d1, d2, &denominator)) {
      return Ratio(numerator, denominator);
    }
    if (!(d1 >= d2 ? Coarsen(&n1, &d1) : Coarsen(&n2, &d2))) {
      return Saturated((n1 < 0) != (n2 < 0));
    }
  }
}

Ratio operator/(const Ratio& a, const Ratio& b) {
  return a * Ratio(b.denominator_, b.numerator_);
}

std::string Int128ToString(absl::int128 value) {
  std::ostringstream out;
  out << value;
  return out.str();
}

}  // namespace shirube
