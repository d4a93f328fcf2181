// Alerts as clients see them: opened by judging, changed by people.
#include "absl/time/civil_time.h"
#include "server/base/japan.h"
#include "tests/unit/service/server_fixture.h"

namespace shirube {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

constexpr char kAlert[] = "plans/demo/alerts/l-i-01-fy2023";

class ServerAlertsTest : public ServerTest {
 protected:
  void SetUp() override {
    ServerTest::SetUp();
    ApplyDemo();
  }
  // A figure of FY2023, 1,700 by default: it lags.
  void Record(const std::string& value = "1700") {
    const auto stored =
        Do(client_->observations, &Observations::RecordObservation,
           "parent: 'plans/demo/indicators/i-01' observation { period: "
           "'fy2023' value: '" +
               value + "' }");
    WaitJudged(stored.revision());
  }
  v1::Alert Get(const std::string& name = kAlert) {
    return Do(client_->alerts, &Alerts::GetAlert, "name: '" + name + "'");
  }
  // Of indicators: what is above them lags too.
  v1::ListAlertsResponse List(
      const std::string& filter = "NOT state = RESOLVED",
      const std::string& more = "") {
    return Do(client_->alerts, &Alerts::ListAlerts,
              absl::StrCat("parent: 'plans/demo' filter: 'kind = "
                           "LAGGING_INDICATOR AND (",
                           filter, ")' ", more));
  }
  static std::string Day(int days_from_now) {
    return absl::FormatCivilTime(DayInJapan(absl::Now()) + days_from_now);
  }
};

TEST_F(ServerAlertsTest, OpensOneThatSaysWhatLagsAndWhatWouldEndIt) {
  EXPECT_THAT(List().alerts(), IsEmpty());
  Record();
  const v1::Alert alert = Get();
  EXPECT_EQ(alert.kind(), v1::Alert::KIND_LAGGING_INDICATOR);
  EXPECT_EQ(alert.state(), v1::Alert::STATE_OPEN);
  EXPECT_EQ(alert.severity(), v1::Verdict::SEVERITY_WARNING);
  EXPECT_EQ(alert.status(), v1::Verdict::STATUS_AT_RISK);
  EXPECT_EQ(alert.reason(), "FAR_BEHIND");
  EXPECT_EQ(alert.subject(), "plans/demo/indicators/i-01");
  EXPECT_EQ(alert.subject_display_name(), "防災士");
  EXPECT_EQ(alert.period(), "fy2023");
  EXPECT_EQ(alert.value(), "1700");
  EXPECT_EQ(alert.unit(), "人");
  EXPECT_EQ(alert.transition_seq(), 1);
  EXPECT_EQ(alert.actor(), "shirube");
  EXPECT_THAT(alert.sentence().ja(), HasSubstr("1,700"));
  EXPECT_THAT(alert.way_out().ja(), HasSubstr("R6"));
  EXPECT_THAT(List().alerts(), SizeIs(1));
}

TEST_F(ServerAlertsTest, ListsThoseNotResolvedUnlessAFilterSaysOtherwise) {
  Record();
  Do(client_->observations, &Observations::CorrectObservation,
     "observation { name: "
     "'plans/demo/indicators/i-01/observations/fy2023' value: '2400' }");
  WaitJudged(List().revision());
  EXPECT_THAT(List().alerts(), IsEmpty());
  const auto resolved = List("state = RESOLVED");
  ASSERT_THAT(resolved.alerts(), SizeIs(1));
  EXPECT_EQ(resolved.alerts(0).resolution(), v1::Alert::RESOLUTION_CORRECTED);
  EXPECT_EQ(Do(client_->alerts, &Alerts::ListAlerts,
               "parent: 'plans/-' filter: 'severity = WARNING AND kind = "
               "LAGGING_INDICATOR'")
                .alerts_size(),
            1);
  EXPECT_EQ(ReasonOf(Fail(client_->alerts, &Alerts::ListAlerts,
                          "parent: 'plans/demo' filter: 'colour = RED'")),
            "FILTER_INVALID");
  EXPECT_EQ(ReasonOf(Fail(client_->alerts, &Alerts::ListAlerts,
                          "parent: 'plans/nothing'")),
            "RESOURCE_NOT_FOUND");
  const auto log = Do(client_->alerts, &Alerts::ListAlertTransitions,
                      absl::StrCat("parent: '", kAlert, "' page_size: 1"));
  ASSERT_THAT(log.transitions(), SizeIs(1));
  EXPECT_EQ(log.transitions(0).idempotency_key(), absl::StrCat(kAlert, ":1"));
  const auto rest =
      Do(client_->alerts, &Alerts::ListAlertTransitions,
         absl::StrCat("parent: '", kAlert, "' page_size: 1 page_token: '",
                      log.next_page_token(), "'"));
  ASSERT_THAT(rest.transitions(), SizeIs(1));
  EXPECT_EQ(rest.transitions(0).type(), v1::AlertTransition::TYPE_RESOLVED);
  EXPECT_EQ(rest.transitions(0).from_state(), v1::Alert::STATE_OPEN);
  EXPECT_THAT(rest.next_page_token(), IsEmpty());
}

TEST_F(ServerAlertsTest, PagesThroughThemAsTheyWereOnTheFirstPage) {
  std::string rows;
  std::vector<std::string> names;
  for (int i = 1; i <= 5; ++i) {
    const std::string id = absl::StrCat("b-", i);
    Do(client_->plans, &Plans::CreateIndicator,
       absl::StrCat("parent: 'plans/demo' indicator_id: '", id,
                    "' indicator { display_name: '指標", i,
                    "' unit: '人' baseline { value: '1619' period: 'fy2019' } "
                    "target { value: '2400' period: 'fy2024' } }"));
    absl::StrAppend(&rows, "observations { indicator: 'plans/demo/indicators/",
                    id, "' period: 'fy2022' value: '1700' } ");
    names.push_back(absl::StrCat("plans/demo/alerts/l-", id, "-fy2022"));
  }
  WaitJudged(Do(client_->observations, &Observations::BatchRecordObservations,
                "parent: 'plans/demo' " + rows)
                 .revision());
  v1::ListAlertsResponse page = List("NOT state = RESOLVED", "page_size: 2");
  std::vector<v1::Alert> listed(page.alerts().begin(), page.alerts().end());
  ASSERT_THAT(listed, SizeIs(2));
  // One that was listed, one that was not, and a new one.
  for (const std::string& name : {listed[0].name(), names[0]}) {
    Do(client_->alerts, &Alerts::AcknowledgeAlert,
       "name: '" + name + "' reason: 'x'");
  }
  Do(client_->alerts, &Alerts::ResolveAlert,
     "name: '" + names[1] + "' reason: 'x'");
  Record();
  while (!page.next_page_token().empty()) {
    page = List("NOT state = RESOLVED",
                "page_size: 2 page_token: '" + page.next_page_token() + "'");
    EXPECT_THAT(page.lagging_without_alert(), IsEmpty());
    listed.insert(listed.end(), page.alerts().begin(), page.alerts().end());
  }
  std::vector<std::string> seen;
  for (const v1::Alert& alert : listed) {
    seen.push_back(alert.name());
    EXPECT_EQ(alert.state(), v1::Alert::STATE_OPEN);
  }
  EXPECT_THAT(seen, testing::UnorderedElementsAreArray(names));
  const auto now = List();
  EXPECT_EQ(now.alerts_size(), 5);
  EXPECT_EQ(now.alerts(0).name(), kAlert) << "the latest change first";
  const std::string last =
      List("state = ACKNOWLEDGED", "page_size: 1").next_page_token();
  EXPECT_THAT(
      List("state = ACKNOWLEDGED", "page_size: 1 page_token: '" + last + "'")
          .next_page_token(),
      IsEmpty());
  EXPECT_EQ(ReasonOf(Fail(client_->alerts, &Alerts::ListAlerts,
                          "parent: 'plans/demo' page_token: '" + last + "'")),
            "PAGE_TOKEN_INVALID");
}

TEST_F(ServerAlertsTest, IsAcknowledgedOnceByWhoSaysWhy) {
  Record();
  const std::string request =
      absl::StrCat("name: '", kAlert, "' reason: '担当に確認中' review_date: '",
                   Day(30), "' request_id: 'r-1'");
  const auto done = Do(client_->alerts, &Alerts::AcknowledgeAlert, request);
  EXPECT_EQ(done.state(), v1::Alert::STATE_ACKNOWLEDGED);
  EXPECT_EQ(done.acknowledge_reason(), "担当に確認中");
  EXPECT_EQ(done.acknowledged_by(), "claimed:tester");
  EXPECT_EQ(done.review_date(), Day(30));
  EXPECT_EQ(Do(client_->alerts, &Alerts::AcknowledgeAlert, request).revision(),
            done.revision());
  const grpc::Status again =
      Fail(client_->alerts, &Alerts::AcknowledgeAlert,
           absl::StrCat("name: '", kAlert, "' reason: 'x'"));
  EXPECT_EQ(again.error_code(), grpc::FAILED_PRECONDITION);
  EXPECT_EQ(ReasonOf(again), "ALERT_ACKNOWLEDGED");
}

TEST_F(ServerAlertsTest, RefusesWhatCannotBeMeant) {
  Record();
  const std::string name = absl::StrCat("name: '", kAlert, "' ");
  const auto fields = [&](const std::string& rest) {
    return FieldsOf(
        Fail(client_->alerts, &Alerts::AcknowledgeAlert, name + rest));
  };
  EXPECT_THAT(fields(""), ElementsAre("reason"));
  EXPECT_THAT(fields("reason: 'x' review_date: '" + Day(0) + "'"),
              ElementsAre("review_date"));
  EXPECT_THAT(fields("reason: 'x' review_date: '2027-02-30'"),
              ElementsAre("review_date"));
  EXPECT_THAT(fields("review_date: '来年'"),
              ElementsAre("reason", "review_date"));
  EXPECT_THAT(FieldsOf(Fail(client_->alerts, &Alerts::SnoozeAlert,
                            name + "until { seconds: 1000 }")),
              ElementsAre("until"));
  EXPECT_THAT(FieldsOf(Fail(client_->alerts, &Alerts::ResolveAlert, name)),
              ElementsAre("reason"));
  EXPECT_THAT(FieldsOf(Fail(client_->alerts, &Alerts::GetAlert, "name: 'x'")),
              ElementsAre("name"));
  EXPECT_EQ(ReasonOf(Fail(client_->alerts, &Alerts::GetAlert,
                          "name: 'plans/demo/alerts/nothing'")),
            "RESOURCE_NOT_FOUND");
  EXPECT_EQ(ReasonOf(Fail(client_->alerts, &Alerts::ResolveAlert,
                          name + "reason: 'x' etag: 'old'")),
            "ETAG_MISMATCH");
  EXPECT_EQ(Get().transition_seq(), 1);
}

TEST_F(ServerAlertsTest, IsSnoozedAndResolvedByHand) {
  Record();
  const std::string name = absl::StrCat("name: '", kAlert, "' ");
  const auto snoozed = Do(
      client_->alerts, &Alerts::SnoozeAlert,
      absl::StrCat(name, "until { seconds: ",
                   absl::ToUnixSeconds(absl::Now() + absl::Hours(24)), " }"));
  EXPECT_EQ(snoozed.state(), v1::Alert::STATE_SNOOZED);
  const auto resolved = Do(client_->alerts, &Alerts::ResolveAlert,
                           name + "reason: '計画を見直した'");
  EXPECT_EQ(resolved.resolution(), v1::Alert::RESOLUTION_BY_HAND);
  for (const char* rest : {"reason: 'late'"}) {
    EXPECT_EQ(
        ReasonOf(Fail(client_->alerts, &Alerts::AcknowledgeAlert, name + rest)),
        "ALERT_RESOLVED");
    EXPECT_EQ(
        ReasonOf(Fail(client_->alerts, &Alerts::ResolveAlert, name + rest)),
        "ALERT_RESOLVED");
  }
  EXPECT_EQ(ReasonOf(Fail(
                client_->alerts, &Alerts::SnoozeAlert,
                absl::StrCat(name, "until { seconds: ",
                             absl::ToUnixSeconds(absl::Now() + absl::Hours(1)),
                             " }"))),
            "ALERT_RESOLVED");
}

TEST_F(ServerAlertsTest, ListsWhatABaselineImportLeftUnsaidAndOpensItOnce) {
  std::string rows;
  for (int i = 10; i < 30; ++i) {
    Do(client_->plans, &Plans::CreateIndicator,
       absl::StrCat("parent: 'plans/demo' indicator_id: 'b-", i,
                    "' indicator { display_name: '指標", i,
                    "' unit: '人' baseline { value: '1619' period: 'fy2019' } "
                    "target { value: '2400' period: 'fy2024' } }"));
    absl::StrAppend(&rows,
                    "observations { indicator: 'plans/demo/indicators/b-", i,
                    "' period: 'fy2022' value: '1700' } ");
  }
  const auto batch =
      Do(client_->observations, &Observations::BatchRecordObservations,
         "parent: 'plans/demo' baseline_import: true " + rows);
  WaitJudged(batch.revision());
  const auto listed = List();
  EXPECT_THAT(listed.alerts(), IsEmpty());
  EXPECT_EQ(listed.lagging_without_alert_size(), 20);
  EXPECT_EQ(listed.lagging_without_alert(0), "plans/demo/indicators/b-10");
  const auto opened =
      Do(client_->alerts, &Alerts::OpenExistingAlerts, "parent: 'plans/demo'");
  EXPECT_EQ(opened.opened_count(), 20);
  EXPECT_EQ(opened.alerts_size(), 20);
  const auto after = List();
  EXPECT_EQ(after.alerts_size(), 20);
  EXPECT_THAT(after.lagging_without_alert(), IsEmpty());
  EXPECT_THAT(after.alerts(0).sentence().ja(), HasSubstr("1,700"));
  EXPECT_EQ(
      Do(client_->alerts, &Alerts::OpenExistingAlerts, "parent: 'plans/demo'")
          .opened_count(),
      0);
}

}  // namespace
}  // namespace shirube
