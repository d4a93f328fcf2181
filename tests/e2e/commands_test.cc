// Every command of `shirube` that writes or lists resources, against a real
// server: what it stores, what it prints, which exit code it ends with.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <filesystem>
#include <fstream>
#include <string>
#include <thread>

#include "client/lib/clients.h"
#include "tests/e2e/process.h"
#include "tests/paths.h"

namespace shirube::e2e {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr char kSample[] = SHIRUBE_SOURCE_DIR "/samples/reform-plan-r4.txt";

class CommandsTest : public ::testing::Test {
 protected:
  void SetUp() override {
    server_ = Server::Start({"--db", folder_ / "shirube.db", "--listen",
                             "unix:" + (folder_ / "socket").string()});
    ASSERT_NE(server_, nullptr);
    options_ = {.server = server_->address(), .actor = "佐藤"};
  }

  // What a command that must succeed printed.
  std::string Done(const std::vector<std::string>& arguments) {
    CommandResult result = server_->Shirube(arguments);
    EXPECT_EQ(result.exit_code, 0) << arguments[0] << "\n"
                                   << result.out << result.err;
    return result.out;
  }
  int Code(const std::vector<std::string>& arguments) {
    return server_->Shirube(arguments).exit_code;
  }
  void Import() { Done({"import", kSample, "--plan", "demo", "--yes"}); }

