#include "server/rule_host/mask.h"

#include <vector>

#include "gmock/gmock.h"
#include "rules/include/shirube/rule.h"
#include "server/rule_host/answers.h"

namespace shirube {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Pair;

constexpr Requirements kBoth = {.target = true, .observation = true};

// Rows of at most one point, FY2022.
class MaskTest : public ::testing::Test {
 protected:
  void Add(uint16_t present, int point_state, uint8_t kind = 0) {
    present_.push_back(present);
    kind_.push_back(kind);
    offset_.push_back(static_cast<uint32_t>(state_.size()));
    count_.push_back(point_state < 0 ? 0 : 1);
    if (point_state < 0) return;
    state_.push_back(static_cast<uint8_t>(point_state));
    index_.push_back(12 * 2022);
  }
  Mask Build(Requirements requirements, const uint32_t* rows = nullptr,
             uint32_t n = 0) {
    shirube_batch columns{};
    columns.present = present_.data();
    columns.kind = kind_.data();
    columns.points_offset = offset_.data();
    columns.points_count = count_.data();
    columns.point_state = state_.data();
    columns.point_index = index_.data();
    columns.as_of_index = as_of_;
    frame::Ask ask;
    ask.rows_count = static_cast<uint32_t>(present_.size());
    ask.rows = rows;
    ask.n = rows == nullptr ? ask.rows_count : n;
    Mask mask;
    BuildMask(ask, columns, requirements, &mask);
    EXPECT_EQ(mask.count(ask) + mask.answered.size(), ask.n);
    return mask;
  }
  int32_t as_of_ = INT32_MAX;
  std::vector<uint16_t> present_;
  std::vector<uint8_t> kind_, state_;
  std::vector<uint32_t> offset_;
  std::vector<uint16_t> count_;
  std::vector<int32_t> index_;
};

TEST_F(MaskTest, AsksAboutRowsThatHaveAll) {
  Add(SHIRUBE_HAS_TARGET, SHIRUBE_POINT_FINAL);
  Add(SHIRUBE_HAS_TARGET | SHIRUBE_BASELINE_UNREAD, SHIRUBE_POINT_UNREAD);
  const Mask mask = Build(kBoth);
  EXPECT_TRUE(mask.all);
  EXPECT_THAT(mask.answered, IsEmpty());
}

TEST_F(MaskTest, AnswersInTheOrderOfTheTable) {
  Add(0, -1);
  Add(SHIRUBE_TARGET_WORDS, -1);
  Add(SHIRUBE_HAS_TARGET, SHIRUBE_POINT_FINAL, SHIRUBE_KIND_QUALITATIVE);
  Add(SHIRUBE_TARGET_UNREAD, -1);
  Add(SHIRUBE_TARGET_OTHER_UNIT, SHIRUBE_POINT_GAP);
  Add(SHIRUBE_TARGET_UNREAD, SHIRUBE_POINT_OTHER_UNIT);
  Add(SHIRUBE_TARGET_OTHER_UNIT, SHIRUBE_POINT_UNREAD);
  Add(SHIRUBE_TARGET_OTHER_UNIT | SHIRUBE_BASELINE_UNREAD, SHIRUBE_POINT_FINAL);
  Add(SHIRUBE_TARGET_OTHER_UNIT, SHIRUBE_POINT_FINAL);
  Add(SHIRUBE_HAS_TARGET, SHIRUBE_POINT_FINAL);
  const Mask mask = Build(kBoth);
  EXPECT_FALSE(mask.all);
  EXPECT_THAT(mask.asked, ElementsAre(9));
  EXPECT_THAT(
      mask.answered,
      ElementsAre(Pair(0, kReasonNoTarget), Pair(1, kReasonQualitativeTarget),
                  Pair(2, kReasonQualitativeTarget), Pair(3, kReasonNoData),
                  Pair(4, kReasonNoData), Pair(5, kReasonAmbiguous),
                  Pair(6, kReasonAmbiguous), Pair(7, kReasonAmbiguous),
                  Pair(8, kReasonUnitMismatch)));
}

TEST_F(MaskTest, CountsOnlyPointsNotAfterAsOf) {
  Add(SHIRUBE_HAS_TARGET, SHIRUBE_POINT_FINAL);
  as_of_ = 12 * 2022 - 1;
  EXPECT_THAT(Build(kBoth).answered, ElementsAre(Pair(0, kReasonNoData)));
  as_of_ = 12 * 2022;
  EXPECT_TRUE(Build(kBoth).all);
}

TEST_F(MaskTest, AsksForNoMoreThanTheManifestRequires) {
  Add(0, -1);
  Add(SHIRUBE_HAS_TARGET, -1);
  Add(0, SHIRUBE_POINT_FINAL);
  EXPECT_TRUE(Build({}).all);
  EXPECT_THAT(Build({.target = true}).asked, ElementsAre(1));
  EXPECT_THAT(Build({.observation = true}).asked, ElementsAre(2));
}

TEST_F(MaskTest, SpeaksOfPositionsInASelection) {
  Add(0, -1);
  Add(SHIRUBE_HAS_TARGET, SHIRUBE_POINT_FINAL);
  Add(SHIRUBE_HAS_TARGET, SHIRUBE_POINT_FINAL);
  const uint32_t some[] = {2, 0};
  const Mask mask = Build(kBoth, some, 2);
  EXPECT_THAT(mask.asked, ElementsAre(0));
  EXPECT_THAT(mask.answered, ElementsAre(Pair(1, kReasonNoTarget)));
  const uint32_t good[] = {2, 1};
  EXPECT_TRUE(Build(kBoth, good, 2).all);
}

}  // namespace
}  // namespace shirube
