// The wrapper for authors in C++: exact ratios, rows with names, and what the
// entry point hands back.
#include <vector>

#include "gtest/gtest.h"
#include "rules/pace/pace.h"
#include "shirube/rule.hpp"
#include "tests/rules/indicator.h"
#include "tests/rules/random_indicator.h"

namespace shirube::rules_test {
namespace {

namespace rule = shirube::rule;
using rule::Int128;
using rule::Ratio;

constexpr Int128 kHuge = Int128{1} << 120;

TEST(RatioTest, IsKeptInLowestTermsWithItsSignAbove) {
  const Ratio x(6, -4);
  EXPECT_TRUE(x.numerator() == -3);
  EXPECT_TRUE(x.denominator() == 2);
  EXPECT_TRUE(Ratio(0, -7).denominator() == 1);
  EXPECT_EQ(Ratio(1, 4).approximate(), 0.25);
}

TEST(RatioTest, CalculatesExactly) {
  EXPECT_TRUE(Ratio(1, 3) + Ratio(1, 6) == Ratio(1, 2));
  EXPECT_TRUE(1 - Ratio(1, 3) == Ratio(2, 3));
  EXPECT_TRUE(Ratio(2, 3) * Ratio(-3, 4) == Ratio(-1, 2));
  EXPECT_TRUE(Ratio(2, 3) / Ratio(-4, 3) == Ratio(-1, 2));
  // 3.2 / 4.8 over 5/6 is 4/5 and nothing less, which doubles do not give.
  EXPECT_TRUE(Ratio(32, 48) / Ratio(5, 6) >= Ratio(800000, 1000000));
}

TEST(RatioTest, LetsCancelWhatWouldNotFit) {
  EXPECT_TRUE(Ratio(kHuge, 3) * Ratio(3, kHuge) == 1);
  EXPECT_TRUE(Ratio(kHuge, 3) / Ratio(kHuge, 7) == Ratio(7, 3));
}

TEST(RatioTest, ComparesWhereTheProductsDoNotFit) {
  const Ratio greater(kHuge + 1, kHuge), less(kHuge + 2, kHuge + 1);
  EXPECT_TRUE(less < greater);
  EXPECT_TRUE(greater > less);
  EXPECT_TRUE(-greater < -less);
  EXPECT_TRUE(greater >= Ratio(kHuge + 1, kHuge));
  EXPECT_TRUE(greater != less);
  EXPECT_TRUE(Ratio(-1, kHuge) < Ratio(1, kHuge + 1));
  EXPECT_TRUE(Ratio(kHuge) > Ratio(kHuge - 1, kHuge));
  // As large as they come: -1.999… against -1.
  constexpr Int128 kMost = (kHuge - 1) * 128 + 127;
  EXPECT_TRUE(Ratio(-kMost, kMost / 2 + 1) < Ratio(-kMost + 2, kMost - 4));
}

TEST(RatioTest, ComparesAsCrossMultiplicationDoes) {
  RandomIndicators random(SeedFromEnvironment());
  for (int i = 0; i < 100000; ++i) {
    const int64_t a = random.Between(-9, 9), b = random.Between(1, 9);
    const int64_t c = random.Between(-9, 9), d = random.Between(1, 9);
    const int expected = (a * d > c * b) - (a * d < c * b);
    ASSERT_EQ(rule::Compare(Ratio(a, b), Ratio(c, d)), expected);
    // Nearly the same whole parts, far beyond cross-multiplication.
    const Int128 whole = kHuge / 1000;
    const Ratio left(whole * b + a, b), right(whole * d + c, d);
    ASSERT_EQ(rule::Compare(left, right), expected);
    // And their reciprocals, the other way round.
    ASSERT_EQ(rule::Compare(1 / left, 1 / right), -expected);
  }
}

TEST(RatioDeathTest, EndsRatherThanWraps) {
  EXPECT_DEATH(Ratio(kHuge) * Ratio(kHuge), "");
  EXPECT_DEATH(Ratio(kHuge) * 1000 + 1, "");
  EXPECT_DEATH(Ratio(1, 0), "");
  EXPECT_DEATH(Ratio(1) / Ratio(0), "");
}

Indicator Women() {
  Indicator x;
  x.scale = 1;
  x.baseline = 182;
  x.baseline_index = 12 * 2009;
  x.target = 230;
  x.target_index = 12 * 2015;
  x.points = {{12 * 2013, 200, SHIRUBE_POINT_FINAL},
              {12 * 2014, 214, SHIRUBE_POINT_PROVISIONAL},
              {12 * 2016, 0, SHIRUBE_POINT_UNREAD}};
  x.milestones = {{12 * 2012, 200}, {12 * 2014, 220}};
  return x;
}

TEST(RowTest, NamesWhatTheColumnsHold) {
  Batch batch({Indicator(), Women()}, /*as_of_index=*/12 * 2015);
  const rule::Row row(batch.get(), 1, 1);
  EXPECT_EQ(row.kind(), SHIRUBE_KIND_LEVEL);
  EXPECT_EQ(row.scale(), 1);
  EXPECT_EQ(row.baseline(), 182);
  EXPECT_EQ(row.baseline_index(), 12 * 2009);
  EXPECT_EQ(row.start(), 182);
  EXPECT_EQ(row.target(), 230);
  EXPECT_EQ(row.target_upper(), 230);
  EXPECT_EQ(row.target_index(), 12 * 2015);
  EXPECT_EQ(row.window_start_index(), std::nullopt);
  EXPECT_EQ(row.points().size(), 2u);
  EXPECT_EQ(row.latest()->value, 214);
  EXPECT_EQ(row.latest()->number, 1);
  EXPECT_TRUE(row.latest()->has_value());
  int64_t sum = 0;
  for (const rule::Point point : row.points()) sum += point.value;
  EXPECT_EQ(sum, 414);
  EXPECT_EQ(row.milestones().size(), 2u);
  EXPECT_EQ(row.milestone_at(12 * 2014), 220);
  EXPECT_EQ(row.milestone_at(12 * 2013), std::nullopt);
  EXPECT_TRUE(row.parameter(0) == Ratio(4, 5));
  EXPECT_EQ(row.direction(), 1);
  EXPECT_FALSE(row.met(229));
  EXPECT_TRUE(row.met(230));
  EXPECT_EQ(row.missing(214), 16);
  EXPECT_EQ(row.missing(240), 0);
}

TEST(RowTest, KnowsWhenAFigureIsDue) {
  Indicator november, march;
  november.publication_month = 11;
  november.publication_lag_years = 2;
  march.publication_month = 3;
  Batch batch({november, march, Indicator()});
  batch.get()->today_index = 12 * 2021 + 9;
  const rule::Row first(batch.get(), 0, 0);
  EXPECT_EQ(first.publication_month(), 11);
  EXPECT_EQ(first.publication_lag_years(), 2);
  EXPECT_EQ(first.today_index(), 12 * 2021 + 9);
  // Of fiscal 2019, which ends in March 2020: November 2022.
  EXPECT_EQ(first.due_index(12 * 2019), 12 * 2022 - 4);
  // A whole year after the fiscal year's own March.
  EXPECT_EQ(rule::Row(batch.get(), 1, 1).due_index(12 * 2019), 12 * 2020);
  const rule::Row none(batch.get(), 2, 2);
  EXPECT_EQ(none.publication_month(), std::nullopt);
  EXPECT_EQ(none.due_index(12 * 2019), std::nullopt);
  batch.get()->today_index = 0;
  EXPECT_EQ(none.today_index(), std::nullopt);
}

TEST(RowTest, LeavesOutWhatIsMissing) {
  Batch batch({Indicator()});
  const rule::Row row(batch.get(), 0, 0);
  EXPECT_EQ(row.baseline(), std::nullopt);
  EXPECT_EQ(row.target(), std::nullopt);
  EXPECT_EQ(row.target_index(), std::nullopt);
  EXPECT_EQ(row.latest(), std::nullopt);
  EXPECT_EQ(row.obstacle(), rule::kNoTarget);
}

TEST(RowTest, StartsASumFromNothingAtTheEndOfTheYearBefore) {
  Indicator sum;
  sum.kind = SHIRUBE_KIND_CUMULATIVE;
  sum.target = 120;
  sum.window_start_index = 12 * 2021;
  Batch batch({sum});
  const rule::Row row(batch.get(), 0, 0);
  EXPECT_EQ(row.start(), 0);
  EXPECT_EQ(row.start_index(), 12 * 2020);
  EXPECT_TRUE(row.has_way());
}

// The words of the wrapper are those of the default judgement.
TEST(RowTest, ReadsRowsAsTheDefaultJudgementDoes) {
  RandomIndicators random(SeedFromEnvironment());
  int unhindered = 0;
  for (int i = 0; i < 200000; ++i) {
    const Indicator indicator = random.Next();
    Batch batch({indicator});
    const rule::Row row(batch.get(), 0, 0);
    const pace::Terms t = pace::LoadTerms(batch.get(), 0);
    const std::optional<rule::Point> latest = row.latest();
    const uint16_t number = latest ? latest->number : SHIRUBE_NO_POINT;
    ASSERT_EQ(row.obstacle(), pace::WhyNotJudged(t, number))
        << Describe(indicator);
    ASSERT_EQ(row.start().has_value(), t.has_b) << Describe(indicator);
    ASSERT_EQ(row.start_index().has_value(), t.has_t_b) << Describe(indicator);
    ASSERT_EQ(row.target_index().has_value(), t.has_t_T);
    if (row.obstacle() != rule::kNoObstacle) continue;
    ++unhindered;
    const int64_t a = latest->value;
    ASSERT_EQ(row.direction(), t.direction) << Describe(indicator);
    ASSERT_EQ(row.met(a), pace::Met(t, a)) << Describe(indicator);
    ASSERT_EQ(row.missing(a), pace::Missing(t, a)) << Describe(indicator);
    const int64_t b = row.start().value_or(a);
    ASSERT_EQ(row.missing(b), pace::Missing(t, t.has_b ? t.b : a));
  }
  EXPECT_GT(unhindered, 50000);
}

// ---- A module of one's own. ----

rule::Answer Judge(const rule::Row& row, rule::Facts* facts) {
  if (const rule::Code why = row.obstacle()) return rule::CannotTell(why);
  const rule::Point actual = *row.latest();
  facts->Set(0, Ratio(-row.missing(actual.value), 2));
  facts->Set(7, 1);  // not declared: nothing happens
  if (row.parameter(0) < Ratio(1, 2)) return rule::NotRaise(actual);
  return row.met(actual.value) ? rule::Raise(rule::kMet, actual)
                               : rule::CannotTell(rule::kNotDue, actual);
}

}  // namespace
}  // namespace shirube::rules_test

