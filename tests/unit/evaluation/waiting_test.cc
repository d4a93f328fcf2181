// Which verdicts wait for a module that is out of service, and what they keep.
#include "server/evaluation/waiting.h"

#include <gtest/gtest.h>

#include "server/domain/era.h"

namespace shirube {
namespace {

const absl::Time kThen = absl::FromUnixSeconds(1'600'000'000);
const absl::Time kNow = absl::FromUnixSeconds(1'700'000'000);

RuleSetMember Member(const std::string& id, bool mark = false) {
  auto manifest = std::make_shared<Manifest>();
  manifest->id = id;
  manifest->version = "1.0.0";
  if (mark) {
    ManifestReason reason;
    reason.code = 1;
    reason.id = "OLD";
    reason.mark = "STALE";
    manifest->reasons.push_back(reason);
  }
  return {manifest, std::string(64, 'a')};
}

RuleSet Set() {
  return RuleSet({Member("achieved"), Member("at_risk"), Member("stale", true)},
                 {});
}

// What the answers of achieved, at_risk and stale add up to.
Verdict Combined(const std::vector<ModuleAnswer>& answers) {
  Verdict verdict = CombineAnswers(answers);
  verdict.rule_set = Set().id();
  verdict.judged_time = kNow;
  return verdict;
}

ModuleAnswer Answered(std::string_view module, Answer answer) {
  ModuleAnswer one;
  one.module = module;
  one.answer = answer;
  one.is_mark = module == "stale";
  if (answer == Answer::kRaised) {
    one.status = module == "achieved" ? Status::kAchieved : Status::kAtRisk;
    one.reason = "MET";
  }
  return one;
}
ModuleAnswer Fault(std::string_view module, std::string_view why) {
  ModuleAnswer one = Answered(module, Answer::kFault);
  one.fault = why;
  return one;
}

TEST(WaitingTest, NoFaultEverReadsAsOnTrackOrAchieved) {
  constexpr Answer kAnswers[] = {Answer::kRaised, Answer::kNotRaised,
                                 Answer::kCannotTell, Answer::kFault};
  for (Answer first : kAnswers) {
    for (Answer second : kAnswers) {
      for (const char* why : {"QUARANTINED", "NOT_RUNNING", "CRASHED"}) {
        ModuleAnswer a = Answered("achieved", first);
        ModuleAnswer b = Answered("at_risk", second);
        a.fault = b.fault = why;
        const Verdict verdict = Combined({a, b});
        const bool raised_before =
            first == Answer::kRaised ||
            (second == Answer::kRaised && first != Answer::kFault);
        const bool any_fault =
            first == Answer::kFault || second == Answer::kFault;
        if (any_fault && !raised_before) {
          EXPECT_EQ(verdict.status, Status::kIndeterminate);
        }
        // Without a verdict of before there is nothing to keep.
        const Verdict kept = KeepLast(verdict, nullptr);
        EXPECT_EQ(kept.status, verdict.status);
      }
    }
  }
}

TEST(WaitingTest, WaitsOnlyForModulesThatAreOut) {
  const RuleSet set = Set();
  const ModuleAnswer no = Answered("achieved", Answer::kNotRaised);
  EXPECT_TRUE(
      WaitsForModules(Combined({no, Fault("at_risk", "QUARANTINED")}), set));
  EXPECT_TRUE(
      WaitsForModules(Combined({no, Fault("at_risk", "NOT_RUNNING")}), set));
  EXPECT_FALSE(
      WaitsForModules(Combined({no, Fault("at_risk", "CRASHED")}), set))
      << "that row is at fault, not the module";
  EXPECT_FALSE(WaitsForModules(
      Combined({Fault("achieved", "CRASHED"), Fault("at_risk", "QUARANTINED")}),
      set));
}

TEST(WaitingTest, ADecisionOfAnEarlierModuleDoesNotWait) {
  const Verdict verdict = Combined(
      {Answered("achieved", Answer::kRaised), Fault("at_risk", "QUARANTINED")});
  EXPECT_EQ(verdict.status, Status::kAchieved);
  EXPECT_EQ(verdict.failed.size(), 1u);
  EXPECT_FALSE(WaitsForModules(verdict, Set()));
}

TEST(WaitingTest, AMarkModuleThatIsOutCostsItsMarkAlone) {
  const Verdict verdict = Combined({Answered("achieved", Answer::kNotRaised),
                                    Answered("at_risk", Answer::kRaised),
                                    Fault("stale", "QUARANTINED")});
  EXPECT_EQ(verdict.status, Status::kAtRisk);
  EXPECT_FALSE(WaitsForModules(verdict, Set()));
  EXPECT_TRUE(WaitsForModules(
      Combined({Answered("achieved", Answer::kNotRaised),
                Fault("at_risk", "QUARANTINED"), Fault("stale", "CRASHED")}),
      Set()));
}

TEST(WaitingTest, KeepsWhatWasKnownAndSaysSinceWhen) {
  Verdict before;
  before.status = Status::kOnTrack;
  before.reason = "ON_PACE";
  before.module = "on_track";
  before.rule_set = Set().id();
  before.period = *ParsePeriod("R4");
  before.value = *Decimal::Parse("2233");
  before.input_revision = 7;
  before.judged_time = kThen;
  Verdict fresh = Combined({Answered("achieved", Answer::kNotRaised),
                            Fault("at_risk", "QUARANTINED")});
  fresh.input_revision = 9;
  const Verdict kept = KeepLast(fresh, &before);
  EXPECT_EQ(kept.status, Status::kOnTrack);
  EXPECT_EQ(kept.reason, "ON_PACE");
  EXPECT_EQ(kept.value, before.value);
  EXPECT_EQ(kept.input_revision, 7);
  EXPECT_EQ(kept.judged_time, kThen);
  EXPECT_EQ(kept.waiting_since, kNow);
  EXPECT_EQ(kept.failed, fresh.failed);
  fresh.judged_time = kNow + absl::Hours(1);
  EXPECT_EQ(KeepLast(fresh, &kept).waiting_since, kNow) << "the first time";
}

TEST(WaitingTest, KeepsNothingThatIsNoStatusOfThisSet) {
  const Verdict fresh = Combined({Answered("achieved", Answer::kNotRaised),
                                  Fault("at_risk", "QUARANTINED")});
  Verdict before;
  before.rule_set = RuleSetId("rs-other");
  before.status = Status::kOnTrack;
  EXPECT_EQ(KeepLast(fresh, &before).status, Status::kIndeterminate);
  before.rule_set = fresh.rule_set;
  before.status = Status::kIndeterminate;
  before.reason = "CRASHED";
  EXPECT_EQ(KeepLast(fresh, &before).reason, "QUARANTINED");
  EXPECT_EQ(KeepLast(fresh, &before).waiting_since, kNow);
  EXPECT_EQ(KeepLast(fresh, nullptr).waiting_since, kNow);
}

}  // namespace
}  // namespace shirube
