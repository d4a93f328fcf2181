#include "server/evaluation/due_rows.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "absl/strings/str_cat.h"

namespace shirube {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::UnorderedElementsAre;

const PlanId kA("a"), kB("b"), kC("c"), kD("d");

std::set<IndicatorKey> Keys(const PlanId& plan, int from, int to) {
  std::set<IndicatorKey> keys;
  for (int n = from; n < to; ++n) {
    keys.insert({plan, IndicatorId(absl::StrCat("i-", n))});
  }
  return keys;
}

TEST(DueRowsTest, APlanKeepsHowFarItWasJudgedWhenMoreOfItIsDue) {
  DueRows due;
  due.Add(Keys(kA, 0, 2), 5);
  due.Add(Keys(kA, 1, 4), 9);
  due.Add(Keys(kB, 0, 1), 9);
  EXPECT_EQ(due.plans().at(kA).keys, Keys(kA, 0, 4));
  EXPECT_EQ(due.plans().at(kA).judged, 5);
  EXPECT_EQ(due.JudgedThrough(12), 5);
  due.Take({kA});
  EXPECT_EQ(due.JudgedThrough(12), 9);
  due.Take({kB});
  EXPECT_EQ(due.JudgedThrough(12), 12);
  EXPECT_TRUE(due.plans().empty());
}

TEST(DueRowsTest, WhatIsPutBackIsDueAsBefore) {
  DueRows due;
  due.Add(Keys(kA, 0, 2), 5);
  DueRows::ByPlan taken = due.Take({kA, kB});
  EXPECT_TRUE(due.plans().empty());
  due.Add(Keys(kA, 1, 3), 8);
  due.Put(std::move(taken));
  EXPECT_EQ(due.plans().at(kA).keys, Keys(kA, 0, 3));
  EXPECT_EQ(due.plans().at(kA).judged, 5);
}

TEST(DueRowsTest, APlanWithoutRowsIsNotDue) {
  DueRows due;
  due.Add(Keys(kA, 0, 2), 5);
  due.Remove(Keys(kA, 0, 1));
  due.Remove(Keys(kB, 0, 1));
  EXPECT_EQ(due.plans().at(kA).keys, Keys(kA, 1, 2));
  due.Remove(Keys(kA, 1, 2));
  EXPECT_TRUE(due.plans().empty());
}

TEST(DueRowsTest, FewRowsComeFirstThenThePlanThatHasWaitedLongest) {
  DueRows due;
  due.Add(Keys(kA, 0, 50), 3);
  due.Add(Keys(kB, 0, 50), 2);
  due.Add(Keys(kC, 0, 6), 8);
  due.Add(Keys(kD, 0, 4), 9);
  const std::vector<PlanId> all = {kA, kB, kC, kD};
  EXPECT_THAT(due.Turns(all, 10, true),
              ElementsAre(ElementsAre(kD, kC), ElementsAre(kB)));
  EXPECT_THAT(due.Turns(all, 9, true),
              ElementsAre(ElementsAre(kD), ElementsAre(kB)))
      << "not half a plan";
  EXPECT_THAT(due.Turns({kA, kB}, 9, true), ElementsAre(ElementsAre(kB)));
  EXPECT_THAT(due.Turns(all, 200, true),
              ElementsAre(UnorderedElementsAre(kA, kB, kC, kD)));
  EXPECT_THAT(due.Turns({}, 10, true), IsEmpty());
}

TEST(DueRowsTest, ALargePlanWaitsWhileItMayNotCome) {
  DueRows due;
  due.Add(Keys(kA, 0, 50), 2);
  due.Add(Keys(kB, 0, 10), 7);
  due.Add(Keys(kC, 0, 9), 8);
  due.Add(Keys(kD, 0, 9), 6);
  const std::vector<PlanId> all = {kA, kB, kC, kD};
  EXPECT_THAT(due.Turns(all, 10, false),
              ElementsAre(ElementsAre(kD), ElementsAre(kB)));
  EXPECT_THAT(due.Turns({kA}, 10, false), IsEmpty());
}

}  // namespace
}  // namespace shirube