SHIRUBE_RULE(shirube::rules_test::Judge, /*parameters=*/1, /*facts=*/1)

namespace shirube::rules_test {
namespace {

class EntryPointTest : public testing::Test {
 protected:
  EntryPointTest() : batch_(Rows()) {
    verdicts_.struct_size = sizeof(verdicts_);
    verdicts_.facts_count = 1;
    verdicts_.answer = answer_;
    verdicts_.reason = reason_;
    verdicts_.judged_point = judged_point_;
    verdicts_.fact_numerator = numerator_;
    verdicts_.fact_denominator = denominator_;
    verdicts_.facts_stride = 4;
  }
  static std::vector<Indicator> Rows() {
    Indicator met = Women(), strict = Women();
    met.points = {{12 * 2014, 231, SHIRUBE_POINT_FINAL}};
    strict.points = {{12 * 2014, 229, SHIRUBE_POINT_FINAL}};
    Indicator quiet = met;
    quiet.pace_threshold = 400000;
    return {Indicator(), met, strict, quiet};
  }
  int Evaluate(const uint32_t* rows, uint32_t n) {
    const shirube_rule* rule = shirube_rule_v0();
    void* state = nullptr;
    EXPECT_EQ(rule->create(&state), 0);
    const int fault = rule->evaluate(state, batch_.get(), rows, n, &verdicts_);
    rule->destroy(state);
    return fault;
  }

