// What must hold of the modules with a published method whatever the numbers
// are: asked twice, in another order or row by row they answer the same, and
// the ones without roots agree with their formula, read a second time.
#include <algorithm>
#include <cmath>
#include <map>
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
// March 2023: of the years there are figures of, half are over.
constexpr int32_t kToday = 12 * 2022;

std::vector<Indicator> RandomRows() {
  RandomIndicators random(SeedFromEnvironment());
  std::vector<Indicator> rows;
  for (int i = 0; i < kRows; ++i) {
    rows.push_back(random.Next());
    if (random.OneIn(4)) continue;
    rows.back().publication_month = static_cast<uint8_t>(random.Between(1, 12));
    rows.back().publication_lag_years =
        static_cast<uint8_t>(random.Between(0, 3));
  }
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
  batch.get()->today_index = kToday;
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

// The symbol as it is computed by hand: a table of years first, then doubles
// far from the limits.
TEST(PublishedFormulaTest, OfTheWeatherIsTheMeanChangeCarriedOn) {
  Batch batch(RandomRows());
  const Answers answers = ModuleUnderTest("dns_weather").Ask(batch.get());
  int symbols = 0;
  for (uint32_t k = 0; k < batch.size(); ++k) {
    const rule::Row row(batch.get(), k, k);
    if (row.obstacle() || !row.has_way() || row.kind() == SHIRUBE_KIND_BAND)
      continue;
    std::map<int, rule::Point> by_year;
    for (const rule::Point point : row.points()) {
      if (!point.has_value()) continue;
      by_year[static_cast<int>(std::ceil(point.index / 12.0))] = point;
    }
    while (by_year.size() > 6) by_year.erase(by_year.begin());
    if (by_year.size() < 4) {
      ASSERT_EQ(answers.reason[k], rule::kTooFewPoints);
      continue;
    }
    const rule::Point first = by_year.begin()->second;
    const rule::Point last = by_year.rbegin()->second;
    const double change = static_cast<double>(last.value) - first.value;
    const double toward = row.direction() * change;
    if (row.met(last.value)) {
      ASSERT_EQ(answers.reason[k], toward < 0 ? 141 : rule::kMet) << k;
    } else if (toward <= 0) {
      ASSERT_EQ(answers.reason[k], 145) << k;
    } else if (row.target_index() && *row.target() != last.value) {
      const double years = *row.target_index() - last.index;
      const double end =
          last.value + change / (last.index - first.index) * years;
      const double miss = (*row.target() - end) / (*row.target() - last.value);
      if (std::fabs(miss - 0.05) < 1e-6 || std::fabs(miss - 0.2) < 1e-6)
        continue;
      ASSERT_EQ(answers.reason[k], miss < 0.05  ? 142
                                   : miss < 0.2 ? 143
                                                : 144)
          << k;
    } else {
      continue;
    }
    ++symbols;
  }
  EXPECT_GT(symbols, 500);
}

TEST(PublishedFormulaTest, OfNaganoIsTheMilestoneOfTheYear) {
  std::vector<Indicator> rows = RandomRows();
  for (size_t i = 0; i < rows.size(); ++i) {  // near the figure of their year
    if (rows[i].points.empty()) continue;
    const PointIn& last = rows[i].points.back();
    const int64_t step = i % 2 == 0 ? 1 : std::max<int64_t>(1, last.value / 8);
    rows[i].milestones = {
        {last.index, last.value + step * (static_cast<int64_t>(i % 5) - 2)}};
  }
  Batch batch(rows);  // its limit is the rows' first threshold
  const Answers answers = ModuleUnderTest("pref_nagano3").Ask(batch.get());
  int rated[4] = {};
  for (uint32_t k = 0; k < batch.size(); ++k) {
    const rule::Row row(batch.get(), k, k);
    if (row.obstacle() || !row.has_way()) continue;
    const rule::Point actual = *row.latest();
    const auto due = row.milestone_at(actual.index);
    if (!due || row.met(actual.value)) continue;
    const int64_t missing = row.missing(actual.value);
    int expected = rule::kNoBaseline;
    if (missing <= row.missing(*due)) {
      expected = 121;
    } else if (row.start()) {
      // missing(start) - missing >= share x (missing(start) - missing(due)).
      const int64_t at_start = row.missing(*row.start());
      const bool way = at_start > row.missing(*due);
      const bool nearly =
          way && rule::Ratio(at_start - missing) >=
                     row.parameter(0) * (at_start - row.missing(*due));
      expected = nearly ? 122 : 123;
    }
    ASSERT_EQ(answers.reason[k], expected) << k;
    ++rated[expected < 121 ? 0 : expected - 120];
  }
  for (const int n : rated) EXPECT_GT(n, 100);
}

// The calendar read month by month, as it hangs on the wall.
struct WallMonth {
  int year, month;

  WallMonth Next() const {
    return month == 12 ? WallMonth{year + 1, 1} : WallMonth{year, month + 1};
  }
  bool operator<(const WallMonth& other) const {
    return year != other.year ? year < other.year : month < other.month;
  }
};

// When the figure of a fiscal year comes out.
WallMonth DueOf(int fiscal_year, int month, int lag_years) {
  WallMonth due = {fiscal_year + 1, 4};
  while (due.month != month) due = due.Next();
  return {due.year + lag_years, due.month};
}

bool IsLate(const Indicator& x, WallMonth today, int32_t as_of_index) {
  // Of each year from the first that is known of: is it over, and where is it?
  int32_t newest = INT32_MIN;
  for (const PointIn& point : x.points) {
    if (point.index <= as_of_index) newest = std::max(newest, point.index);
  }
  const bool baseline =
      x.baseline || x.baseline_unread || x.baseline_other_unit;
  if (x.kind == SHIRUBE_KIND_CUMULATIVE && x.window_start_index) {
    newest = std::max(newest, *x.window_start_index - 12);
  } else if (baseline && x.baseline_index) {
    newest = std::max(newest, *x.baseline_index);
  }
  if (newest == INT32_MIN || x.publication_month == 0) return false;
  for (int year = 2000; year < 2040; ++year) {
    const bool ends = x.target_index && !x.every_year;
    if (ends && 12 * year > *x.target_index) {
      // The target's own period may end within a year.
      return newest < *x.target_index &&
             DueOf(year, x.publication_month, x.publication_lag_years) < today;
    }
    if (DueOf(year, x.publication_month, x.publication_lag_years) < today &&
        12 * year > newest) {
      return true;
    }
  }
  return false;
}

TEST(PublishedFormulaTest, OfStaleIsTheCalendarOnTheWall) {
  const std::vector<Indicator> rows = RandomRows();
  Batch batch(rows);
  const ModuleUnderTest module("stale");
  int late = 0, in_time = 0;
  WallMonth today = {2017, 4};
  for (int32_t index = 12 * 2016 + 1; index < 12 * 2030; ++index) {
    batch.get()->today_index = index;
    // Every seventh month as of a time when less was known.
    batch.get()->as_of_index = index % 7 == 0 ? index : INT32_MAX;
    const Answers answers = module.Ask(batch.get());
    for (uint32_t k = index % 16; k < batch.size(); k += 16) {
      const bool expected = IsLate(rows[k], today, batch.get()->as_of_index);
      ASSERT_EQ(answers.answer[k] == SHIRUBE_RAISED, expected)
          << Describe(rows[k]) << " in " << today.year << "-" << today.month;
      ASSERT_NE(answers.answer[k], SHIRUBE_UNSET);
      ++(expected ? late : in_time);
    }
    today = today.Next();
  }
  EXPECT_GT(late, 10000);
  EXPECT_GT(in_time, 10000);
}

}  // namespace
}  // namespace shirube::rules_test
