#include "server/base/status_macros.h"

#include <memory>

#include "gtest/gtest.h"

namespace shirube {
namespace {

absl::StatusOr<int> Half(int number) {
  if (number % 2 != 0) return absl::InvalidArgumentError("odd");
  return number / 2;
}

absl::StatusOr<int> Quarter(int number) {
  SHIRUBE_ASSIGN_OR_RETURN(const int half, Half(number));
  SHIRUBE_ASSIGN_OR_RETURN(const int quarter, Half(half));
  return quarter;
}

absl::Status CheckQuarter(int number, bool* reached) {
  SHIRUBE_RETURN_IF_ERROR(Quarter(number).status());
  *reached = true;
  return absl::OkStatus();
}

TEST(StatusMacrosTest, AssignsTheValueOrReturnsTheError) {
  EXPECT_EQ(*Quarter(8), 2);
  EXPECT_EQ(Quarter(6).status(), absl::InvalidArgumentError("odd"));
}

TEST(StatusMacrosTest, ReturnsOnlyErrors) {
  bool reached = false;
  EXPECT_FALSE(CheckQuarter(6, &reached).ok());
  EXPECT_FALSE(reached);
  EXPECT_TRUE(CheckQuarter(8, &reached).ok());
  EXPECT_TRUE(reached);
}

}  // namespace
}  // namespace shirube
