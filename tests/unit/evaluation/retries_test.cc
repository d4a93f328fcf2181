#include "server/evaluation/retries.h"

#include <gtest/gtest.h>

namespace shirube {
namespace {

using std::chrono::minutes;
using std::chrono::seconds;

const IndicatorKey kA = {PlanId("p"), IndicatorId("a")};
const IndicatorKey kB = {PlanId("p"), IndicatorId("b")};

class RetriesTest : public ::testing::Test {
 protected:
  // Everything that is due at its time fails again; how many times that was
  // within `span`.
  int FailFor(Retries::Clock::duration span, bool endless) {
    const Retries::Clock::time_point end = now_ + span;
    int times = 0;
    while (retries_.next() < end) {
      now_ = retries_.next();
      std::set<IndicatorKey> due;
      EXPECT_EQ(retries_.TakeInto(now_, &due), endless);
      FaultedRows faulted;
      for (const IndicatorKey& key : due) faulted[key] = endless;
      retries_.Note(now_, due, faulted);
      ++times;
    }
    return times;
  }

  Retries retries_{seconds(5)};
  Retries::Clock::time_point now_;
};

TEST_F(RetriesTest, HasNothingToDoAtFirst) {
  EXPECT_EQ(retries_.next(), Retries::Clock::time_point::max());
  retries_.Note(now_, {kA}, {});
  EXPECT_EQ(retries_.next(), Retries::Clock::time_point::max());
}

TEST_F(RetriesTest, AsksSoonThenAfterTwiceAsLong) {
  retries_.Note(now_, {kA}, {{kA, false}});
  EXPECT_EQ(retries_.next(), now_ + seconds(5));
  std::set<IndicatorKey> due;
  retries_.TakeInto(now_ + seconds(4), &due);
  EXPECT_TRUE(due.empty());
  retries_.TakeInto(now_ + seconds(5), &due);
  EXPECT_EQ(due, std::set<IndicatorKey>{kA});
  now_ += seconds(5);
  retries_.Note(now_, due, {{kA, false}});
  EXPECT_EQ(retries_.next(), now_ + seconds(10));
}

TEST_F(RetriesTest, ForgetsARowThatWasAnswered) {
  retries_.Note(now_, {kA, kB}, {{kA, false}, {kB, false}});
  retries_.Note(now_, {kA}, {});
  std::set<IndicatorKey> due;
  retries_.TakeInto(now_ + minutes(1), &due);
  EXPECT_EQ(due, std::set<IndicatorKey>{kB});
}

TEST_F(RetriesTest, GivesUpARowThatFailsForHours) {
  retries_.Note(now_, {kA}, {{kA, false}});
  EXPECT_EQ(FailFor(std::chrono::hours(24), false), 24);
  EXPECT_EQ(retries_.next(), Retries::Clock::time_point::max());
  // Something changed it: it is tried again, soon.
  retries_.Note(now_, {kA}, {{kA, false}});
  EXPECT_EQ(retries_.next(), now_ + seconds(5));
}

TEST_F(RetriesTest, NeverGivesUpAModuleThatDoesNotRun) {
  retries_.Note(now_, {kA}, {{kA, true}});
  EXPECT_GT(FailFor(std::chrono::hours(24), true), 280);
}

TEST_F(RetriesTest, ANewFaultIsTriedSoonBesideOldOnes) {
  retries_.Note(now_, {kA}, {{kA, false}});
  FailFor(minutes(30), false);
  retries_.Note(now_, {kB}, {{kB, false}});
  EXPECT_EQ(retries_.next(), now_ + seconds(5));
}

}  // namespace
}  // namespace shirube
