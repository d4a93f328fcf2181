// A second reading of the table of the default judgement: slow, in fractions,
// one `if` a line of the table, and without a line of rules/pace. What both
// readings agree on for hundreds of thousands of made-up indicators is hardly a
// misreading.
#ifndef TESTS_RULES_TABLE_READING_H_
#define TESTS_RULES_TABLE_READING_H_

#include <cstdint>
#include <optional>
#include <string>

#include "tests/rules/indicator.h"

namespace shirube::rules_test {

__extension__ using Wide = __int128;

// An exact fraction in lowest terms; comparing never overflows.
class Fraction {
 public:
  Fraction(Wide n = 0, Wide d = 1);  // NOLINT: numbers are fractions
  Wide n() const { return n_; }
  Wide d() const { return d_; }

  friend Fraction operator+(const Fraction& x, const Fraction& y);
  friend Fraction operator-(const Fraction& x, const Fraction& y);
  friend Fraction operator*(const Fraction& x, const Fraction& y);
  friend Fraction operator/(const Fraction& x, const Fraction& y);
  friend bool operator<(const Fraction& x, const Fraction& y);
  friend bool operator>(const Fraction& x, const Fraction& y) { return y < x; }
  friend bool operator<=(const Fraction& x, const Fraction& y) {
    return !(y < x);
  }
  friend bool operator>=(const Fraction& x, const Fraction& y) {
    return !(x < y);
  }
  friend bool operator==(const Fraction& x, const Fraction& y) {
    return x.n_ == y.n_ && x.d_ == y.d_;
  }

 private:
  Wide n_, d_;
};

struct Reading {
  std::string status;  // "ACHIEVED", "ON_TRACK", "AT_RISK", "NOT_EVALUATED"
  std::string reason;
  int point = -1;  // the number of the point judged; -1: none was chosen
};

Reading ReadTable(const Indicator& indicator, int32_t as_of_index = INT32_MAX);

// 1 up, -1 down, 0 unknown; what the judgement takes as better.
int DirectionOf(const Indicator& indicator);

}  // namespace shirube::rules_test

#endif  // TESTS_RULES_TABLE_READING_H_
