// One tiny bad module in Lua a misbehaviour: the exact outcome, other modules'
// answers unharmed, and the next ask answered.
#include <algorithm>
#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "tests/rule_host/lua_fixture.h"

namespace shirube {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;
using Kind = ModuleOutcome::Kind;

class LuaTest : public LuaFixture {
 protected:
  // The row is lost to an error at the line with `words` in it, which says
  // `what`.
  void ExpectError(const std::string& module, const std::string& words,
                   const std::string& what, int64_t value = 100) {
    const ModuleOutcome outcome = OutcomeOf(module, {}, value);
    EXPECT_EQ(outcome.kind, Kind::kCrashed) << outcome.ToString();
    EXPECT_EQ(outcome.signal, 0);
    EXPECT_THAT(outcome.detail, StartsWith(PlaceOf(module, words)));
    EXPECT_THAT(outcome.detail, HasSubstr(what));
    EXPECT_THAT(outcome.ToString(),
                StartsWith("CRASHED (" + PlaceOf(module, words)));
    EXPECT_EQ(InfoOf(module).statistics.faults.at("CRASHED"),
              InfoOf(module).statistics.restarts);
  }
};

// ---- Errors. ----

TEST_F(LuaTest, GivesTheLineAndTheWordsOfAnError) {
  ExpectError("lua_errors_on_row", "return nothing.there",
              "attempt to index a nil value (local 'nothing')");
  // All three rows, again, and the row alone.
  EXPECT_EQ(InfoOf("lua_errors_on_row").statistics.restarts, 3);
}

TEST_F(LuaTest, ReportsAnErrorThatIsNoText) {
  const ModuleOutcome outcome = OutcomeOf("lua_throws_table_on_row");
  EXPECT_EQ(outcome.kind, Kind::kCrashed);
  EXPECT_THAT(outcome.detail, HasSubstr("table"));
}

TEST_F(LuaTest, CutsAnErrorThatIsLongAndTakesItForText) {
  const ModuleOutcome outcome = OutcomeOf("lua_long_error_on_row");
  EXPECT_EQ(outcome.kind, Kind::kCrashed);
  EXPECT_LE(outcome.detail.size(), 400u);
  EXPECT_THAT(outcome.detail, HasSubstr("長い長い"));
  EXPECT_THAT(outcome.detail, Not(HasSubstr("\27")));
}

TEST_F(LuaTest, EndsARecursion) {
  call_deadline_ = absl::Seconds(5);  // its stack becomes large before it ends
  ExpectError("lua_recurses_on_row", "return 1 + deeper", "stack overflow");
}

TEST_F(LuaTest, EndsARecursionThroughTheLibrary) {
  const ModuleOutcome outcome = OutcomeOf("lua_recurses_in_c_on_row");
  EXPECT_EQ(outcome.kind, Kind::kCrashed);
  EXPECT_EQ(outcome.signal, 0);
  EXPECT_THAT(outcome.detail, HasSubstr("stack overflow"));
}

TEST_F(LuaTest, EndsARecursionWithinOneCallOfTheLibrary) {
  call_deadline_ = absl::Seconds(5);
  const ModuleOutcome outcome = OutcomeOf("lua_recurses_in_pattern_on_row");
  EXPECT_EQ(outcome.kind, Kind::kCrashed);
  EXPECT_EQ(outcome.signal, 0) << "the stack of the process overflowed";
  EXPECT_THAT(outcome.detail, HasSubstr("pattern too complex"));
}

TEST_F(LuaTest, EndsARatioThatDoesNotFit) {
  ExpectError("lua_overflows_ratio_on_row", "product * product", "128");
}

TEST_F(LuaTest, HasNothingThatReachesOutOfItself) {
  const std::string text = TextOf("lua_forbidden_on_row");
  int number = 0;
  size_t at = text.find("local LOOKUPS");
  while ((at = text.find("  function() return ", at)) != std::string::npos) {
    const std::string line = text.substr(at, text.find('\n', at) - at);
    ++number;
    ++at;
    ExpectError("lua_forbidden_on_row", line, "a nil value", number);
    if (HasFailure()) FAIL() << line;
  }
  EXPECT_EQ(number, 18);
}

// ---- Answers. ----

TEST_F(LuaTest, TurnsNoAnswerIntoCannotTell) {
  const ModuleAnswers answers = AnswersOf("lua_unanswered_on_row");
  EXPECT_THAT(answers.answer,
              ElementsAre(kAnswerRaised, kAnswerCannotTell, kAnswerNotRaised));
  EXPECT_EQ(answers.reason[1], kReasonUnanswered);
  EXPECT_EQ(answers.judged_point[1], kNoPoint);
  EXPECT_EQ(InfoOf("lua_unanswered_on_row").statistics.answers.unanswered, 1);
}

TEST_F(LuaTest, RefusesAnAnswerThatIsNone) {
  const ModuleOutcome outcome = OutcomeOf("lua_answers_number_on_row");
  EXPECT_EQ(outcome.kind, Kind::kCrashed);
  EXPECT_THAT(outcome.detail, HasSubstr("judge"));
}

TEST_F(LuaTest, RefusesAReasonTheManifestDoesNotDeclare) {
  ExpectError("lua_undeclared_reason", "SPLENDID", "SPLENDID");
}

TEST_F(LuaTest, RefusesAReasonThatDoesNotFitTheAnswer) {
  ExpectError("lua_unfitting_reason", "raise(\"UNSURE", "UNSURE");
}

TEST_F(LuaTest, RefusesAFactTheManifestDoesNotDeclare) {
  ExpectError("lua_wrong_fact", "progres =", "progres");
}

TEST_F(LuaTest, RefusesAFactTheManifestDoesNotDeclareWhereNobodyWantsFacts) {
  const ModuleOutcome outcome =
      OutcomeOf("lua_wrong_fact", {.want_facts = true});
  EXPECT_EQ(outcome.kind, Kind::kCrashed);
  EXPECT_THAT(outcome.detail, HasSubstr("progres"));
}

TEST_F(LuaTest, RefusesAParameterTheManifestDoesNotDeclare) {
  ExpectError("lua_unknown_parameter", "ceiling", "ceiling");
}

TEST_F(LuaTest, RefusesAPointThatIsNoneOfTheRow) {
  ExpectError("lua_made_up_point", "return raise(\"MET\", {", "point");
}

TEST_F(LuaTest, GivesFactsInTheUnitsOfTheRow) {
  Install({"lua_steady"});
  StartHost({"lua_steady"});
  RowInput row = MakeRow("printed", /*target=*/1250, /*value=*/1249);
  row.scale = 2;
  ASSERT_TRUE(table_->Upsert(row).ok());
  const ModuleAnswers answers = AskAll({.want_facts = true})[0];
  EXPECT_EQ(answers.fact_numerator, (std::vector<absl::int128>{1249, 1}));
  EXPECT_EQ(answers.fact_denominator, (std::vector<absl::int128>{1, 4}));
}

// ---- Time. ----

TEST_F(LuaTest, EndsAModuleThatDoesNotComeToAnEnd) {
  for (const char* module :
       {"lua_spins_on_row", "lua_rep_on_row", "lua_sort_on_row"}) {
    EXPECT_EQ(OutcomeOf(module).kind, Kind::kTimedOut) << module;
  }
}

TEST_F(LuaTest, LetsNoTimeOutBeCaught) {
  for (const char* module : {"lua_pcall_on_row", "lua_pcall_once_on_row"}) {
    EXPECT_EQ(OutcomeOf(module).kind, Kind::kTimedOut) << module;
  }
}

TEST_F(LuaTest, EndsACatastrophicMatch) {
  EXPECT_EQ(OutcomeOf("lua_match_on_row").kind, Kind::kTimedOut);
}

// ---- Memory. ----

TEST_F(LuaTest, SaysThatMemoryRanOut) {
  options_.memory_limit_bytes = int64_t{32} << 20;
  call_deadline_ = absl::Seconds(10);  // some touch all that they get
  for (const char* module : {"lua_bomb_on_row", "lua_doubles_on_row",
                             "lua_table_bomb_on_row", "lua_long_rep_on_row"}) {
    EXPECT_EQ(OutcomeOf(module).kind, Kind::kOutOfMemory) << module;
  }
}

// ---- What rows could leave to each other. ----

TEST_F(LuaTest, LetsTheStringsBeWhatTheyAre) {
  const ModuleOutcome outcome = OutcomeOf("lua_string_metatable_on_row");
  EXPECT_EQ(outcome.kind, Kind::kCrashed);
  EXPECT_EQ(OutcomeOf("lua_string_library_on_row").kind, Kind::kCrashed);
}

TEST_F(LuaTest, LetsNoGlobalBeSet) {
  ExpectError("lua_global_on_row", "seen = true", "seen");
  ExpectError("lua_judge_replaced_on_row", "judge = function", "judge");
}

TEST_F(LuaTest, StandsAModuleThatAnswersDifferentlyWhenAskedTwice) {
  Install({"lua_keeps_count", "steady"});
  StartHost({"lua_keeps_count", "steady"});
  AddRows({50, 150, 50});
  const std::vector<ModuleAnswers> first = AskAll(), second = AskAll();
  EXPECT_NE(first[0].answer, second[0].answer);
  EXPECT_TRUE(first[0].faults.empty() && second[0].faults.empty());
  EXPECT_THAT(first[1].answer,
              ElementsAre(kAnswerRaised, kAnswerNotRaised, kAnswerRaised));
  EXPECT_EQ(first[1].answer, second[1].answer);
}

// ---- Hunting, statistics, quarantine. ----

TEST_F(LuaTest, LosesExactlyTheThreeBadRowsOfThirtyThousand) {
  Install({"lua_errors_on_row", "steady"});
  options_.call_deadline = absl::Seconds(2);
  StartHost({"lua_errors_on_row", "steady"});
  std::vector<int64_t> targets(30'000, 50);
  for (const size_t row : {9'999, 19'999, 29'999}) targets[row] = kTrigger;
  AddRows(targets);
  for (int round = 0; round < 2; ++round) {
    const std::vector<ModuleAnswers> answers = AskAll();
    for (uint32_t k = 0; k < 30'000; ++k) {
      const bool bad = targets[k] == kTrigger;
      ASSERT_EQ(answers[0].answer[k], bad ? kAnswerFault : kAnswerRaised) << k;
      ASSERT_EQ(answers[0].fault_at(k) != nullptr, bad) << k;
      ASSERT_EQ(answers[1].answer[k], bad ? kAnswerNotRaised : kAnswerRaised);
    }
    EXPECT_TRUE(answers[1].faults.empty());
    ASSERT_EQ(answers[0].faults.size(), 1u);
    EXPECT_THAT(answers[0].faults[0].detail,
                StartsWith(PlaceOf("lua_errors_on_row", "nothing.there")));
    // The second round asks about the three no more.
    const ModuleInfo info = InfoOf("lua_errors_on_row");
    EXPECT_EQ(info.state, ModuleState::kActive);
    EXPECT_EQ(info.statistics.poison_rows, 3);
    EXPECT_EQ(info.statistics.incidents, 2);
    EXPECT_EQ(info.statistics.faulted_rows, 3 * (round + 1));
    EXPECT_EQ(info.statistics.faults.at("CRASHED"), info.statistics.restarts);
    EXPECT_EQ(info.statistics.last_fault, answers[0].faults[0].ToString());
    EXPECT_EQ(info.statistics.answers.raised, 29'997 * (round + 1));
  }
  EXPECT_GT(InfoOf("lua_errors_on_row").statistics.cpu, absl::ZeroDuration());
  EXPECT_GT(InfoOf("lua_errors_on_row").statistics.peak_memory_bytes, 0);
}

TEST_F(LuaTest, SetsAModuleAsideThatFailsOnTooManyRows) {
  std::vector<QuarantineNotice> notices;
  options_.on_quarantine = [&](const QuarantineNotice& notice) {
    notices.push_back(notice);
  };
  Install({"lua_errors_on_many", "steady"});
  StartHost({"lua_errors_on_many", "steady"});
  std::vector<int64_t> targets(2'000, 50);
  std::fill(targets.begin() + 500, targets.begin() + 700, 150);
  AddRows(targets);
  const std::vector<ModuleAnswers> answers = AskAll();
  EXPECT_EQ(InfoOf("lua_errors_on_many").state, ModuleState::kQuarantined);
  EXPECT_TRUE(InfoOf("lua_errors_on_many").worker_pids.empty());
  for (uint32_t k = 0; k < 2'000; ++k) {
    ASSERT_EQ(answers[1].answer[k],
              targets[k] == 50 ? kAnswerRaised : kAnswerNotRaised);
  }
  ASSERT_EQ(notices.size(), 1u);
  EXPECT_EQ(notices[0].reason, "CRASHED");
  const std::string place = PlaceOf("lua_errors_on_many", "error(");
  EXPECT_THAT(notices[0].en, HasSubstr(place + " not this one"));
  EXPECT_THAT(notices[0].ja, HasSubstr(place + " not this one"));
  // It is asked no more until it is let go.
  const int64_t restarts = InfoOf("lua_errors_on_many").statistics.restarts;
  EXPECT_EQ(AskAll()[0].faults.at(0).kind, Kind::kQuarantined);
  EXPECT_EQ(InfoOf("lua_errors_on_many").statistics.restarts, restarts);
  ASSERT_TRUE(host_->Release(notices[0].sha256).ok());
  EXPECT_EQ(InfoOf("lua_errors_on_many").state, ModuleState::kActive);
}

TEST_F(LuaTest, BlamesNoRowForAWorkerThatWasKilled) {
  Install({"lua_steady"});
  StartHost({"lua_steady"});
  AddRows({50});
  KillAndAwait(InfoOf("lua_steady").worker_pids.at(0));
  EXPECT_THAT(AskAll()[0].answer, ElementsAre(kAnswerRaised));
  EXPECT_EQ(InfoOf("lua_steady").statistics.restarts, 1);
  EXPECT_EQ(InfoOf("lua_steady").statistics.incidents, 0);
}

}  // namespace
}  // namespace shirube
