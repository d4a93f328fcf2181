// What a module's failures cost: the rows that are the cause, and, where a
// module is not worth hunting through, its service.
#include <unistd.h>

#include <atomic>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <set>
#include <thread>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "gmock/gmock.h"
#include "server/rule_host/incident.h"
#include "tests/rule_host/fixture.h"

namespace shirube {
namespace {

using ::testing::Each;
using ::testing::HasSubstr;
using Kind = ModuleOutcome::Kind;

class HuntingTest : public RuleHostFixture {
 protected:
  // `module` beside a steady one.
  void Start(const std::string& module) {
    Install({module, "steady"});
    StartHost({module, "steady"});
    module_ = module;
    set_ = Set();
  }
  // About the whole table, by the rule set it was started with: also once a
  // module of it is out of service.
  std::vector<ModuleAnswers> AskAll(const AskOptions& options = {}) {
    const Selection all = table_->SelectAll();
    const auto answers = host_->Evaluate(*set_, all.parts.at(0).ask(), options);
    EXPECT_TRUE(answers.ok()) << answers.status();
    return answers.value_or(std::vector<ModuleAnswers>());
  }
  // n rows that are raised, but for those that trigger.
  void AddRowsWithTriggers(uint32_t n, const std::set<uint32_t>& triggers) {
    std::vector<int64_t> targets(n, 50);
    for (const uint32_t row : triggers) targets[row] = kTrigger;
    AddRows(targets);
    triggers_ = triggers;
  }
  // Asks about everything: exactly the rows that trigger are lost, to `kind`;
  // the other module's answers are what they always are.
  void ExpectOnlyTriggersLost(Kind kind, const AskOptions& options = {}) {
    const std::vector<ModuleAnswers> answers = AskAll(options);
    ExpectLost(answers[0], triggers_, kind);
    ExpectSteady(answers.back());
  }
  static void ExpectLost(const ModuleAnswers& answers,
                         const std::set<uint32_t>& lost, Kind kind) {
    for (uint32_t k = 0; k < answers.size(); ++k) {
      const bool is_lost = lost.count(k) > 0;
      ASSERT_EQ(answers.answer[k], is_lost ? kAnswerFault : kAnswerRaised) << k;
      ASSERT_EQ(answers.fault_at(k) != nullptr, is_lost) << k;
      if (!is_lost) continue;
      ASSERT_EQ(answers.fault_at(k)->kind, kind) << k;
    }
  }
  void ExpectSteady(const ModuleAnswers& answers) {
    EXPECT_TRUE(answers.faults.empty());
    for (uint32_t k = 0; k < answers.size(); ++k) {
      ASSERT_EQ(answers.answer[k],
                triggers_.count(k) > 0 ? kAnswerNotRaised : kAnswerRaised)
          << k;
    }
  }
  // The module was set aside because of `reason`; asked once more it is not
  // asked at all, and the other one answers.
  void ExpectQuarantined(const std::string& reason) {
    EXPECT_EQ(InfoOf(module_).state, ModuleState::kQuarantined);
    EXPECT_TRUE(InfoOf(module_).worker_pids.empty());
    const int64_t restarts = Counts().restarts;
    const std::vector<ModuleAnswers> answers = AskAll();
    EXPECT_THAT(answers[0].answer, Each(kAnswerFault));
    ASSERT_EQ(answers[0].faults.size(), 1u);
    EXPECT_EQ(answers[0].faults[0].kind, Kind::kQuarantined);
    EXPECT_THAT(answers[0].faults[0].detail, HasSubstr(reason));
    ExpectSteady(answers[1]);
    EXPECT_EQ(Counts().restarts, restarts);
  }
  StatisticsSnapshot Counts() { return InfoOf(module_).statistics; }
  void Change(uint32_t row, int64_t target, int64_t revision) {
    RowInput input = MakeRow(absl::StrCat("i", row), target, 100);
    input.input_revision = revision;
    ASSERT_TRUE(table_->Upsert(input).ok());
  }

  std::string module_;
  std::shared_ptr<const RuleSet> set_;
  std::set<uint32_t> triggers_;
};

TEST_F(HuntingTest, LosesExactlyTheRowsThatCrashAndAsksThemNoMore) {
  Start("crashes_on_row");
  AddRowsWithTriggers(30'000, {9'999, 19'999, 29'999});
  ExpectOnlyTriggersLost(Kind::kCrashed);
  EXPECT_EQ(InfoOf(module_).state, ModuleState::kActive);
  const StatisticsSnapshot first = Counts();
  EXPECT_EQ(first.poison_rows, 3);
  // One in the first piece of 16,384 rows, two in the second.
  EXPECT_EQ(first.incidents, 2);
  EXPECT_EQ(first.faults.at("CRASHED"), first.restarts);

