#include "server/table/table.h"

#include <map>
#include <random>
#include <set>

#include "gmock/gmock.h"
#include "tests/unit/table/builders.h"

namespace shirube {
namespace {

// What the table says of one key.
std::optional<int64_t> BaselineOf(const Table& table, const IndicatorKey& key) {
  const Selection selection = table.SelectKeys({key});
  if (selection.parts.empty()) return std::nullopt;
  const SelectionPart& part = selection.parts[0];
  return part.columns().baseline[part.row(0)];
}

TEST(TableTest, KeepsWhatWasPut) {
  const auto table = SmallTable();
  const IndicatorKey key = Key("p", "a");
  EXPECT_FALSE(table->Find(key).has_value());
  ASSERT_TRUE(table->Upsert(Row(key, 7, 3, 42)).ok());
  EXPECT_EQ(table->Find(key), 42);
  ASSERT_TRUE(table->Upsert(Row(key, 8, 2, 43)).ok());
  EXPECT_EQ(table->Find(key), 43);
  EXPECT_EQ(BaselineOf(*table, key), 8);
  EXPECT_EQ(table->Usage().rows, 1u);
  EXPECT_EQ(table->Usage().points, 2u);
}

TEST(TableTest, ForgetsWhatWasRemovedAndUsesItsRowAgain) {
  const auto table = SmallTable();
  ASSERT_TRUE(table->Upsert(Row(Key("p", "a"), 1)).ok());
  ASSERT_TRUE(table->Upsert(Row(Key("p", "b"), 2)).ok());
  EXPECT_TRUE(table->Remove(Key("p", "a")).value());
  EXPECT_FALSE(table->Remove(Key("p", "a")).value());
  EXPECT_FALSE(table->Remove(Key("q", "a")).value());
  EXPECT_FALSE(table->Find(Key("p", "a")).has_value());
  ASSERT_TRUE(table->Upsert(Row(Key("p", "c"), 3)).ok());
  const Selection all = table->SelectAll();
  EXPECT_EQ(all.size(), 2u);
  EXPECT_EQ(BaselineOf(*table, Key("p", "c")), 3);
}

TEST(TableTest, NeverWritesALeasedSlot) {
  const auto table = SmallTable();
  const IndicatorKey key = Key("p", "a");
  ASSERT_TRUE(table->Upsert(Row(key, 1, 2, 10)).ok());
  const Selection before = table->SelectKeys({key});
  ASSERT_TRUE(table->Upsert(Row(key, 2, 5, 11)).ok());
  ASSERT_TRUE(table->Upsert(Row(Key("p", "new"), 9)).ok());
  const Selection after = table->SelectKeys({key});
  ASSERT_TRUE(table->Remove(key).ok());
  // Each selection goes on saying what it said.
  const SelectionPart& old_part = before.parts.at(0);
  EXPECT_EQ(old_part.columns().baseline[old_part.row(0)], 1);
  EXPECT_EQ(old_part.input_revision(0), 10);
  EXPECT_EQ(old_part.points_count(0), 2u);
  EXPECT_EQ(old_part.ask().rows_count, 1u);
  const SelectionPart& new_part = after.parts.at(0);
  EXPECT_EQ(new_part.columns().baseline[new_part.row(0)], 2);
  EXPECT_EQ(new_part.points_count(0), 5u);
  EXPECT_EQ(new_part.key(0), key);
  EXPECT_FALSE(table->Find(key).has_value());
}

TEST(TableTest, KeepsThePublicationCalendarThroughACopy) {
  const auto table = SmallTable();
  RowInput row = Row(Key("p", "a"), 1);
  row.publication_month = 11;
  row.publication_lag_years = 2;
  ASSERT_TRUE(table->Upsert(row).ok());
  const Selection leased = table->SelectAll();
  ASSERT_TRUE(table->Upsert(Row(Key("p", "b"), 2)).ok());
  const Selection copied = table->SelectKeys({Key("p", "a")});
  const SelectionPart& copy = copied.parts.at(0);
  EXPECT_EQ(copy.columns().publication_month[copy.row(0)], 11);
  EXPECT_EQ(copy.columns().publication_lag_years[copy.row(0)], 2);
  ASSERT_TRUE(table->Upsert(Row(Key("p", "a"), 1)).ok());
  const Selection without = table->SelectKeys({Key("p", "a")});
  const SelectionPart& part = without.parts.at(0);
  EXPECT_EQ(part.columns().publication_month[part.row(0)], 0);
}

TEST(TableTest, WritesInPlaceWhileNobodyReads) {
  const auto table = SmallTable();
  for (int i = 0; i < 100; ++i) {
    ASSERT_TRUE(table->Upsert(Row(Key("p", "a"), i)).ok());
  }
  EXPECT_EQ(table->Usage().slots_in_use, 1u);
  EXPECT_EQ(table->Usage().slots_free, 0u);
}

TEST(TableTest, UsesSlotsAgainInsteadOfTakingMore) {
  const auto table = SmallTable();
  ASSERT_TRUE(table->Upsert(Row(Key("p", "a"), 0)).ok());
  for (int i = 1; i <= 50; ++i) {
    const Selection lease = table->SelectAll();
    ASSERT_TRUE(table->Upsert(Row(Key("p", "a"), i)).ok());
  }
  const TableUsage usage = table->Usage();
  EXPECT_EQ(usage.slots_in_use, 1u);
  EXPECT_EQ(usage.slots_free, 1u);
}

TEST(TableTest, SaysWhenItIsFullAndStaysAsItWas) {
  const auto table = SmallTable(/*slots=*/1);
  const IndicatorKey key = Key("p", "a");
  ASSERT_TRUE(table->Upsert(Row(key, 1)).ok());
  {
    const Selection lease = table->SelectAll();  // a change would need a copy
    EXPECT_EQ(table->Upsert(Row(key, 2)).code(),
              absl::StatusCode::kResourceExhausted);
    EXPECT_EQ(table->Remove(key).status().code(),
              absl::StatusCode::kResourceExhausted);
    EXPECT_EQ(table->Upsert(Row(Key("p", "b"), 2)).code(),
              absl::StatusCode::kResourceExhausted);
  }
  EXPECT_EQ(BaselineOf(*table, key), 1);
  EXPECT_FALSE(table->Find(Key("p", "b")).has_value());
  EXPECT_TRUE(table->Upsert(Row(key, 2)).ok());
}

TEST(TableTest, GrowsOverSeveralSlots) {
  const auto table = SmallTable();
  constexpr uint32_t kRows = 2 * frame::kSlotRows + 10;
  for (uint32_t i = 0; i < kRows; ++i) {
    ASSERT_TRUE(table->Upsert(Row(Key("p", std::to_string(i)), i)).ok());
  }
  EXPECT_EQ(table->Usage().slots_in_use, 3u);
  const Selection all = table->SelectAll();
  ASSERT_EQ(all.parts.size(), 3u);
  EXPECT_EQ(all.size(), kRows);
  EXPECT_EQ(all.parts[0].ask().rows, nullptr);
  EXPECT_EQ(all.parts[2].size(), 10u);
  EXPECT_EQ(BaselineOf(*table, Key("p", "131080")), 131080);
}

TEST(TableTest, TakesAnotherSlotWhenThePointsOfOneAreUsedUp) {
  const auto table = SmallTable();
  constexpr int kPoints = 1000;
  constexpr uint32_t kRows = frame::kSlotPoints / kPoints + 1;  // 1049
  for (uint32_t i = 0; i < kRows; ++i) {
    ASSERT_TRUE(
        table->Upsert(Row(Key("p", std::to_string(i)), i, kPoints)).ok());
  }
  EXPECT_EQ(table->Usage().slots_in_use, 2u);
  EXPECT_EQ(table->Usage().points, uint64_t{kRows} * kPoints);
  for (uint32_t i = 0; i < kRows; ++i) {
    const Selection one = table->SelectKeys({Key("p", std::to_string(i))});
    ASSERT_EQ(one.parts.at(0).point(0, kPoints - 1).units, i + kPoints - 1);
  }
}

TEST(TableTest, ThrowsAwayPointsThatNobodyUsesAnyMore) {
  const auto table = SmallTable(/*slots=*/3);
  // Figures come one by one: without compaction this would take 500 times the
  // memory of what is left.
  for (int points = 1; points <= 1000; ++points) {
    for (int i = 0; i < 20; ++i) {
      ASSERT_TRUE(
          table->Upsert(Row(Key("p", std::to_string(i)), i, points)).ok());
    }
  }
  EXPECT_EQ(table->Usage().points, 20'000u);
  EXPECT_LE(table->Usage().slots_in_use, 1u);
}

TEST(TableTest, MovesARowThatOutgrowsItsSlot) {
  const auto table = SmallTable();
  for (int i = 0; i < 20; ++i) {
    ASSERT_TRUE(
        table->Upsert(Row(Key("p", std::to_string(i)), i, 50'000)).ok());
  }
  ASSERT_EQ(table->Usage().slots_in_use, 1u);
  ASSERT_TRUE(table->Upsert(Row(Key("p", "3"), 3, 60'000)).ok());
  ASSERT_TRUE(table->Upsert(Row(Key("p", "4"), 4, 60'000)).ok());
  EXPECT_EQ(table->Usage().rows, 20u);
  EXPECT_EQ(table->Usage().points, 18u * 50'000 + 2 * 60'000);
  const Selection moved = table->SelectKeys({Key("p", "4")});
  EXPECT_EQ(moved.parts.at(0).points_count(0), 60'000u);
  EXPECT_EQ(moved.parts.at(0).point(0, 59'999).units, 60'003);
}

TEST(TableTest, RefusesMorePointsThanARowHolds) {
  const auto table = SmallTable();
  RowInput row = Row(Key("p", "a"), 1);
  row.points.resize(65'535, row.points[0]);
  EXPECT_EQ(table->Upsert(row).code(), absl::StatusCode::kInvalidArgument);
}

TEST(TableTest, CostsLittleMemory) {
  const auto table = SmallTable();
  constexpr uint64_t kRows = 4 * frame::kSlotRows;
  constexpr uint64_t kPoints = 8;
  for (uint64_t i = 0; i < kRows; ++i) {
    const std::string id = "indicator-" + std::to_string(100'000 + i);
    ASSERT_TRUE(
        table->Upsert(Row(Key("plan", id), static_cast<int64_t>(i), kPoints))
            .ok());
  }
  const TableUsage usage = table->Usage();
  const uint64_t bytes = usage.reserved_bytes + usage.private_bytes;
  EXPECT_LE(bytes, kRows * 200 + kRows * kPoints * 24)
      << static_cast<double>(bytes) / kRows << " bytes a row of " << kPoints;
}

// Random operations against a map of what must be there; selections taken on
// the way must go on saying what was there then.
TEST(TableTest, BehavesLikeAMapWhateverIsSelectedMeanwhile) {
  const uint32_t seed = std::random_device()();
  SCOPED_TRACE("seed " + std::to_string(seed));
  std::mt19937 random(seed);
  const auto table = SmallTable(/*slots=*/40);
  std::map<IndicatorKey, std::pair<int64_t, int>> model;
  struct Held {
    Selection selection;
    std::map<IndicatorKey, std::pair<int64_t, int>> then;
  };
  std::vector<Held> held;
  const auto expect_same = [](const Selection& selection, const auto& want) {
    std::map<IndicatorKey, std::pair<int64_t, int>> got;
    for (const SelectionPart& part : selection.parts) {
      for (uint32_t k = 0; k < part.size(); ++k) {
        if (!part.live(k)) continue;
        got[part.key(k)] = {part.columns().baseline[part.row(k)],
                            static_cast<int>(part.points_count(k))};
        for (uint32_t j = 0; j < part.points_count(k); ++j) {
          ASSERT_EQ(part.point(k, j).units,
                    part.columns().baseline[part.row(k)] + j);
        }
      }
    }
    ASSERT_EQ(got, want);
  };
  for (int step = 0; step < 3000; ++step) {
    const IndicatorKey key =
        Key("p" + std::to_string(random() % 3), std::to_string(random() % 40));
    const int64_t value = static_cast<int64_t>(random() % 1000);
    const int points = static_cast<int>(random() % 30);
    switch (random() % 6) {
      case 0:
        ASSERT_EQ(table->Remove(key).value(), model.erase(key) > 0);
        break;
      case 1:
        if (held.size() < 8) held.push_back({table->SelectAll(), model});
        break;
      case 2:
        if (!held.empty()) {
          const size_t i = random() % held.size();
          expect_same(held[i].selection, held[i].then);
          held.erase(held.begin() + static_cast<ptrdiff_t>(i));
        }
        break;
      default:
        ASSERT_TRUE(table->Upsert(Row(key, value, points)).ok());
        model[key] = {value, points};
    }
  }
  for (const Held& one : held) expect_same(one.selection, one.then);
  expect_same(table->SelectAll(), model);
  EXPECT_EQ(table->Usage().rows, model.size());
}

}  // namespace
}  // namespace shirube
