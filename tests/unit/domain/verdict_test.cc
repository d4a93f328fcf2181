#include "server/domain/verdict.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace shirube {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

ModuleAnswer Raised(std::string_view module, Status status,
                    std::string_view reason,
                    Severity severity = Severity::kNone) {
  ModuleAnswer answer;
  answer.module = module;
  answer.answer = Answer::kRaised;
  answer.status = status;
  answer.reason = reason;
  answer.severity = severity;
  return answer;
}

ModuleAnswer NotRaised(std::string_view module) {
  ModuleAnswer answer;
  answer.module = module;
  answer.answer = Answer::kNotRaised;
  return answer;
}

ModuleAnswer CannotTell(std::string_view module, std::string_view reason) {
  ModuleAnswer answer = NotRaised(module);
  answer.answer = Answer::kCannotTell;
  answer.reason = reason;
  return answer;
}

ModuleAnswer Fault(std::string_view module, std::string_view fault) {
  ModuleAnswer answer = NotRaised(module);
  answer.answer = Answer::kFault;
  answer.fault = fault;
  return answer;
}

ModuleAnswer Mark(std::string_view module, std::string_view mark) {
  ModuleAnswer answer = NotRaised(module);
  answer.answer = Answer::kRaised;
  answer.is_mark = true;
  answer.mark = mark;
  return answer;
}

TEST(CombineAnswersTest, TakesTheStatusOfTheModuleThatRaised) {
  const Verdict verdict = CombineAnswers(
      {NotRaised("achieved"), NotRaised("on_track"),
       Raised("at_risk", Status::kAtRisk, "BEHIND", Severity::kWarning)});
  EXPECT_EQ(verdict.status, Status::kAtRisk);
  EXPECT_EQ(verdict.reason, "BEHIND");
  EXPECT_EQ(verdict.severity, Severity::kWarning);
  EXPECT_EQ(verdict.module, "at_risk");
  EXPECT_THAT(verdict.marks, IsEmpty());
  EXPECT_THAT(verdict.failed, IsEmpty());
}

TEST(CombineAnswersTest, IsIndeterminateWhenAModuleBeforeTheFirstFailed) {
  const Verdict verdict =
      CombineAnswers({Fault("achieved", "CRASHED"),
                      Raised("on_track", Status::kOnTrack, "ON_PACE"),
                      Raised("at_risk", Status::kAtRisk, "BEHIND")});
  EXPECT_EQ(verdict.status, Status::kIndeterminate);
  EXPECT_EQ(verdict.reason, "CRASHED");
  EXPECT_EQ(verdict.module, "achieved");
  EXPECT_THAT(verdict.failed, ElementsAre(ModuleFault{"achieved", "CRASHED"}));
  EXPECT_THAT(verdict.marks, IsEmpty());
}

TEST(CombineAnswersTest, LeavesAnEarlierStatusWhenALaterModuleFailed) {
  const Verdict verdict =
      CombineAnswers({Raised("achieved", Status::kAchieved, "MET_EARLY"),
                      Fault("on_track", "TIMED_OUT"), NotRaised("at_risk")});
  EXPECT_EQ(verdict.status, Status::kAchieved);
  EXPECT_EQ(verdict.module, "achieved");
  EXPECT_THAT(verdict.failed,
              ElementsAre(ModuleFault{"on_track", "TIMED_OUT"}));
}

