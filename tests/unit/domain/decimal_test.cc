#include "server/domain/decimal.h"

#include <random>

#include "gtest/gtest.h"
#include "server/domain/violation.h"

namespace shirube {
namespace {

std::string ReasonOf(std::string_view text) {
  return DetailsOf(Decimal::Parse(text).status()).reason;
}

TEST(DecimalTest, KeepsTheScaleItWasPrintedWith) {
  for (std::string_view text :
       {"0", "12", "-3", "71.5", "100.0", "0.05", "-0.007", "0.000",
        "999999999999999999", "-999999999999999999", "0.999999999999999999",
        "0.000000000000000001"}) {
    absl::StatusOr<Decimal> decimal = Decimal::Parse(text);
    ASSERT_TRUE(decimal.ok()) << text;
    EXPECT_EQ(decimal->ToString(), text);
  }
  EXPECT_EQ(Decimal::Parse("100.0")->units(), 1000);
  EXPECT_EQ(Decimal::Parse("100.0")->scale(), 1);
}

TEST(DecimalTest, DropsLeadingZerosAndTheSignOfZero) {
  EXPECT_EQ(Decimal::Parse("007")->ToString(), "7");
  EXPECT_EQ(Decimal::Parse("-0")->ToString(), "0");
  EXPECT_EQ(Decimal::Parse("-0.00")->ToString(), "0.00");
  EXPECT_EQ(Decimal::Parse("0000000000000000000000001")->ToString(), "1");
}

TEST(DecimalTest, RefusesWhatIsNotOneNumber) {
  for (std::string_view text :
       {"", "-", ".", "1.", ".5", "--1", "+1", "1e3", "1,000", "１２", "NaN",
        "inf", "1.2.3", " 1", "1 ", "0x10", "12..5", "3人"}) {
    EXPECT_EQ(ReasonOf(text), "NOT_A_DECIMAL") << text;
  }
}

TEST(DecimalTest, RefusesMoreThanEighteenDigits) {
  EXPECT_EQ(ReasonOf("1000000000000000000"), "TOO_MANY_DIGITS");
  EXPECT_EQ(ReasonOf("0.0000000000000000001"), "TOO_MANY_DIGITS");
  EXPECT_EQ(ReasonOf("9.999999999999999999"), "TOO_MANY_DIGITS");
  EXPECT_EQ(ReasonOf(std::string(10'000, '9')), "TOO_MANY_DIGITS");
}

TEST(DecimalTest, NamesTheTextAndTheFixInBothLanguages) {
  const ErrorDetails details = DetailsOf(Decimal::Parse("１２..5").status());
  EXPECT_EQ(details.en,
            "\"１２..5\" is not a decimal number; write digits with at most "
            "one point, such as 12, -3 or 71.5");
  EXPECT_NE(details.ja.find("「１２..5」は数値として読めません"),
            std::string::npos);
}

TEST(DecimalTest, IsMadeOnlyWithinItsLimits) {
  EXPECT_EQ(Decimal::Make(-715, 1)->ToString(), "-71.5");
  EXPECT_FALSE(Decimal::Make(1'000'000'000'000'000'000, 0).ok());
  EXPECT_FALSE(Decimal::Make(1, -1).ok());
  EXPECT_FALSE(Decimal::Make(1, 19).ok());
  EXPECT_FALSE(Decimal::Make(INT64_MIN, 0).ok());
}

TEST(DecimalTest, ComparesByNumber) {
  EXPECT_EQ(*Decimal::Parse("10.0"), *Decimal::Parse("10"));
  EXPECT_LT(*Decimal::Parse("-1"), *Decimal::Parse("0.5"));
  EXPECT_LT(*Decimal::Parse("0.999999999999999999"), *Decimal::Parse("1"));
  EXPECT_GT(*Decimal::Parse("999999999999999999"),
            *Decimal::Parse("0.000000000000000001"));
  EXPECT_FALSE(Identical(*Decimal::Parse("10.0"), *Decimal::Parse("10")));
  EXPECT_TRUE(Identical(*Decimal::Parse("10.0"), *Decimal::Parse("10.0")));
}

TEST(DecimalTest, ChangesItsScaleOnlyWithoutLoss) {
  EXPECT_EQ(Decimal::Parse("7.5")->Rescaled(3)->ToString(), "7.500");
  EXPECT_EQ(Decimal::Parse("7.50")->Rescaled(1)->ToString(), "7.5");
  EXPECT_EQ(Decimal::Parse("0.00")->Rescaled(18)->ToString(),
            "0.000000000000000000");
  EXPECT_EQ(DetailsOf(Decimal::Parse("7.55")->Rescaled(1).status()).reason,
            "DIGITS_LOST");
  EXPECT_EQ(DetailsOf(Decimal::Parse("12")->Rescaled(17).status()).reason,
            "TOO_MANY_DIGITS");
  EXPECT_FALSE(Decimal::Parse("1")->Rescaled(19).ok());
}

TEST(DecimalTest, PrintsAndReadsAnyOfItsValues) {
  std::mt19937_64 random(20210401);
  for (int i = 0; i < 2000; ++i) {
    const int64_t units =
        static_cast<int64_t>(random()) % int64_t{1'000'000'000'000'000'000};
    const int scale = static_cast<int>(random() % 19);
    const Decimal decimal = *Decimal::Make(units, scale);
    absl::StatusOr<Decimal> again = Decimal::Parse(decimal.ToString());
    ASSERT_TRUE(again.ok()) << decimal.ToString();
    EXPECT_TRUE(Identical(decimal, *again)) << decimal.ToString();
  }
}

}  // namespace
}  // namespace shirube
