// What is written, and what is refused, on a whole server.
#include "tests/unit/service/server_fixture.h"

namespace shirube {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::Not;

TEST_F(ServerTest, WritesOnlyWhatTheMaskNamesAndRefusesAnOldEtag) {
  ApplyDemo();
  const auto before = Do(client_->plans, &Plans::GetIndicator,
                         "name: 'plans/demo/indicators/i-01'");
  const auto after = Do(
      client_->plans, &Plans::UpdateIndicator,
      absl::StrCat("indicator { name: 'plans/demo/indicators/i-01' owner: '課' "
                   "display_name: 'ignored' direction: DIRECTION_UP etag: '",
                   before.etag(),
                   "' } update_mask { paths: 'owner' paths: 'direction' }"));
  EXPECT_EQ(after.owner(), "課");
  EXPECT_EQ(after.display_name(), "防災士");
  EXPECT_THAT(after.manual_fields(), Contains("direction"));
  const grpc::Status late =
      Fail(client_->plans, &Plans::UpdateIndicator,
           absl::StrCat("indicator { name: 'plans/demo/indicators/i-01' owner: "
                        "'b' etag: '",
                        before.etag(), "' }"));
  EXPECT_EQ(late.error_code(), grpc::ABORTED);
  EXPECT_EQ(ReasonOf(late), "ETAG_MISMATCH");
  EXPECT_THAT(FieldsOf(Fail(client_->plans, &Plans::UpdateIndicator,
                            "indicator { name: 'plans/demo/indicators/i-01' } "
                            "update_mask { paths: 'colour' }")),
              ElementsAre("update_mask"));
}

TEST_F(ServerTest, MarksLinksAsMadeByAPerson) {
  ApplyDemo();
  const auto linked = Do(client_->plans, &Plans::LinkIndicator,
                         "indicator: 'plans/demo/indicators/i-01' initiative: "
                         "'plans/demo/initiatives/p1-m1'");
  EXPECT_THAT(linked.links(), ElementsAre("plans/demo/initiatives/p1-m1"));
  EXPECT_THAT(linked.manual_fields(), Contains("links"));
  const auto untied = Do(client_->plans, &Plans::UnlinkIndicator,
                         "indicator: 'plans/demo/indicators/i-01' initiative: "
                         "'plans/demo/initiatives/p1-m1'");
  EXPECT_THAT(untied.links(), IsEmpty());
}

TEST_F(ServerTest, RefusesAFigureThatNamesAnotherIndicatorThanItsParent) {
  ApplyDemo();
  EXPECT_THAT(
      FieldsOf(Fail(client_->observations, &Observations::RecordObservation,
                    "parent: 'plans/demo/indicators/i-01' observation { "
                    "indicator: 'plans/demo/indicators/i-02' period: 'fy2023' "
                    "value: '1' }")),
      ElementsAre("observation.indicator"));
  const auto stored =
      Do(client_->observations, &Observations::RecordObservation,
         "parent: 'plans/demo/indicators/i-01' observation { indicator: "
         "'plans/demo/indicators/i-01' period: 'fy2023' value: '2300' }");
  EXPECT_EQ(stored.indicator(), "plans/demo/indicators/i-01");
}

TEST_F(ServerTest, CarriesARepeatedRequestOutOnce) {
  ApplyDemo();
  const std::string request =
      "parent: 'plans/demo' initiative { kind: KIND_MEASURE display_name: "
      "'新' } request_id: 'r1'";
  const auto first = Do(client_->plans, &Plans::CreateInitiative, request);
  const auto second = Do(client_->plans, &Plans::CreateInitiative, request);
  EXPECT_EQ(first.name(), second.name());
  EXPECT_EQ(first.revision(), second.revision());
  const grpc::Status other =
      Fail(client_->plans, &Plans::CreateInitiative,
           "parent: 'plans/demo' initiative { kind: KIND_MEASURE display_name: "
           "'別' } request_id: 'r1'");
  EXPECT_EQ(other.error_code(), grpc::INVALID_ARGUMENT);
  EXPECT_EQ(ReasonOf(other), "REQUEST_ID_REUSED");
}

TEST_F(ServerTest, PagesInPrintedOrderAndRefusesATokenOfAnotherFilter) {
  ApplyDemo();
  for (const char* title : {"b", "c", "d"}) {
    Do(client_->plans, &Plans::CreateInitiative,
       absl::StrCat("parent: 'plans/demo' initiative { kind: KIND_PILLAR "
                    "order: 5 display_name: '",
                    title, "' }"));
  }
  std::vector<std::string> seen;
  std::string token;
  do {
    const auto page =
        Do(client_->plans, &Plans::ListInitiatives,
           absl::StrCat("parent: 'plans/demo' page_size: 2 page_token: '",
                        token, "'"));
    for (const auto& row : page.initiatives()) {
      seen.push_back(row.display_name());
    }
    token = page.next_page_token();
    if (!token.empty()) {
      EXPECT_EQ(ReasonOf(Fail(
                    client_->plans, &Plans::ListInitiatives,
                    absl::StrCat("parent: 'plans/demo' filter: 'kind = PILLAR' "
                                 "page_token: '",
                                 token, "'"))),
                "PAGE_TOKEN_INVALID");
    }
  } while (!token.empty());
  EXPECT_THAT(seen, ElementsAre("柱", "施策", "b", "c", "d"));
}

TEST_F(ServerTest, NamesEverythingThatIsWrongAndStoresNothing) {
  ApplyDemo();
  const grpc::Status batch =
      Fail(client_->observations, &Observations::BatchRecordObservations, R"pb(
        parent: "plans/demo"
        observations {
          indicator: "plans/demo/indicators/i-01"
          period: "fy2020"
          value: "1"
        }
        observations {
          indicator: "plans/demo/indicators/i-01"
          period: "fy2021"
          value: "１２..5"
        }
        observations {
          indicator: "plans/demo/indicators/i-01"
          period: "R3"
          value: "NaN"
        }
        observations {
          indicator: "plans/other/indicators/x"
          period: "fy2021"
          value: "1234567890123456789"
        })pb");
  EXPECT_EQ(batch.error_code(), grpc::INVALID_ARGUMENT);
  EXPECT_THAT(FieldsOf(batch),
              testing::IsSupersetOf(
                  {"observations[1].value", "observations[2].value",
                   "observations[2].period", "observations[3].indicator",
                   "observations[3].value"}));
  const auto list = Do(client_->observations, &Observations::ListObservations,
                       "parent: 'plans/demo/indicators/-'");
  ASSERT_EQ(list.observations_size(), 1);
  EXPECT_EQ(list.observations(0).value(), "2233");
}

TEST_F(ServerTest, RefusesWhatTheDomainForbids) {
  ApplyDemo();
  EXPECT_THAT(FieldsOf(Fail(client_->plans, &Plans::CreateIndicator, R"pb(
                parent: "plans/demo"
                indicator {
                  display_name: "x"
                  baseline { value: "1" period: "fy2024" }
                  target { value: "2" period: "fy2020" }
                })pb")),
              Not(IsEmpty()));
  EXPECT_THAT(FieldsOf(Fail(client_->plans, &Plans::CreateIndicator, R"pb(
                parent: "plans/demo"
                indicator {
                  display_name: "x"
                  kind: KIND_BAND
                  target { value: "9" }
                  target_upper: "9"
                })pb")),
              Not(IsEmpty()));
  const grpc::Status cycle =
      Fail(client_->plans, &Plans::UpdateInitiative, R"pb(
        initiative {
          name: "plans/demo/initiatives/p1"
          parent_initiative: "plans/demo/initiatives/p1-m1"
        })pb");
  EXPECT_EQ(ReasonOf(cycle), "CYCLE");
  const grpc::Status again =
      Fail(client_->observations, &Observations::RecordObservation, R"pb(
        parent: "plans/demo/indicators/i-01"
        observation { period: "fy2022" value: "1" })pb");
  EXPECT_EQ(again.error_code(), grpc::ALREADY_EXISTS);
  EXPECT_EQ(ReasonOf(again), "OBSERVATION_EXISTS");
  EXPECT_EQ(ReasonOf(Fail(client_->plans, &Plans::DeleteInitiative,
                          "name: 'plans/demo/initiatives/p1'")),
            "HAS_CHILDREN");
  EXPECT_EQ(ReasonOf(Fail(client_->plans, &Plans::ListIndicators,
                          "parent: 'plans/nowhere'")),
            "RESOURCE_NOT_FOUND");
  EXPECT_THAT(FieldsOf(Fail(client_->plans, &Plans::UpdatePlan, R"pb(
                plan {
                  name: "plans/demo"
                  parameters { key: "pace_threshold" value: "7" }
                })pb")),
              Not(IsEmpty()));
}

TEST_F(ServerTest, NamesTheTextThatIsTooLong) {
  ApplyDemo();
  v1::ApplyPlanRequest request;
  request.set_plan("plans/demo");
  auto* initiative = request.mutable_document()->add_initiatives();
  initiative->set_name("plans/-/initiatives/p1-m1");
  initiative->set_kind(v1::Initiative::KIND_MEASURE);
  initiative->set_display_name("施策");
  auto* entry = initiative->add_entries();
  entry->set_fiscal_year("fy2023");
  entry->set_type(v1::Entry::TYPE_PLANNED);
  entry->set_text(std::string(10 << 20, 'x'));
  v1::ApplyPlanResponse response;
  const grpc::Status status =
      client_->Try(client_->plans, &Plans::ApplyPlan, request, &response);
  EXPECT_EQ(status.error_code(), grpc::INVALID_ARGUMENT);
  EXPECT_EQ(ReasonOf(status), "LIMIT_EXCEEDED");
  EXPECT_THAT(FieldsOf(status),
              ElementsAre("document.initiatives[0].entries[0].text"));
  const grpc::Status named = Fail(
      client_->plans, &Plans::CreatePlan,
      absl::StrCat("plan { display_name: '", std::string(1001, 'x'), "' }"));
  EXPECT_THAT(FieldsOf(named), ElementsAre("plan.display_name"));
}

TEST_F(ServerTest, RefusesACycleInADocument) {
  const grpc::Status status = Fail(client_->plans, &Plans::ApplyPlan, R"pb(
    plan: "plans/demo"
    document {
      plan { display_name: "計画" }
      initiatives {
        name: "plans/-/initiatives/a"
        kind: KIND_PILLAR
        display_name: "a"
        parent_initiative: "plans/-/initiatives/b"
      }
      initiatives {
        name: "plans/-/initiatives/b"
        kind: KIND_PILLAR
        display_name: "b"
        parent_initiative: "plans/-/initiatives/a"
      }
    })pb");
  EXPECT_EQ(status.error_code(), grpc::INVALID_ARGUMENT);
  EXPECT_THAT(FieldsOf(status), Not(IsEmpty()));
  EXPECT_EQ(
      ReasonOf(Fail(client_->plans, &Plans::GetPlan, "name: 'plans/demo'")),
      "RESOURCE_NOT_FOUND");
}

TEST_F(ServerTest, DeletesAndBringsBack) {
  ApplyDemo();
  const auto deleted =
      Do(client_->plans, &Plans::DeletePlan, "name: 'plans/demo' force: true");
  EXPECT_TRUE(deleted.has_delete_time());
  EXPECT_EQ(
      ReasonOf(Fail(client_->plans, &Plans::GetPlan, "name: 'plans/demo'")),
      "RESOURCE_NOT_FOUND");
  Do(client_->plans, &Plans::UndeletePlan, "name: 'plans/demo'");
  EXPECT_EQ(Do(client_->plans, &Plans::ListIndicators, "parent: 'plans/demo'")
                .indicators_size(),
            1);
}

TEST_F(ServerTest, TellsDamagedTokensFromThoseOfAnotherHistory) {
  ApplyDemo();
  EXPECT_EQ(ReasonOf(Fail(client_->plans, &Plans::GetPlan,
                          "name: 'plans/demo' min_revision: 'nonsense'")),
            "REVISION_INVALID");
  const grpc::Status other =
      Fail(client_->plans, &Plans::GetPlan,
           "name: 'plans/demo' min_revision: 'another.1'");
  EXPECT_EQ(other.error_code(), grpc::FAILED_PRECONDITION);
  EXPECT_EQ(ReasonOf(other), "HISTORY_DIVERGED");
}

}  // namespace
}  // namespace shirube
