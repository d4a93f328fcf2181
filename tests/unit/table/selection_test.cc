#include "server/table/selection.h"

#include <atomic>
#include <set>
#include <thread>

#include "gmock/gmock.h"
#include "tests/unit/table/builders.h"

namespace shirube {
namespace {

using ::testing::UnorderedElementsAre;

std::vector<std::string> IdsOf(const Selection& selection) {
  std::vector<std::string> ids;
  for (const SelectionPart& part : selection.parts) {
    for (uint32_t k = 0; k < part.size(); ++k) {
      if (part.live(k)) ids.push_back(part.key(k).indicator.value());
    }
  }
  return ids;
}

TEST(SelectionTest, IsOnePlansRows) {
  const auto table = SmallTable();
  for (const char* id : {"a", "b", "c"}) {
    ASSERT_TRUE(table->Upsert(Row(Key("p", id), 1)).ok());
    ASSERT_TRUE(table->Upsert(Row(Key("q", id), 2)).ok());
  }
  ASSERT_TRUE(table->Remove(Key("p", "b")).ok());
  const Selection plan = table->SelectPlan(PlanId("p"));
  EXPECT_THAT(IdsOf(plan), UnorderedElementsAre("a", "c"));
  EXPECT_EQ(plan.parts.at(0).key(0).plan, PlanId("p"));
  EXPECT_TRUE(table->SelectPlan(PlanId("nobody")).parts.empty());
}

TEST(SelectionTest, LeavesOutUnknownAndRepeatedKeys) {
  const auto table = SmallTable();
  ASSERT_TRUE(table->Upsert(Row(Key("p", "a"), 1)).ok());
  ASSERT_TRUE(table->Upsert(Row(Key("p", "b"), 1)).ok());
  const std::vector<IndicatorKey> keys = {Key("p", "b"), Key("p", "x"),
                                          Key("p", "b"), Key("x", "a")};
  EXPECT_THAT(IdsOf(table->SelectKeys(keys)), UnorderedElementsAre("b"));
}

TEST(SelectionTest, ShowsHolesOfWholeSlots) {
  const auto table = SmallTable();
  for (const char* id : {"a", "b", "c"}) {
    ASSERT_TRUE(table->Upsert(Row(Key("p", id), 1)).ok());
  }
  ASSERT_TRUE(table->Remove(Key("p", "b")).ok());
  const Selection all = table->SelectAll();
  const SelectionPart& part = all.parts.at(0);
  ASSERT_EQ(part.size(), 3u);
  EXPECT_TRUE(part.live(0));
  EXPECT_FALSE(part.live(1));
  EXPECT_EQ(part.columns().present[1], 0);
  EXPECT_EQ(part.columns().points_count[1], 0);
  ASSERT_TRUE(table->Remove(Key("p", "a")).ok());
  ASSERT_TRUE(table->Remove(Key("p", "c")).ok());
  EXPECT_TRUE(table->SelectAll().parts.empty());
}

TEST(SelectionTest, KeepsWhatStandsBehindEachPoint) {
  const auto table = SmallTable();
  RowInput row = Row(Key("p", "a"), 5);
  row.points[0].basis = Basis::kToDate;
  row.points[0].assumed_to_date = true;
  row.points[0].state = ObservationState::kRestated;
  row.points[0].point_state = SHIRUBE_POINT_RESTATED;
  RowPoint later;
  later.period = Period::FiscalQuarter(2022, 3).value();
  later.basis = Basis::kPeriod;
  later.state = ObservationState::kProvisional;
  later.point_state = SHIRUBE_POINT_GAP;
  row.points.push_back(later);
  ASSERT_TRUE(table->Upsert(row).ok());
  const Selection all = table->SelectAll();
  const RowPoint first = all.parts.at(0).point(0, 0);
  EXPECT_EQ(first.basis, Basis::kToDate);
  EXPECT_TRUE(first.assumed_to_date);
  EXPECT_EQ(first.state, ObservationState::kRestated);
  EXPECT_EQ(first.units, 5);
  const RowPoint second = all.parts.at(0).point(0, 1);
  EXPECT_EQ(second.period.ToId(), "fy2022q3");
  EXPECT_EQ(second.basis, Basis::kPeriod);
  EXPECT_FALSE(second.assumed_to_date);
  EXPECT_EQ(second.point_state, SHIRUBE_POINT_GAP);
}

TEST(SelectionTest, CarriesTheRowsOwnParameters) {
  const auto table = SmallTable();
  ASSERT_TRUE(table->Upsert(Row(Key("p", "a"), 1)).ok());
  RowInput row = Row(Key("p", "b"), 1);
  row.overrides = {{"behind_threshold", 500'000}, {"pace_threshold", 900'000}};
  ASSERT_TRUE(table->Upsert(row).ok());
  {
    const Selection all = table->SelectAll();
    const auto& parameters = all.parts.at(0).ask().parameters;
    ASSERT_EQ(parameters.size(), 2u);
    EXPECT_EQ(parameters[1].position, 1u);
    EXPECT_EQ(parameters[1].name, "pace_threshold");
    EXPECT_EQ(parameters[1].millionths, 900'000);
    // A copy of the slot keeps them.
    ASSERT_TRUE(table->Upsert(Row(Key("p", "c"), 1)).ok());
  }
  EXPECT_EQ(table->SelectKeys({Key("p", "b")}).parts[0].ask().parameters.size(),
            2u);
  row.overrides.clear();
  ASSERT_TRUE(table->Upsert(row).ok());
  EXPECT_TRUE(table->SelectAll().parts[0].ask().parameters.empty());
}

TEST(SelectionTest, HasScratchRowsThatNobodyElseSees) {
  const auto table = SmallTable();
  ASSERT_TRUE(table->Upsert(Row(Key("p", "a"), 1)).ok());
  {
    const std::vector<RowInput> rows = {Row(Key("p", "a"), 7, 3, 99),
                                        Row(Key("what", "if"), 8)};
    const Selection scratch = table->Scratch(rows).value();
    const SelectionPart& part = scratch.parts.at(0);
    ASSERT_EQ(part.size(), 2u);
    EXPECT_EQ(part.key(0), Key("p", "a"));
    EXPECT_EQ(part.key(1), Key("what", "if"));
    EXPECT_EQ(part.columns().baseline[0], 7);
    EXPECT_EQ(part.input_revision(0), 99);
    EXPECT_TRUE(part.live(1));
    EXPECT_EQ(table->Find(Key("p", "a")), 1);
    EXPECT_THAT(IdsOf(table->SelectAll()), UnorderedElementsAre("a"));
    EXPECT_FALSE(table->Find(Key("what", "if")).has_value());
    EXPECT_EQ(table->Usage().rows, 1u);
  }
  EXPECT_EQ(table->Usage().slots_free, 1u);
  EXPECT_EQ(table->Scratch(std::vector<RowInput>(65'537)).status().code(),
            absl::StatusCode::kInvalidArgument);
  EXPECT_TRUE(table->Scratch({}).value().parts.empty());
}

TEST(SelectionTest, CanBeMovedAndGivesItsLeaseBackOnce) {
  const auto table = SmallTable();
  ASSERT_TRUE(table->Upsert(Row(Key("p", "a"), 1)).ok());
  const std::vector<IndicatorKey> keys = {Key("p", "a")};
  Selection first = table->SelectKeys(keys);
  Selection second = std::move(first);
  first = table->SelectAll();
  second = std::move(first);
  EXPECT_EQ(second.parts.at(0).key(0), Key("p", "a"));
  second.parts.clear();
  ASSERT_TRUE(table->Upsert(Row(Key("p", "a"), 2)).ok());
  EXPECT_EQ(table->Usage().slots_free, 0u);  // nothing had to be copied
}

TEST(SelectionTest, IsConsistentWhileOneWriterWrites) {
  const auto table = SmallTable();
  ASSERT_TRUE(table->Upsert(Row(Key("p", "a"), 0, 4)).ok());
  std::atomic<bool> stop = false;
  std::thread writer([&] {
    for (int64_t i = 1; !stop; ++i) {
      const int points = static_cast<int>(i % 9) + 1;
      ASSERT_TRUE(table->Upsert(Row(Key("p", "a"), i, points, i)).ok());
      ASSERT_TRUE(
          table->Upsert(Row(Key("p", std::to_string(i % 500)), i)).ok());
    }
  });
  std::vector<std::thread> readers;
  for (int t = 0; t < 3; ++t) {
    readers.emplace_back([&] {
      for (int i = 0; i < 300; ++i) {
        const Selection one = table->SelectKeys({Key("p", "a")});
        const SelectionPart& part = one.parts.at(0);
        const int64_t value = part.columns().baseline[part.row(0)];
        ASSERT_EQ(part.columns().target[part.row(0)], -value);
        ASSERT_EQ(part.key(0), Key("p", "a"));
        for (uint32_t j = 0; j < part.points_count(0); ++j) {
          ASSERT_EQ(part.point(0, j).units, value + j);
        }
      }
    });
  }
  for (std::thread& reader : readers) reader.join();
  stop = true;
  writer.join();
}

}  // namespace
}  // namespace shirube
