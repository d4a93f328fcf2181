// A module asked outside of any rule set: rows in whatever selection, cases
// against what they expect, and what is left when it fails.
#include "server/rule_host/trial.h"

#include "gmock/gmock.h"
#include "server/rule_host/answer_words.h"
#include "server/rule_host/case_trial.h"
#include "tests/rule_host/bench_fixture.h"
#include "tests/rule_host/footprint.h"

namespace shirube {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

// The target that a tiny module misbehaves on is 666.
constexpr char kThree[] = R"(
case Reached
  target 50 at fy2024
  value 60 at fy2022
  expect ACHIEVED MET
case The one it does not stand
  target 666 at fy2024
  value 60 at fy2022
  expect NOT_RAISED
case Not there yet
  target 50 at fy2024
  value 40 at fy2021
  value 45 at fy2022
  expect NOT_RAISED
  expect NOT_EVALUATED NO_DATA as of fy2020
)";

class TrialTest : public BenchFixture {
 protected:
  std::vector<CaseResult> ResultsOf(const std::string& module,
                                    const std::string& text = kThree,
                                    CaseTrialOptions options = {}) {
    trial_ = std::make_unique<Trial>(bench_.SetupFor(Open(module)));
    EXPECT_TRUE(trial_->Begin(Cases(text)).ok());
    std::vector<CaseResult> results;
    const ModuleProblem problem =
        RunCases(trial_.get(), options, &results, &together_);
    EXPECT_TRUE(problem.ok()) << problem.detail;
    return results;
  }

  static std::vector<bool> Passed(const std::vector<CaseResult>& results) {
    std::vector<bool> passed;
    for (const CaseResult& result : results) passed.push_back(result.passed);
    return passed;
  }

  std::unique_ptr<Trial> trial_;
  std::optional<ModuleOutcome> together_;
};

TEST_F(TrialTest, AnswersRowsInTheOrderOfTheQuestion) {
  Trial trial(bench_.SetupFor(Open("steady")));
  ASSERT_TRUE(trial.Begin(Cases(kThree)).ok());
  Trial::Reply reply;
  ASSERT_TRUE(trial.Ask({.rows = {2, 0}}, &reply).ok());
  EXPECT_EQ(WordsOf(trial.manifest(), reply.answers, 0).ToString(),
            "NOT_RAISED");
  EXPECT_EQ(WordsOf(trial.manifest(), reply.answers, 1).ToString(),
            "ACHIEVED MET");
  EXPECT_THAT(reply.answers.judged_point, ElementsAre(1, 0));
  EXPECT_THAT(reply.masked, ElementsAre(false, false));
}

TEST_F(TrialTest, GivesFactsWhereTheyAreAskedFor) {
  Trial trial(bench_.SetupFor(Open("steady")));
  ASSERT_TRUE(trial.Begin(Cases(kThree)).ok());
  Trial::Reply reply;
  ASSERT_TRUE(trial.Ask({.rows = {0, 2}, .want_facts = true}, &reply).ok());
  ASSERT_EQ(reply.answers.fact_numerator.size(), 4u);
  EXPECT_EQ(reply.answers.fact_numerator[0], 60);
  EXPECT_EQ(reply.answers.fact_numerator[1], 45);
}

TEST_F(TrialTest, PassesWhatComesOutAsTheCasesSay) {
  const auto results = ResultsOf("steady");
  EXPECT_THAT(Passed(results), ElementsAre(true, true, true, true));
  EXPECT_EQ(results[0].judged->index, 12 * 2022);
  EXPECT_EQ(results[0].facts.size(), 2u);
  EXPECT_EQ(results[0].facts[0].name, "actual");
  // The row has no figure by then: the host answers for the module.
  EXPECT_TRUE(results[3].masked);
  EXPECT_FALSE(together_.has_value());
}

TEST_F(TrialTest, SaysWhatWasWantedAndWhatWasFound) {
  const auto results = ResultsOf("steady", R"(
case Reached
  target 50 at fy2024
  value 60 at fy2022
  expect NOT_RAISED
case No figure
  target 50 at fy2024
  expect NOT_EVALUATED NO_TARGET
)");
  EXPECT_THAT(Passed(results), ElementsAre(false, false));
  EXPECT_EQ(results[0].wanted.ToString(), "NOT_RAISED");
  EXPECT_EQ(results[0].found.ToString(), "ACHIEVED MET");
  EXPECT_EQ(results[0].expectation->line, 5);
  EXPECT_EQ(results[0].one->name, "Reached");
  // Not the reason that the host gives.
  EXPECT_EQ(results[1].found.ToString(), "NOT_EVALUATED NO_DATA");
}

