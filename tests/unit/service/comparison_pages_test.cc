#include "server/service/comparison_pages.h"

#include "gtest/gtest.h"

namespace shirube {
namespace {

std::shared_ptr<const ComparedPlan> Plan(int total) {
  ComparedPlan plan;
  plan.total = total;
  return std::make_shared<const ComparedPlan>(plan);
}

const absl::Time kNow = absl::FromUnixSeconds(1'700'000'000);

TEST(ComparisonPagesTest, GivesBackTheLastOfItsRequest) {
  ComparisonPages pages;
  EXPECT_EQ(pages.Find("a", kNow), nullptr);
  pages.Keep("a", Plan(1), kNow);
  pages.Keep("b", Plan(2), kNow);
  pages.Keep("a", Plan(3), kNow);
  ASSERT_NE(pages.Find("a", kNow), nullptr);
  EXPECT_EQ(pages.Find("a", kNow)->total, 3);
  EXPECT_EQ(pages.Find("b", kNow)->total, 2);
}

TEST(ComparisonPagesTest, ForgetsTheOneThatWasUsedLongestAgo) {
  ComparisonPages pages;
  for (size_t i = 0; i < ComparisonPages::kMost; ++i) {
    pages.Keep(std::to_string(i), Plan(0), kNow);
  }
  EXPECT_NE(pages.Find("0", kNow), nullptr);
  pages.Keep("one more", Plan(0), kNow);
  EXPECT_NE(pages.Find("0", kNow), nullptr);
  EXPECT_EQ(pages.Find("1", kNow), nullptr);
}

TEST(ComparisonPagesTest, ForgetsWhatNobodyReadsOn) {
  ComparisonPages pages;
  pages.Keep("a", Plan(1), kNow);
  const absl::Time almost = kNow + ComparisonPages::kKept;
  EXPECT_NE(pages.Find("a", almost), nullptr);
  // Counted from the last use.
  EXPECT_NE(pages.Find("a", almost + ComparisonPages::kKept), nullptr);
  EXPECT_EQ(
      pages.Find("a", almost + 2 * ComparisonPages::kKept + absl::Seconds(1)),
      nullptr);
}

TEST(ComparedPlanTest, ListsAllOrWhatIsDisagreedOn) {
  Comparison comparison;
  for (const bool differs : {true, false, true}) {
    ComparedRow row;
    row.key.indicator =
        IndicatorId("i" + std::to_string(comparison.rows.size()));
    row.disagreement = differs;
    comparison.rows.push_back(row);
  }
  const ComparedPlan all = ComparedPlan::Of(comparison, false);
  EXPECT_EQ(all.listed.size(), 3u);
  EXPECT_EQ(all.total, 3);
  EXPECT_EQ(all.disagreements, 2);
  const ComparedPlan some = ComparedPlan::Of(comparison, true);
  ASSERT_EQ(some.listed.size(), 2u);
  EXPECT_EQ(some.listed[1].value(), "i2");
  EXPECT_EQ(some.total, 3);
}

}  // namespace
}  // namespace shirube
