// Opening what lagged before anybody was told, in more than one piece.
#include "server/ledger/ledger.h"
#include "server/service/fingerprint.h"
#include "server/storage/sqlite/sqlite_store.h"
#include "tests/unit/service/server_fixture.h"

namespace shirube {
namespace {

using testing::ElementsAreArray;
using testing::IsEmpty;
using testing::SizeIs;

constexpr int kMany = 620;
constexpr char kRequest[] = "parent: 'plans/demo' request_id: 'open'";

std::string IdOf(int i) { return absl::StrCat("b-", 1000 + i); }

// More lagging indicators of a baseline import than one piece looks at.
class OpenExistingTest : public ServerTest {
 protected:
  void SetUp() override {
    ServerTest::SetUp();
    ApplyDemo();
    std::string indicators, rows;
    for (int i = 0; i < kMany; ++i) {
      absl::StrAppend(
          &indicators, "indicators { name: 'plans/-/indicators/", IdOf(i),
          "' display_name: '指標", i,
          "' unit: '人' baseline { value: '1619' period: 'fy2019' raw: '1619' "
          "} target { value: '2400' period: 'fy2024' raw: '2400' } } ");
      absl::StrAppend(&rows, "observations { indicator: 'plans/-/indicators/",
                      IdOf(i), "' period: 'fy2022' value: '1700' } ");
    }
    WaitJudged(Do(client_->plans, &Plans::ApplyPlan,
                  "plan: 'plans/demo' baseline_import: true document { plan { "
                  "name: 'plans/-' display_name: '計画' } " +
                      indicators + rows + "}")
                   .revision());
  }
  v1::OpenExistingAlertsResponse Open(const std::string& request = kRequest) {
    return Do(client_->alerts, &Alerts::OpenExistingAlerts, request);
  }
  std::vector<std::string> Names(const v1::OpenExistingAlertsResponse& opened) {
    return {opened.alerts().begin(), opened.alerts().end()};
  }
  int Listed() {
    return Do(client_->alerts, &Alerts::ListAlerts,
              "parent: 'plans/demo' page_size: 1000")
        .alerts_size();
  }
  void Stop() {
    client_.reset();
    server_.reset();
  }
  void Start() {
    auto server = Server::Start(OptionsIn(folder_));
    ASSERT_TRUE(server.ok()) << server.status();
    server_ = *std::move(server);
    client_ = std::make_unique<Client>(server_->address());
  }
};

TEST_F(OpenExistingTest, AnswersARepeatWithAllPieces) {
  const auto first = Open();
  EXPECT_EQ(first.opened_count(), kMany);
  EXPECT_THAT(first.alerts(), SizeIs(kMany));
  const auto repeated = Open();
  EXPECT_EQ(repeated.opened_count(), kMany);
  EXPECT_EQ(repeated.revision(), first.revision());
  EXPECT_THAT(Names(repeated), ElementsAreArray(Names(first)));
  EXPECT_EQ(Open("parent: 'plans/demo'").opened_count(), 0);
  EXPECT_EQ(ReasonOf(Fail(client_->alerts, &Alerts::OpenExistingAlerts,
                          "parent: 'plans/other' request_id: 'open'")),
            "REQUEST_ID_REUSED");
  EXPECT_EQ(Listed(), kMany);
}

// What a server leaves that dies after the first piece is committed.
TEST_F(OpenExistingTest, GoesOnWhereAServerDied) {
  Stop();
  {
    auto store = *OpenSqliteStore(folder_ / "shirube.db");
    auto ledger = *Ledger::Start(store.get(), {});
    OpenExistingAlerts piece;
    piece.plan = PlanId("demo");
    for (int i = 0; i < 100; ++i) {
      piece.news.emplace_back().key = {piece.plan, IndicatorId(IdOf(i))};
    }
    piece.through = IndicatorId(IdOf(99));
    const std::string hash =
        RequestFingerprint(Parse<v1::OpenExistingAlertsRequest>(kRequest));
    const auto stored =
        ledger->SubmitAndWait({{"tester", true},
                               RequestKey{"OpenExistingAlerts", "open", hash},
                               piece});
    ASSERT_TRUE(stored.ok()) << stored.status();
    ASSERT_THAT(stored->alerts, SizeIs(100));
  }
  Start();
  const auto opened = Open();
  EXPECT_EQ(opened.opened_count(), kMany);
  EXPECT_THAT(opened.alerts(), SizeIs(kMany));
  EXPECT_EQ(opened.alerts(0),
            absl::StrCat("plans/demo/alerts/l-", IdOf(0), "-fy2022"));
  EXPECT_THAT(Names(Open()), ElementsAreArray(Names(opened)));
  EXPECT_EQ(Listed(), kMany);
  EXPECT_THAT(Do(client_->alerts, &Alerts::ListAlerts, "parent: 'plans/demo'")
                  .lagging_without_alert(),
              IsEmpty());
}

}  // namespace
}  // namespace shirube