TEST(CombineAnswersTest, MarksAConflictAndTakesTheWorse) {
  const Verdict later_worse = CombineAnswers(
      {Raised("achieved", Status::kAchieved, "MET_EARLY"),
       Raised("at_risk", Status::kAtRisk, "REGRESSED", Severity::kCritical)});
  EXPECT_EQ(later_worse.status, Status::kAtRisk);
  EXPECT_EQ(later_worse.reason, "REGRESSED");
  EXPECT_EQ(later_worse.severity, Severity::kCritical);
  EXPECT_EQ(later_worse.module, "at_risk");
  EXPECT_EQ(later_worse.conflicting_module, "achieved");
  EXPECT_THAT(later_worse.marks, ElementsAre("CONFLICT"));

  const Verdict first_worse =
      CombineAnswers({Raised("on_track", Status::kOnTrack, "ON_PACE"),
                      Raised("achieved", Status::kAchieved, "MET_EARLY")});
  EXPECT_EQ(first_worse.status, Status::kOnTrack);
  EXPECT_EQ(first_worse.module, "on_track");
  EXPECT_EQ(first_worse.conflicting_module, "achieved");
}

TEST(CombineAnswersTest, SeesNoConflictInTheSameStatusTwice) {
  const Verdict verdict =
      CombineAnswers({Raised("at_risk", Status::kAtRisk, "BEHIND"),
                      Raised("other", Status::kAtRisk, "SLOW")});
  EXPECT_EQ(verdict.reason, "BEHIND");
  EXPECT_EQ(verdict.conflicting_module, "");
  EXPECT_THAT(verdict.marks, IsEmpty());
}

TEST(CombineAnswersTest, IsIndeterminateWhenNoneRaisedAndOneFailed) {
  const Verdict verdict =
      CombineAnswers({CannotTell("achieved", "NO_DATA"), NotRaised("on_track"),
                      Fault("at_risk", "BAD_OUTPUT")});
  EXPECT_EQ(verdict.status, Status::kIndeterminate);
  EXPECT_EQ(verdict.module, "at_risk");
}

TEST(CombineAnswersTest, GivesTheFirstReasonWhyNobodyCanTell) {
  const Verdict verdict =
      CombineAnswers({NotRaised("achieved"), CannotTell("on_track", "NO_DATA"),
                      CannotTell("at_risk", "UNANSWERED")});
  EXPECT_EQ(verdict.status, Status::kNotEvaluated);
  EXPECT_EQ(verdict.reason, "NO_DATA");
  EXPECT_EQ(verdict.module, "on_track");
}

TEST(CombineAnswersTest, SaysThatNothingWasRaised) {
  for (const std::vector<ModuleAnswer>& answers :
       {std::vector<ModuleAnswer>{NotRaised("a"), NotRaised("b")},
        std::vector<ModuleAnswer>{}}) {
    const Verdict verdict = CombineAnswers(answers);
    EXPECT_EQ(verdict.status, Status::kNotEvaluated);
    EXPECT_EQ(verdict.reason, "NOTHING_RAISED");
    EXPECT_EQ(verdict.module, "");
  }
}

TEST(CombineAnswersTest, NeverLetsAMarkChangeTheStatus) {
  const Verdict verdict =
      CombineAnswers({Mark("stale", "STALE"),
                      Raised("on_track", Status::kOnTrack, "ON_PACE")});
  EXPECT_EQ(verdict.status, Status::kOnTrack);
  EXPECT_EQ(verdict.module, "on_track");
  EXPECT_THAT(verdict.marks, ElementsAre("STALE"));
  const Verdict alone = CombineAnswers({Mark("stale", "STALE")});
  EXPECT_EQ(alone.reason, "NOTHING_RAISED");
}

TEST(CombineAnswersTest, CostsAFailingMarkModuleOnlyItsMark) {
  ModuleAnswer fault = Fault("stale", "CRASHED");
  fault.is_mark = true;
  const Verdict raised =
      CombineAnswers({fault, Raised("on_track", Status::kOnTrack, "ON_PACE")});
  EXPECT_EQ(raised.status, Status::kOnTrack);
  EXPECT_THAT(raised.failed, ElementsAre(ModuleFault{"stale", "CRASHED"}));
  const Verdict none = CombineAnswers({fault, NotRaised("on_track")});
  EXPECT_EQ(none.reason, "NOTHING_RAISED");
}

