// The main job through the real programs: a published report in, verdicts and
// flags out, a second year on top, a bad year that turns a flag.
#include <gmock/gmock.h>
#include <google/protobuf/struct.pb.h>
#include <google/protobuf/util/json_util.h>
#include <gtest/gtest.h>
#include <signal.h>

#include <filesystem>
#include <fstream>
#include <map>
#include <string>

#include "shirube/v1/evaluation_service.pb.h"
#include "shirube/v1/plan_service.pb.h"
#include "tests/e2e/data.h"
#include "tests/e2e/process.h"
#include "tests/paths.h"

namespace shirube::e2e {
namespace {

using ::testing::HasSubstr;
using ::testing::Pair;
using ::testing::UnorderedElementsAre;

constexpr char kSampleR4[] = SHIRUBE_SOURCE_DIR "/samples/reform-plan-r4.txt";
constexpr char kSampleR5[] = SHIRUBE_SOURCE_DIR "/samples/reform-plan-r5.txt";

template <typename T>
T FromJson(const std::string& json) {
  T message;
  google::protobuf::util::JsonParseOptions options;
  options.ignore_unknown_fields = true;
  auto status =
      google::protobuf::util::JsonStringToMessage(json, &message, options);
  EXPECT_TRUE(status.ok()) << status.ToString() << "\n" << json;
  return message;
}

class MainJobTest : public ::testing::Test {
 protected:
  void SetUp() override { Restart(); }

  void Restart() {
    server_ = Server::Start({"--db", folder_ / "shirube.db", "--listen",
                             "unix:" + (folder_ / "socket").string()});
    ASSERT_NE(server_, nullptr);
  }

  CommandResult Run(const std::vector<std::string>& arguments) {
    return server_->Shirube(arguments);
  }

  // "ON_TRACK ON_PACE" by indicator.
  std::map<std::string, std::string> Verdicts(const std::string& plan) {
    CommandResult result = Run({"verdicts", plan, "-o", "json"});
    EXPECT_EQ(result.exit_code, 0) << result.err;
    std::map<std::string, std::string> verdicts;
    const auto answer = FromJson<v1::ListVerdictsResponse>(result.out);
    for (const v1::Verdict& verdict : answer.verdicts()) {
      verdicts[verdict.indicator_display_name()] =
          v1::Verdict::Status_Name(verdict.status())
              .substr(std::string("STATUS_").size()) +
          " " + verdict.reason();
    }
    return verdicts;
  }

  // The status of an initiative, by its id.
  std::string FlagOf(const std::string& plan, const std::string& initiative) {
    CommandResult result = Run({"flags", plan, "-o", "json"});
    const auto answer = FromJson<v1::ListFlagsResponse>(result.out);
    for (const v1::Flag& flag : answer.flags()) {
      if (flag.initiative() == "plans/" + plan + "/initiatives/" + initiative) {
        return v1::Verdict::Status_Name(flag.status());
      }
    }
    return "no flag of " + initiative;
  }

  v1::PlanDocument InitiativesOf(const std::string& plan) {
    CommandResult listed = Run({"initiative", "list", plan, "-o", "json"});
    EXPECT_EQ(listed.exit_code, 0) << listed.err;
    v1::PlanDocument document;
    const auto answer = FromJson<v1::ListInitiativesResponse>(listed.out);
    for (const auto& initiative : answer.initiatives()) {
      *document.add_initiatives() = initiative;
    }
    return document;
  }

  static auto SevenVerdicts() {
    return UnorderedElementsAre(
        Pair("オンラインで利用できる県独自の行政手続の割合",
             "ON_TRACK ON_PACE"),
        Pair("防災士の認証登録者数", "ON_TRACK ON_PACE"),
        Pair("事務事業の見直し・改善(経費削減額)", "ON_TRACK ON_PACE"),
        Pair("事務事業の見直し・改善(削減事務量)", "ON_TRACK ON_PACE"),
        Pair("男性職員の育休休業取得率(知事部局)", "ON_TRACK ON_PACE"),
        Pair("Web会議の年間開催回数", "ACHIEVED MET_EARLY"),
        Pair("A I会議録作成支援システム活用数", "ACHIEVED MET_EARLY"));
  }

