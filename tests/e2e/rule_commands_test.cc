// The life of a rule module as an operator sees it, against a real server:
// dropped into the folder, listed, registered, activated, rolled back; refused
// with its reason; set aside when it fails, while everything else goes on.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <string>

#include "client/lib/clients.h"
#include "tests/e2e/process.h"
#include "tests/e2e/rule_fixture.h"

namespace shirube::e2e {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

namespace fs = std::filesystem;

class RuleCommandsTest : public RuleFixture {};

TEST_F(RuleCommandsTest, TakesAModuleInLetsItJudgeAndGoesBack) {
  Start();
  Done({"import", kSample, "--plan", "demo", "--yes"});
  const auto before = Verdicts();
  ASSERT_EQ(before.size(), 7u);
  EXPECT_THAT(Done({"rule", "list"}),
              AllOf(HasSubstr("achieved"), HasSubstr("稼働中"),
                    HasSubstr("有効な判定基準"), Not(HasSubstr("steady"))));

  Drop(Tiny("steady"));
  EXPECT_THAT(Done({"rule", "list", "-o", "csv"}),
              HasSubstr("steady,1.2.3,VERIFIED,,false,,steady.so,"));
  const std::string id = Registered({"steady.so", "on_track", "at_risk"});
  EXPECT_THAT(id, testing::StartsWith("rs-"));
  // Nothing is judged by it yet.
  EXPECT_EQ(Verdicts(), before);
  EXPECT_THAT(Done({"rule", "list", "--sets", "-o", "csv"}),
              HasSubstr(id + ",STORED,"));

  // It raises ACHIEVED with a reason of its own.
  const std::string out = Done({"rule", "activate", id.substr(0, 8)});
  EXPECT_THAT(out,
              HasSubstr("判定し直した指標 7件、判定・理由が変わったもの 2件"));
  auto after = before;
  for (auto& [indicator, verdict] : after) {
    if (verdict == "STATUS_ACHIEVED MET_EARLY") verdict = "STATUS_ACHIEVED MET";
  }
  EXPECT_EQ(Verdicts(), after);
  EXPECT_NE(after, before);
  EXPECT_TRUE(HealthBecomes("ruleModules/steady", "SERVING"));
  EXPECT_THAT(Done({"rule", "stats", "steady"}), HasSubstr("steady 1.2.3"));
  EXPECT_THAT(Done({"rule", "activate", id}), HasSubstr("すでに有効です"));

  EXPECT_THAT(Done({"rule", "rollback"}),
              HasSubstr("判定・理由が変わったもの 2件"));
  EXPECT_EQ(Verdicts(), before);
  v1::ListRuleSetActivationsRequest list;
  auto history = client::RuleClient(options_).AllRuleSetActivations(list).All();
  ASSERT_TRUE(history.ok()) << history.status();
  ASSERT_EQ(history->size(), 3u);
  EXPECT_EQ((*history)[1].rule_set(), "ruleSets/" + id);
  EXPECT_EQ((*history)[2].actor(), "shirube");
  EXPECT_FALSE((*history)[2].actor_claimed());
}

TEST_F(RuleCommandsTest, JudgesOnePlanByAnotherSetThanTheRest) {
  Start();
  Done({"import", kSample, "--plan", "one", "--yes"});
  Done({"import", kSample, "--plan", "two", "--yes"});
  const auto before = Verdicts();
  Drop(Tiny("steady"));
  const std::string id = Registered({"steady.so", "on_track", "at_risk"});
  Done({"rule", "activate", id, "--plan", "one"});
  for (const auto& [indicator, verdict] : Verdicts()) {
    const bool achieved = before.at(indicator) == "STATUS_ACHIEVED MET_EARLY";
    EXPECT_EQ(verdict, achieved && indicator.starts_with("plans/one/")
                           ? "STATUS_ACHIEVED MET"
                           : before.at(indicator));
  }
  EXPECT_THAT(Done({"rule", "list"}),
              AllOf(HasSubstr("既定  rs-"), HasSubstr("one ")));
  EXPECT_THAT(
      Refused({"rule", "activate", id, "--plan", "one", "--expect", "default"},
              5),
      HasSubstr(id));
  Done({"rule", "activate", "default", "--plan", "one"});
  EXPECT_EQ(Verdicts(), before);
}

TEST_F(RuleCommandsTest, RefusesABadModuleWithItsReasonAndJudgesOn) {
  Start();
  Done({"import", kSample, "--plan", "demo", "--yes"});
  const auto before = Verdicts();
  std::ofstream(Rules() / "words.so") << "これはモジュールではない";
  Drop(Tiny("no_manifest"));
  Drop(Tiny("newer_abi"));
  Drop(Tiny("steady"), "open.so");
  fs::permissions(Rules() / "open.so", fs::perms::others_write,
                  fs::perm_options::add);
  fs::create_symlink(Tiny("steady"), Rules() / "linked.so");

  struct Bad {
    const char* file;
    const char* reason;
    const char* says;
  };
  for (const Bad& bad : {Bad{"words.so", "NOT_ELF", "words"},
                         Bad{"no_manifest.so", "NO_MANIFEST", "no_manifest"},
                         Bad{"newer_abi.so", "ABI_TOO_NEW", "0.3"},
                         Bad{"open.so", "UNSAFE_PERMISSIONS", "chmod"},
                         Bad{"linked.so", "NOT_A_REGULAR_FILE", "linked"}}) {
    EXPECT_THAT(Refused({"rule", "register", bad.file}, 5),
                HasSubstr(bad.says));
    EXPECT_THAT(Refused({"rule", "register", bad.file, "-o", "json"}, 5),
                HasSubstr(bad.reason));
    EXPECT_THAT(Done({"rule", "list", "-o", "csv"}),
                HasSubstr(std::string(",REJECTED,") + bad.reason));
  }
  EXPECT_THAT(Done({"rule", "list"}),
              AllOf(HasSubstr("受け付けられないファイル"), HasSubstr("chmod")));
  EXPECT_EQ(Refused({"rule", "register", "nobody.so"}, 5).empty(), false);
  Refused({"rule", "register", "on_track.so", "--sha256", std::string(64, '0')},
          5);
  Refused({"rule", "register", "on_track.so", "--parameter", "speed=1"}, 8);
  Refused(
      {"rule", "register", "on_track.so", "--parameter", "pace_threshold=7"},
      8);
  EXPECT_EQ(Verdicts(), before);
  EXPECT_EQ(Health(), "SERVING");
  EXPECT_EQ(Health("ruleModules/on_track"), "SERVING");
}

// What is wrong inside a module shows when it is to judge: then its own cases
// are run, and the set before judges on.
TEST_F(RuleCommandsTest, RefusesToActivateWhatFailsItsOwnCases) {
  Start();
  Done({"import", kSample, "--plan", "demo", "--yes"});
  const auto before = Verdicts();
  Drop(Tiny("cases_differ"));
  Drop(Tiny("crashes_in_create"));
  const std::string id =
      Registered({"cases_differ.so", "crashes_in_create.so", "at_risk"});
  const std::string why = Refused({"rule", "activate", id}, 5);
  EXPECT_THAT(why,
              AllOf(HasSubstr("cases_differ"), HasSubstr("crashes_in_create")));
  EXPECT_THAT(Refused({"rule", "activate", id, "-o", "json"}, 5),
              HasSubstr("RULE_SET_CANNOT_START"));
  EXPECT_THAT(Refused({"rule", "rollback"}, 5), Not(HasSubstr(id)));
  EXPECT_EQ(Verdicts(), before);
  EXPECT_THAT(Done({"rule", "list"}), Not(HasSubstr(id)));
  EXPECT_EQ(Health(), "SERVING");
}

// A module that dies on too many rows is set aside: its health says so, what
// needs it waits, and everything else is judged as before.
TEST_F(RuleCommandsTest, SetsAFailingModuleAsideAndTakesItBack) {
  Start();
  Done({"import", kSample, "--plan", "demo", "--yes"});
  Drop(Tiny("crashes_on_row"));
  const std::string id =
      Registered({"achieved", "on_track", "at_risk", "crashes_on_row.so"});
  Done({"rule", "activate", id});
  const auto before = Verdicts();

  // It dies where a target is 666; the others cannot tell without a baseline,
  // so it is its turn.
  std::string rows = "indicator,unit,target,target_period,period,value\n";
  for (int i = 0; i < 30; ++i) {
    rows += "件数" + std::to_string(i) + ",件,666,R6,R4,1\n";
  }
  const std::string csv = folder_ / "rows.csv";
  std::ofstream(csv) << rows;
  Done({"plan", "create", "--id", "other", "--title", "別の計画"});
  Done({"import", csv, "--plan", "other", "--yes"});
  ASSERT_TRUE(HealthBecomes("ruleModules/crashes_on_row", "NOT_SERVING"));
  EXPECT_EQ(Health(), "SERVING");
  EXPECT_EQ(Health("ruleModules/on_track"), "SERVING");
  EXPECT_THAT(Done({"rule", "list"}),
              AllOf(HasSubstr("隔離中(異常終了)"),
                    HasSubstr("shirube rule release crashes_on_row")));
  EXPECT_THAT(Done({"rule", "stats", "crashes_on_row", "-o", "csv"}),
              HasSubstr("CRASHED="));

  auto after = Verdicts();
  for (const auto& [indicator, verdict] : before) {
    EXPECT_EQ(after[indicator], verdict) << indicator;
  }
  int waiting = 0;
  for (const auto& [indicator, verdict] : after) {
    if (verdict.ends_with(" waiting")) ++waiting;
  }
  EXPECT_EQ(waiting, 30);
  EXPECT_THAT(Done({"verdicts", "other"}),
              HasSubstr("※ 判定待ち: モジュール crashes_on_row が停止中("));
  EXPECT_THAT(Done({"explain", "件数7", "--plan", "other"}),
              HasSubstr("※ 判定待ち"));
  EXPECT_THAT(Done({"flags", "other"}), HasSubstr("判定待ち"));

  v1::RunEvaluationRequest again;
  again.set_parent("plans/other");
  const auto run = client::EvaluationClient(options_).RunEvaluation(again);
  ASSERT_TRUE(run.ok()) << run.status();
  EXPECT_EQ(run->evaluated_count(), 30);
  EXPECT_EQ(run->waiting_count(), 30);
  ASSERT_EQ(run->modules_out_of_service_size(), 1);
  EXPECT_EQ(run->modules_out_of_service(0).module(),
            "ruleModules/crashes_on_row");
  EXPECT_EQ(run->modules_out_of_service(0).reason(), "QUARANTINED");

  // It survives a restart; a set with it cannot be activated.
  EXPECT_EQ(server_->End(SIGTERM), 0);
  Start();
  EXPECT_TRUE(HealthBecomes("ruleModules/crashes_on_row", "NOT_SERVING"));
  EXPECT_EQ(Verdicts(), after);
  const std::string with_it = Registered({"achieved", "crashes_on_row"});
  EXPECT_THAT(Refused({"rule", "activate", with_it}, 5),
              HasSubstr("crashes_on_row"));

  // The figures are mended, then it is let go on.
  for (int i = 0; i < 30; ++i) {
    Done({"indicator", "update", "件数" + std::to_string(i), "--plan", "other",
          "--target", "700", "--no-wait"});
  }
  EXPECT_THAT(Done({"rule", "release", "crashes_on_row"}),
              HasSubstr("隔離を解きました"));
  EXPECT_TRUE(HealthBecomes("ruleModules/crashes_on_row", "SERVING"));
  for (const auto& [indicator, verdict] : Verdicts()) {
    EXPECT_THAT(verdict, Not(HasSubstr("waiting"))) << indicator;
  }
  EXPECT_THAT(Refused({"rule", "release", "crashes_on_row"}, 5),
              HasSubstr("隔離されていません"));
}

// The other way out of a quarantine: a mended version, another set.
TEST_F(RuleCommandsTest, TakesAMendedModuleInsteadOfOneSetAside) {
  Start();
  Drop(Tiny("crashes_on_row"));
  const std::string bad =
      Registered({"achieved", "on_track", "at_risk", "crashes_on_row.so"});
  Done({"rule", "activate", bad});
  std::string rows = "indicator,unit,target,target_period,period,value\n";
  for (int i = 0; i < 30; ++i) {
    rows += "件数" + std::to_string(i) + ",件,666,R6,R4,1\n";
  }
  const std::string csv = folder_ / "rows.csv";
  std::ofstream(csv) << rows;
  Done({"plan", "create", "--id", "other", "--title", "別の計画"});
  Done({"import", csv, "--plan", "other", "--yes"});
  ASSERT_TRUE(HealthBecomes("ruleModules/crashes_on_row", "NOT_SERVING"));
  Drop(Tiny("steady"));
  const std::string good =
      Registered({"achieved", "on_track", "at_risk", "steady.so"});
  EXPECT_THAT(Done({"rule", "activate", good}),
              HasSubstr("判定し直した指標 30件、判定・理由が変わったもの"));
  for (const auto& [indicator, verdict] : Verdicts()) {
    EXPECT_EQ(verdict, "STATUS_NOT_EVALUATED DIRECTION_UNKNOWN") << indicator;
  }
  EXPECT_THAT(Refused({"rule", "rollback"}, 5), HasSubstr("crashes_on_row"));
}

TEST_F(RuleCommandsTest, RefusesToStartWithoutALayerThatIsRequired) {
  const std::string wrapper = SHIRUBE_WITHOUT_LANDLOCK;
  std::vector<std::string> strict = Arguments();
  strict.insert(strict.end(), {"--require-confinement", "seccomp,landlock"});
  CommandResult failure;
  EXPECT_EQ(Server::Start(strict, &failure, wrapper), nullptr);
  EXPECT_EQ(failure.exit_code, 1);
  EXPECT_THAT(failure.err,
              AllOf(HasSubstr("landlock"), HasSubstr("--require-confinement"),
                    HasSubstr("カーネル")));

  // Without the demand it starts and says what is missing.
  server_ = Server::Start(Arguments(), nullptr, wrapper);
  ASSERT_NE(server_, nullptr);
  EXPECT_THAT(Done({"server", "-o", "csv"}),
              AllOf(HasSubstr("confinement.landlock,missing"),
                    HasSubstr("confinement.seccomp,active")));
  EXPECT_THAT(Done({"server"}), HasSubstr("--require-confinement"));
  Done({"import", kSample, "--plan", "demo", "--yes"});
}

TEST_F(RuleCommandsTest, RefusesALayerThatThereIsNot) {
  std::vector<std::string> arguments = Arguments();
  arguments.insert(arguments.end(), {"--require-confinement", "secomp"});
  CommandResult failure;
  EXPECT_EQ(Server::Start(arguments, &failure), nullptr);
  EXPECT_EQ(failure.exit_code, 2);
  EXPECT_THAT(failure.err, HasSubstr("seccomp"));
}

}  // namespace
}  // namespace shirube::e2e
