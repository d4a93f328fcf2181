// The capped allocator and the pool of ratios.
#include "server/worker/lua/memory.h"

#include <vector>

#include "gtest/gtest.h"
#include "server/worker/lua/ratio_pool.h"

namespace shirube::lua {
namespace {

TEST(Memory, RefusesWhatPassesItsLimit) {
  Memory memory(1000);
  int refusals = 0;
  memory.OnRefusal([](void* n) { ++*static_cast<int*>(n); }, &refusals);
  void* a = memory.Resize(nullptr, 0, 600);
  ASSERT_NE(a, nullptr);
  EXPECT_EQ(memory.used(), 600u);
  EXPECT_EQ(memory.Resize(nullptr, 0, 401), nullptr);
  EXPECT_EQ(refusals, 1);
  EXPECT_EQ(memory.Resize(a, 600, 1001), nullptr);
  EXPECT_EQ(memory.used(), 600u);
  a = memory.Resize(a, 600, 1000);
  ASSERT_NE(a, nullptr);
  a = memory.Resize(a, 1000, 10);
  EXPECT_EQ(memory.used(), 10u);
  EXPECT_EQ(memory.Resize(a, 10, 0), nullptr);
  EXPECT_EQ(memory.used(), 0u);
  EXPECT_EQ(refusals, 2);
}

TEST(Memory, TakesLuasWordForNoSize) {
  Memory memory(100);
  // Without a block the old size is a kind.
  void* a = Memory::Allocate(&memory, nullptr, 5, 100);
  ASSERT_NE(a, nullptr);
  EXPECT_EQ(memory.used(), 100u);
  Memory::Allocate(&memory, a, 100, 0);
  EXPECT_EQ(memory.used(), 0u);
}

TEST(RatioPool, HasEveryValueOnce) {
  Memory memory(1 << 20);
  RatioPool pool(&memory);
  Handle kept, again, other;
  ASSERT_TRUE(pool.Intern({1, 3}, &kept));
  pool.KeepAll();
  for (uint32_t row = 1; row < 200; ++row) {
    pool.BeginRow(row);
    ASSERT_TRUE(pool.Intern({1, 3}, &again));
    EXPECT_EQ(again.pointer(), kept.pointer());
    std::vector<Handle> handles(150);
    for (int i = 0; i < 150; ++i) {
      ASSERT_TRUE(pool.Intern({i, 7}, &handles[i]));
    }
    for (int i = 0; i < 150; ++i) {
      ASSERT_TRUE(pool.Intern({i, 7}, &other));
      EXPECT_EQ(other.pointer(), handles[i].pointer());
      const Exact* const found = pool.Find(Handle::Of(other.pointer()));
      ASSERT_NE(found, nullptr);
      EXPECT_EQ(*found, (Exact{i, 7}));
    }
    pool.BeginRow(row + 1);
    EXPECT_EQ(pool.Find(other), nullptr);
    EXPECT_NE(pool.Find(kept), nullptr);
  }
}

TEST(RatioPool, EndsWhereItsMemoryEnds) {
  Memory memory(20'000);
  {
    RatioPool pool(&memory);
    Handle handle;
    int n = 0;
    while (n < 10'000 && pool.Intern({n, 1}, &handle)) ++n;
    EXPECT_GT(n, 60);
    EXPECT_LT(n, 1000);
    EXPECT_LE(memory.used(), 20'000u);
    ASSERT_TRUE(pool.Intern({3, 1}, &handle));  // there already
    EXPECT_EQ(*pool.Find(handle), (Exact{3, 1}));
  }
  EXPECT_EQ(memory.used(), 0u);
}

TEST(Handle, SurvivesItsPointer) {
  for (const Handle handle :
       {Handle{Handle::kRatio, 0, 0}, Handle{Handle::kPoint, UINT32_MAX, 7},
        Handle{Handle::kAnswer, 77, Handle::kMostIndex}}) {
    const Handle back = Handle::Of(handle.pointer());
    EXPECT_EQ(back.tag, handle.tag);
    EXPECT_EQ(back.generation, handle.generation);
    EXPECT_EQ(back.index, handle.index);
  }
}

}  // namespace
}  // namespace shirube::lua
