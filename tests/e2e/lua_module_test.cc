// A module in Lua as an operator sees it, against a real server: it lives as a
// library does, from the folder to the store and back.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>

#include <filesystem>
#include <fstream>
#include <map>
#include <string>

#include "tests/e2e/process.h"
#include "tests/e2e/rule_fixture.h"

namespace shirube::e2e {
namespace {

namespace fs = std::filesystem;
using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

class LuaModuleTest : public RuleFixture {
 protected:
  // How many indicators have this status and reason.
  int Count(const std::string& verdict) {
    int count = 0;
    for (const auto& [indicator, said] : Verdicts("plans/demo")) {
      count += said == verdict;
    }
    return count;
  }
};

TEST_F(LuaModuleTest, IsRegisteredJudgesAndIsLoadedFromTheStore) {
  Start();
  ASSERT_FALSE(HasFatalFailure());
  Done({"import", kSample, "--plan", "demo", "--yes"});
  const auto before = Verdicts();
  Drop(Shipped("attainment_9075"));
  EXPECT_THAT(
      Done({"rule", "list", "-o", "csv"}),
      HasSubstr("attainment_9075,1.1.0,VERIFIED,,false,,attainment_9075.lua,"));
  // Its name without .lua is a module's, and there is none yet.
  EXPECT_THAT(Refused({"rule", "register", "attainment_9075"}, 5),
              HasSubstr("shirube rule register attainment_9075.lua"));
  const std::string id = Registered({"attainment_9075.lua"});
  EXPECT_EQ(Verdicts(), before);
  Done({"rule", "activate", id});
  // Ahead of schedule and none of them green: this yardstick ignores time.
  EXPECT_EQ(Count("STATUS_AT_RISK RED"), 2);
  EXPECT_EQ(Count("STATUS_AT_RISK YELLOW"), 2);
  const auto after = Verdicts();
  EXPECT_THAT(Done({"rule", "stats", "attainment_9075"}),
              HasSubstr("attainment_9075 1.1.0"));
  EXPECT_TRUE(HealthBecomes("ruleModules/attainment_9075", "SERVING"));

  // The file may go: what is kept is what runs.
  ASSERT_EQ(server_->End(SIGTERM), 0);
  fs::remove(Rules() / "attainment_9075.lua");
  Start();
  ASSERT_FALSE(HasFatalFailure());
  EXPECT_TRUE(HealthBecomes("ruleModules/attainment_9075", "SERVING"));
  EXPECT_EQ(Verdicts(), after);
  Done({"record", "防災士", "R5", "9999", "--plan", "demo"});
  EXPECT_EQ(Count("STATUS_AT_RISK YELLOW"), 1);
  Done({"rule", "rollback"});
  EXPECT_EQ(Count("STATUS_AT_RISK YELLOW") + Count("STATUS_AT_RISK RED"), 0);
  EXPECT_EQ(server_->End(SIGTERM), 0);
}

TEST_F(LuaModuleTest, TellsItsAuthorTheLineThatFailsOnARow) {
  Start();
  ASSERT_FALSE(HasFatalFailure());
  Drop(Tiny("lua_errors_on_row"));
  Done({"rule", "activate",
        Registered({"lua_errors_on_row.lua", "achieved", "on_track"})});
  std::ofstream(folder_ / "rows.csv")
      << "indicator,unit,target,target_period,period,value\n"
      << "合う,件,50,R6,R4,60\n"
      << "合わない,件,666,R6,R4,60\n";
  Done({"plan", "create", "--id", "demo", "--title", "demo"});
  Done({"import", folder_ / "rows.csv", "--plan", "demo", "--yes"});
  EXPECT_EQ(Count("STATUS_ACHIEVED MET"), 1);
  // One row is lost, and the module goes on.
  for (const char* language : {"ja", "en"}) {
    EXPECT_THAT(
        Done({"--lang", language, "rule", "stats", "lua_errors_on_row"}),
        AllOf(HasSubstr("CRASHED (lua_errors_on_row.lua:"),
              HasSubstr("attempt to index a nil value (local 'nothing')")));
  }
  EXPECT_THAT(Done({"rule", "list", "-o", "csv"}),
              HasSubstr("lua_errors_on_row,1.2.3,ACTIVE,,"));
  EXPECT_EQ(server_->End(SIGTERM), 0);
}

TEST_F(LuaModuleTest, IsRefusedWithTheLineAtWhichItFails) {
  Start();
  ASSERT_FALSE(HasFatalFailure());
  Done({"import", kSample, "--plan", "demo", "--yes"});
  const auto before = Verdicts();
  Drop(Tiny("lua_syntax_error"));
  Drop(Tiny("lua_cases_kill"));
  const std::string id = Registered({"lua_syntax_error.lua"});
  EXPECT_THAT(Refused({"rule", "activate", id}, 5),
              AllOf(HasSubstr("INIT_FAILED"),
                    HasSubstr("lua_syntax_error.lua:"), HasSubstr("読み込み")));
  const std::string failing = Registered({"lua_cases_kill.lua"});
  EXPECT_THAT(
      Refused({"--lang", "en", "rule", "activate", failing}, 5),
      AllOf(HasSubstr("SELF_TEST_FAILED"), HasSubstr("lua_cases_kill.lua:"),
            HasSubstr("attempt to index a nil value")));
  EXPECT_EQ(Verdicts(), before);
  EXPECT_THAT(Done({"rule", "list"}), Not(HasSubstr("NOT_ELF")));
  EXPECT_EQ(server_->End(SIGTERM), 0);
}

}  // namespace
}  // namespace shirube::e2e