  void ExpectTheReportIsUnderstood(const std::string& path) {
    CommandResult imported = Run({"import", path, "--plan", "demo", "--yes"});
    EXPECT_EQ(imported.exit_code, 0) << imported.out << imported.err;
    EXPECT_THAT(Verdicts("demo"), SevenVerdicts());
    int pillars = 0, measures = 0, accomplished = 0, planned = 0;
    const v1::PlanDocument document = InitiativesOf("demo");
    for (const auto& initiative : document.initiatives()) {
      pillars += initiative.kind() == v1::Initiative::KIND_PILLAR;
      measures += initiative.kind() == v1::Initiative::KIND_MEASURE;
      for (const auto& entry : initiative.entries()) {
        if (entry.type() == v1::Entry::TYPE_ACCOMPLISHMENT) {
          EXPECT_EQ(entry.fiscal_year(), "fy2022");
          ++accomplished;
        } else {
          EXPECT_EQ(entry.fiscal_year(), "fy2023");
          ++planned;
        }
      }
    }
    EXPECT_EQ(pillars, 3);
    EXPECT_EQ(measures, 17);
    EXPECT_GT(accomplished, 20);
    EXPECT_EQ(planned, 12);
  }

  TempDir folder_;
  std::unique_ptr<Server> server_;
};

TEST_F(MainJobTest, JudgesTheSampleReport) {
  ExpectTheReportIsUnderstood(kSampleR4);
}

TEST_F(MainJobTest, JudgesThePublishedReport) {
  const auto path = DataFile("yamagata-r4.txt");
  SHIRUBE_NEED_DATA(path);
  ExpectTheReportIsUnderstood(path);
  CommandResult flags = Run({"flags", "demo"});
  EXPECT_EQ(flags.exit_code, 0);
  EXPECT_THAT(flags.out, HasSubstr("達成"));
  CommandResult explained = Run({"explain", "防災士"});
  EXPECT_EQ(explained.exit_code, 0) << explained.err;
  EXPECT_THAT(explained.out, HasSubstr("2,087.6人を145.4人上回っている"));
}

TEST_F(MainJobTest, TakesNoRevisionForTheSameDocumentTwice) {
  Run({"import", kSampleR4, "--plan", "demo", "--yes"});
  CommandResult first = Run({"plan", "get", "demo", "-o", "json"});
  CommandResult again =
      Run({"import", kSampleR4, "--plan", "demo", "--yes", "-o", "json"});
  EXPECT_EQ(again.exit_code, 0) << again.err;
  auto answer = FromJson<google::protobuf::Struct>(again.out);
  EXPECT_EQ(answer.fields().at("difference").list_value().values_size(), 0);
  EXPECT_EQ(Run({"plan", "get", "demo", "-o", "json"}).out, first.out);
}

TEST_F(MainJobTest, KeepsTheFirstYearWhenTheSecondIsImported) {
  Run({"import", kSampleR4, "--plan", "demo", "--yes"});
  ASSERT_EQ(Run({"indicator", "link", "防災士", "第1/6"}).exit_code, 0);
  CommandResult second = Run({"import", kSampleR5, "--plan", "demo", "--yes"});
  EXPECT_EQ(second.exit_code, 0) << second.out << second.err;
  CommandResult history = Run({"history", "防災士", "-o", "csv"});
  EXPECT_THAT(history.out, HasSubstr("fy2022"));
  EXPECT_THAT(history.out, HasSubstr("2233"));
  EXPECT_THAT(history.out, HasSubstr("fy2023"));
  EXPECT_EQ(FlagOf("demo", "p1-m6").substr(0, 7), "STATUS_");
  EXPECT_NE(FlagOf("demo", "p1-m6"), "STATUS_NOT_EVALUATED");
  std::map<std::string, int> entries;
  const v1::PlanDocument document = InitiativesOf("demo");
  for (const auto& initiative : document.initiatives()) {
    for (const auto& entry : initiative.entries()) {
      ++entries[entry.fiscal_year() +
                (entry.type() == v1::Entry::TYPE_PLANNED ? " planned" : "")];
    }
  }
  EXPECT_GT(entries["fy2022"], 20);
  EXPECT_EQ(entries["fy2023 planned"], 12);
  EXPECT_GT(entries["fy2023"], 0);
}

TEST_F(MainJobTest, HoldsACorrectionUntilItIsAccepted) {
  Run({"import", kSampleR4, "--plan", "demo", "--yes"});
  ASSERT_EQ(Run({"correct", "防災士", "R4", "2200"}).exit_code, 0);
  CommandResult held = Run({"import", kSampleR4, "--plan", "demo", "--yes"});
  EXPECT_EQ(held.exit_code, 7) << held.out;
  EXPECT_THAT(held.out, HasSubstr("2200"));
  EXPECT_THAT(Run({"verdicts", "demo", "-o", "csv"}).out, HasSubstr("2200"));
  CommandResult accepted = Run(
      {"import", kSampleR4, "--plan", "demo", "--yes", "--accept-corrections"});
  EXPECT_EQ(accepted.exit_code, 0) << accepted.out << accepted.err;
  EXPECT_THAT(Run({"verdicts", "demo", "-o", "csv"}).out, HasSubstr("2233"));
}

TEST_F(MainJobTest, TurnsAFlagWhenABadYearIsRecorded) {
  Run({"import", kSampleR4, "--plan", "demo", "--yes"});
  EXPECT_EQ(FlagOf("demo", "p1"), "STATUS_ON_TRACK");
  EXPECT_EQ(Run({"flags", "demo", "--fail-on", "at-risk"}).exit_code, 0);
  ASSERT_EQ(Run({"record", "防災士", "R5", "1700"}).exit_code, 0);
  EXPECT_EQ(FlagOf("demo", "p1"), "STATUS_AT_RISK");
  EXPECT_EQ(Run({"flags", "demo", "--fail-on", "at-risk"}).exit_code, 10);
  EXPECT_EQ(
      Run({"flags", "demo", "--as-of", "R4", "--fail-on", "at-risk"}).exit_code,
      0);
}

TEST_F(MainJobTest, KeepsVerdictsOverARestart) {
  Run({"import", kSampleR4, "--plan", "demo", "--yes"});
  EXPECT_EQ(server_->End(SIGTERM), 0);
  Restart();
  EXPECT_THAT(Verdicts("demo"), SevenVerdicts());
}

TEST_F(MainJobTest, RunsTheExampleOfTheLibrary) {
  Run({"import", kSampleR4, "--plan", "demo", "--yes"});
  CommandResult result =
      RunProgram({Binary("record_and_wait"), "plans/demo/indicators/i-p1-02",
                  "fy2023", "1700", "plans/demo/initiatives/p1"},
                 {"SHIRUBE_SERVER=" + server_->address()});
  EXPECT_EQ(result.exit_code, 0) << result.err;
  EXPECT_EQ(result.out, "STATUS_AT_RISK\n");
}

TEST_F(MainJobTest, ReadsBackTheSheetItWrote) {
  Run({"import", kSampleR4, "--plan", "demo", "--yes"});
  CommandResult sheet = Run({"sheet", "demo", "R5", "--excel"});
  ASSERT_EQ(sheet.exit_code, 0) << sheet.err;
  const std::string path = folder_ / "sheet.csv";
  std::ofstream(path) << sheet.out;
  CommandResult back = Run({"import", path, "--plan", "demo", "--yes"});
  EXPECT_EQ(back.exit_code, 0) << back.out << back.err;
  EXPECT_THAT(Verdicts("demo"), SevenVerdicts());
}

}  // namespace
}  // namespace shirube::e2e
