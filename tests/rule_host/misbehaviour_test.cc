// One tiny bad module a misbehaviour: the exact outcome, other modules' answers
// unharmed, and the next ask answered.
#include <csignal>
#include <numeric>

#include "absl/time/clock.h"
#include "gmock/gmock.h"
#include "tests/rule_host/fixture.h"

namespace shirube {
namespace {

using ::testing::Each;
using ::testing::ElementsAre;
using Kind = ModuleOutcome::Kind;

// Targets 50, kTrigger, 150 and the value 100: raised, misbehaving, not raised.
class MisbehaviourTest : public RuleHostFixture {
 protected:
  // Asks `module` beside a steady one and gives back what became of it.
  ModuleOutcome OutcomeOf(const std::string& module,
                          const AskOptions& options = {}) {
    Install({module, "steady"});
    options_.call_deadline = absl::Milliseconds(30);
    StartHost({module, "steady"});
    AddRows({50, kTrigger, 150});
    const std::vector<ModuleAnswers> answers = AskAll(options);
    ExpectSteady(answers[1]);
    // The whole call of the bad module is lost: none of it can be believed.
    EXPECT_THAT(answers[0].answer, Each(kAnswerFault));
    EXPECT_THAT(answers[0].reason, Each(kReasonNone));
    EXPECT_EQ(answers[0].faults.size(), 1u);
    ExpectNextAskIsAnswered();
    const ModuleOutcome* outcome = answers[0].fault_at(0);
    return outcome == nullptr ? ModuleOutcome() : *outcome;
  }

  static void ExpectSteady(const ModuleAnswers& answers) {
    EXPECT_THAT(answers.answer,
                ElementsAre(kAnswerRaised, kAnswerNotRaised, kAnswerNotRaised));
    EXPECT_THAT(answers.judged_point, Each(0));
    EXPECT_TRUE(answers.faults.empty());
  }