  ExpectOnlyTriggersLost(Kind::kCrashed);
  EXPECT_EQ(Counts().restarts, first.restarts);
  EXPECT_EQ(Counts().incidents, 2);
  EXPECT_EQ(Counts().poison_rows, 3);
}

TEST_F(HuntingTest, AsksARowAgainOnceItHasChanged) {
  Start("crashes_on_row");
  AddRowsWithTriggers(3'000, {1'500});
  ExpectOnlyTriggersLost(Kind::kCrashed);
  const int64_t restarts = Counts().restarts;

  Change(1'500, kTrigger, /*revision=*/2);  // changed, and as bad as before
  ExpectOnlyTriggersLost(Kind::kCrashed);
  EXPECT_GT(Counts().restarts, restarts);
  EXPECT_EQ(Counts().poison_rows, 1);
  EXPECT_EQ(Counts().incidents, 2);

  Change(1'500, 50, /*revision=*/3);
  triggers_.clear();
  ExpectOnlyTriggersLost(Kind::kCrashed);
  EXPECT_EQ(Counts().poison_rows, 0);
}

TEST_F(HuntingTest, FindsTheRowWithinSixteenDeaths) {
  // The first, the last and a middle row of a piece of a single call.
  for (const uint32_t row : {0u, 511u, 1'023u}) {
    Start("crashes_on_row");
    rows_added_ = 0;
    AddRowsWithTriggers(1'024, {row});
    ExpectOnlyTriggersLost(Kind::kCrashed);
    EXPECT_LE(Counts().restarts, Hunt::kMaxDeaths) << row;
    Change(row, 50, /*revision=*/100);
  }
}

TEST_F(HuntingTest, RemembersNothingOfRowsThatAreNobodys) {
  Start("crashes_on_row");
  const std::vector<RowInput> draft = {MakeRow("draft", kTrigger, 100)};
  const auto scratch = table_->Scratch(draft);
  ASSERT_TRUE(scratch.ok());
  for (int round = 1; round <= 4; ++round) {
    const auto answers = host_->Evaluate(*set_, scratch->parts[0].ask());
    ASSERT_TRUE(answers.ok());
    EXPECT_EQ((*answers)[0].fault_at(0)->kind, Kind::kCrashed);
    EXPECT_EQ(Counts().incidents, round);
    EXPECT_EQ(Counts().poison_rows, 0);
  }
  // Each hunt found its row: a draft does not put a module out of service.
  EXPECT_EQ(InfoOf(module_).state, ModuleState::kActive);
}

TEST_F(HuntingTest, SetsNothingAsideForMadeUpRows) {
  Start("crashes_on_row");
  std::vector<RowInput> drafts;
  for (int i = 0; i < 40; ++i) {
    drafts.push_back(MakeRow(absl::StrCat("draft", i), kTrigger, 100));
  }
  const auto scratch = table_->Scratch(drafts);
  ASSERT_TRUE(scratch.ok());
  const auto answers = host_->Evaluate(*set_, scratch->parts[0].ask());
  ASSERT_TRUE(answers.ok());
  EXPECT_THAT((*answers)[0].answer, Each(kAnswerFault));
  EXPECT_EQ((*answers)[0].fault_at(39)->kind, Kind::kCrashed);
  EXPECT_EQ(InfoOf(module_).state, ModuleState::kActive);
  // What is stored is judged as before.
  AddRowsWithTriggers(20, {7});
  ExpectOnlyTriggersLost(Kind::kCrashed);
  EXPECT_EQ(InfoOf(module_).state, ModuleState::kActive);
}

// A worker that still hangs over a row of a draft is not the next one's.
TEST_F(HuntingTest, LeavesNoWorkerAtMadeUpRowsBehind) {
  options_.call_deadline = absl::Milliseconds(20);
  Start("spins_on_row");
  std::vector<RowInput> drafts;
  for (int i = 0; i < 40; ++i) {
    drafts.push_back(MakeRow(absl::StrCat("draft", i), kTrigger, 100));
  }
  const auto scratch = table_->Scratch(drafts);
  ASSERT_TRUE(scratch.ok());
  ASSERT_TRUE(host_->Evaluate(*set_, scratch->parts[0].ask()).ok());
  const int64_t timed_out = Counts().faults.at("TIMED_OUT");
  AddRowsWithTriggers(2'000, {});
  ExpectOnlyTriggersLost(Kind::kTimedOut);
  EXPECT_EQ(Counts().faults.at("TIMED_OUT"), timed_out);
}

TEST_F(HuntingTest, KeepsTheFactsOfTheOtherRows) {
  Start("crashes_on_row");
  AddRowsWithTriggers(9'000, {5'000});
  const AskOptions facts = {.want_facts = true};
  ExpectOnlyTriggersLost(Kind::kCrashed, facts);
  const std::vector<ModuleAnswers> answers = AskAll(facts);
  for (const ModuleAnswers& module : answers) {
    for (uint32_t k = 0; k < 9'000; ++k) {
      const bool lost = &module == &answers[0] && k == 5'000;
      ASSERT_EQ(module.fact_denominator[k], lost ? 0 : 1) << k;
      ASSERT_EQ(module.fact_numerator[k], lost ? 0 : 100) << k;
    }
  }
}

TEST_F(HuntingTest, AsksTheRestAgainBesideARowWithBadOutput) {
  Start("undeclared_reason");
  AddRowsWithTriggers(20'000, {0, 7'000, 7'001, 19'999});
  ExpectOnlyTriggersLost(Kind::kBadOutput);
  EXPECT_EQ(Counts().faults.at("BAD_OUTPUT"), 4);
  EXPECT_EQ(Counts().restarts, 0);
  EXPECT_EQ(Counts().poison_rows, 4);
  const ModuleAnswers again = AskAll()[0];
  EXPECT_EQ(Counts().faults.at("BAD_OUTPUT"), 4);
  EXPECT_EQ(again.fault_at(7'001)->position, 7'001u);
}

TEST_F(HuntingTest, FindsTenRowsThatHang) {
  options_.call_deadline = absl::Milliseconds(20);
  Start("spins_on_row");
  std::set<uint32_t> rows;
  for (uint32_t i = 0; i < 10; ++i) rows.insert(1'000 + i * 1'777);
  AddRowsWithTriggers(20'000, rows);
  ExpectOnlyTriggersLost(Kind::kTimedOut);
  EXPECT_EQ(InfoOf(module_).state, ModuleState::kActive);
  EXPECT_EQ(Counts().poison_rows, 10);
}

TEST_F(HuntingTest, FindsTheRowInSpiteOfAForgedHint) {
  Start("forges_hint");
  AddRowsWithTriggers(16'384, {9'300});
  ExpectOnlyTriggersLost(Kind::kCrashed);
  EXPECT_EQ(InfoOf(module_).state, ModuleState::kActive);
  EXPECT_EQ(Counts().poison_rows, 1);
  EXPECT_EQ(Counts().incidents, 1);
}

TEST_F(HuntingTest, HuntsThroughSeveralModulesAtOnce) {
  options_.call_deadline = absl::Milliseconds(20);
  const std::vector<std::string> modules = {
      "crashes_on_row", "spins_on_row", "undeclared_reason",
      "exits_on_row",   "refuses_row",  "opens_socket",
      "steady"};
  Install(modules);
  StartHost(modules);
  set_ = Set();
  AddRowsWithTriggers(5'000, {2'500});
  const std::vector<ModuleAnswers> answers = AskAll();
  const Kind kinds[] = {Kind::kCrashed, Kind::kTimedOut,  Kind::kBadOutput,
                        Kind::kExited,  Kind::kBadOutput, Kind::kForbiddenCall};
  for (size_t m = 0; m < std::size(kinds); ++m) {
    ExpectLost(answers[m], triggers_, kinds[m]);
    EXPECT_EQ(InfoOf(modules[m]).statistics.poison_rows, 1) << modules[m];
  }
  ExpectSteady(answers.back());
}

TEST_F(HuntingTest, HuntsWithSeveralWorkersOfAModule) {
  options_.workers_per_module = 3;
  Start("crashes_on_row");
  AddRowsWithTriggers(60'000, {5, 20'000, 40'000, 59'999});
  ExpectOnlyTriggersLost(Kind::kCrashed);
  EXPECT_EQ(Counts().poison_rows, 4);
  EXPECT_EQ(InfoOf(module_).state, ModuleState::kActive);
}

// ---- Killed from outside. ----

// CPU time that a process has used, in clock ticks.
int64_t TicksOf(int pid) {
  std::ifstream stat(absl::StrCat("/proc/", pid, "/stat"));
  std::string word;
  for (int field = 1; field <= 13; ++field) stat >> word;
  int64_t user = 0;
  stat >> user;
  return user;
}

TEST_F(HuntingTest, BlamesNoRowForAKillFromOutside) {
  options_.call_deadline = absl::Seconds(60);
  Start("slow_on_row");
  AddRowsWithTriggers(20'000, {9'000});
  const int pid = InfoOf(module_).worker_pids.at(0);
  std::thread killer([pid] {
    while (TicksOf(pid) < 5) {
    }
    kill(pid, SIGKILL);
  });
  const std::vector<ModuleAnswers> answers = AskAll();
  killer.join();
  for (const ModuleAnswers& module : answers) ExpectSteady(module);
  EXPECT_EQ(Counts().restarts, 1);
  EXPECT_EQ(Counts().incidents, 1);
  EXPECT_EQ(Counts().faults.at("CRASHED"), 1);
  EXPECT_EQ(Counts().poison_rows, 0);
  EXPECT_EQ(InfoOf(module_).state, ModuleState::kActive);
}

// ---- Quarantine. ----

TEST_F(HuntingTest, QuarantinesAModuleThatFailsOnEveryRow) {
  Start("crashes_on_row");
  std::set<uint32_t> all;
  for (uint32_t row = 0; row < 6'000; ++row) all.insert(row);
  AddRowsWithTriggers(6'000, all);
  const std::vector<ModuleAnswers> answers = AskAll();
  EXPECT_THAT(answers[0].answer, Each(kAnswerFault));
  ExpectSteady(answers[1]);
  // The rows it died on say so, and so do those beside them.
  EXPECT_EQ(answers[0].fault_at(0)->kind, Kind::kCrashed);
  EXPECT_EQ(answers[0].fault_at(5'999)->kind, Kind::kCrashed);
  // Six rows are the first that are too many; one hunt, few deaths.
  EXPECT_EQ(Counts().incidents, 1);
  EXPECT_LE(Counts().restarts, 12 + 2 * 6);
  ExpectQuarantined("CRASHED");
}

TEST_F(HuntingTest, QuarantinesAModuleWithMoreThanATenthOfAPercentBadRows) {
  Start("undeclared_reason");
  std::set<uint32_t> bad;
  for (uint32_t i = 0; i < 21; ++i) bad.insert(i * 900);
  AddRowsWithTriggers(20'000, bad);
  AskAll();
  EXPECT_EQ(Counts().faults.at("BAD_OUTPUT"), 21);
  ExpectQuarantined("BAD_OUTPUT");
}

TEST_F(HuntingTest, KeepsAModuleWithATenthOfAPercentBadRows) {
  Start("undeclared_reason");
  std::set<uint32_t> bad;
  for (uint32_t i = 0; i < 20; ++i) bad.insert(i * 900);
  AddRowsWithTriggers(20'000, bad);
  ExpectOnlyTriggersLost(Kind::kBadOutput);
  EXPECT_EQ(InfoOf(module_).state, ModuleState::kActive);
}

// As the evaluator does with rows that have no answer.
TEST_F(HuntingTest, CondemnsNobodyForAskingAgainAboutBadRowsAlone) {
  Start("undeclared_reason");
  std::set<uint32_t> bad;
  for (uint32_t i = 0; i < 20; ++i) bad.insert(i * 900);
  AddRowsWithTriggers(20'000, bad);
  ExpectOnlyTriggersLost(Kind::kBadOutput);
  const std::vector<uint32_t> rows(bad.begin(), bad.end());
  const Selection all = table_->SelectAll();
  frame::Ask ask = all.parts.at(0).ask();
  ask.rows = rows.data();
  ask.n = static_cast<uint32_t>(rows.size());
  const auto answers = host_->Evaluate(*set_, ask);
  ASSERT_TRUE(answers.ok()) << answers.status();
  EXPECT_THAT((*answers)[0].answer, Each(kAnswerFault));
  EXPECT_EQ(InfoOf(module_).state, ModuleState::kActive);
}

TEST_F(HuntingTest, CountsRowsThatWereFoundBefore) {
  Start("undeclared_reason");
  AddRowsWithTriggers(100, {0, 1, 2, 3, 4});
  ExpectOnlyTriggersLost(Kind::kBadOutput);
  EXPECT_EQ(InfoOf(module_).state, ModuleState::kActive);
  Change(5, kTrigger, /*revision=*/2);  // the sixth
  triggers_.insert(5);
  AskAll();
  ExpectQuarantined("BAD_OUTPUT");
}

TEST_F(HuntingTest, MeasuresBadRowsAgainstAllThatAreJudged) {
  Start("undeclared_reason");
  std::set<uint32_t> bad = {0, 1, 2, 3, 4};
  AddRowsWithTriggers(100, bad);
  const AskOptions of_many = {.population = 6'000};
  ExpectOnlyTriggersLost(Kind::kBadOutput, of_many);
  Change(5, kTrigger, /*revision=*/2);
  triggers_.insert(5);
  // The sixth of 6,000 is allowed.
  ExpectOnlyTriggersLost(Kind::kBadOutput, of_many);
  EXPECT_EQ(InfoOf(module_).state, ModuleState::kActive);
  // The seventh is not, although it is asked about alone.
  Change(6, kTrigger, /*revision=*/2);
  triggers_.insert(6);
  const std::vector<uint32_t> rows = {6};
  const Selection all = table_->SelectAll();
  frame::Ask ask = all.parts.at(0).ask();
  ask.rows = rows.data();
  ask.n = 1;
  const auto answers = host_->Evaluate(*set_, ask, of_many);
  ASSERT_TRUE(answers.ok()) << answers.status();
  ExpectQuarantined("BAD_OUTPUT");
}

TEST_F(HuntingTest, KeepsAModuleWithFewBadRowsThatAreJudgedAlone) {
  Start("undeclared_reason");
  AddRowsWithTriggers(20, {0, 1, 2, 3, 4, 5, 6, 7, 8, 9});
  ExpectOnlyTriggersLost(Kind::kBadOutput, {.population = 10'000});
  EXPECT_EQ(InfoOf(module_).state, ModuleState::kActive);
}

TEST_F(HuntingTest, QuarantinesAfterThreeHuntsThatFoundNoRow) {
  Start("crashes_on_calls");
  AddRowsWithTriggers(16'384, {});
  for (int hunt = 1; hunt <= 2; ++hunt) {
    for (const ModuleAnswers& module : AskAll()) ExpectSteady(module);
    EXPECT_EQ(Counts().incidents, hunt);
    EXPECT_EQ(InfoOf(module_).state, ModuleState::kActive);
  }
  const std::vector<ModuleAnswers> answers = AskAll();
  // The third found no row either: its answers count, and then it is over.
  ExpectSteady(answers[0]);
  ExpectSteady(answers[1]);
  EXPECT_EQ(Counts().poison_rows, 0);
  ExpectQuarantined("CRASHED");
}

TEST_F(HuntingTest, ForgetsHuntsThatAreTenMinutesOld) {
  std::atomic<int64_t> minutes = 0;
  const absl::Time start = absl::Now();
  options_.clock = [&] { return start + absl::Minutes(minutes.load()); };
  Start("crashes_on_calls");
  AddRowsWithTriggers(16'384, {});
  for (int hunt = 1; hunt <= 6; ++hunt) {
    for (const ModuleAnswers& module : AskAll()) ExpectSteady(module);
    minutes += 6;
  }
  EXPECT_EQ(Counts().incidents, 6);
  EXPECT_EQ(InfoOf(module_).state, ModuleState::kActive);
}

TEST_F(HuntingTest, QuarantinesAfterSixteenDeathsWithoutARow) {
  Start("crashes_on_many");
  AddRowsWithTriggers(16'384, {});
  const std::vector<ModuleAnswers> answers = AskAll();
  ExpectSteady(answers[1]);
  // What was hunted through is lost to what killed it.
  for (uint32_t k = 0; k < answers[0].size(); ++k) {
    if (answers[0].answer[k] != kAnswerFault) continue;
    ASSERT_EQ(answers[0].fault_at(k)->kind, Kind::kCrashed) << k;
  }
  EXPECT_EQ(Counts().faults.at("CRASHED"), 17);
  EXPECT_EQ(Counts().poison_rows, 0);
  ExpectQuarantined("CRASHED");
}

TEST_F(HuntingTest, GivesRowsThatWereNotAskedTheQuarantineAsTheirFault) {
  Start("crashes_on_many");
  AddRowsWithTriggers(40'000, {});
  const std::vector<ModuleAnswers> answers = AskAll();
  EXPECT_EQ(answers[0].fault_at(20'000)->kind, Kind::kQuarantined);
  EXPECT_EQ(answers[0].fault_at(39'999)->kind, Kind::kQuarantined);
  ExpectSteady(answers[1]);
}

TEST_F(HuntingTest, QuarantinesAfterTenSecondsWithoutARow) {
  std::atomic<int64_t> seconds = 0;
  const absl::Time start = absl::Now();
  // Every look at the clock takes four seconds.
  options_.clock = [&] { return start + absl::Seconds(seconds += 4); };
  Start("crashes_on_row");
  AddRowsWithTriggers(3'000, {1'500});
  AskAll();
  // Two looks a death: the second is twelve seconds after the first.
  EXPECT_EQ(Counts().faults.at("CRASHED"), 2);
  ExpectQuarantined("CRASHED");
}

// ---- Idle workers. ----

TEST_F(HuntingTest, EndsAWorkerThatComputesForNobody) {
  Start("spins_when_idle");
  AddRowsWithTriggers(1, {0});
  const int steady = InfoOf("steady").worker_pids.at(0);
  for (int round = 1; round <= Incidents::kMaxFruitless; ++round) {
    const std::vector<ModuleAnswers> answers = AskAll();
    ASSERT_EQ(answers[0].fault_at(0), nullptr) << round;
    ASSERT_EQ(InfoOf(module_).worker_pids.size(), 1u);
    const absl::Time end = absl::Now() + absl::Seconds(30);
    while (!InfoOf(module_).worker_pids.empty() && absl::Now() < end) {
      host_->CheckIdle();
    }
    EXPECT_EQ(Counts().faults.at("PROTOCOL_ERROR"), round);
    EXPECT_EQ(Counts().restarts, round - 1);
    EXPECT_GE(Counts().cpu, absl::Milliseconds(100) * round);
    EXPECT_EQ(InfoOf(module_).state, round < Incidents::kMaxFruitless
                                         ? ModuleState::kActive
                                         : ModuleState::kQuarantined);
  }
  // One that waits is left alone.
  EXPECT_EQ(InfoOf("steady").worker_pids.at(0), steady);
  EXPECT_TRUE(InfoOf("steady").statistics.faults.empty());
  ExpectQuarantined("PROTOCOL_ERROR");
}

TEST_F(HuntingTest, LooksAtNoWorkerBesideAnEvaluation) {
  options_.call_deadline = absl::Seconds(60);  // however slow the machine is
  Start("slow_on_row");
  AddRowsWithTriggers(3'000, {1'000});
  const Selection all = table_->SelectAll();
  std::atomic<bool> ended = false;
  std::thread other([&] {
    while (!ended) host_->CheckIdle();
  });
  for (int round = 1; round <= 3; ++round) ExpectSteady(AskAll()[0]);
  ended = true;
  other.join();
  EXPECT_TRUE(Counts().faults.empty());
  EXPECT_EQ(Counts().restarts, 0);
}

// ---- Without workers. ----

TEST_F(HuntingTest, SaysThatNoWorkerCanBeHadAndTriesAgain) {
  const TempDir programs;
  options_.worker_program = programs.path() + "/worker";
  std::filesystem::copy_file(SHIRUBE_WORKER, options_.worker_program);
  Start("also_steady");
  AddRowsWithTriggers(20'000, {});
  std::filesystem::remove(options_.worker_program);
  KillAndAwait(InfoOf(module_).worker_pids.at(0));
  const std::vector<ModuleAnswers> answers = AskAll();
  EXPECT_THAT(answers[0].answer, Each(kAnswerFault));
  ASSERT_EQ(answers[0].faults.size(), 1u);
  EXPECT_EQ(answers[0].faults[0].kind, Kind::kNotRunning);
  std::filesystem::copy_file(SHIRUBE_WORKER, options_.worker_program);
  EXPECT_THAT(AskAll()[0].answer, Each(kAnswerRaised));
}

TEST_F(HuntingTest, QuarantinesAModuleThatStartsNoMore) {
  const TempDir programs;
  options_.worker_program = programs.path() + "/worker";
  std::filesystem::copy_file(SHIRUBE_WORKER, options_.worker_program);
  Start("also_steady");
  AddRowsWithTriggers(1'000, {});
  // In place of a worker, one that ends before it says a word.
  std::filesystem::remove(options_.worker_program);
  std::ofstream(options_.worker_program) << "#!/bin/sh\nexit 3\n";
  std::filesystem::permissions(options_.worker_program,
                               std::filesystem::perms::owner_all);
  KillAndAwait(InfoOf(module_).worker_pids.at(0));
  for (int round = 1; round <= 2; ++round) {
    EXPECT_EQ(AskAll()[0].fault_at(0)->kind, Kind::kNotRunning);
  }
  EXPECT_EQ(AskAll()[0].fault_at(0)->kind, Kind::kQuarantined);
  ExpectQuarantined("NOT_RUNNING");
}

TEST_F(HuntingTest, CountsNoStartThatFailedForMadeUpRows) {
  const TempDir programs;
  options_.worker_program = programs.path() + "/worker";
  std::filesystem::copy_file(SHIRUBE_WORKER, options_.worker_program);
  Start("also_steady");
  std::filesystem::remove(options_.worker_program);
  std::ofstream(options_.worker_program) << "#!/bin/sh\nexit 3\n";
  std::filesystem::permissions(options_.worker_program,
                               std::filesystem::perms::owner_all);
  KillAndAwait(InfoOf(module_).worker_pids.at(0));
  const std::vector<RowInput> draft = {MakeRow("draft", 50, 100)};
  const auto scratch = table_->Scratch(draft);
  ASSERT_TRUE(scratch.ok());
  for (int round = 1; round <= Incidents::kMaxFruitless + 1; ++round) {
    const auto answers = host_->Evaluate(*set_, scratch->parts[0].ask());
    ASSERT_TRUE(answers.ok());
    EXPECT_EQ((*answers)[0].fault_at(0)->kind, Kind::kNotRunning) << round;
  }
  EXPECT_EQ(InfoOf(module_).state, ModuleState::kActive);
  // Nor towards what stored rows may cost it.
  AddRowsWithTriggers(10, {});
  EXPECT_EQ(AskAll()[0].fault_at(0)->kind, Kind::kNotRunning);
  EXPECT_EQ(InfoOf(module_).state, ModuleState::kActive);
}

// ---- Statistics. ----

TEST_F(HuntingTest, CountsWhatBecameOfEveryRow) {
  Start("undeclared_reason");
  AddRows({50, 50, 50, 150, kTrigger, 150});
  RowInput masked = MakeRow("masked", 50, 100);
  masked.present = 0;
  ASSERT_TRUE(table_->Upsert(masked).ok());
  const absl::Time before = absl::Now();
  AskAll();
  const StatisticsSnapshot counts = Counts();
  EXPECT_EQ(counts.rows, 6);  // the host answers for the masked one
  EXPECT_EQ(counts.answers.raised, 3);
  EXPECT_EQ(counts.answers.not_raised, 2);
  EXPECT_EQ(counts.answers.cannot_tell, 0);
  EXPECT_EQ(counts.faulted_rows, 1);
  // All, and what lies before and after the bad row.
  EXPECT_EQ(counts.batches, 3);
  EXPECT_GT(counts.evaluate, absl::ZeroDuration());
  EXPECT_GT(counts.validate, absl::ZeroDuration());
  EXPECT_GT(counts.queue, absl::ZeroDuration());
  EXPECT_GT(counts.cpu, absl::ZeroDuration());
  EXPECT_GT(counts.peak_memory_bytes, 0);
  EXPECT_GE(counts.last_success, before);
  EXPECT_LE(counts.last_success, absl::Now());
  const StatisticsSnapshot steady = InfoOf("steady").statistics;
  EXPECT_EQ(steady.batches, 1);
  EXPECT_EQ(steady.rows, 6);
  EXPECT_TRUE(steady.faults.empty());
}

TEST_F(HuntingTest, MeasuresTheMemoryOfAModuleThatDies) {
  options_.memory_limit_bytes = int64_t{64} << 20;
  Start("allocates_on_row");
  AddRowsWithTriggers(10, {5});
  ExpectOnlyTriggersLost(Kind::kOutOfMemory);
  EXPECT_GT(Counts().cpu, absl::ZeroDuration());
}

}  // namespace
}  // namespace shirube
