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
  // Asks `module` beside a steady one and gives back what became of the row
  // that triggers it.
  ModuleOutcome OutcomeOf(const std::string& module,
                          const AskOptions& options = {}) {
    Install({module, "steady"});
    options_.call_deadline = call_deadline_;
    StartHost({module, "steady"});
    AddRows({50, kTrigger, 150});
    const std::vector<ModuleAnswers> answers = AskAll(options);
    ExpectSteady(answers[1]);
    // That row alone is lost.
    EXPECT_THAT(answers[0].answer,
                ElementsAre(kAnswerRaised, kAnswerFault, kAnswerNotRaised));
    EXPECT_THAT(answers[0].reason, ElementsAre(1, kReasonNone, kReasonNone));
    EXPECT_EQ(answers[0].faults.size(), 1u);
    EXPECT_EQ(InfoOf(module).state, ModuleState::kActive);
    EXPECT_EQ(InfoOf(module).statistics.poison_rows, 1);
    EXPECT_EQ(InfoOf(module).statistics.incidents, 1);
    EXPECT_EQ(InfoOf("steady").statistics.restarts, 0);
    ExpectNextAskIsAnswered();
    const ModuleOutcome* outcome = answers[0].fault_at(1);
    return outcome == nullptr ? ModuleOutcome() : *outcome;
  }

  int64_t RestartsOf(const std::string& module) {
    return InfoOf(module).statistics.restarts;
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

  absl::Duration call_deadline_ = absl::Milliseconds(30);

  // The row of `module` is lost to this system call.
  void ExpectForbidden(const std::string& module, const std::string& call) {
    const ModuleOutcome outcome = OutcomeOf(module);
    EXPECT_EQ(outcome.kind, Kind::kForbiddenCall);
    EXPECT_EQ(outcome.call, call);
  }
};

TEST_F(MisbehaviourTest, NamesTheSignalOfACrash) {
  const ModuleOutcome outcome = OutcomeOf("crashes_on_row");
  EXPECT_EQ(outcome.kind, Kind::kCrashed);
  EXPECT_EQ(outcome.signal, SIGSEGV);
  // All three rows, again, and the row alone.
  EXPECT_EQ(RestartsOf("crashes_on_row"), 3);
}

TEST_F(MisbehaviourTest, NamesTheSignalOfAnAbort) {
  const ModuleOutcome outcome = OutcomeOf("aborts_on_row");
  EXPECT_EQ(outcome.kind, Kind::kCrashed);
  EXPECT_EQ(outcome.signal, SIGABRT);
}

TEST_F(MisbehaviourTest, NamesTheSignalOfAStackThatOverflows) {
  const ModuleOutcome outcome = OutcomeOf("overflows_stack");
  EXPECT_EQ(outcome.kind, Kind::kCrashed);
  EXPECT_EQ(outcome.signal, SIGSEGV);
}

TEST_F(MisbehaviourTest, EndsAModuleThatWritesIntoTheColumns) {
  const ModuleOutcome outcome = OutcomeOf("writes_columns");
  EXPECT_EQ(outcome.kind, Kind::kCrashed);
  EXPECT_EQ(outcome.signal, SIGSEGV);
  const Selection all = table_->SelectAll();
  EXPECT_EQ(all.parts[0].columns().baseline[1], 0);
}

TEST_F(MisbehaviourTest, EndsAModuleThatWantsToMakeTheColumnsWritable) {
  const ModuleOutcome outcome = OutcomeOf("unlocks_columns");
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
  EXPECT_EQ(RestartsOf("spins_on_row"), 3);
}

TEST_F(MisbehaviourTest, EndsAModuleThatHangsWithoutUsingTheCpu) {
  EXPECT_EQ(OutcomeOf("waits_on_row").kind, Kind::kTimedOut);
}

TEST_F(MisbehaviourTest, SaysThatMemoryRanOut) {
  options_.memory_limit_bytes = int64_t{32} << 20;
  call_deadline_ = absl::Seconds(10);  // it touches all that it gets
  EXPECT_EQ(OutcomeOf("allocates_on_row").kind, Kind::kOutOfMemory);
  EXPECT_GE(InfoOf("allocates_on_row").statistics.restarts, 3);
}