  void ExpectNextAskIsAnswered() {
    const std::vector<IndicatorKey> good = {
        {PlanId("plan"), IndicatorId("i0")},
        {PlanId("plan"), IndicatorId("i2")}};
    const Selection selection = table_->SelectKeys(good);
    const auto answers = host_->Evaluate(*Set(), selection.parts[0].ask());
    ASSERT_TRUE(answers.ok()) << answers.status();
    for (const ModuleAnswers& module : *answers) {
      EXPECT_THAT(module.answer, ElementsAre(kAnswerRaised, kAnswerNotRaised));
      EXPECT_TRUE(module.faults.empty());
    }
  }
};

TEST_F(MisbehaviourTest, NamesTheSignalOfACrash) {
  const ModuleOutcome outcome = OutcomeOf("crashes_on_row");
  EXPECT_EQ(outcome.kind, Kind::kCrashed);
  EXPECT_EQ(outcome.signal, SIGSEGV);
  EXPECT_EQ(InfoOf("crashes_on_row").restarts, 2);  // asked once more
  EXPECT_EQ(InfoOf("crashes_on_row").state, ModuleState::kActive);
  EXPECT_EQ(InfoOf("steady").restarts, 0);
}

TEST_F(MisbehaviourTest, EndsAModuleThatWritesIntoTheColumns) {
  const ModuleOutcome outcome = OutcomeOf("writes_columns");
  EXPECT_EQ(outcome.kind, Kind::kCrashed);
  EXPECT_EQ(outcome.signal, SIGSEGV);
  const Selection all = table_->SelectAll();
  EXPECT_EQ(all.parts[0].columns().baseline[1], 0);
}

TEST_F(MisbehaviourTest, EndsAModuleThatWritesPastAColumn) {
  const ModuleOutcome outcome = OutcomeOf("overruns_answers");
  EXPECT_EQ(outcome.kind, Kind::kCrashed);
  EXPECT_EQ(outcome.signal, SIGSEGV);
}

TEST_F(MisbehaviourTest, NamesTheCodeOfAnExitEvenIfItIsZero) {
  const ModuleOutcome outcome = OutcomeOf("exits_on_row");
  EXPECT_EQ(outcome.kind, Kind::kExited);
  EXPECT_EQ(outcome.exit_code, 0);
}

TEST_F(MisbehaviourTest, EndsAModuleThatUsesUpItsCpuTime) {
  EXPECT_EQ(OutcomeOf("spins_on_row").kind, Kind::kTimedOut);
  EXPECT_EQ(InfoOf("spins_on_row").restarts, 1);
}

TEST_F(MisbehaviourTest, EndsAModuleThatHangsWithoutUsingTheCpu) {
  EXPECT_EQ(OutcomeOf("waits_on_row").kind, Kind::kTimedOut);
}

TEST_F(MisbehaviourTest, EndsAModuleThatSpeaksOnTheControlSocket) {
  EXPECT_EQ(OutcomeOf("chatters").kind, Kind::kProtocolError);
}

TEST_F(MisbehaviourTest, EndsAModuleThatTriesToHangUp) {
  const ModuleOutcome outcome = OutcomeOf("hangs_up");
  EXPECT_EQ(outcome.kind, Kind::kForbiddenCall);
  EXPECT_EQ(outcome.call, "close");
}

TEST_F(MisbehaviourTest, RefusesAnUnknownAnswer) {
  const ModuleOutcome outcome = OutcomeOf("unknown_answer");
  EXPECT_EQ(outcome.kind, Kind::kBadOutput);
  EXPECT_EQ(outcome.position, 1u);
  EXPECT_EQ(outcome.field, "answer");
  EXPECT_EQ(InfoOf("unknown_answer").restarts, 0);
}

TEST_F(MisbehaviourTest, RefusesAReasonTheManifestDoesNotDeclare) {
  const ModuleOutcome outcome = OutcomeOf("undeclared_reason");
  EXPECT_EQ(outcome.kind, Kind::kBadOutput);
  EXPECT_EQ(outcome.position, 1u);
  EXPECT_EQ(outcome.field, "reason");
  EXPECT_THAT(outcome.ToString(), ::testing::HasSubstr("77"));
}

TEST_F(MisbehaviourTest, RefusesAReasonThatDoesNotFitTheAnswer) {
  EXPECT_EQ(OutcomeOf("unfitting_reason").field, "reason");
}

TEST_F(MisbehaviourTest, RefusesAReasonThatOnlyTheHostMayGive) {
  EXPECT_EQ(OutcomeOf("host_reason").field, "reason");
}

TEST_F(MisbehaviourTest, RefusesAPointTheRowDoesNotHave) {
  const ModuleOutcome outcome = OutcomeOf("point_out_of_range");
  EXPECT_EQ(outcome.kind, Kind::kBadOutput);
  EXPECT_EQ(outcome.position, 1u);
  EXPECT_EQ(outcome.field, "judged_point");
}

TEST_F(MisbehaviourTest, RefusesAFactWithANegativeDenominator) {
  const ModuleOutcome outcome =
      OutcomeOf("negative_denominator", {.want_facts = true});
  EXPECT_EQ(outcome.kind, Kind::kBadOutput);
  EXPECT_EQ(outcome.position, 1u);
  EXPECT_EQ(outcome.field, "fact actual");
}

TEST_F(MisbehaviourTest, TakesNoAnswerOfACallThatWasRefused) {
  const ModuleOutcome outcome = OutcomeOf("refuses_row");
  EXPECT_EQ(outcome.kind, Kind::kBadOutput);
  EXPECT_EQ(outcome.field, "return value");
  EXPECT_THAT(outcome.detail, ::testing::HasSubstr("7"));
}

TEST_F(MisbehaviourTest, TurnsAnUnsetAnswerIntoCannotTell) {
  Install({"leaves_unset"});
  StartHost({"leaves_unset"});
  AddRows({50, kTrigger, 150});
  const ModuleAnswers answers = AskAll()[0];
  EXPECT_THAT(answers.answer,
              ElementsAre(kAnswerRaised, kAnswerCannotTell, kAnswerNotRaised));
  EXPECT_EQ(answers.reason[1], kReasonUnanswered);
  EXPECT_EQ(answers.judged_point[1], kNoPoint);
  EXPECT_EQ(ReasonWord(Set()->manifest(0), answers.reason[1]), "UNANSWERED");
}

TEST_F(MisbehaviourTest, LosesNoMoreThanTheCallThatFailed) {
  Install({"crashes_on_row"});
  StartHost({"crashes_on_row"});
  std::vector<int64_t> targets(5000, 50);
  targets[2500] = kTrigger;  // in the third call of 1,024
  AddRows(targets);
  const ModuleAnswers answers = AskAll()[0];
  ASSERT_EQ(answers.faults.size(), 1u);
  for (uint32_t k = 0; k < 5000; ++k) {
    const bool lost = k >= 2048 && k < 3072;
    ASSERT_EQ(answers.answer[k], lost ? kAnswerFault : kAnswerRaised) << k;
    ASSERT_EQ(answers.fault_at(k) != nullptr, lost) << k;
  }
}

TEST_F(MisbehaviourTest, GivesAModuleUpThatKeepsOnDying) {
  Install({"crashes_on_row", "steady"});
  StartHost({"crashes_on_row", "steady"});
  AddRows(std::vector<int64_t>(30'000, kTrigger));
  const std::vector<ModuleAnswers> answers = AskAll();
  EXPECT_THAT(answers[0].answer, Each(kAnswerFault));
  EXPECT_THAT(answers[1].answer, Each(kAnswerNotRaised));
  EXPECT_EQ(InfoOf("crashes_on_row").restarts, 16);
  EXPECT_EQ(answers[0].fault_at(29'999)->kind, Kind::kCrashed);
}

TEST_F(MisbehaviourTest, ReplacesAWorkerThatDiedUnasked) {
  Install({"steady"});
  StartHost({"steady"});
  AddRows({50});
  const int pid = InfoOf("steady").worker_pids.at(0);
  ASSERT_EQ(kill(pid, SIGKILL), 0);
  // It was not the module's doing: no answer is lost.
  EXPECT_THAT(AskAll()[0].answer, ElementsAre(kAnswerRaised));
  EXPECT_NE(InfoOf("steady").worker_pids.at(0), pid);
  EXPECT_EQ(InfoOf("steady").restarts, 1);
}

TEST_F(MisbehaviourTest, DescribesAFaultAsNoAnswer) {
  Install({"crashes_on_row"});
  StartHost({"crashes_on_row"});
  AddRows({kTrigger});
  const std::vector<ModuleAnswers> answers = AskAll();
  const ModuleAnswer answer = Set()->Describe(0, answers[0], 0);
  EXPECT_EQ(answer.answer, Answer::kFault);
  EXPECT_EQ(answer.fault, "CRASHED");
  EXPECT_EQ(answer.module, "crashes_on_row");
}

}  // namespace
}  // namespace shirube
