// A module is asked its own cases before it is asked anything else.
#include <fstream>
#include <string>

#include "gmock/gmock.h"
#include "server/domain/violation.h"
#include "tests/rule_host/fixture.h"
#include "tests/rule_host/footprint.h"

namespace shirube {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

class SelfTestTest : public RuleHostFixture {
 protected:
  // What is said of `module`, which does not pass.
  std::string FailureOf(const std::string& module) {
    Install({module});
    options_.call_deadline = absl::Milliseconds(30);
    StartHost({});
    const Footprint before = Footprint::Now();
    const absl::Status status = Load({module}).status();
    EXPECT_EQ(DetailsOf(status).reason, "RULE_SET_CANNOT_START");
    const ModuleInfo info = InfoOf(module);
    EXPECT_EQ(info.state, ModuleState::kRejected);
    EXPECT_EQ(info.problem.reason, ModuleReason::kSelfTestFailed);
    EXPECT_FALSE(info.problem.ja.empty());
    const Footprint after = Footprint::Now();
    EXPECT_EQ(after.descriptors, before.descriptors);
    EXPECT_EQ(after.children, before.children);
    return info.problem.detail;
  }
};

TEST_F(SelfTestTest, PassesAModuleThatAnswersAsItsCasesSay) {
  Install({"cases_pass", "steady"});
  StartHost({});
  const auto set = Load({"cases_pass", "steady"});
  ASSERT_TRUE(set.ok()) << set.status();
  EXPECT_EQ(InfoOf("cases_pass").state, ModuleState::kActive);
  EXPECT_EQ(InfoOf("cases_pass").cases_count, 4);
  // None is allowed, and said.
  EXPECT_EQ(InfoOf("steady").cases_count, 0);
}

TEST_F(SelfTestTest, NamesTheFirstCaseThatCameOutOtherwise) {
  EXPECT_THAT(FailureOf("cases_differ"),
              AllOf(HasSubstr("\"Said to be reached\" (line 9)"),
                    HasSubstr("expected ACHIEVED MET, found NOT_RAISED"),
                    HasSubstr("1 more")));
}

TEST_F(SelfTestTest, NamesBothLinesOfACaseThatContradictsItself) {
  EXPECT_THAT(FailureOf("cases_contradict"),
              AllOf(HasSubstr("line 5: case \"Both at once\""),
                    HasSubstr("expects NOT_RAISED"),
                    HasSubstr("(line 4) expects ACHIEVED MET")));
}

TEST_F(SelfTestTest, NamesBothCasesThatContradictEachOther) {
  EXPECT_THAT(FailureOf("cases_contradict_each_other"),
              AllOf(HasSubstr("line 10: case \"Said otherwise\""),
                    HasSubstr("case \"Reached\" with the same data"),
                    HasSubstr("(line 4)")));
}

TEST_F(SelfTestTest, RefusesAParameterOutOfTheManifestsRange) {
  EXPECT_THAT(FailureOf("cases_parameter_range"),
              AllOf(HasSubstr("line 3"),
                    HasSubstr("floor is 1.5; the manifest allows 0 to 1")));
}

TEST_F(SelfTestTest, SaysInJapaneseTooWhatIsWrongWithTheCases) {
  FailureOf("cases_parameter_range");
  EXPECT_THAT(InfoOf("cases_parameter_range").problem.ja,
              AllOf(HasSubstr("3行目"), HasSubstr("範囲外")));
}

TEST_F(SelfTestTest, HoldsAModuleToRaisingNothingForAReasonOfAnother) {
  EXPECT_THAT(FailureOf("cases_of_another"),
              HasSubstr("expected NOT_RAISED, found ACHIEVED MET"));
}

TEST_F(SelfTestTest, NamesTheLineThatCannotBeRead) {
  EXPECT_THAT(FailureOf("cases_unreadable"),
              AllOf(HasSubstr("line 3"), HasSubstr("colour")));
}

TEST_F(SelfTestTest, RefusesACaseWithAParameterThatTheModuleDoesNotHave) {
  EXPECT_THAT(FailureOf("cases_unknown_parameter"),
              AllOf(HasSubstr("line 3"), HasSubstr("ceiling")));
}

TEST_F(SelfTestTest, NamesTheCaseThatKillsIt) {
  EXPECT_THAT(FailureOf("cases_kill"),
              AllOf(HasSubstr("\"The one it does not stand\" (line 6)"),
                    HasSubstr("CRASHED (signal 11)")));
}

TEST_F(SelfTestTest, NamesTheCaseThatTakesTooLong) {
  EXPECT_THAT(FailureOf("cases_spin"),
              AllOf(HasSubstr("\"The one it does not stand\""),
                    HasSubstr("TIMED_OUT")));
}

TEST_F(SelfTestTest, NamesTheCaseThatItAnswersNonsense) {
  EXPECT_THAT(FailureOf("cases_spoil"),
              AllOf(HasSubstr("\"The one it does not stand\""),
                    HasSubstr("BAD_OUTPUT"), HasSubstr("77")));
}

TEST_F(SelfTestTest, NamesTheCaseForWhichItReturnsAFailure) {
  EXPECT_THAT(FailureOf("cases_refused"),
              AllOf(HasSubstr("\"The one it does not stand\""),
                    HasSubstr("evaluate returned 7")));
}

TEST_F(SelfTestTest, LooksAtFactsToo) {
  EXPECT_THAT(FailureOf("cases_bad_fact"),
              AllOf(HasSubstr("\"The one it does not stand\""),
                    HasSubstr("fact actual")));
}

TEST_F(SelfTestTest, TakesNoAnswerForNone) {
  EXPECT_THAT(FailureOf("cases_unset"),
              HasSubstr("expected NOT_RAISED, found NOT_EVALUATED UNANSWERED"));
}

TEST_F(SelfTestTest, NamesACaseThatAStatefulModuleAnswersOtherwiseLater) {
  EXPECT_THAT(FailureOf("stands_on_state"),
              AllOf(HasSubstr("\"Not there yet\""),
                    HasSubstr("found NOT_EVALUATED UNSURE")));
}

TEST_F(SelfTestTest, NamesACaseThatComesOutOtherwiseInAnotherOrder) {
  EXPECT_THAT(FailureOf("stands_on_order"),
              AllOf(HasSubstr("\"Small\" (line 4)"),
                    HasSubstr("expected ACHIEVED MET, found NOT_EVALUATED "
                              "UNSURE when asked again in another order")));
}

TEST_F(SelfTestTest, CountsTheLinesOfALuaFileAsAnEditorDoes) {
  std::ifstream file(SHIRUBE_TINY_MODULES "/lua/lua_cases_differ.lua");
  std::string line;
  int wanted = 0;
  for (int n = 1; std::getline(file, line); ++n) {
    if (line == "case Said to be reached") wanted = n + 3;
  }
  EXPECT_THAT(FailureOf("lua_cases_differ"),
              HasSubstr("\"Said to be reached\" (line " +
                        std::to_string(wanted) + ")"));
}

TEST_F(SelfTestTest, AsksAModuleWithoutCasesAboutNoRows) {
  EXPECT_THAT(FailureOf("refuses_empty"), HasSubstr("no rows"));
}

}  // namespace
}  // namespace shirube