TEST_F(MisbehaviourTest, NamesTheForbiddenCallOfAFork) {
  ExpectForbidden("forks_on_row", "clone");
}

TEST_F(MisbehaviourTest, NamesTheForbiddenCallOfAProgramStarted) {
  ExpectForbidden("executes_on_row", "execve");
}

TEST_F(MisbehaviourTest, NamesTheForbiddenCallOfASocket) {
  ExpectForbidden("opens_socket", "socket");
}

TEST_F(MisbehaviourTest, NamesTheForbiddenCallOfAFileOpened) {
  ExpectForbidden("opens_file", "openat");
}

TEST_F(MisbehaviourTest, NamesTheForbiddenCallOfAHangUp) {
  ExpectForbidden("hangs_up", "close");
}

// ---- What it says in the worker's name. ----

TEST_F(MisbehaviourTest, EndsAModuleThatSpeaksOnTheControlSocket) {
  EXPECT_EQ(OutcomeOf("chatters").kind, Kind::kProtocolError);
}

TEST_F(MisbehaviourTest, EndsAModuleThatForgesAReply) {
  EXPECT_EQ(OutcomeOf("forges_reply").kind, Kind::kProtocolError);
}

TEST_F(MisbehaviourTest, EndsAModuleThatFloodsTheSocket) {
  EXPECT_EQ(OutcomeOf("floods").kind, Kind::kProtocolError);
}

TEST_F(MisbehaviourTest, EndsAModuleThatSendsWhatIsTooLarge) {
  EXPECT_EQ(OutcomeOf("sends_much").kind, Kind::kProtocolError);
}

TEST_F(MisbehaviourTest, GainsAModuleNothingToForgeAReplyThatFits) {
  Install({"forges_good_reply", "steady"});
  StartHost({"forges_good_reply", "steady"});
  // It forges after its last answer: the host takes them, as it would have.
  AddRows({50, 150, 150, kTrigger});
  const ModuleAnswers answers = AskAll()[0];
  EXPECT_THAT(answers.answer, ElementsAre(kAnswerRaised, kAnswerNotRaised,
                                          kAnswerNotRaised, kAnswerNotRaised));
  // The worker's own reply is one too many for the next request.
  ExpectNextAskIsAnswered();
  const StatisticsSnapshot counts = InfoOf("forges_good_reply").statistics;
  EXPECT_EQ(counts.faults.at("PROTOCOL_ERROR"), 1);
  EXPECT_EQ(counts.restarts, 1);
  EXPECT_EQ(counts.poison_rows, 0);
}

// ---- What it writes. ----

TEST_F(MisbehaviourTest, RefusesAnUnknownAnswer) {
  const ModuleOutcome outcome = OutcomeOf("unknown_answer");
  EXPECT_EQ(outcome.kind, Kind::kBadOutput);
  EXPECT_EQ(outcome.position, 1u);
  EXPECT_EQ(outcome.field, "answer");
  EXPECT_EQ(RestartsOf("unknown_answer"), 0);
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

TEST_F(MisbehaviourTest, NamesTheRowThatEvaluateReturnsAnErrorFor) {
  const ModuleOutcome outcome = OutcomeOf("refuses_row");
  EXPECT_EQ(outcome.kind, Kind::kBadOutput);
  EXPECT_EQ(outcome.position, 1u);
  EXPECT_EQ(outcome.field, "return value");
  EXPECT_THAT(outcome.detail, ::testing::HasSubstr("7"));
  EXPECT_EQ(RestartsOf("refuses_row"), 0);
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
  EXPECT_EQ(InfoOf("leaves_unset").statistics.answers.unanswered, 1);
}

TEST_F(MisbehaviourTest, ReplacesAWorkerThatDiedUnasked) {
  Install({"steady"});
  StartHost({"steady"});
  AddRows({50});
  const int pid = InfoOf("steady").worker_pids.at(0);
  KillAndAwait(pid);
  // It was not the module's doing: no answer is lost.
  EXPECT_THAT(AskAll()[0].answer, ElementsAre(kAnswerRaised));
  EXPECT_NE(InfoOf("steady").worker_pids.at(0), pid);
  EXPECT_EQ(RestartsOf("steady"), 1);
  EXPECT_EQ(InfoOf("steady").statistics.incidents, 0);
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
