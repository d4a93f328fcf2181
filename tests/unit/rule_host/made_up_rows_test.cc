#include "server/rule_host/made_up_rows.h"

#include <set>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "rules/cases/case_batch.h"
#include "rules/cases/case_text.h"

namespace shirube {
namespace {

constexpr int kRows = 600;

Manifest AManifest() {
  Manifest manifest;
  ManifestParameter upper;
  upper.name = "upper";
  upper.min_millionths = 100'000;
  upper.default_millionths = upper.max_millionths = 1'000'000;
  ManifestParameter lower = upper;
  lower.name = "lower";
  lower.min_millionths = 0;
  lower.at_most = "upper";
  manifest.parameters = {lower, upper};
  return manifest;
}

TEST(MadeUpRowsTest, AreTheSameFromOneSeedAndOthersFromAnother) {
  const auto one = MakeUpRows(AManifest(), 7, kRows);
  const auto two = MakeUpRows(AManifest(), 7, kRows);
  const auto other = MakeUpRows(AManifest(), 8, kRows);
  ASSERT_EQ(one.size(), static_cast<size_t>(kRows));
  bool same = true;
  for (size_t i = 0; i < one.size(); ++i) {
    EXPECT_EQ(cases::CaseText(one[i]), cases::CaseText(two[i]));
    same &= cases::CaseText(one[i]) == cases::CaseText(other[i]);
  }
  EXPECT_FALSE(same);
}

TEST(MadeUpRowsTest, CanEachBeARowAndBeWrittenAsACase) {
  for (cases::Case row : MakeUpRows(AManifest(), 20'210'401, kRows)) {
    const cases::CaseBatch batch(row, {{"lower", 0}, {"upper", 1'000'000}});
    EXPECT_EQ(batch.error(), "") << cases::CaseText(row);
    row.expectations.push_back({.status = "NOT_RAISED"});
    const cases::ParseResult read = cases::ParseCases(cases::CaseText(row));
    ASSERT_EQ(read.error, "") << cases::CaseText(row);
    EXPECT_EQ(cases::CaseText(read.cases[0]), cases::CaseText(row));
  }
}

TEST(MadeUpRowsTest, AreOfEveryKindAndLackEverythingThatMayBeMissing) {
  std::set<int> kinds, states, operators;
  int without_points = 0, without_target = 0, without_baseline = 0;
  for (const cases::Case& row : MakeUpRows(AManifest(), 1, kRows)) {
    kinds.insert(row.kind);
    operators.insert(row.op);
    for (const cases::Point& point : row.points) states.insert(point.state);
    without_points += row.points.empty();
    without_target += row.target.given == cases::Given::kAbsent;
    without_baseline += row.baseline.given == cases::Given::kAbsent;
  }
  EXPECT_EQ(kinds.size(), 5u);
  EXPECT_EQ(states.size(), 6u);
  EXPECT_EQ(operators.size(), 7u);
  EXPECT_GT(without_points, 10);
  EXPECT_GT(without_target, 5);
  EXPECT_GT(without_baseline, 5);
}

TEST(MadeUpRowsTest, HaveTheirPeriodsInTheOrderInWhichTheyAreStored) {
  int both = 0;
  for (const cases::Case& row : MakeUpRows(AManifest(), 1, kRows)) {
    std::optional<int32_t> start = row.baseline_index;
    if (row.kind == SHIRUBE_KIND_CUMULATIVE) {
      start = row.window_start_index;
      if (start) *start -= 12;
    }
    if (!start || !row.target_index) continue;
    ++both;
    EXPECT_GT(*row.target_index, *start) << cases::CaseText(row);
    for (const cases::Milestone& milestone : row.milestones) {
      EXPECT_GT(milestone.index, *start);
      EXPECT_LT(milestone.index, *row.target_index);
    }
  }
  EXPECT_GT(both, 100);
}

TEST(MadeUpRowsTest, KeepParametersWithinWhatTheManifestAllows) {
  int with = 0;
  for (const cases::Case& row : MakeUpRows(AManifest(), 3, kRows)) {
    std::map<std::string, int64_t> values;
    for (const auto& given : row.parameters) {
      values[given.name] = given.millionths;
    }
    if (values.empty()) continue;
    ++with;
    EXPECT_GE(values["upper"], 100'000);
    EXPECT_LE(values["upper"], 1'000'000);
    EXPECT_GE(values["lower"], 0);
    EXPECT_LE(values["lower"], values["upper"]);
  }
  EXPECT_GT(with, 50);
}

}  // namespace
}  // namespace shirube