TEST_F(TrialTest, BlamesTheOneRowThatKillsIt) {
  const Footprint before = Footprint::Now();
  const auto results = ResultsOf("crashes_on_row");
  EXPECT_THAT(Passed(results), ElementsAre(true, false, true, true));
  ASSERT_TRUE(results[1].fault.has_value());
  EXPECT_EQ(FaultText(*results[1].fault), "CRASHED (signal 11)");
  trial_ = nullptr;
  file_ = {};
  EXPECT_EQ(Footprint::Now().children, before.children);
}

TEST_F(TrialTest, CarriesTheTextOfALuaErrorToItsRow) {
  const auto results = ResultsOf("lua_errors_on_row");
  EXPECT_THAT(Passed(results), ElementsAre(true, false, true, true));
  ASSERT_TRUE(results[1].fault.has_value());
  EXPECT_THAT(FaultText(*results[1].fault),
              testing::AllOf(HasSubstr("CRASHED"), HasSubstr(".lua:")));
}

TEST_F(TrialTest, GoesOnAfterARowThatTakesTooLong) {
  const auto results = ResultsOf("spins_on_row");
  EXPECT_THAT(Passed(results), ElementsAre(true, false, true, true));
  EXPECT_EQ(results[1].fault->word(), "TIMED_OUT");
  EXPECT_TRUE(trial_->timed_out());
}

TEST_F(TrialTest, StopsAskingWhereTooManyRowsFail) {
  std::string text;
  for (int i = 0; i < 5; ++i) {
    text += "case Bad " + std::to_string(i) +
            "\n target 666 at fy2024\n value 1 at fy2022\n expect NOT_RAISED\n";
  }
  const auto results = ResultsOf("crashes_on_row", text, {.most_faults = 2});
  ASSERT_EQ(results.size(), 5u);
  EXPECT_EQ(results[1].fault->word(), "CRASHED");
  EXPECT_EQ(results[2].fault->word(), "NOT_RUNNING");
  EXPECT_EQ(results[4].fault->word(), "NOT_RUNNING");
}

TEST_F(TrialTest, FindsAnAnswerThatChangesWithFacts) {
  const auto results = ResultsOf("differs_with_facts");
  EXPECT_THAT(Passed(results), ElementsAre(false, true, true, true));
  EXPECT_EQ(results[0].asking, CaseAsking::kWithFacts);
  EXPECT_EQ(results[0].found.ToString(), "NOT_EVALUATED UNSURE");
}

TEST_F(TrialTest, FindsACaseThatGoesByTheOneBeforeIt) {
  // Passes in this order only: the row before never has the larger target.
  const auto results = ResultsOf("remembers_row", R"(
case Small
  target 50 at fy2024
  value 60 at fy2022
  expect ACHIEVED MET
case Large
  target 70 at fy2024
  value 60 at fy2022
  expect NOT_RAISED
)");
  EXPECT_THAT(Passed(results), ElementsAre(false, true));
  EXPECT_EQ(results[0].asking, CaseAsking::kAgainBackwards);
  EXPECT_EQ(results[0].found.ToString(), "NOT_EVALUATED UNSURE");
}

TEST_F(TrialTest, FindsACaseThatStandsOnState) {
  const auto results = ResultsOf("counts_calls");
  EXPECT_FALSE(results[2].passed);
  EXPECT_EQ(results[2].found.ToString(), "NOT_EVALUATED UNSURE");
}

TEST_F(TrialTest, SaysThatNoWorkerCanBeHad) {
  Workbench nowhere("/nowhere/shirube-rule-worker");
  const ModuleFile& file = Open("steady");
  Trial trial(nowhere.SetupFor(file));
  EXPECT_EQ(trial.Begin(Cases(kThree)).reason,
            ModuleReason::kWorkerUnavailable);
}

}  // namespace
}  // namespace shirube
