// What is asked and answered: masks, parameters, facts, selections, many slots.
#include <atomic>
#include <thread>

#include "gmock/gmock.h"
#include "rules/include/shirube/rule.h"
#include "tests/rule_host/fixture.h"

namespace shirube {
namespace {

using ::testing::Each;
using ::testing::ElementsAre;

class AskingTest : public RuleHostFixture {
 protected:
  void SetUp() override {
    Install({"steady", "also_steady"});
    StartHost({"steady", "also_steady"});
  }
  void Add(const RowInput& row) { ASSERT_TRUE(table_->Upsert(row).ok()); }
};

TEST_F(AskingTest, AsksEveryModuleInTheOrderOfTheSet) {
  AddRows({50, 100, 101});
  const std::vector<ModuleAnswers> answers = AskAll();
  ASSERT_EQ(answers.size(), 2u);
  for (const ModuleAnswers& module : answers) {
    EXPECT_THAT(module.answer,
                ElementsAre(kAnswerRaised, kAnswerRaised, kAnswerNotRaised));
    EXPECT_THAT(module.reason, ElementsAre(1, 1, kReasonNone));
    EXPECT_TRUE(module.fact_numerator.empty());
  }
  const ModuleAnswer answer = Set()->Describe(1, answers[1], 0);
  EXPECT_EQ(answer.module, "also_steady");
  EXPECT_EQ(answer.answer, Answer::kRaised);
  EXPECT_EQ(answer.reason, "MET");
  EXPECT_EQ(answer.status, Status::kAchieved);
}

TEST_F(AskingTest, AnswersItselfForRowsWithoutWhatTheManifestRequires) {
  RowInput row = MakeRow("asked", 50, 100);
  Add(row);
  row = MakeRow("no-target", 50, 100);
  row.present = 0;
  Add(row);
  row = MakeRow("words", 50, 100);
  row.present = SHIRUBE_TARGET_WORDS;
  Add(row);
  row = MakeRow("no-data", 50, 100);
  row.points.clear();
  Add(row);
  row = MakeRow("unread", 50, 100);
  row.present = SHIRUBE_TARGET_UNREAD;
  Add(row);
  row = MakeRow("other-unit", 50, 100);
  row.present = SHIRUBE_TARGET_OTHER_UNIT;
  Add(row);
  Add(MakeRow("asked-too", 150, 100));
  const ModuleAnswers answers = AskAll()[0];
  EXPECT_THAT(answers.answer,
              ElementsAre(kAnswerRaised, kAnswerCannotTell, kAnswerCannotTell,
                          kAnswerCannotTell, kAnswerCannotTell,
                          kAnswerCannotTell, kAnswerNotRaised));
  EXPECT_THAT(
      answers.reason,
      ElementsAre(1, kReasonNoTarget, kReasonQualitativeTarget, kReasonNoData,
                  kReasonAmbiguous, kReasonUnitMismatch, kReasonNone));
}

TEST_F(AskingTest, LeavesOutPointsAfterAsOf) {
  AddRows({50});
  const AskOptions before = {.as_of_index = 12 * 2021};
  EXPECT_EQ(AskAll(before)[0].reason[0], kReasonNoData);
  const AskOptions then = {.as_of_index = 12 * 2022};
  EXPECT_EQ(AskAll(then)[0].answer[0], kAnswerRaised);
}

TEST_F(AskingTest, HandsOverTheRuleSetsParametersAndEachRowsOwn) {
  AddRows({50});
  RowInput row = MakeRow("own", 50, 100);
  row.overrides = {{"floor", 900'000}, {"unknown", 1}};
  Add(row);
  RowInput masked = MakeRow("masked", 50, 100);
  masked.present = 0;
  Add(masked);
  row = MakeRow("own-too", 50, 100);
  row.overrides = {{"floor", 400'000}};
  Add(row);
  const ModuleAnswers answers = AskAll({.want_facts = true})[0];
  const auto floor = [&](uint32_t k) {
    return static_cast<int64_t>(answers.fact_numerator[4 + k]);
  };
  EXPECT_EQ(floor(0), 250'000);
  EXPECT_EQ(floor(1), 900'000);
  EXPECT_EQ(answers.fact_denominator[4 + 2], 0);
  EXPECT_EQ(floor(3), 400'000);
}

TEST_F(AskingTest, GivesFactsOfEveryRowAcrossCalls) {
  AddRows(std::vector<int64_t>(10'000, 50));
  RowInput row = MakeRow("negative", 50, -7);
  Add(row);
  const ModuleAnswers answers = AskAll({.want_facts = true})[1];
  ASSERT_EQ(answers.fact_numerator.size(), 2u * 10'001);
  for (uint32_t k = 0; k < 10'000; ++k) {
    ASSERT_EQ(answers.fact_numerator[k], 100) << k;
    ASSERT_EQ(answers.fact_denominator[k], 1) << k;
  }
  EXPECT_EQ(answers.fact_numerator[10'000], -7);
}

TEST_F(AskingTest, AnswersSelectionsByPosition) {
  AddRows({50, 150, 50, 150});
  const std::vector<IndicatorKey> keys = {{PlanId("plan"), IndicatorId("i3")},
                                          {PlanId("plan"), IndicatorId("i2")}};
  const Selection selection = table_->SelectKeys(keys);
  const SelectionPart& part = selection.parts.at(0);
  const auto answers = host_->Evaluate(*Set(), part.ask());
  ASSERT_TRUE(answers.ok());
  ASSERT_EQ(part.size(), 2u);
  for (uint32_t k = 0; k < 2; ++k) {
    const bool met = part.key(k).indicator == IndicatorId("i2");
    EXPECT_EQ((*answers)[0].answer[k], met ? kAnswerRaised : kAnswerNotRaised);
  }
}

TEST_F(AskingTest, DeliversManySlotsInOrder) {
  // Every third row meets its target, and the slots differ in length.
  constexpr uint32_t kRows = 3 * frame::kSlotRows + 777;
  for (uint32_t i = 0; i < kRows; ++i) {
    Add(MakeRow("r" + std::to_string(i), i % 3 == 0 ? 50 : 150, 100));
  }
  const Selection all = table_->SelectAll();
  ASSERT_EQ(all.parts.size(), 4u);
  std::vector<frame::Ask> asks;
  for (const SelectionPart& part : all.parts) asks.push_back(part.ask());
  size_t next = 0;
  uint32_t row = 0;
  const absl::Status status = host_->Evaluate(
      *Set(), asks, {}, [&](size_t ask, std::vector<ModuleAnswers>& answers) {
        ASSERT_EQ(ask, next++);
        ASSERT_EQ(answers[0].size(), asks[ask].n);
        for (uint32_t k = 0; k < asks[ask].n; ++k, ++row) {
          const uint8_t expected =
              row % 3 == 0 ? kAnswerRaised : kAnswerNotRaised;
          ASSERT_EQ(answers[0].answer[k], expected) << row;
          ASSERT_EQ(answers[1].answer[k], expected) << row;
        }
      });
  EXPECT_TRUE(status.ok()) << status;
  EXPECT_EQ(next, 4u);
}

TEST_F(AskingTest, SpreadsARunOverSeveralWorkersOfAModule) {
  options_.workers_per_module = 2;
  StartHost({"steady", "also_steady"});
  EXPECT_EQ(InfoOf("steady").worker_pids.size(), 2u);
  AddRows(std::vector<int64_t>(40'000, 50));
  EXPECT_THAT(AskAll()[1].answer, Each(kAnswerRaised));
}

TEST_F(AskingTest, RefusesRowsThatDoNotExist) {
  AddRows({50});
  const Selection all = table_->SelectAll();
  frame::Ask ask = all.parts[0].ask();
  ask.n = 2;
  EXPECT_EQ(host_->Evaluate(*Set(), ask).status().code(),
            absl::StatusCode::kInvalidArgument);
  ask = all.parts[0].ask();
  const uint32_t row = 1;
  ask.rows = &row;
  EXPECT_EQ(host_->Evaluate(*Set(), ask).status().code(),
            absl::StatusCode::kInvalidArgument);
  ask.rows = nullptr;
  ask.slot = 1'000'000;
  EXPECT_EQ(host_->Evaluate(*Set(), ask).status().code(),
            absl::StatusCode::kInvalidArgument);
}

TEST_F(AskingTest, AnswersAnEmptyAskAndNone) {
  AddRows({50});
  const Selection all = table_->SelectAll();
  frame::Ask ask = all.parts[0].ask();
  ask.n = 0;
  const auto answers = host_->Evaluate(*Set(), ask);
  ASSERT_TRUE(answers.ok());
  EXPECT_EQ((*answers)[0].size(), 0u);
  EXPECT_TRUE(host_
                  ->Evaluate(*Set(), {}, AskOptions(),
                             [](size_t, std::vector<ModuleAnswers>&) {
                               FAIL() << "nothing was asked";
                             })
                  .ok());
}

TEST_F(AskingTest, AnswersForTheRevisionThatWasSelectedWhileTheTableGoesOn) {
  AddRows(std::vector<int64_t>(2000, 50));
  std::atomic<bool> stop = false;
  std::thread writer([&] {
    for (int64_t round = 0; !stop; ++round) {
      // A row of an even revision meets its target, one of an odd does not.
      RowInput row = MakeRow("changing", round % 2 == 0 ? 50 : 150, 100);
      row.input_revision = round;
      ASSERT_TRUE(table_->Upsert(row).ok());
    }
  });
  std::vector<std::thread> readers;
  for (int t = 0; t < 2; ++t) {
    readers.emplace_back([&] {
      const std::vector<IndicatorKey> key = {
          {PlanId("plan"), IndicatorId("changing")}};
      for (int i = 0; i < 50; ++i) {
        const Selection selection = table_->SelectKeys(key);
        if (selection.parts.empty()) continue;
        const auto answers = host_->Evaluate(*Set(), selection.parts[0].ask());
        ASSERT_TRUE(answers.ok());
        const bool even = selection.parts[0].input_revision(0) % 2 == 0;
        EXPECT_EQ((*answers)[0].answer[0],
                  even ? kAnswerRaised : kAnswerNotRaised);
      }
    });
  }
  for (std::thread& reader : readers) reader.join();
  stop = true;
  writer.join();
}

}  // namespace
}  // namespace shirube
