#include "server/rule_host/turn.h"

#include <optional>
#include <thread>
#include <vector>

#include "gmock/gmock.h"

namespace shirube {
namespace {

using ::testing::ElementsAre;

TEST(TurnTest, LetsWhoeverCameFirstGoFirst) {
  Turns turns;
  std::vector<int> order;  // written in turn
  std::optional<Turns::Turn> mine(std::in_place, &turns);
  EXPECT_EQ(turns.waiting(), 0u);
  std::vector<std::thread> others;
  for (int i = 1; i <= 3; ++i) {
    others.emplace_back([&turns, &order, i] {
      const Turns::Turn turn(&turns);
      order.push_back(i);
    });
    while (turns.waiting() != static_cast<uint64_t>(i)) {
      std::this_thread::yield();
    }
  }
  order.push_back(0);
  mine.reset();
  // Whoever takes the next one at once comes after those that waited.
  mine.emplace(&turns);
  order.push_back(4);
  mine.reset();
  for (std::thread& other : others) other.join();
  EXPECT_THAT(order, ElementsAre(0, 1, 2, 3, 4));
}

TEST(TurnTest, HoldsEverybodyElseOut) {
  Turns turns;
  int inside = 0, taken = 0;
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&] {
      for (int i = 0; i < 500; ++i) {
        const Turns::Turn turn(&turns);
        ASSERT_EQ(++inside, 1);
        ++taken;
        --inside;
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(taken, 2000);
  EXPECT_EQ(turns.waiting(), 0u);
}

TEST(TurnTest, WaitsForNobodyIfItIsToComeAtOnceOrNotAtAll) {
  Turns turns;
  {
    const Turns::Turn first(&turns, Turns::IfFree());
    EXPECT_TRUE(first.came());
    const Turns::Turn second(&turns, Turns::IfFree());
    EXPECT_FALSE(second.came());
    EXPECT_EQ(turns.waiting(), 0u);
  }
  const Turns::Turn third(&turns);
  EXPECT_FALSE(Turns::Turn(&turns, Turns::IfFree()).came());
}

}  // namespace
}  // namespace shirube
