#include "server/domain/observation.h"

#include "gtest/gtest.h"
#include "server/domain/violation.h"
#include "tests/unit/domain/builders.h"

namespace shirube {
namespace {

TEST(ObservationTest, HasAnIdOfPeriodAndBasis) {
  EXPECT_EQ(Observed("fy2022", Number("1")).id(), "fy2022");
  EXPECT_EQ(Observed("fy2022", Number("1"), Basis::kToDate).id(),
            "fy2022-todate");
  EXPECT_EQ(Observed("m2023-01", Number("1"), Basis::kPeriod).id(),
            "m2023-01-period");
}

TEST(ObservationTest, ReadsItsIdBack) {
  for (std::string_view id :
       {"fy2022", "fy2022-todate", "fy2022-period", "d2020-03-31",
        "d2020-03-31-todate", "m2023-01-period"}) {
    absl::StatusOr<ObservationId> parsed = ParseObservationId(id);
    ASSERT_TRUE(parsed.ok()) << id;
    EXPECT_EQ(Observed(parsed->period.ToId(), Number("1"), parsed->basis).id(),
              id);
  }
}

TEST(ObservationTest, RefusesOtherIds) {
  for (std::string_view id : {"", "-todate", "fy2022-", "fy2022-sum",
                              "fy2022-todate-period", "2022"}) {
    EXPECT_EQ(DetailsOf(ParseObservationId(id).status()).reason,
              "BAD_OBSERVATION_ID")
        << id;
  }
}

}  // namespace
}  // namespace shirube
