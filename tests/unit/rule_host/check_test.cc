#include "server/rule_host/check.h"

#include <vector>

#include "gmock/gmock.h"

namespace shirube {
namespace {

using ::testing::Each;
using ::testing::ElementsAre;

Manifest TwoReasons() {
  Manifest manifest;
  ManifestReason raised;
  raised.code = 1;
  raised.answer = kAnswerRaised;
  ManifestReason unsure;
  unsure.code = 300;
  unsure.answer = kAnswerCannotTell;
  manifest.reasons = {raised, unsure};
  return manifest;
}

// Rows of two points each.
class CheckTest : public ::testing::Test {
 protected:
  void Add(uint8_t answer, uint16_t reason, uint16_t point) {
    answer_.push_back(answer);
    reason_.push_back(reason);
    point_.push_back(point);
    points_count_.push_back(2);
  }
  ModuleOutcome Check(const std::vector<uint32_t>& rows = {}) {
    const ReasonTable table(TwoReasons());
    return CheckAnswers(
        table,
        {answer_.data(), reason_.data(), point_.data(),
         static_cast<uint32_t>(answer_.size()), points_count_.data(),
         rows.empty() ? nullptr : rows.data()},
        &counts_);
  }
  std::vector<uint8_t> answer_;
  std::vector<uint16_t> reason_, point_, points_count_;
  AnswerCounts counts_;
};

TEST_F(CheckTest, LetsEveryLegalAnswerPass) {
  Add(kAnswerRaised, 1, 0);
  Add(kAnswerNotRaised, kReasonNone, 1);
  Add(kAnswerCannotTell, 300, kNoPoint);
  EXPECT_TRUE(Check().ok());
  EXPECT_EQ(counts_.unanswered, 0);
}

TEST_F(CheckTest, NamesTheFirstPositionAndField) {
  Add(kAnswerRaised, 1, 0);
  Add(kAnswerRaised, 1, 2);
  Add(4, 0, 0);
  const ModuleOutcome outcome = Check();
  EXPECT_EQ(outcome.kind, ModuleOutcome::Kind::kBadOutput);
  EXPECT_EQ(outcome.position, 1u);
  EXPECT_EQ(outcome.field, "judged_point");
}

TEST_F(CheckTest, RefusesEveryIllegalPairOfAnswerAndReason) {
  for (const uint8_t answer :
       {kAnswerRaised, kAnswerNotRaised, kAnswerCannotTell}) {
    for (const uint16_t reason : {0, 1, 2, 300, 0xFF00, 0xFFFF}) {
      answer_.clear(), reason_.clear(), point_.clear();
      Add(answer, reason, kNoPoint);
      const bool legal = (answer == kAnswerRaised && reason == 1) ||
                         (answer == kAnswerNotRaised && reason == 0) ||
                         (answer == kAnswerCannotTell && reason == 300);
      EXPECT_EQ(Check().ok(), legal) << int{answer} << " " << reason;
    }
  }
}

TEST_F(CheckTest, LooksUpPointsByRowOfTheSelection) {
  Add(kAnswerRaised, 1, 1);
  points_count_ = {1, 2};
  EXPECT_TRUE(Check({1}).ok());
  EXPECT_FALSE(Check({0}).ok());
}

TEST_F(CheckTest, MakesUnsetAnswersCannotTellAndCountsThem) {
  for (int i = 0; i < 100; ++i) Add(0, i % 2 == 0 ? 0 : 77, kNoPoint);
  Add(kAnswerRaised, 1, 0);
  EXPECT_TRUE(Check().ok());
  EXPECT_EQ(counts_.unanswered, 100);
  answer_.pop_back();
  reason_.pop_back();
  EXPECT_THAT(answer_, Each(kAnswerCannotTell));
  EXPECT_THAT(reason_, Each(kReasonUnanswered));
}

TEST(CheckFactsTest, RefusesNegativeDenominators) {
  const shirube_int128 good[] = {{1, 0}, {0, 0}, {~uint64_t{0}, INT64_MAX}};
  EXPECT_TRUE(CheckFacts(good, 3, "gap").ok());
  const shirube_int128 bad[] = {{1, 0}, {5, -1}};
  const ModuleOutcome outcome = CheckFacts(bad, 2, "gap");
  EXPECT_EQ(outcome.position, 1u);
  EXPECT_EQ(outcome.field, "fact gap");
}

}  // namespace
}  // namespace shirube
