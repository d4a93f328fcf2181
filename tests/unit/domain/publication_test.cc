// The publication calendar: what is awaited, and from which month on.
#include "server/domain/publication.h"

#include <gtest/gtest.h>

#include <string>

namespace shirube {
namespace {

int32_t Index(const std::string& period) {
  return Period::ParseId(period)->index12();
}

// Due in November after the fiscal year, the newest figure of FY2021.
AwaitedFigures November() {
  AwaitedFigures awaited;
  awaited.publication = {.month = 11, .lag_years = 0};
  awaited.known = Index("fy2021");
  return awaited;
}

std::string Missing(const AwaitedFigures& awaited, const std::string& month) {
  const auto missing = OverdueFigure(awaited, Index(month));
  return missing ? missing->ToId() : "";
}

TEST(PublicationTest, TheWholeMonthMayPass) {
  EXPECT_EQ(Missing(November(), "m2023-11"), "");
  EXPECT_EQ(Missing(November(), "m2023-12"), "fy2022");
  EXPECT_EQ(Missing(November(), "m2024-11"), "fy2022");
  EXPECT_EQ(Missing(November(), "m2024-12"), "fy2023");
}

TEST(PublicationTest, MonthsBeforeAprilComeAYearLater) {
  AwaitedFigures awaited = November();
  awaited.publication.month = 3;
  EXPECT_EQ(Missing(awaited, "m2024-03"), "");
  EXPECT_EQ(Missing(awaited, "m2024-04"), "fy2022");
}

TEST(PublicationTest, AFigureMayTakeYears) {
  AwaitedFigures awaited = November();
  awaited.publication.lag_years = 2;
  EXPECT_EQ(Missing(awaited, "m2025-11"), "");
  EXPECT_EQ(Missing(awaited, "m2025-12"), "fy2022");
}

TEST(PublicationTest, NothingIsAwaitedAfterTheTargetsYear) {
  AwaitedFigures awaited = November();
  awaited.last = Index("fy2022");
  EXPECT_EQ(Missing(awaited, "m2030-01"), "fy2022");
  awaited.known = Index("fy2022");
  EXPECT_EQ(Missing(awaited, "m2030-01"), "");
  awaited.known = Index("fy2021");
  awaited.last = Index("fy2022q2");  // a target within a year
  EXPECT_EQ(Missing(awaited, "m2030-01"), "fy2022");
}

TEST(PublicationTest, WithoutCalendarOrAnyFigureNothingIsLate) {
  AwaitedFigures awaited = November();
  awaited.publication.month = 0;
  EXPECT_EQ(Missing(awaited, "m2030-01"), "");
  awaited = November();
  awaited.known.reset();
  EXPECT_EQ(Missing(awaited, "m2030-01"), "");
}

TEST(PublicationTest, NamesTheMonth) {
  const Period year = *Period::FiscalYear(2022);
  EXPECT_EQ(MonthOfPublication(year, {.month = 11, .lag_years = 0}).ToId(),
            "m2023-11");
  EXPECT_EQ(MonthOfPublication(year, {.month = 3, .lag_years = 0}).ToId(),
            "m2024-03");
  EXPECT_EQ(MonthOfPublication(year, {.month = 9, .lag_years = 2}).ToId(),
            "m2025-09");
}

}  // namespace
}  // namespace shirube
