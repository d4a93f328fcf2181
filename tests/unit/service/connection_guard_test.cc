#include "server/app/connection_guard.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "server/base/limits.h"

namespace shirube {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::UnorderedElementsAre;

const absl::Time kNow = absl::FromUnixSeconds(1'700'000'000);

ConnectionLimits Few() {
  ConnectionLimits limits;
  limits.connections = 4;
  limits.strangers = 2;
  limits.stranger_age = absl::Seconds(60);
  limits.stranger_bytes = 100;
  limits.turned_away = 5;
  limits.quiet_bytes = 1'000;
  limits.unread_bytes = 3 * limits::kMaxTransportBytes;
  return limits;
}

Caller Stranger(int seconds_ago, int64_t bytes = 0) {
  return {false, kNow - absl::Seconds(seconds_ago), absl::InfinitePast(),
          bytes};
}
Caller Known(int called_seconds_ago, int64_t bytes = 0, int awaited = 0) {
  return {true, kNow - absl::Hours(100),
          kNow - absl::Seconds(called_seconds_ago), bytes, awaited};
}

TEST(WhoMustGoTest, IsNobodyWhereThereIsRoom) {
  EXPECT_THAT(WhoMustGo({}, Few(), kNow), IsEmpty());
  EXPECT_THAT(
      WhoMustGo({Stranger(60, 100), Known(9'000, 1'000), Stranger(0), Known(0)},
                Few(), kNow),
      IsEmpty());
}

TEST(WhoMustGoTest, IsWhoSentTooMuch) {
  EXPECT_THAT(WhoMustGo({Stranger(1, 101), Known(1, 101), Known(1, 1'001)},
                        Few(), kNow),
              ElementsAre(0, 2));
}

// A message may be as long as messages are; many at once have a bound.
TEST(WhoMustGoTest, IsNobodyWhoseMessageIsAwaited) {
  constexpr int64_t kOne = limits::kMaxTransportBytes;
  EXPECT_THAT(WhoMustGo({Known(1, kOne, 1), Known(1, 2 * kOne, 1),
                         Known(1, 3 * kOne, 50), Known(1, 4 * kOne, 50)},
                        Few(), kNow),
              ElementsAre(1, 3));
}

TEST(WhoMustGoTest, IsWhoIsTurnedAwayAgainAndAgain) {
  std::vector<Caller> callers = {Stranger(1), Stranger(1)};
  callers[0].turned_away = 5;
  callers[1].turned_away = 6;
  EXPECT_THAT(WhoMustGo(callers, Few(), kNow), ElementsAre(1));
}

TEST(WhoMustGoTest, IsWhoStaysAStranger) {
  EXPECT_THAT(WhoMustGo({Stranger(59), Stranger(61)}, Few(), kNow),
              ElementsAre(1));
}

// Whoever has just come needs a moment until its first call.
TEST(WhoMustGoTest, IsTheOldestStrangerWhereTheyAreTooMany) {
  EXPECT_THAT(WhoMustGo({Stranger(1), Stranger(9), Stranger(2), Stranger(8)},
                        Few(), kNow),
              UnorderedElementsAre(1, 3));
}

TEST(WhoMustGoTest, IsWhoHasNotCalledForLongest) {
  EXPECT_THAT(WhoMustGo({Known(1), Known(500), Known(3), Known(400), Known(5),
                         Stranger(1)},
                        Few(), kNow),
              UnorderedElementsAre(1, 3));
}

TEST(ConnectionLimitsTest, LeaveFilesForTheRestOfTheServer) {
  EXPECT_EQ(ConnectionLimits::WithinFiles(65'536).connections,
            limits::kMaxConnections);
  const ConnectionLimits few = ConnectionLimits::WithinFiles(1'024);
  EXPECT_EQ(few.connections, 768);
  EXPECT_EQ(few.strangers, 384);
}

}  // namespace
}  // namespace shirube
