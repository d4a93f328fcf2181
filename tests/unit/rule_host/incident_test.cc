#include "server/rule_host/incident.h"

#include "gmock/gmock.h"

namespace shirube {
namespace {

using ::testing::HasSubstr;

const absl::Time kStart = absl::FromUnixSeconds(1'700'000'000);

absl::Time After(int64_t seconds) { return kStart + absl::Seconds(seconds); }

TEST(HuntTest, IsOneHowEverManyDeathsItTakes) {
  Hunt hunt;
  EXPECT_TRUE(hunt.Begin(kStart));
  EXPECT_FALSE(hunt.Begin(kStart));
  hunt.End(kStart);
  EXPECT_TRUE(hunt.Begin(kStart));
}

TEST(HuntTest, EndsPastSixteenDeathsWithoutARow) {
  Hunt hunt;
  hunt.Begin(kStart);
  for (int death = 1; death <= 16; ++death) {
    EXPECT_FALSE(hunt.Death(kStart).has_value()) << death;
  }
  const auto cause = hunt.Death(kStart);
  ASSERT_TRUE(cause.has_value());
  EXPECT_THAT(cause->en, HasSubstr("16"));
  EXPECT_THAT(cause->ja, HasSubstr("16"));
}

TEST(HuntTest, CountsFromTheLastRowItFound) {
  Hunt hunt;
  hunt.Begin(kStart);
  for (int row = 0; row < 5; ++row) {
    for (int death = 1; death <= 16; ++death) {
      EXPECT_FALSE(hunt.Death(After(row * 10)).has_value());
    }
    hunt.FoundRow(After(row * 10));
  }
  EXPECT_TRUE(hunt.found_row());
}

TEST(HuntTest, EndsPastTenSecondsWithoutARow) {
  Hunt hunt;
  hunt.Begin(kStart);
  EXPECT_FALSE(hunt.Death(After(10)).has_value());
  hunt.FoundRow(After(10));
  EXPECT_FALSE(hunt.Death(After(20)).has_value());
  EXPECT_TRUE(hunt.Death(After(21)).has_value());
}

TEST(HuntTest, EndsPastAMinuteOfOneRunWhateverItFinds) {
  Hunt hunt;
  for (int64_t began = 0; began < 60; began += 10) {
    hunt.Begin(After(began));
    EXPECT_FALSE(hunt.Death(After(began + 9)).has_value()) << began;
    hunt.FoundRow(After(began + 9));
    hunt.End(After(began + 10));
  }
  hunt.Begin(After(100));
  EXPECT_FALSE(hunt.Death(After(100)).has_value());
  EXPECT_TRUE(hunt.Death(After(101)).has_value());
}

TEST(HuntTest, BelievesHintsUntilOneIsWrongInEachHuntAnew) {
  Hunt hunt;
  hunt.Begin(kStart);
  EXPECT_TRUE(hunt.trusts_hints());
  hunt.DistrustHints();
  EXPECT_FALSE(hunt.trusts_hints());
  hunt.End(kStart);
  hunt.Begin(kStart);
  EXPECT_TRUE(hunt.trusts_hints());
  EXPECT_FALSE(hunt.found_row());
}

TEST(IncidentsTest, AllowTwoFruitlessHuntsWithinTenMinutes) {
  Incidents incidents;
  EXPECT_FALSE(incidents.Fruitless(After(0)).has_value());
  EXPECT_FALSE(incidents.Fruitless(After(300)).has_value());
  EXPECT_FALSE(
      incidents.Fruitless(After(601)).has_value());  // the first is old
  EXPECT_TRUE(incidents.Fruitless(After(900)).has_value());
}

TEST(IncidentsTest, StartAnewOnceForgiven) {
  Incidents incidents;
  incidents.Fruitless(kStart);
  incidents.Fruitless(kStart);
  incidents.Clear();
  EXPECT_FALSE(incidents.Fruitless(kStart).has_value());
}

TEST(PoisonLimitTest, IsATenthOfAPercentAndAtLeastFive) {
  EXPECT_FALSE(TooManyPoisonRows(5, 1).has_value());
  EXPECT_TRUE(TooManyPoisonRows(6, 5'999).has_value());
  EXPECT_FALSE(TooManyPoisonRows(6, 6'000).has_value());
  EXPECT_FALSE(TooManyPoisonRows(1'000, 1'000'000).has_value());
  EXPECT_TRUE(TooManyPoisonRows(1'001, 1'000'000).has_value());
}

}  // namespace
}  // namespace shirube
