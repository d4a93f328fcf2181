// The border between host and module: the header in C and C++, and what a
// default module does with a batch it cannot read. The layout itself is frozen,
// at compile time, by rule_h_layout_test.c.
#include <algorithm>
#include <fstream>
#include <iterator>
#include <string>

#include "gtest/gtest.h"
#include "shirube/rule.h"
#include "tests/paths.h"
#include "tests/rules/indicator.h"
#include "tests/rules/loaded_module.h"

extern "C" const size_t kBatchSizeInC;
extern "C" const size_t kVerdictsSizeInC;

namespace shirube::rules_test {
namespace {

TEST(RuleHeaderTest, HasOneLayoutInCAndCpp) {
  EXPECT_EQ(kBatchSizeInC, sizeof(shirube_batch));
  EXPECT_EQ(kVerdictsSizeInC, sizeof(shirube_verdicts));
}

TEST(RuleHeaderTest, StaysUnder250Lines) {
  std::ifstream file(std::string(SHIRUBE_SOURCE_DIR) +
                     "/rules/include/shirube/rule.h");
  ASSERT_TRUE(file.is_open());
  const auto lines = std::count(std::istreambuf_iterator<char>(file), {}, '\n');
  EXPECT_GT(lines, 0);
  EXPECT_LT(lines, 250);
}

class RuleBorderTest : public testing::TestWithParam<std::string> {
 protected:
  RuleBorderTest() : module_(GetParam()) {
    Indicator row;
    row.target = 5;
    rows_ = {row, row};
    verdicts_.struct_size = sizeof(verdicts_);
    verdicts_.answer = answer_;
    verdicts_.reason = reason_;
    verdicts_.judged_point = judged_point_;
  }

  int Evaluate(const shirube_batch* batch, uint32_t n) {
    return module_.rule()->evaluate(nullptr, batch, nullptr, n, &verdicts_);
  }

  ModuleUnderTest module_;
  std::vector<Indicator> rows_;
  shirube_verdicts verdicts_ = {};
  uint8_t answer_[2] = {};
  uint16_t reason_[2] = {}, judged_point_[2] = {};
};

TEST_P(RuleBorderTest, SaysItsSizeAndVersion) {
  EXPECT_EQ(module_.rule()->struct_size, sizeof(shirube_rule));
  EXPECT_EQ(module_.rule()->abi_major, uint32_t{SHIRUBE_RULE_ABI_MAJOR});
  EXPECT_EQ(module_.rule()->abi_minor, uint32_t{SHIRUBE_RULE_ABI_MINOR});
}

TEST_P(RuleBorderTest, AnswersAnEmptyBatch) {
  Batch batch({});
  EXPECT_EQ(Evaluate(batch.get(), 0), 0);
}

TEST_P(RuleBorderTest, WritesOnlyThePositionsAsked) {
  Batch batch(rows_);
  EXPECT_EQ(Evaluate(batch.get(), 1), 0);
  EXPECT_EQ(answer_[0], SHIRUBE_CANNOT_TELL);
  EXPECT_EQ(answer_[1], SHIRUBE_UNSET);
}

TEST_P(RuleBorderTest, RefusesStructsAndParametersOfAnOlderHost) {
  Batch batch(rows_);
  batch.get()->struct_size = sizeof(shirube_batch) - 8;
  EXPECT_NE(Evaluate(batch.get(), 2), 0);
  batch.get()->struct_size = sizeof(shirube_batch);
  batch.get()->parameters_count = 1;
  EXPECT_NE(Evaluate(batch.get(), 2), 0);
  batch.get()->parameters_count = 2;
  verdicts_.struct_size = sizeof(shirube_verdicts) - 8;
  EXPECT_NE(Evaluate(batch.get(), 2), 0);
  EXPECT_EQ(answer_[0], SHIRUBE_UNSET);
}

TEST_P(RuleBorderTest, ReadsAStructThatHasGrown) {
  Batch batch(rows_);
  batch.get()->struct_size += 64;
  verdicts_.struct_size += 64;
  EXPECT_EQ(Evaluate(batch.get(), 2), 0);
  EXPECT_EQ(answer_[1], SHIRUBE_CANNOT_TELL);
}

INSTANTIATE_TEST_SUITE_P(Defaults, RuleBorderTest, testing::ValuesIn(kModules),
                         [](const auto& info) { return info.param; });

}  // namespace
}  // namespace shirube::rules_test
