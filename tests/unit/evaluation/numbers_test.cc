#include "server/evaluation/numbers.h"

#include <gtest/gtest.h>

namespace shirube {
namespace {

constexpr Language kJa = Language::kJapanese;

TEST(NumbersTest, GroupsThousandsOfTheWholePartOnly) {
  EXPECT_EQ(Grouped("0"), "0");
  EXPECT_EQ(Grouped("999"), "999");
  EXPECT_EQ(Grouped("1000"), "1,000");
  EXPECT_EQ(Grouped("-1234567.89123"), "-1,234,567.89123");
  EXPECT_EQ(Grouped("-100"), "-100");
}

TEST(NumbersTest, KeepsTheDecimalsAValueWasGivenWith) {
  EXPECT_EQ(PrintValue(*Decimal::Parse("100.0"), "%", kJa), "100.0%");
  EXPECT_EQ(PrintValue(*Decimal::Parse("2233"), "人", kJa), "2,233人");
  EXPECT_EQ(PrintValue(*Decimal::Parse("2233"), "人", Language::kEnglish),
            "2,233 人");
}

TEST(NumbersTest, CallsADifferenceOfPercentagesPoints) {
  EXPECT_EQ(PrintDifference("20.75", "%", kJa), "20.75ポイント");
  EXPECT_EQ(PrintDifference("20.75", "％", kJa), "20.75ポイント");
  EXPECT_EQ(PrintDifference("20.75", "%", Language::kEnglish), "20.75 points");
  EXPECT_EQ(PrintDifference("145.4", "人", kJa), "145.4人");
}

TEST(NumbersTest, PrintsExactlyWhereTwoMoreDecimalsSuffice) {
  EXPECT_EQ(PrintComputed(Ratio(10438, 5), 0), "2,087.6");
  EXPECT_EQ(PrintComputed(Ratio(1, 8), 0), "0.13");
  EXPECT_EQ(PrintComputed(Ratio(1, 8), 1), "0.125");
  EXPECT_EQ(PrintComputed(Ratio(60, 1), 1), "60");
  EXPECT_EQ(PrintComputed(Ratio(2, 3), 0), "0.67");
}

TEST(NumbersTest, NeverPrintsADifferenceAsNone) {
  EXPECT_EQ(PrintComputed(Ratio(1, 3000), 0), "0.0003");
  EXPECT_EQ(PrintComputed(Ratio(0, 1), 0), "0");
  const LevelText text = PrintLevel(Ratio(33, 1), Ratio(98999, 3000), 0);
  EXPECT_EQ(text.level, "32.9997");
  EXPECT_EQ(text.distance, "0.0003");
}

TEST(NumbersTest, PrintsSharesToOneDecimal) {
  const ShareText text =
      PrintShares(Ratio(614, 781), Ratio(3, 5), Ratio(4, 5), Ratio(3, 5));
  EXPECT_EQ(text.progress, "78.6%");
  EXPECT_EQ(text.share, "60.0%");
}

TEST(NumbersTest, AddsDigitsWhereSharesWouldLookEqual) {
  const ShareText text =
      PrintShares(Ratio(6004, 10000), Ratio(3, 5), Ratio(4, 5), Ratio(3, 5));
  EXPECT_EQ(text.progress, "60.04%");
  EXPECT_EQ(text.share, "60.00%");
}

TEST(NumbersTest, AddsDigitsWhereAThresholdWouldLookMissed) {
  // 40.04 is at least 0.8 x 50.05; 40.0 is not at least 0.8 x 50.1.
  const ShareText text = PrintShares(Ratio(4004, 10000), Ratio(5005, 10000),
                                     Ratio(4, 5), Ratio(3, 5));
  EXPECT_EQ(text.progress, "40.04%");
  EXPECT_EQ(text.share, "50.05%");
}

TEST(NumbersTest, PrintsEqualSharesAlike) {
  const ShareText text =
      PrintShares(Ratio(2, 3), Ratio(2, 3), Ratio(4, 5), Ratio(3, 5));
  EXPECT_EQ(text.progress, "66.7%");
  EXPECT_EQ(text.share, "66.7%");
}

}  // namespace
}  // namespace shirube
