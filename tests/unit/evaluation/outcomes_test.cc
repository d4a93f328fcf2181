// What modules' answers add up to, remembered by combination.
#include "server/evaluation/outcomes.h"

#include <gtest/gtest.h>

#include <random>
#include <set>

namespace shirube {
namespace {

using Kind = ModuleOutcome::Kind;

ManifestReason Reason(uint16_t code, const std::string& id, uint8_t answer,
                      Status status = Status::kUnspecified,
                      const std::string& mark = "") {
  ManifestReason reason;
  reason.code = code;
  reason.id = id;
  reason.answer = answer;
  reason.status = status;
  reason.mark = mark;
  return reason;
}

// Two modules that raise statuses and one that raises a mark.
std::shared_ptr<const RuleSet> MakeSet() {
  std::vector<RuleSetMember> members;
  for (const std::string id : {"a", "b", "mark"}) {
    auto manifest = std::make_shared<Manifest>();
    manifest->id = id;
    if (id == "mark") {
      manifest->reasons = {
          Reason(1, "LATE", kAnswerRaised, Status::kUnspecified, "STALE")};
    } else {
      manifest->reasons = {Reason(1, "GOOD", kAnswerRaised, Status::kOnTrack),
                           Reason(2, "BAD", kAnswerRaised, Status::kAtRisk),
                           Reason(3, "UNSURE", kAnswerCannotTell)};
    }
    members.push_back({manifest, "sha256 of " + id});
  }
  return std::make_shared<const RuleSet>(members,
                                         std::map<std::string, int64_t>());
}

// Any answer that each module may give, faults among them.
std::vector<ModuleAnswers> RandomAnswers(std::mt19937* random, uint32_t n) {
  std::vector<ModuleAnswers> answers(3);
  for (size_t m = 0; m < answers.size(); ++m) {
    ModuleAnswers& module = answers[m];
    module.faults = {{.kind = Kind::kCrashed, .signal = 11},
                     {.kind = Kind::kCrashed, .signal = 6},
                     {.kind = Kind::kTimedOut}};
    module.fault.assign(n, 0);
    for (uint32_t k = 0; k < n; ++k) {
      const uint32_t choice = (*random)() % 7;
      uint8_t answer = kAnswerNotRaised;
      uint16_t reason = kReasonNone;
      if (choice < 2) {
        answer = kAnswerRaised;
        reason = m == 2 ? 1 : static_cast<uint16_t>(choice + 1);
      } else if (choice == 2 && m < 2) {
        answer = kAnswerCannotTell;
        reason = 3;
      } else if (choice == 3) {
        answer = kAnswerCannotTell;
        reason = kReasonNoData;
      } else if (choice == 4) {
        answer = kAnswerFault;
        module.fault[k] = static_cast<uint16_t>(1 + (*random)() % 3);
      }
      module.answer.push_back(answer);
      module.reason.push_back(reason);
      module.judged_point.push_back(
          (*random)() % 3 == 0 ? kNoPoint
                               : static_cast<uint16_t>((*random)() % 5));
    }
  }
  return answers;
}

TEST(OutcomesTest, AreWhatTheAnswersOfEachRowComeTo) {
  const auto set = MakeSet();
  Outcomes outcomes(set);
  std::mt19937 random(1);
  const uint32_t n = 5'000;
  const auto answers = RandomAnswers(&random, n);
  std::set<const Outcome*> different;
  for (uint32_t k = 0; k < n; ++k) {
    std::vector<ModuleAnswer> described;
    for (size_t m = 0; m < answers.size(); ++m) {
      described.push_back(set->Describe(m, answers[m], k));
    }
    const Verdict expected = CombineAnswers(described);
    const Outcome& outcome = outcomes.Of(answers, k);
    different.insert(&outcome);
    ASSERT_EQ(outcome.verdict.status, expected.status) << k;
    ASSERT_EQ(outcome.verdict.reason, expected.reason) << k;
    ASSERT_EQ(outcome.verdict.module, expected.module) << k;
    ASSERT_EQ(outcome.verdict.marks, expected.marks) << k;
    ASSERT_EQ(outcome.verdict.failed, expected.failed) << k;
    ASSERT_EQ(outcome.deciding, DecidingModule(*set, expected)) << k;
  }
  // 7 x 7 x 5 combinations that differ; a signal's number makes none.
  EXPECT_GT(different.size(), 100u);
  EXPECT_LE(different.size(), 7u * 7u * 5u);
}

TEST(OutcomesTest, TakeThePointOfTheModuleThatDecided) {
  std::vector<ModuleAnswers> answers(2);
  for (ModuleAnswers& module : answers) module.answer = {1, 1, 1};
  answers[0].judged_point = {4, kNoPoint, 4};
  answers[1].judged_point = {2, 3, 2};
  EXPECT_EQ(JudgedPoint(answers, 1, 0), 2);
  EXPECT_EQ(JudgedPoint(answers, 0, 0), 4);
  EXPECT_EQ(JudgedPoint(answers, 0, 1), 3);  // it names none
  answers[0].faults = {{.kind = Kind::kCrashed}};
  answers[0].fault = {0, 0, 1};
  EXPECT_EQ(JudgedPoint(answers, 0, 2), 2);  // it gave no answer
}

}  // namespace
}  // namespace shirube
