// What must hold of the modules with a published method whatever the numbers
// are: asked twice, in another order or row by row they answer the same, and
// the ones without roots agree with their formula, read a second time.
#include <algorithm>
#include <numeric>
#include <random>
#include <string>
#include <vector>

#include "gtest/gtest.h"
#include "shirube/rule.hpp"
#include "tests/rules/indicator.h"
#include "tests/rules/loaded_module.h"
#include "tests/rules/random_indicator.h"

namespace shirube::rules_test {
namespace {

constexpr int kRows = 20000;

std::vector<Indicator> RandomRows() {
  RandomIndicators random(SeedFromEnvironment());
  std::vector<Indicator> rows;
  for (int i = 0; i < kRows; ++i) rows.push_back(random.Next());
  return rows;
}

class PublishedPropertyTest : public testing::TestWithParam<std::string> {
 protected:
  const std::vector<Indicator> rows_ = RandomRows();
};

TEST_P(PublishedPropertyTest, AnswersTheSameInAnyOrder) {
  // One threshold for all: parameters lie by position, not by row.
  std::vector<Indicator> rows = rows_;
  for (Indicator& row : rows) {
    row.pace_threshold = 800000;
    row.behind_threshold = 600000;
  }
  Batch batch(rows);
  const ModuleUnderTest module(GetParam());
  const Answers whole = module.Ask(batch.get());
  std::vector<uint32_t> order(rows.size());
  std::iota(order.begin(), order.end(), 0);
  std::shuffle(order.begin(), order.end(), std::mt19937(1));
  batch.get()->want_facts = 1;
  const Answers shuffled = module.Ask(batch.get(), order.data(), batch.size());
  for (uint32_t k = 0; k < batch.size(); ++k) {
    const uint32_t row = order[k];
    ASSERT_NE(shuffled.answer[k], SHIRUBE_UNSET);
    ASSERT_EQ(shuffled.answer[k], whole.answer[row]) << Describe(rows[row]);
    ASSERT_EQ(shuffled.reason[k], whole.reason[row]) << Describe(rows[row]);
    ASSERT_EQ(shuffled.judged_point[k], whole.judged_point[row]);
  }
}

INSTANTIATE_TEST_SUITE_P(Published, PublishedPropertyTest,
                         testing::ValuesIn(kPublishedModules),
                         [](const auto& info) { return info.param; });

// Progress, for a row that has a way with something missing at its start.
std::optional<rule::Ratio> Progress(const rule::Row& row) {
  if (row.obstacle() != rule::kNoObstacle || !row.has_way() || !row.start())
    return std::nullopt;
  const int64_t at_start = row.missing(*row.start());
  if (at_start == 0) return std::nullopt;
  return 1 - rule::Ratio(row.missing(row.latest()->value), at_start);
}

TEST(PublishedFormulaTest, OfCaoAbIsProgressAgainstTime) {
  Batch batch(RandomRows());
  const Answers answers = ModuleUnderTest("cao_ab").Ask(batch.get());
  int rated = 0;
  for (uint32_t k = 0; k < batch.size(); ++k) {
    const rule::Row row(batch.get(), k, k);
    const std::optional<rule::Ratio> progress = Progress(row);
    const bool dated = row.start_index() && row.target_index();
    if (!progress || !dated || row.met(row.latest()->value)) continue;
    const int32_t elapsed = row.latest()->index - *row.start_index();
    if (elapsed <= 0) continue;
    const rule::Ratio time(elapsed, *row.target_index() - *row.start_index());
    ASSERT_EQ(answers.reason[k], *progress >= time ? 101 : 102) << k;
    ++rated;
  }
  EXPECT_GT(rated, 500);
}

TEST(PublishedFormulaTest, OfAttainmentIsProgressAlone) {
  Batch batch(RandomRows());  // its limits are the rows' two thresholds
  const Answers answers = ModuleUnderTest("attainment_9075").Ask(batch.get());
  int coloured = 0;
  for (uint32_t k = 0; k < batch.size(); ++k) {
    const rule::Row row(batch.get(), k, k);
    const std::optional<rule::Ratio> progress = Progress(row);
    if (!progress || row.met(row.latest()->value)) continue;
    const int expected = *progress >= row.parameter(0)   ? 111
                         : *progress >= row.parameter(1) ? 112
                                                         : 113;
    ASSERT_EQ(answers.reason[k], expected) << k;
    ++coloured;
  }
  EXPECT_GT(coloured, 500);
}

}  // namespace
}  // namespace shirube::rules_test
