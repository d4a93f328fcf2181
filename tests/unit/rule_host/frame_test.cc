// The layouts both sides of the border rely on.
#include <cstddef>

#include "gtest/gtest.h"
#include "server/rule_host/frame/areas.h"
#include "server/rule_host/frame/control.h"
#include "server/rule_host/frame/slot_layout.h"

namespace shirube::frame {
namespace {

// Columns in the order they lie: aligned, and none reaches into the next.
template <size_t kN>
void ExpectApart(const Column (&columns)[kN], uint64_t end, uint64_t gap) {
  for (size_t i = 0; i < kN; ++i) {
    EXPECT_EQ(columns[i].offset % 64, 0u) << i;
    const uint64_t next = i + 1 < kN ? columns[i + 1].offset : end + gap;
    EXPECT_GE(next, columns[i].offset + columns[i].bytes() + gap) << i;
  }
}

TEST(SlotLayoutTest, KeepsColumnsApartAndAligned) {
  const Column columns[] = {kKind,
                            kMeasure,
                            kDirection,
                            kOperator,
                            kScale,
                            kPresent,
                            kBaseline,
                            kTarget,
                            kTargetUpper,
                            kNoiseBand,
                            kBaselineIndex,
                            kTargetIndex,
                            kWindowStartIndex,
                            kPointsOffset,
                            kPointsCount,
                            kMilestonesOffset,
                            kMilestonesCount,
                            kPublicationMonth,
                            kPublicationLagYears,
                            kPointValue,
                            kPointIndex,
                            kPointState,
                            kMilestoneValue,
                            kMilestoneIndex};
  ExpectApart(columns, kSlotBytes, 0);
  EXPECT_EQ(kSlotBytes % 4096, 0u);
}

TEST(SlotLayoutTest, BindsRowsFromTheMiddle) {
  alignas(64) static char slot[64];
  const shirube_batch all = BindRows(slot, 0, 10);
  const shirube_batch some = BindRows(slot, 1024, 7);
  EXPECT_EQ(some.rows_count, 7u);
  EXPECT_EQ(some.struct_size, sizeof(shirube_batch));
  EXPECT_EQ(some.kind - all.kind, 1024);
  EXPECT_EQ(some.baseline - all.baseline, 1024);
  EXPECT_EQ(some.points_offset - all.points_offset, 1024);
  EXPECT_EQ(some.publication_month - all.publication_month, 1024);
  EXPECT_EQ(some.publication_lag_years - all.publication_lag_years, 1024);
  // Shared arrays are counted from their beginning.
  EXPECT_EQ(some.point_value, all.point_value);
  EXPECT_EQ(some.milestone_index, all.milestone_index);
  EXPECT_EQ(some.as_of_index, INT32_MAX);
  EXPECT_EQ(some.today_index, 0);
}

TEST(AreasTest, KeepAnUnmappedPageBetweenVerdictColumns) {
  const Column columns[] = {kWorkerPage,  kAnswer,        kReason,
                            kJudgedPoint, kFactNumerator, kFactDenominator};
  ExpectApart(columns, kVerdictBytes, 4096);
  const Fd fd = CreateMemoryFile("verdicts", kVerdictBytes);
  ASSERT_TRUE(fd.valid());
  const Mapping area = MapVerdictArea(fd.get());
  ASSERT_TRUE(area.valid());
  for (const Column& column : columns) {
    auto* page = static_cast<char*>(area.base()) + column.offset;
    page[0] = 1;
    page[column.bytes() - 1] = 1;
    if (column.offset == kFactDenominator.offset) continue;
    char* guard = page + (column.bytes() + 4095) / 4096 * 4096;
    EXPECT_DEATH_IF_SUPPORTED(*static_cast<volatile char*>(guard) = 1, "");
  }
}

TEST(AreasTest, BindVerdictsFromAPosition) {
  alignas(64) static char area[64];
  const shirube_verdicts all = BindVerdicts(area, 0, 2);
  const shirube_verdicts some = BindVerdicts(area, 2048, 2);
  EXPECT_EQ(some.reason - all.reason, 2048);
  EXPECT_EQ(some.fact_numerator - all.fact_numerator, 2048);
  EXPECT_EQ(some.facts_stride, kFactRows);
  EXPECT_EQ(BindVerdicts(area, 0, 0).fact_numerator, nullptr);
}

TEST(MemoryFileTest, SealsAgainstNewWritersAndResizing) {
  const Fd fd = CreateMemoryFile("sealed", 8192);
  ASSERT_TRUE(fd.valid());
  const Mapping ours = Map(fd.get(), 8192, Access::kReadWrite);
  ASSERT_TRUE(SealMemoryFile(fd.get(), Seal::kNoNewWriters));
  static_cast<char*>(ours.base())[0] = 7;
  EXPECT_FALSE(Map(fd.get(), 8192, Access::kReadWrite).valid());
  const Mapping theirs = Map(fd.get(), 8192, Access::kReadOnly);
  ASSERT_TRUE(theirs.valid());
  EXPECT_EQ(static_cast<const char*>(theirs.base())[0], 7);
}

}  // namespace
}  // namespace shirube::frame
