#include "server/rule_host/split.h"

#include <deque>
#include <set>

#include "gmock/gmock.h"
#include "server/rule_host/frame/slot_layout.h"

namespace shirube {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using Stage = Stretch::Stage;

constexpr uint32_t kCall = frame::kCallRows;

TEST(SplitTest, AsksTheCallThatIsHintedAtBeforeTheRest) {
  const Stretch piece = {100, 4 * kCall, Stage::kFresh};
  EXPECT_THAT(SplitAfterFailure(piece, 2),
              ElementsAre(Stretch{100 + 2 * kCall, kCall, Stage::kSuspect},
                          Stretch{100, 2 * kCall, Stage::kRest},
                          Stretch{100 + 3 * kCall, kCall, Stage::kRest}));
}

TEST(SplitTest, KnowsTheFirstAndTheLastShortCall) {
  const Stretch piece = {0, kCall + 7, Stage::kRest};
  EXPECT_THAT(SplitAfterFailure(piece, 0),
              ElementsAre(Stretch{0, kCall, Stage::kSuspect},
                          Stretch{kCall, 7, Stage::kRest}));
  EXPECT_THAT(SplitAfterFailure(piece, 1),
              ElementsAre(Stretch{kCall, 7, Stage::kSuspect},
                          Stretch{0, kCall, Stage::kRest}));
}

TEST(SplitTest, HalvesByCallsWithoutAHintOrWithAnImpossibleOne) {
  const Stretch piece = {0, 3 * kCall, Stage::kFresh};
  const auto halves = ElementsAre(Stretch{0, kCall, Stage::kRest},
                                  Stretch{kCall, 2 * kCall, Stage::kRest});
  EXPECT_THAT(SplitAfterFailure(piece, std::nullopt), halves);
  EXPECT_THAT(SplitAfterFailure(piece, 3), halves);
  EXPECT_THAT(SplitAfterFailure(piece, UINT32_MAX), halves);
}

TEST(SplitTest, AsksOneCallAgainAsItIsBeforeItHalvesIt) {
  const Stretch again = {5, 9, Stage::kSuspect};
  EXPECT_THAT(SplitAfterFailure({5, 9, Stage::kFresh}, 0), ElementsAre(again));
  EXPECT_THAT(SplitAfterFailure({5, 9, Stage::kRest}, 0), ElementsAre(again));
  EXPECT_THAT(SplitAfterFailure(again, 0),
              ElementsAre(Stretch{5, 4, Stage::kFirstHalf},
                          Stretch{9, 5, Stage::kSecondHalf}));
}

TEST(SplitTest, HalvesACallThatFailsWithoutAHintAtOnce) {
  EXPECT_THAT(SplitAfterFailure({5, 9, Stage::kRest}, std::nullopt),
              ElementsAre(Stretch{5, 4, Stage::kFirstHalf},
                          Stretch{9, 5, Stage::kSecondHalf}));
}

TEST(SplitTest, BlamesARowOnlyWhereItFailedAloneASecondTime) {
  EXPECT_THAT(SplitAfterFailure({3, 1, Stage::kFresh}, 0),
              ElementsAre(Stretch{3, 1, Stage::kSuspect}));
  EXPECT_THAT(SplitAfterFailure({3, 1, Stage::kRest}, 0),
              ElementsAre(Stretch{3, 1, Stage::kSuspect}));
  for (const Stage stage :
       {Stage::kSuspect, Stage::kFirstHalf, Stage::kSecondHalf}) {
    EXPECT_THAT(SplitAfterFailure({3, 1, stage}, 0), IsEmpty());
  }
}

TEST(SplitTest, HalvesASecondHalfWithoutAskingItFirst) {
  EXPECT_THAT(SplitGuilty({10, 3, Stage::kSecondHalf}),
              ElementsAre(Stretch{10, 1, Stage::kFirstHalf},
                          Stretch{11, 2, Stage::kSecondHalf}));
  EXPECT_THAT(SplitGuilty({10, 1, Stage::kSecondHalf}),
              ElementsAre(Stretch{10, 1, Stage::kSecondHalf}));
}

TEST(SplitTest, LeavesOutTheRowThatWasFound) {
  const Stretch piece = {10, 5, Stage::kFresh};
  EXPECT_THAT(SplitAround(piece, 2), ElementsAre(Stretch{10, 2, Stage::kRest},
                                                 Stretch{13, 2, Stage::kRest}));
  EXPECT_THAT(SplitAround(piece, 0), ElementsAre(Stretch{11, 4, Stage::kRest}));
  EXPECT_THAT(SplitAround(piece, 4), ElementsAre(Stretch{10, 4, Stage::kRest}));
  EXPECT_THAT(SplitAround({7, 1, Stage::kRest}, 0), IsEmpty());
}

// Whatever the hints say: every row is answered or found, and only the cause is
// found, within the deaths a hunt may cost.
TEST(SplitTest, FindsEveryRowThatIsTheCause) {
  constexpr uint32_t kRows = 16 * kCall;
  for (uint32_t cause = 0; cause < kRows; cause += 128) {
    for (const std::optional<uint32_t> hint :
         {std::optional<uint32_t>(cause / kCall), std::optional<uint32_t>(),
          std::optional<uint32_t>(0), std::optional<uint32_t>(15)}) {
      std::deque<Stretch> pending = {{0, kRows, Stage::kFresh}};
      uint32_t answered = 0;
      int deaths = 0;
      std::vector<uint32_t> found;
      while (!pending.empty()) {
        const Stretch asked = pending.front();
        pending.pop_front();
        if (cause < asked.first || cause >= asked.first + asked.n) {
          answered += asked.n;
          continue;
        }
        ++deaths;
        const bool whole = asked.n == kRows;
        const auto next =
            SplitAfterFailure(asked, whole ? hint : std::optional<uint32_t>());
        if (next.empty()) found.push_back(asked.first);
        pending.insert(pending.begin(), next.begin(), next.end());
      }
      ASSERT_THAT(found, ElementsAre(cause));
      ASSERT_EQ(answered, kRows - 1);
      ASSERT_LE(deaths, 16) << cause;
    }
  }
}

}  // namespace
}  // namespace shirube
