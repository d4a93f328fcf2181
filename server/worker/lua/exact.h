// Exact fractions for Lua modules, by the rules of rules/include/shirube/
// ratio.hpp; but what does not fit 128 bits, and a division by zero, is told to
// the caller in place of ending the process: a script's error has a line.
// Pure; any thread.
#ifndef SHIRUBE_SERVER_WORKER_LUA_EXACT_H_
#define SHIRUBE_SERVER_WORKER_LUA_EXACT_H_

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "shirube/ratio.hpp"

namespace shirube::lua {

using rule::Int128;

// In lowest terms, the denominator above 0; neither is the least Int128.
struct Exact {
  Int128 numerator = 0;
  Int128 denominator = 1;
  bool operator==(const Exact&) const = default;
};

enum class Computed { kWell, kDoesNotFit, kDividedByZero };

Computed Fraction(Int128 numerator, Int128 denominator, Exact* result);
// units x 10^-scale, of a scale up to 18.
Exact OfUnits(int64_t units, int scale);
// A parameter; millionths.
inline Exact OfMillionths(int64_t millionths) { return OfUnits(millionths, 6); }

Computed Plus(const Exact& a, const Exact& b, Exact* result);
Computed Minus(const Exact& a, const Exact& b, Exact* result);
Computed Times(const Exact& a, const Exact& b, Exact* result);
Computed Over(const Exact& a, const Exact& b, Exact* result);
Exact Negative(const Exact& a);
int Compare(const Exact& a, const Exact& b);  // -1, 0 or 1
double Approximate(const Exact& a);

// "-12.50" and the like; false for anything else and for more digits than fit.
bool OfDecimal(std::string_view text, Exact* result);

inline constexpr size_t kPrintedBytes = 96;
// As a decimal where there is a finite one of at most 18 places ("-12.5"), else
// as "1/3". The length, without the 0 at the end.
size_t Print(const Exact& a, char (&text)[kPrintedBytes]);

}  // namespace shirube::lua

#endif  // SHIRUBE_SERVER_WORKER_LUA_EXACT_H_
