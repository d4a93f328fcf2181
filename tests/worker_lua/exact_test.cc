// Exact against ratio.hpp, and where it ends.
#include "server/worker/lua/exact.h"

#include <cmath>
#include <random>
#include <string>

#include "gtest/gtest.h"

namespace shirube::lua {
namespace {

using rule::Ratio;

constexpr Int128 kMost = ~(Int128{1} << 126 << 1);

std::string Text(const Exact& value) {
  char text[kPrintedBytes];
  return std::string(text, Print(value, text));
}

Exact Make(Int128 numerator, Int128 denominator) {
  Exact result;
  EXPECT_EQ(Fraction(numerator, denominator, &result), Computed::kWell);
  return result;
}

bool Same(const Exact& a, const Ratio& b) {
  return a.numerator == b.numerator() && a.denominator == b.denominator();
}

TEST(Exact, ComputesAsTheRatiosOfNativeModulesDo) {
  std::mt19937_64 random(20);
  // Small and large numbers, so that both ways to compute are taken.
  const auto number = [&](int bits) {
    return static_cast<Int128>(static_cast<int64_t>(random()) >> (63 - bits));
  };
  for (int i = 0; i < 20'000; ++i) {
    const int bits = 1 + static_cast<int>(random() % 30);
    Int128 ad = number(bits), bd = number(bits);
    ad = ad == 0 ? 1 : ad;
    bd = bd == 0 ? 3 : bd;
    const Int128 an = number(bits), bn = number(bits);
    const Exact a = Make(an, ad), b = Make(bn, bd);
    const Ratio ra(an, ad), rb(bn, bd);
    ASSERT_TRUE(Same(a, ra));
    Exact result;
    ASSERT_EQ(Plus(a, b, &result), Computed::kWell);
    EXPECT_TRUE(Same(result, ra + rb));
    ASSERT_EQ(Minus(a, b, &result), Computed::kWell);
    EXPECT_TRUE(Same(result, ra - rb));
    ASSERT_EQ(Times(a, b, &result), Computed::kWell);
    EXPECT_TRUE(Same(result, ra * rb));
    EXPECT_EQ(Compare(a, b), rule::Compare(ra, rb));
    if (bn == 0) {
      EXPECT_EQ(Over(a, b, &result), Computed::kDividedByZero);
    } else {
      ASSERT_EQ(Over(a, b, &result), Computed::kWell);
      EXPECT_TRUE(Same(result, ra / rb));
    }
  }
}

TEST(Exact, TakesUnitsOfEveryScaleInLowestTerms) {
  std::mt19937_64 random(7);
  for (int i = 0; i < 20'000; ++i) {
    const int scale = static_cast<int>(random() % 19);
    const auto units = static_cast<int64_t>(random()) >> random() % 60;
    Int128 power = 1;
    for (int k = 0; k < scale; ++k) power *= 10;
    EXPECT_TRUE(Same(OfUnits(units, scale), Ratio(units, power)))
        << units << " at " << scale;
  }
  EXPECT_TRUE(Same(OfUnits(INT64_MIN, 3), Ratio(INT64_MIN, 1000)));
}

TEST(Exact, SaysWhatDoesNotFit) {
  Exact result;
  const Exact most = {kMost, 1}, tiny = {1, kMost};
  EXPECT_EQ(Plus(most, {1, 1}, &result), Computed::kDoesNotFit);
  EXPECT_EQ(Minus(Negative(most), {2, 1}, &result), Computed::kDoesNotFit);
  // The least number has no negative.
  EXPECT_EQ(Minus(Negative(most), {1, 1}, &result), Computed::kDoesNotFit);
  EXPECT_EQ(Times(most, {2, 1}, &result), Computed::kDoesNotFit);
  EXPECT_EQ(Times(tiny, {1, 2}, &result), Computed::kDoesNotFit);
  EXPECT_EQ(Over(most, tiny, &result), Computed::kDoesNotFit);
  EXPECT_EQ(Plus(tiny, {1, 2}, &result), Computed::kDoesNotFit);
  EXPECT_EQ(Fraction(1, 0, &result), Computed::kDividedByZero);
  EXPECT_EQ(Fraction(-kMost - 1, 3, &result), Computed::kDoesNotFit);
}

TEST(Exact, LetsFitWhatCancels) {
  Exact result;
  ASSERT_EQ(Times({kMost, 1}, {1, kMost}, &result), Computed::kWell);
  EXPECT_EQ(result, (Exact{1, 1}));
  EXPECT_EQ(Compare({kMost, 3}, {kMost - 1, 3}), 1);
  EXPECT_EQ(Compare({kMost, kMost - 1}, {kMost - 1, kMost - 2}), -1);
}

TEST(Exact, IsZeroOverADenominatorOfAnySize) {
  const Exact tiny = {3, Int128{1} << 64};
  Exact result;
  ASSERT_EQ(Minus(tiny, tiny, &result), Computed::kWell);
  EXPECT_EQ(result, (Exact{0, 1}));
  ASSERT_EQ(Plus(tiny, Negative(tiny), &result), Computed::kWell);
  EXPECT_EQ(result, (Exact{0, 1}));
  ASSERT_EQ(Times({0, 1}, tiny, &result), Computed::kWell);
  EXPECT_EQ(result, (Exact{0, 1}));
  EXPECT_EQ(Make(0, -(Int128{1} << 126)), (Exact{0, 1}));
}

TEST(Exact, ReadsDecimals) {
  const auto read = [](const char* text) {
    Exact value;
    return OfDecimal(text, &value) ? Text(value) : std::string("no");
  };
  EXPECT_EQ(read("12.50"), "12.5");
  EXPECT_EQ(read("-0.001"), "-0.001");
  EXPECT_EQ(read("+3"), "3");
  EXPECT_EQ(read("007"), "7");
  EXPECT_EQ(read("99999999999999999999999999999999999999"),
            "99999999999999999999999999999999999999");
  for (const char* bad :
       {"", "-", ".", ".5", "5.", "1.2.3", "1e3", " 1", "1 ", "0x10", "１",
        "nan", "1,000", "999999999999999999999999999999999999999"}) {
    EXPECT_EQ(read(bad), "no") << bad;
  }
}

TEST(Exact, PrintsWhatCanBeReadAgain) {
  EXPECT_EQ(Text({-1, 4}), "-0.25");
  EXPECT_EQ(Text({1, 200}), "0.005");
  EXPECT_EQ(Text({-7, 3}), "-7/3");
  EXPECT_EQ(Text({0, 1}), "0");
  EXPECT_EQ(Text({kMost, 1}), "170141183460469231731687303715884105727");
  EXPECT_EQ(Text({-kMost, kMost - 1}),
            "-170141183460469231731687303715884105727/"
            "170141183460469231731687303715884105726");
  // A finite decimal that has too many digits for one.
  EXPECT_EQ(Text({kMost, 2}), "170141183460469231731687303715884105727/2");
}

TEST(Exact, IsNearlyTheFloat) {
  EXPECT_DOUBLE_EQ(Approximate({1, 3}), 1.0 / 3);
  EXPECT_DOUBLE_EQ(Approximate({-25, 2}), -12.5);
}

}  // namespace
}  // namespace shirube::lua
