// What figures of a hundred lagging indicators do to alerts when they come as
// tables, by the command, into a real server: a first import opens none and
// lists them, old years open none, the same year again reopens, the next year
// supersedes and escalates.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <set>

#include "absl/strings/str_cat.h"
#include "tests/e2e/alerts/figures.h"
#include "tests/e2e/alerts/log.h"
#include "tests/e2e/alerts/witness.h"
#include "tests/e2e/process.h"

namespace shirube::e2e {
namespace {

using testing::AllOf;
using testing::Each;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::Property;
using testing::SizeIs;

constexpr char kAll[] = "(state = RESOLVED OR NOT state = RESOLVED)";
constexpr int kLagging = 100;
constexpr int kOthers = 20;

class AlertImportTest : public testing::Test {
 protected:
  void SetUp() override {
    server_ = Server::Start({"--db", folder_ / "shirube.db", "--listen",
                             "unix:" + (folder_ / "socket").string()});
    ASSERT_NE(server_, nullptr);
    clients_ = std::make_unique<AlertClients>(
        client::Options{.server = server_->address()});
  }

  // A table of one year of all indicators: those that lag have `lagging`, the
  // others a good figure.
  std::string Table(const std::string& period, const std::string& lagging) {
    const std::string path = folder_ / absl::StrCat(++tables_, ".csv");
    std::ofstream table(path);
    table << "indicator,unit,kind,direction,target,target_period,baseline,"
             "baseline_period,period,value\n";
    for (int i = 0; i < kLagging + kOthers; ++i) {
      table << "指標" << i << ",人,LEVEL,up,2400,R8,1619,R1," << period << ","
            << (i < kLagging ? lagging : "2390") << "\n";
    }
    return path;
  }

  std::string Done(const std::vector<std::string>& arguments) {
    const CommandResult result = server_->Shirube(arguments);
    EXPECT_EQ(result.exit_code, 0) << result.out << result.err;
    return result.out + result.err;
  }
  void Import(const std::string& period, const std::string& lagging,
              const std::vector<std::string>& more = {}) {
    std::vector<std::string> arguments = {"import", Table(period, lagging),
                                          "--plan", "demo", "--yes"};
    arguments.insert(arguments.end(), more.begin(), more.end());
    Done(arguments);
  }

  // As a reader gets it who waits for what is stored to be judged.
  v1::ListAlertsResponse Lists(const std::string& filter) {
    v1::ListAlertsRequest request;
    request.set_parent("plans/demo");
    const auto head = clients_->alerts.ListAlerts(request);
    EXPECT_TRUE(head.ok()) << head.status();
    request.set_min_revision(head->revision());
    request.set_page_size(1000);
    request.set_filter(absl::StrCat("kind = LAGGING_INDICATOR AND ", filter));
    const auto page = clients_->alerts.ListAlerts(request);
    EXPECT_TRUE(page.ok()) << page.status();
    return page.ok() ? *page : v1::ListAlertsResponse();
  }
  std::vector<v1::Alert> All() {
    const auto page = Lists(kAll);
    return {page.alerts().begin(), page.alerts().end()};
  }

  TempDir folder_;
  std::unique_ptr<Server> server_;
  std::unique_ptr<AlertClients> clients_;
  int tables_ = 0;
};

const auto Open = Property("state", &v1::Alert::state, v1::Alert::STATE_OPEN);
const auto Resolved = [](v1::Alert::Resolution how) {
  return AllOf(Property("state", &v1::Alert::state, v1::Alert::STATE_RESOLVED),
               Property("resolution", &v1::Alert::resolution, how));
};

TEST_F(AlertImportTest, TheFirstImportOpensNoneAndListsThem) {
  Import("R4", "1700");
  const auto listed = Lists(kAll);
  EXPECT_THAT(listed.alerts(), IsEmpty());
  EXPECT_THAT(std::set<std::string>(listed.lagging_without_alert().begin(),
                                    listed.lagging_without_alert().end()),
              SizeIs(kLagging));
  EXPECT_THAT(Done({"alert", "list", "demo"}),
              AllOf(HasSubstr("通知はありません"), HasSubstr("100件")));
  EXPECT_THAT(Done({"alert", "open", "--existing", "--plan", "demo"}),
              HasSubstr("100件"));
  EXPECT_THAT(All(), AllOf(SizeIs(kLagging), Each(Open)));
  EXPECT_THAT(Lists(kAll).lagging_without_alert(), IsEmpty());
  EXPECT_THAT(Done({"alert", "list", "demo"}), Not(HasSubstr("ほかに")));
}

TEST_F(AlertImportTest, AFirstImportThatWantsThemOpensThem) {
  Import("R4", "1700", {"--no-baseline"});
  EXPECT_THAT(All(), AllOf(SizeIs(kLagging), Each(Open)));
}

TEST_F(AlertImportTest, OldYearsOpenNone) {
  Import("R4", "1700");
  Import("R3", "1650");
  Import("R2", "1620");
  EXPECT_THAT(All(), IsEmpty());
  Import("R5", "1750");
  EXPECT_THAT(All(), AllOf(SizeIs(kLagging), Each(Open)));
  const auto log = ReadLog(clients_->alerts);
  // Old ones neither open any nor change what the latest year opened.
  Import("R4", "1690", {"--accept-corrections"});
  Import("R2", "1625", {"--accept-corrections"});
  EXPECT_THAT(All(), AllOf(SizeIs(kLagging), Each(Open)));
  EXPECT_THAT(ReadLog(clients_->alerts), SizeIs(log.size()));
}

TEST_F(AlertImportTest, TheSameYearLaggingAgainReopens) {
  Import("R4", "2390");
  Import("R5", "1750");
  ASSERT_THAT(All(), AllOf(SizeIs(kLagging), Each(Open)));
  Import("R5", "2395", {"--accept-corrections"});
  ASSERT_THAT(All(), AllOf(SizeIs(kLagging),
                           Each(Resolved(v1::Alert::RESOLUTION_CORRECTED))));
  Import("R5", "1760", {"--accept-corrections"});
  EXPECT_THAT(All(),
              AllOf(SizeIs(kLagging), Each(Open),
                    Each(Property("reopened", &v1::Alert::reopened, 1)),
                    Each(Property("seq", &v1::Alert::transition_seq, 3)),
                    Each(Property("period", &v1::Alert::period, "fy2023")),
                    Each(Property("value", &v1::Alert::value, "1760"))));
  EXPECT_EQ(Some(WrongInLog(ReadLog(clients_->alerts))), "");
}

TEST_F(AlertImportTest, TheNextYearSupersedesAndEscalates) {
  Import("R4", "2390");
  Import("R5", "1750");
  Import("R6", "1800");
  const auto all = All();
  ASSERT_THAT(all, SizeIs(2 * kLagging));
  std::map<std::string, std::map<std::string, v1::Alert>> by_subject;
  for (const v1::Alert& alert : all) {
    by_subject[alert.subject()][alert.period()] = alert;
  }
  ASSERT_THAT(by_subject, SizeIs(kLagging));
  for (auto& [subject, alerts] : by_subject) {
    EXPECT_THAT(alerts["fy2023"], Resolved(v1::Alert::RESOLUTION_SUPERSEDED));
    EXPECT_THAT(alerts["fy2024"], Open);
    EXPECT_TRUE(alerts["fy2024"].escalated()) << subject;
    EXPECT_EQ(alerts["fy2024"].previous_alert(), alerts["fy2023"].name());
  }
}

}  // namespace
}  // namespace shirube::e2e
