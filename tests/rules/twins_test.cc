// One rule in two languages: attainment_9075 in Lua, as it is shipped, and in
// C++ answer the same whatever the numbers are, down to the facts.
#include <algorithm>
#include <string>
#include <vector>

#include "gtest/gtest.h"
#include "shirube/ratio.hpp"
#include "tests/paths.h"
#include "tests/rules/indicator.h"
#include "tests/rules/loaded_module.h"
#include "tests/rules/random_indicator.h"

namespace shirube::rules_test {
namespace {

constexpr int kRows = 60'000;
constexpr int kBatch = 5'000;

using rule::Int128;

Int128 Value(const shirube_int128& x) {
  return Int128{x.high} << 64 | Int128{x.low};
}

// Equal numbers, in whatever terms; none where there is none.
bool SameFact(const Answers& a, const Answers& b, size_t at) {
  const Int128 below_a = Value(a.denominator[at]),
               below_b = Value(b.denominator[at]);
  if (below_a == 0 || below_b == 0) return below_a == below_b;
  return rule::Ratio(Value(a.numerator[at]), below_a) ==
         rule::Ratio(Value(b.numerator[at]), below_b);
}

class TwinsTest : public testing::Test {
 protected:
  TwinsTest() : random_(SeedFromEnvironment()) {}

  void ExpectTheSame(const std::vector<Indicator>& rows, int32_t as_of) {
    Batch batch(rows, as_of);
    batch.get()->want_facts = 1;
    const Answers lua = lua_.Ask(batch.get()), cpp = cpp_.Ask(batch.get());
    for (uint32_t k = 0; k < batch.size(); ++k) {
      ASSERT_EQ(lua.answer[k], cpp.answer[k]) << Describe(rows[k]);
      ASSERT_EQ(lua.reason[k], cpp.reason[k]) << Describe(rows[k]);
      ASSERT_EQ(lua.judged_point[k], cpp.judged_point[k]) << Describe(rows[k]);
      ASSERT_TRUE(SameFact(lua, cpp, k)) << Describe(rows[k]);
      raised_ += lua.answer[k] == SHIRUBE_RAISED;
      with_fact_ += cpp.denominator[k].low != 0;
    }
  }

  RandomIndicators random_;
  const ModuleUnderTest lua_{"attainment_9075"};
  const ModuleUnderTest cpp_ =
      ModuleUnderTest::At(std::string(SHIRUBE_BINARY_DIR) +
                          "/tests/rules/twins/attainment_9075_cpp.so");
  int raised_ = 0, with_fact_ = 0;
};

TEST_F(TwinsTest, AnswerTheSame) {
  for (int i = 0; i < kRows; i += kBatch) {
    std::vector<Indicator> rows;
    for (int k = 0; k < kBatch; ++k) rows.push_back(random_.Next());
    ExpectTheSame(rows, INT32_MAX);
    ExpectTheSame(rows, 12 * static_cast<int32_t>(random_.Between(2015, 2026)));
    if (HasFatalFailure()) return;
  }
  EXPECT_GT(raised_, kRows / 20);
  EXPECT_GT(with_fact_, kRows / 20);
}

TEST_F(TwinsTest, AnswerTheSameWhereThereIsATargetAndAPoint) {
  for (int i = 0; i < kRows; i += kBatch) {
    std::vector<Indicator> rows;
    for (int k = 0; k < kBatch; ++k) rows.push_back(random_.NextWithOnePoint());
    ExpectTheSame(rows, INT32_MAX);
    if (HasFatalFailure()) return;
  }
  EXPECT_GT(with_fact_, kRows / 10);
}

}  // namespace
}  // namespace shirube::rules_test
