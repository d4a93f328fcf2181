// The log in pages, as it grows and where its beginning has holes.
#include "server/alerting/transition_cache.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "absl/strings/str_cat.h"
#include "tests/storage_suite/drivers.h"

namespace shirube {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

class TransitionCacheTest : public testing::Test {
 protected:
  void SetUp() override {
    store_ = *AllDrivers().front().open(folder_.path());
    cache_ = std::make_unique<TransitionCache>(store_.get());
  }
  // Of one alert, resolved, or of one alert each.
  void Append(int count, bool one) {
    auto tx = *store_->Begin();
    for (int i = 0; i < count; ++i) {
      AlertTransition step;
      step.alert.plan = PlanId("a");
      step.alert.id = AlertId(one ? "l-one" : absl::StrCat("l-", ++made_));
      step.alert.seq = one ? ++seq_ : 1;
      step.alert.state = AlertState::kResolved;
      ASSERT_TRUE(tx->PutTransition(step).ok());
    }
    ASSERT_TRUE(tx->Commit().ok());
  }
  void ForgetThrough(int64_t position) {
    auto tx = *store_->Begin();
    ASSERT_TRUE(tx->SetLogStart({position, 0, absl::UnixEpoch()}).ok());
    ASSERT_EQ(*tx->DeleteTransitions(0, 100'000), position);
    ASSERT_TRUE(tx->Commit().ok());
  }
  std::vector<int64_t> After(int64_t after) {
    const auto rows = *cache_->After(after);
    std::vector<int64_t> positions;
    for (const TransitionRef& row : rows) positions.push_back(row->position);
    return positions;
  }

  TempFolder folder_;
  std::unique_ptr<Store> store_;
  std::unique_ptr<TransitionCache> cache_;
  int made_ = 0;
  int64_t seq_ = 0;
};

TEST_F(TransitionCacheTest, GoesOnWhereTheLogHasGrown) {
  EXPECT_THAT(After(0), IsEmpty());
  Append(2, false);
  EXPECT_THAT(After(0), ElementsAre(1, 2));
  Append(1, false);
  EXPECT_THAT(After(0), ElementsAre(1, 2));
  EXPECT_THAT(After(2), ElementsAre(3));
  EXPECT_THAT(After(0), ElementsAre(1, 2, 3));
  EXPECT_EQ((*cache_->At(2))->position, 2);
  EXPECT_EQ(cache_->At(4).status().code(), absl::StatusCode::kNotFound);
}

TEST_F(TransitionCacheTest, ReadsOverHolesAtTheBeginning) {
  Append(700, true);  // 1 to 700; 700 stays
  Append(3, false);   // 701 to 703
  ForgetThrough(701);
  EXPECT_THAT(After(701), ElementsAre(702, 703));
  EXPECT_EQ((*cache_->At(702))->position, 702);
  EXPECT_EQ((*cache_->At(700))->position, 700);
  EXPECT_EQ(cache_->At(699).status().code(), absl::StatusCode::kNotFound);
  EXPECT_EQ(cache_->At(5).status().code(), absl::StatusCode::kNotFound);
  EXPECT_THAT(After(0), ElementsAre(700, 701, 702, 703));
}

TEST_F(TransitionCacheTest, FindsByPositionWhereThePageBeginsLate) {
  Append(600, true);
  ForgetThrough(10);
  ASSERT_EQ(After(10).front(), 11);
  EXPECT_EQ(cache_->At(10).status().code(), absl::StatusCode::kNotFound);
  for (const int64_t position : {11, 50, 240, 256, 257, 600}) {
    EXPECT_EQ((*cache_->At(position))->position, position);
  }
}

}  // namespace
}  // namespace shirube
