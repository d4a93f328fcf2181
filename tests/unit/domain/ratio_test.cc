#include "server/domain/ratio.h"

#include <random>

#include "gtest/gtest.h"

namespace shirube {
namespace {

constexpr int64_t kBig = 999'999'999'999'999'999;  // 18 digits

TEST(RatioTest, IsKeptInLowestTermsWithAPositiveDenominator) {
  const Ratio ratio(6, -8);
  EXPECT_EQ(ratio.numerator(), -3);
  EXPECT_EQ(ratio.denominator(), 4);
  EXPECT_EQ(Ratio(0, -5), Ratio());
  EXPECT_EQ(Ratio(-1, 3).sign(), -1);
  EXPECT_EQ(Ratio(0, 3).sign(), 0);
}

TEST(RatioTest, CalculatesExactly) {
  EXPECT_EQ(Ratio(1, 3) + Ratio(1, 6), Ratio(1, 2));
  EXPECT_EQ(Ratio(1, 3) - Ratio(1, 2), Ratio(-1, 6));
  EXPECT_EQ(Ratio(2, 3) * Ratio(9, 4), Ratio(3, 2));
  EXPECT_EQ(Ratio(2, 3) / Ratio(-4, 9), Ratio(-3, 2));
  // 614/781 of the way after 3/5 of the time.
  EXPECT_EQ(Ratio(2233 - 1619, 2400 - 1619) / Ratio(3, 5), Ratio(3070, 2343));
}

TEST(RatioTest, DoesNotTurnOnBinaryRounding) {
  // 3.2 of 4 and 4/5 are the same; as doubles 3.2/24 / (1/6) is below 0.8.
  EXPECT_EQ(Ratio(32, 240) / Ratio(1, 6), Ratio(4, 5));
  EXPECT_FALSE(Ratio(32, 240) / Ratio(1, 6) < Ratio(4, 5));
}

TEST(RatioTest, ComparesNumbersWhoseProductsDoNotFit) {
  const absl::int128 huge = absl::Int128Max();
  EXPECT_LT(Ratio(huge - 1, huge), Ratio(1, 1));
  EXPECT_LT(Ratio(huge - 2, huge - 1), Ratio(huge - 1, huge));
  EXPECT_GT(Ratio(-(huge - 2), huge - 1), Ratio(-(huge - 1), huge));
  EXPECT_GT(Ratio(huge, 2), Ratio(huge - 1, 2));
  EXPECT_LT(Ratio(-huge, 3), Ratio(1, huge));
  EXPECT_EQ(Ratio(huge - 1, huge) <=> Ratio(huge - 1, huge),
            std::strong_ordering::equal);
}

TEST(RatioTest, StaysExactForValuesOfEighteenDigits) {
  const Ratio progress(kBig - 1, kBig);
  const Ratio elapsed(kBig - 3, kBig - 2);
  const Ratio pace = progress / elapsed;
  EXPECT_EQ(pace * elapsed, progress);
  EXPECT_EQ(progress - elapsed + elapsed, progress);
}

TEST(RatioTest, ComesNearWhereNothingFitsAndNeverTraps) {
  const absl::int128 huge = absl::Int128Max();
  EXPECT_EQ(Ratio(huge, 1) + Ratio(huge, 1), Ratio(huge, 1));
  EXPECT_EQ(Ratio(huge, 1) * Ratio(-2, 1), Ratio(-huge, 1));
  EXPECT_EQ(Ratio(absl::Int128Min(), 1), Ratio(-huge, 1));
  // 1/(2^127-1) + 1/(2^127-2) needs 254 bits below the line.
  const Ratio tiny = Ratio(1, huge) + Ratio(1, huge - 1);
  EXPECT_GE(tiny, Ratio(0, 1));
  EXPECT_LT(tiny, Ratio(1, kBig));
}

TEST(RatioTest, RoundsHalfUpAwayFromZero) {
  EXPECT_EQ(Ratio(2, 3).ToFixed(2), "0.67");
  EXPECT_EQ(Ratio(1, 8).ToFixed(2), "0.13");
  EXPECT_EQ(Ratio(-1, 8).ToFixed(2), "-0.13");
  EXPECT_EQ(Ratio(5, 2).ToFixed(0), "3");
  EXPECT_EQ(Ratio(-5, 2).ToFixed(0), "-3");
  EXPECT_EQ(Ratio(1, 3).ToFixed(0), "0");
  EXPECT_EQ(Ratio(999, 1000).ToFixed(2), "1.00");
  EXPECT_EQ(Ratio(-1, 1000).ToFixed(2), "0.00");
  EXPECT_EQ(Ratio(99999, 10).ToFixed(0), "10000");
  EXPECT_EQ(Ratio(7, 1).ToFixed(3), "7.000");
  EXPECT_EQ(Ratio(61400, 781).ToFixed(1), "78.6");
}

TEST(RatioTest, PrintsTheLargestNumbersItHolds) {
  const absl::int128 huge = absl::Int128Max();
  EXPECT_EQ(Ratio(huge, 1).ToFixed(0),
            "170141183460469231731687303715884105727");
  EXPECT_EQ(Ratio(huge - 1, huge).ToFixed(3), "1.000");
  EXPECT_EQ(Ratio(huge / 3, huge).ToFixed(5), "0.33333");
}

TEST(RatioTest, PrintsShortlyWhenThatIsExact) {
  bool exact = false;
  EXPECT_EQ(Ratio(20876, 10).ToShortest(2, &exact), "2087.6");
  EXPECT_TRUE(exact);
  EXPECT_EQ(Ratio(50, 1).ToShortest(2, &exact), "50");
  EXPECT_TRUE(exact);
  EXPECT_EQ(Ratio(1, 8).ToShortest(2, &exact), "0.13");
  EXPECT_FALSE(exact);
  EXPECT_EQ(Ratio(2, 3).ToShortest(3, &exact), "0.667");
  EXPECT_FALSE(exact);
  EXPECT_EQ(Ratio(1999, 1001).ToShortest(2), "2");
  EXPECT_EQ(Ratio(100, 3).ToShortest(0), "33");
}

TEST(RatioTest, KeepsTheLawsOfArithmetic) {
  std::mt19937_64 random(7);
  const auto any = [&] {
    return Ratio(static_cast<int64_t>(random() % 2'000'001) - 1'000'000,
                 static_cast<int64_t>(random() % 1'000'000) + 1);
  };
  for (int i = 0; i < 2000; ++i) {
    const Ratio a = any(), b = any(), c = any();
    EXPECT_EQ(a + b, b + a);
    EXPECT_EQ((a + b) - b, a);
    EXPECT_EQ((a + b) * c, a * c + b * c);
    if (b.sign() != 0) {
      EXPECT_EQ(a / b * b, a);
    }
    EXPECT_EQ(a < b, (a - b).sign() < 0);
  }
}

}  // namespace
}  // namespace shirube