  TempDir folder_;
  std::unique_ptr<Server> server_;
  client::Options options_;
};

TEST_F(CommandsTest, MakesAPlanByHand) {
  Done({"plan", "create", "--id", "hand", "--title", "手作りの計画"});
  Done({"initiative", "create", "hand", "--id", "pillar", "--title", "柱の一",
        "--kind", "柱", "--label", "第1"});
  Done({"initiative", "create", "hand", "--id", "measure", "--title",
        "施策の一", "--kind", "施策", "--label", "1", "--parent", "柱の一"});
  Done({"indicator", "create", "hand", "--id", "people", "--title", "防災士",
        "--unit", "人", "--baseline", "1619", "--baseline-period", "R1",
        "--target", "2400", "--target-period", "R6", "--operator", "以上"});
  Done({"indicator", "link", "防災士", "第1/1"});
  EXPECT_THAT(Done({"record", "防災士", "R4", "2233"}), HasSubstr("順調"));
  EXPECT_THAT(Done({"flags", "hand"}),
              AllOf(HasSubstr("施策の一"), HasSubstr("2,233人")));
  EXPECT_THAT(Done({"indicator", "list", "hand", "--unlinked", "-o", "name"}),
              Not(HasSubstr("people")));
  Done({"indicator", "unlink", "防災士", "施策の一"});
  EXPECT_THAT(Done({"indicator", "list", "hand", "--unlinked", "-o", "name"}),
              HasSubstr("plans/hand/indicators/people"));
}

TEST_F(CommandsTest, ChangesWhatWasNamedAndNothingElse) {
  Import();
  Done({"indicator", "update", "防災士", "--target", "3000", "--owner",
        "防災くらし安心部"});
  const std::string after = Done({"indicator", "get", "防災士", "-o", "json"});
  EXPECT_THAT(after, AllOf(HasSubstr("\"3000\""), HasSubstr("防災くらし安心部"),
                           HasSubstr("\"1619\""), HasSubstr("\"fy2024\"")));
  Done({"plan", "update", "demo", "--parameter", "pace_threshold=1.00"});
  EXPECT_THAT(Done({"explain", "防災士"}), HasSubstr("pace_threshold 1"));
  EXPECT_EQ(Code({"plan", "update", "demo"}), 2);
  EXPECT_EQ(Code({"plan", "update", "demo", "--parameter", "pace_threshold"}),
            2);
  EXPECT_EQ(Code({"plan", "update", "demo", "--parameter", "pace_treshold=1"}),
            8);
}

TEST_F(CommandsTest, DeletesWithChildrenOnlyByForce) {
  Import();
  EXPECT_EQ(Code({"initiative", "delete", "第1"}), 5);
  EXPECT_EQ(Code({"plan", "delete", "demo"}), 5);
  Done({"initiative", "delete", "第1", "--force"});
  EXPECT_EQ(Code({"initiative", "get", "第1"}), 3);
  EXPECT_THAT(Done({"initiative", "list", "demo", "--deleted", "-o", "name"}),
              HasSubstr("initiatives/p1-m1"));
}

TEST_F(CommandsTest, BringsDeletedThingsBack) {
  Import();
  client::PlanClient plans(options_);
  Done({"indicator", "delete", "防災士", "--force"});
  EXPECT_EQ(Code({"indicator", "get", "防災士"}), 3);
  v1::UndeleteIndicatorRequest indicator;
  indicator.set_name("plans/demo/indicators/i-p1-02");
  auto back = plans.UndeleteIndicator(indicator);
  ASSERT_TRUE(back.ok()) << back.status();
  EXPECT_THAT(Done({"history", "防災士"}), HasSubstr("2233"));
  EXPECT_TRUE(
      absl::IsFailedPrecondition(plans.UndeleteIndicator(indicator).status()));

  Done({"initiative", "delete", "第1/1", "--force"});
  v1::UndeleteInitiativeRequest initiative;
  initiative.set_name("plans/demo/initiatives/p1-m1");
  ASSERT_TRUE(plans.UndeleteInitiative(initiative).ok());
  v1::GetInitiativeRequest get;
  get.set_name(initiative.name());
  auto found = plans.GetInitiative(get);
  ASSERT_TRUE(found.ok()) << found.status();
  EXPECT_EQ(found->display_name(), "行政のデジタル化の推進");
  EXPECT_EQ(found->actor(), "claimed:佐藤");
}

TEST_F(CommandsTest, KeepsOneAssessmentForASubjectAndYear) {
  Import();
  Done({"assess", "防災士", "R4", "--cause", "研修の増", "--by", "佐藤", "--on",
        "2023-06-30", "--judgement", "A"});
  Done({"assess", "防災士", "R4", "--response", "研修を続ける"});
  client::PlanClient plans(options_);
  v1::ListAssessmentsRequest list;
  list.set_parent("plans/demo");
  auto rows = plans.AllAssessments(list).All();
  ASSERT_TRUE(rows.ok()) << rows.status();
  ASSERT_EQ(rows->size(), 1u);
  EXPECT_EQ(rows->front().cause(), "研修の増");
  EXPECT_EQ(rows->front().response(), "研修を続ける");
  EXPECT_EQ(rows->front().judgement(), "A");

  v1::GetAssessmentRequest get;
  get.set_name(rows->front().name());
  EXPECT_TRUE(plans.GetAssessment(get).ok());
  v1::DeleteAssessmentRequest remove;
  remove.set_name(get.name());
  EXPECT_TRUE(plans.DeleteAssessment(remove).ok());
  EXPECT_TRUE(absl::IsNotFound(plans.GetAssessment(get).status()));
  v1::UndeleteAssessmentRequest back;
  back.set_name(get.name());
  EXPECT_TRUE(plans.UndeleteAssessment(back).ok());
  EXPECT_TRUE(plans.GetAssessment(get).ok());
}

TEST_F(CommandsTest, KeepsEveryCorrectionInTheHistory) {
  Import();
  EXPECT_EQ(Code({"record", "防災士", "R4", "1"}), 5);
  Done({"correct", "防災士", "R4", "2200", "--note", "再集計"});
  const std::string history = Done({"history", "防災士", "R4", "-o", "csv"});
  EXPECT_THAT(history,
              AllOf(HasSubstr("2233"), HasSubstr("2200"), HasSubstr("再集計")));
  EXPECT_EQ(Code({"correct", "防災士", "R3", "1"}), 3);
  EXPECT_EQ(Code({"correct", "防災士", "R4"}), 2);
}

TEST_F(CommandsTest, TakesAnUnambiguousPartOfAName) {
  Import();
  EXPECT_THAT(Done({"explain", "育休"}), HasSubstr("86.3%"));
  CommandResult ambiguous = server_->Shirube({"explain", "事務事業"});
  EXPECT_EQ(ambiguous.exit_code, 2);
  EXPECT_THAT(ambiguous.err,
              AllOf(HasSubstr("経費削減額"), HasSubstr("削減事務量")));
  EXPECT_EQ(Code({"explain", "宇宙開発"}), 3);
  Done({"import", kSample, "--plan", "twin", "--yes"});
  EXPECT_EQ(Code({"explain", "育休"}), 2);
  EXPECT_EQ(Code({"explain", "育休", "--plan", "twin"}), 0);
}

TEST_F(CommandsTest, WritesASheetForEveryDepartment) {
  Import();
  Done({"indicator", "update", "防災士", "--owner", "防災課"});
  const std::string out = folder_ / "sheets";
  Done({"sheet", "demo", "R5", "--out", out, "--excel"});
  EXPECT_TRUE(std::filesystem::exists(out + "/demo-R5-防災課.csv"));
  std::ifstream file(out + "/demo-R5-防災課.csv");
  std::string first;
  std::getline(file, first);
  EXPECT_TRUE(first.starts_with("\xEF\xBB\xBF")) << first;
  EXPECT_TRUE(first.ends_with("\r")) << first;
}

TEST_F(CommandsTest, SaysErrorsInTheFormAskedFor) {
  CommandResult missing =
      server_->Shirube({"explain", "宇宙開発", "-o", "json"});
  EXPECT_EQ(missing.exit_code, 3);
  EXPECT_THAT(missing.err, HasSubstr("\"error\""));
  CommandResult usage = server_->Shirube({"-o", "json", "explain"});
  EXPECT_EQ(usage.exit_code, 2);
  EXPECT_THAT(usage.err, HasSubstr("\"error\""));
  EXPECT_EQ(Code({"no-such-command"}), 2);
  EXPECT_EQ(RunProgram({Binary("shirube"), "--server",
                        "unix:" + (folder_ / "nobody").string(), "--timeout",
                        "1", "plan", "list"})
                .exit_code,
            6);
}

TEST_F(CommandsTest, CompletesItsOwnWords) {
  const std::string script = Done({"completion", "bash"});
  const std::string words =
      script +
      "\nCOMP_WORDS=(shirube indicator li); COMP_CWORD=2; _shirube; "
      "echo \"${COMPREPLY[*]}\"\n";
  CommandResult completed = RunProgram({"/bin/bash", "-c", words});
  EXPECT_EQ(completed.exit_code, 0) << completed.err;
  EXPECT_EQ(completed.out, "link list\n");
  EXPECT_THAT(Done({"completion", "zsh"}), HasSubstr("bashcompinit"));
  EXPECT_THAT(Done({"completion", "fish"}), HasSubstr("complete -c shirube"));
}

TEST_F(CommandsTest, TailsAlertsAndKeepsThoseNobodyHasSeen) {
  Done({"subscription", "create", "desk", "--pull"});
  Import();
  Done({"record", "防災士", "R5", "1700", "--plan", "demo"});
  // They wait for whoever fetches.
  EXPECT_THAT(Done({"alert", "tail", "--subscription", "desk", "--max", "1"}),
              AllOf(HasSubstr("発生"), HasSubstr("防災士"), HasSubstr("R5"),
                    HasSubstr("1,700人"), HasSubstr("R6の実績値が")));
  Done({"alert", "ack", "防災士", "--reason", "担当に確認中"});
  // At least once: the last answer before the command ended may have been lost.
  std::string next;
  for (int i = 0; i < 5 && next.find("ACKNOWLEDGED") == next.npos; ++i) {
    next = Done({"alert", "tail", "--subscription", "desk", "--max", "1", "-o",
                 "jsonl"});
  }
  EXPECT_THAT(next, HasSubstr("\"type\":\"TYPE_ACKNOWLEDGED\""));
  EXPECT_EQ(Code({"alert", "tail", "--subscription", "nobody"}), 3);
}

TEST_F(CommandsTest, TailsWithoutLeavingAnythingBehind) {
  Import();
  std::atomic<bool> ended = false;
  std::string seen;
  std::thread tail([&] {
    seen = Done({"alert", "tail", "--max", "1", "-o", "jsonl"});
    ended = true;
  });
  // It looks from some moment on.
  Done({"record", "防災士", "R5", "1700", "--plan", "demo"});
  for (int i = 0; !ended && i < 200; ++i) {
    Done({"correct", "防災士", "R5", i % 2 == 0 ? "2400" : "1700", "--plan",
          "demo"});
  }
  tail.join();
  EXPECT_THAT(seen, HasSubstr("\"idempotencyKey\""));
  EXPECT_EQ(Done({"subscription", "list", "-o", "name"}), "");
}

TEST_F(CommandsTest, SaysWhatABaselineImportDidNotAlertAbout) {
  std::ifstream sample(kSample);
  std::string text{std::istreambuf_iterator<char>(sample), {}};
  const std::string figure = "2,233人";
  ASSERT_NE(text.find(figure), std::string::npos);
  text.replace(text.find(figure), figure.size(), "1,700人");
  const std::string late = folder_ / "late.txt";
  std::ofstream(late) << text;
  const std::string said = Done({"import", late, "--plan", "late", "--yes"});
  EXPECT_THAT(said, HasSubstr("shirube alert open --existing --plan late"));
  EXPECT_THAT(Done({"alert", "list", "late"}), Not(HasSubstr("防災士")));
  Done({"alert", "open", "late", "--existing"});
  EXPECT_THAT(Done({"alert", "list", "late"}), HasSubstr("防災士"));
}

TEST_F(CommandsTest, ListsTheRuleModules) {
  Import();  // so that it has judged
  EXPECT_THAT(
      Done({"rule", "list"}),
      AllOf(HasSubstr("achieved"), HasSubstr("on_track"), HasSubstr("at_risk"),
            HasSubstr("稼働中"), HasSubstr("pace_threshold")));
}

}  // namespace
}  // namespace shirube::e2e