TEST(MarksTest, StandInTheOrderOfTheProductEachOnce) {
  std::vector<std::string> marks;
  for (std::string_view mark :
       {"CONFLICT", "HOUSE_MARK", "ASSUMED_TO_DATE", "STALE", "CONFLICT",
        "PROVISIONAL", "HOUSE_MARK", "ZEBRA", "MIXED_YEAR_KIND"}) {
    AddMark(mark, &marks);
  }
  EXPECT_THAT(
      marks, ElementsAre("STALE", "PROVISIONAL", "ASSUMED_TO_DATE",
                         "MIXED_YEAR_KIND", "CONFLICT", "HOUSE_MARK", "ZEBRA"));
}

TEST(VerdictNamesTest, ReadEveryStatusBack) {
  for (Status status :
       {Status::kUnspecified, Status::kAchieved, Status::kOnTrack,
        Status::kAtRisk, Status::kNotEvaluated, Status::kIndeterminate}) {
    EXPECT_EQ(ParseStatusWord(StatusWord(status)), status);
  }
  EXPECT_EQ(ParseStatusWord("LATE"), std::nullopt);
  EXPECT_EQ(StatusWord(Status::kNotEvaluated), "NOT_EVALUATED");
}

TEST(VerdictNamesTest, SpeakJapaneseAndEnglish) {
  EXPECT_EQ(StatusJapanese(Status::kAchieved), "達成");
  EXPECT_EQ(StatusJapanese(Status::kOnTrack), "順調");
  EXPECT_EQ(StatusJapanese(Status::kAtRisk), "要改善");
  EXPECT_EQ(StatusJapanese(Status::kNotEvaluated), "判定なし");
  EXPECT_EQ(StatusJapanese(Status::kIndeterminate), "判定不能(障害)");
  EXPECT_EQ(StatusEnglish(Status::kAtRisk), "at risk");
  EXPECT_EQ(ReasonJapanese("NEARLY_ON_PACE"), "おおむね順調");
  EXPECT_EQ(ReasonJapanese("MET_UNDATED"), "達成(期限の定めなし)");
  EXPECT_EQ(ReasonJapanese("NOTHING_RAISED"), "該当判定なし");
  EXPECT_EQ(ReasonJapanese("UNANSWERED"), "回答なし");
  EXPECT_EQ(ReasonEnglish("ON_PACE"), "on pace");
  EXPECT_EQ(ReasonJapanese("HOUSE_REASON"), "HOUSE_REASON");
  EXPECT_EQ(MarkJapanese("STALE"), "実績未更新");
  EXPECT_EQ(MarkEnglish("HOUSE_MARK"), "HOUSE_MARK");
}

TEST(VerdictNamesTest, HaveANameForEveryReasonOfTheDefaults) {
  for (std::string_view reason : {"MET_EARLY",
                                  "MET_ON_TIME",
                                  "MET_LATE",
                                  "MET_UNDATED",
                                  "ON_PACE",
                                  "NEARLY_ON_PACE",
                                  "HOLDING",
                                  "BEHIND",
                                  "FAR_BEHIND",
                                  "REGRESSED",
                                  "FELL_BACK",
                                  "MISSED",
                                  "NO_DATA",
                                  "NOT_DUE",
                                  "NO_BASELINE",
                                  "NO_BASELINE_PERIOD",
                                  "NO_TARGET",
                                  "NO_TARGET_PERIOD",
                                  "QUALITATIVE_TARGET",
                                  "AMBIGUOUS",
                                  "UNIT_MISMATCH",
                                  "DIRECTION_UNKNOWN",
                                  "DIRECTION_CONFLICT",
                                  "NO_INDICATOR",
                                  "NONE_EVALUATED"}) {
    EXPECT_NE(ReasonJapanese(reason), reason);
    EXPECT_NE(ReasonEnglish(reason), reason);
  }
}

}  // namespace
}  // namespace shirube
