#include "server/rule_host/poison.h"

#include "gmock/gmock.h"

namespace shirube {
namespace {

using ::testing::IsEmpty;
using Kind = ModuleOutcome::Kind;

// Row r is row 100 + r, in this revision.
class PoisonTest : public ::testing::Test {
 protected:
  PoisonTest() {
    ask_.rows_count = ask_.n = 8;
    ask_.version = [this](uint32_t row) {
      return frame::RowVersion{100 + row, revision_};
    };
  }
  frame::Ask ask_;
  Mask mask_;
  int64_t revision_ = 5;
  PoisonRows poison_;
};

TEST_F(PoisonTest, FindsRowsOfTheSameRevision) {
  EXPECT_TRUE(poison_.empty());
  poison_.Add({103, 5}, {.kind = Kind::kCrashed, .signal = 11});
  poison_.Add({900, 5}, {.kind = Kind::kExited});
  EXPECT_FALSE(poison_.empty());
  const PoisonRows::Hits hits = poison_.Find(ask_, mask_);
  ASSERT_EQ(hits.size(), 1u);
  EXPECT_EQ(hits[0].first, 3u);
  EXPECT_EQ(hits[0].second.signal, 11);
  EXPECT_EQ(poison_.count(), 2);
}

TEST_F(PoisonTest, CountsWithinTheMaskAndNamesThePosition) {
  poison_.Add({106, 5}, {.kind = Kind::kBadOutput, .position = 0});
  mask_.all = false;
  mask_.asked = {2, 4, 6};
  const PoisonRows::Hits hits = poison_.Find(ask_, mask_);
  ASSERT_EQ(hits.size(), 1u);
  EXPECT_EQ(hits[0].first, 2u);
  EXPECT_EQ(hits[0].second.position, 6u);
}

TEST_F(PoisonTest, ForgetsARowThatHasChanged) {
  poison_.Add({103, 5}, {.kind = Kind::kCrashed});
  revision_ = 6;
  EXPECT_THAT(poison_.Find(ask_, mask_), IsEmpty());
  EXPECT_TRUE(poison_.empty());
}

TEST_F(PoisonTest, KeepsTheNewestRevision) {
  poison_.Add({103, 5}, {.kind = Kind::kCrashed});
  poison_.Add({103, 4}, {.kind = Kind::kExited});  // an older selection's
  EXPECT_EQ(poison_.Find(ask_, mask_).size(), 1u);
  revision_ = 4;
  EXPECT_THAT(poison_.Find(ask_, mask_), IsEmpty());
  EXPECT_EQ(poison_.count(), 1);
}

TEST_F(PoisonTest, RemembersNothingOfNobodys) {
  poison_.Add(frame::RowVersion(), {.kind = Kind::kCrashed});
  EXPECT_TRUE(poison_.empty());
  poison_.Add({103, 5}, {.kind = Kind::kCrashed});
  ask_.version = nullptr;
  EXPECT_THAT(poison_.Find(ask_, mask_), IsEmpty());
  poison_.Clear();
  EXPECT_TRUE(poison_.empty());
}

}  // namespace
}  // namespace shirube
