#include "server/evaluation/preview_pace.h"

#include <gtest/gtest.h>

#include <thread>

namespace shirube {
namespace {

constexpr absl::Duration kQuick = absl::Milliseconds(1);
const absl::Time kStart = absl::FromUnixSeconds(1'700'000'000);

TEST(PreviewPaceTest, BeginsSmallAndGrowsWhileBatchesAreQuick) {
  PreviewPace pace(4096);
  EXPECT_LE(pace.rows(), 256u);
  for (int batch = 0; batch < 10; ++batch) {
    EXPECT_EQ(pace.Note(kQuick, kQuick, 2), absl::ZeroDuration());
  }
  EXPECT_EQ(pace.rows(), 4096u);
}

TEST(PreviewPaceTest, NeverTakesMoreRowsThanAllowed) {
  PreviewPace pace(7);
  EXPECT_EQ(pace.rows(), 7u);
  pace.Note(kQuick, kQuick, 2);
  EXPECT_EQ(pace.rows(), 7u);
  pace.Note(absl::Seconds(9), absl::Seconds(9), 2);
  EXPECT_EQ(pace.rows(), 7u);
}

TEST(PreviewPaceTest, ShrinksWhereModulesAreSlow) {
  PreviewPace pace(4096);
  for (int batch = 0; batch < 10; ++batch) {
    pace.Note(absl::Seconds(1), absl::Seconds(1), 2);
  }
  EXPECT_LT(pace.rows(), 64u);
  EXPECT_GT(pace.rows(), 0u);
}

TEST(PreviewPaceTest, RestsLongWhileDataIsWritten) {
  PreviewPace pace(4096);
  EXPECT_FALSE(pace.IsBusy(kStart, 10));  // nothing to compare with
  EXPECT_TRUE(pace.IsBusy(kStart + kQuick, 11));
  const absl::Duration work = absl::Milliseconds(8);
  EXPECT_GE(pace.Note(work, kQuick, 2), 10 * work);
  // A moment without a commit is no end of it, a second is.
  EXPECT_TRUE(pace.IsBusy(kStart + absl::Milliseconds(100), 11));
  EXPECT_FALSE(pace.IsBusy(kStart + absl::Seconds(1), 11));
  EXPECT_EQ(pace.Note(work, kQuick, 2), absl::ZeroDuration());
}

TEST(PreviewPaceTest, TakesSmallerBatchesWhileDataIsWritten) {
  PreviewPace quiet(4096), busy(4096);
  for (int batch = 0; batch < 10; ++batch) {
    quiet.IsBusy(kStart, 0);
    busy.IsBusy(kStart, batch);
    quiet.Note(absl::Milliseconds(60), kQuick, 2);
    busy.Note(absl::Milliseconds(60), kQuick, 2);
  }
  EXPECT_GT(quiet.rows(), 2 * busy.rows());
}

TEST(PreviewStopTest, EndsARestAtOnce) {
  PreviewStop stop;
  EXPECT_FALSE(stop.WaitFor(absl::ZeroDuration()));
  std::thread other([&] { stop.Stop(); });
  EXPECT_TRUE(stop.WaitFor(absl::Hours(1)));
  other.join();
  EXPECT_TRUE(stop.stopped());
}

}  // namespace
}  // namespace shirube
