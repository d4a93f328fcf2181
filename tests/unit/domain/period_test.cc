#include "server/domain/period.h"

#include <algorithm>
#include <vector>

#include "gtest/gtest.h"
#include "server/domain/violation.h"
#include "tests/unit/domain/builders.h"

namespace shirube {
namespace {

TEST(PeriodTest, WritesTheIdItReads) {
  for (std::string_view id :
       {"fy2022", "fy2022q3", "m2023-01", "cy2014", "d2020-03-31", "fy1868",
        "fy2999", "d2024-02-29"}) {
    absl::StatusOr<Period> period = Period::ParseId(id);
    ASSERT_TRUE(period.ok()) << id;
    EXPECT_EQ(period->ToId(), id);
  }
}

TEST(PeriodTest, RefusesWhatIsNoId) {
  for (std::string_view id : {"",
                              "fy",
                              "2022",
                              "FY2022",
                              "fy22",
                              "fy20222",
                              "fy2022q",
                              "fy2022q0",
                              "fy2022q5",
                              "fy2022Q3",
                              "m2023-1",
                              "m2023-13",
                              "m2023-00",
                              "cy20140",
                              "d2020-03",
                              "d2020-02-30",
                              "d2023-02-29",
                              "d2020-04-31",
                              "d2020-01-00",
                              "fy1867",
                              "cy3000",
                              "fy2022-todate",
                              "fy2022 "}) {
    EXPECT_EQ(DetailsOf(Period::ParseId(id).status()).reason, "BAD_PERIOD")
        << id;
  }
}

TEST(PeriodTest, RunsOnAnIndexThatCanBeCheckedByHand) {
  EXPECT_EQ(P("fy2022").index12(), 12 * 2022);
  EXPECT_EQ(P("cy2014").index12(), 12 * 2014);
  EXPECT_EQ(P("fy2022q3").index12(), 12 * 2021 + 9);
  EXPECT_EQ(P("fy2022q4").index12(), 12 * 2022);
  EXPECT_EQ(P("m2023-01").index12(), 12 * 2021 + 10);
  EXPECT_EQ(P("m2022-04").index12(), 12 * 2021 + 1);
  EXPECT_EQ(P("m2023-03").index12(), 12 * 2022);
  EXPECT_EQ(P("d2020-03-31").index12(), 12 * 2019);
  EXPECT_EQ(P("d2020-04-01").index12(), 12 * 2020);
}

TEST(PeriodTest, KnowsItsFiscalYearAndLength) {
  EXPECT_EQ(P("m2023-01").fiscal_year(), 2022);
  EXPECT_EQ(P("d2020-03-31").fiscal_year(), 2019);
  EXPECT_EQ(P("cy2014").fiscal_year(), 2014);
  EXPECT_EQ(P("fy2022q4").fiscal_year(), 2022);
  EXPECT_EQ(P("fy2022").length_months(), 12);
  EXPECT_EQ(P("cy2022").length_months(), 12);
  EXPECT_EQ(P("fy2022q1").length_months(), 3);
  EXPECT_EQ(P("m2022-04").length_months(), 1);
  EXPECT_EQ(P("d2022-04-01").length_months(), 0);
}

TEST(PeriodTest, OrdersByIndexAndPutsTheOneThatCountsLast) {
  const std::vector<Period> sorted = {
      P("fy2021"),      P("m2022-04"),    P("fy2022q1"), P("fy2022q3"),
      P("d2022-04-01"), P("d2023-03-31"), P("m2023-03"), P("fy2022q4"),
      P("cy2022"),      P("fy2022"),      P("fy2023q1")};
  std::vector<Period> shuffled(sorted.rbegin(), sorted.rend());
  std::sort(shuffled.begin(), shuffled.end());
  for (size_t i = 0; i < sorted.size(); ++i) {
    EXPECT_EQ(shuffled[i].ToId(), sorted[i].ToId()) << i;
  }
}

TEST(PeriodTest, TellsEqualPeriodsFromOthersWithTheSameIndex) {
  EXPECT_EQ(P("fy2022"), P("fy2022"));
  EXPECT_NE(P("fy2022"), P("cy2022"));
  EXPECT_NE(P("d2022-05-01"), P("d2022-05-02"));
}

}  // namespace
}  // namespace shirube