  Batch batch_;
  uint8_t answer_[4] = {};
  uint16_t reason_[4] = {}, judged_point_[4] = {};
  shirube_int128 numerator_[4] = {}, denominator_[4] = {};
  shirube_verdicts verdicts_ = {};
};

TEST_F(EntryPointTest, AnswersEveryRow) {
  ASSERT_EQ(Evaluate(nullptr, 4), 0);
  EXPECT_EQ(answer_[0], SHIRUBE_CANNOT_TELL);
  EXPECT_EQ(reason_[0], rule::kNoTarget);
  EXPECT_EQ(judged_point_[0], SHIRUBE_NO_POINT);
  EXPECT_EQ(answer_[1], SHIRUBE_RAISED);
  EXPECT_EQ(reason_[1], rule::kMet);
  EXPECT_EQ(judged_point_[1], 0);
  EXPECT_EQ(answer_[2], SHIRUBE_CANNOT_TELL);
  EXPECT_EQ(reason_[2], rule::kNotDue);
  EXPECT_EQ(judged_point_[2], 0);
  EXPECT_EQ(denominator_[2].low, 0u) << "facts were not wanted";
}

TEST_F(EntryPointTest, TakesParametersByPositionAndRowsByNumber) {
  // The parameters lie by position: 0.8, 0.8, 0.8 and, for the fourth, 0.4.
  const uint32_t rows[] = {3, 2, 1, 1};
  ASSERT_EQ(Evaluate(rows, 4), 0);
  EXPECT_EQ(answer_[0], SHIRUBE_RAISED);
  EXPECT_EQ(answer_[1], SHIRUBE_CANNOT_TELL);
  EXPECT_EQ(answer_[2], SHIRUBE_RAISED);
  EXPECT_EQ(answer_[3], SHIRUBE_NOT_RAISED);
  EXPECT_EQ(reason_[3], 0);
}

TEST_F(EntryPointTest, WritesTheFactsThatAreWanted) {
  batch_.get()->want_facts = 1;
  ASSERT_EQ(Evaluate(nullptr, 4), 0);
  EXPECT_EQ(denominator_[0].low, 0u) << "not given";
  EXPECT_EQ(static_cast<int64_t>(numerator_[2].low), -1);
  EXPECT_EQ(numerator_[2].high, -1);
  EXPECT_EQ(denominator_[2].low, 2u);
  EXPECT_EQ(denominator_[1].low, 1u);
}

TEST_F(EntryPointTest, RefusesWhatItCannotRead) {
  batch_.get()->parameters_count = 0;
  EXPECT_NE(Evaluate(nullptr, 4), 0);
  batch_.get()->parameters_count = 2;
  batch_.get()->struct_size -= 8;
  EXPECT_NE(Evaluate(nullptr, 4), 0);
  batch_.get()->struct_size += 8;
  verdicts_.struct_size -= 8;
  EXPECT_NE(Evaluate(nullptr, 4), 0);
  EXPECT_EQ(answer_[0], SHIRUBE_UNSET);
}

}  // namespace
}  // namespace shirube::rules_test
