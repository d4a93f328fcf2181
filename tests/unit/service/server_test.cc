// The services on a whole server in this process: a temporary database, port 0,
// the real modules in their workers.
#include "server/app/server.h"

#include <stdlib.h>
#include <sys/stat.h>

#include <filesystem>
#include <fstream>
#include <map>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "google/protobuf/text_format.h"
#include "google/protobuf/util/message_differencer.h"
#include "google/rpc/error_details.pb.h"
#include "google/rpc/status.pb.h"
#include "grpcpp/channel.h"
#include "grpcpp/client_context.h"
#include "grpcpp/completion_queue.h"
#include "grpcpp/create_channel.h"
#include "grpcpp/generic/generic_stub.h"
#include "grpcpp/impl/client_unary_call.h"
#include "grpcpp/impl/rpc_method.h"
#include "grpcpp/security/credentials.h"
#include "gtest/gtest.h"
#include "server/app/listen_address.h"
#include "server/domain/violation.h"
#include "shirube/v1/evaluation_service.grpc.pb.h"
#include "shirube/v1/observation_service.grpc.pb.h"
#include "shirube/v1/plan_service.grpc.pb.h"
#include "shirube/v1/rule_service.grpc.pb.h"

namespace shirube {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

template <typename T>
T Parse(const std::string& text) {
  T message;
  EXPECT_TRUE(google::protobuf::TextFormat::ParseFromString(text, &message))
      << text;
  return message;
}

class TempFolder {
 public:
  TempFolder() {
    std::string name =
        (std::filesystem::temp_directory_path() / "shirube-XXXXXX").string();
    path_ = mkdtemp(name.data());
  }
  ~TempFolder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  std::string operator/(const std::string& name) const {
    return (path_ / name).string();
  }

 private:
  std::filesystem::path path_;
};

ServerOptions OptionsIn(const TempFolder& folder) {
  ServerOptions options;
  options.database = folder / "shirube.db";
  options.listen = "127.0.0.1:0";
  options.rules_dir = std::string(SHIRUBE_BINARY_DIR) + "/rules";
  options.worker_program =
      std::string(SHIRUBE_BINARY_DIR) + "/bin/shirube-rule-worker";
  return options;
}

std::string ReasonOf(const grpc::Status& status) {
  google::rpc::Status rpc;
  google::rpc::ErrorInfo info;
  rpc.ParseFromString(status.error_details());
  for (const auto& detail : rpc.details()) {
    if (detail.UnpackTo(&info)) break;
  }
  return info.reason();
}

std::vector<std::string> FieldsOf(const grpc::Status& status) {
  google::rpc::Status rpc;
  google::rpc::BadRequest bad;
  rpc.ParseFromString(status.error_details());
  for (const auto& detail : rpc.details()) {
    if (detail.UnpackTo(&bad)) break;
  }
  std::vector<std::string> fields;
  for (const auto& row : bad.field_violations()) fields.push_back(row.field());
  return fields;
}

// The API with calls that fail the test when they are meant to succeed.
class Client {
 public:
  explicit Client(const std::string& address)
      : channel_(
            grpc::CreateChannel(address, grpc::InsecureChannelCredentials())),
        plans(v1::PlanService::NewStub(channel_)),
        observations(v1::ObservationService::NewStub(channel_)),
        evaluation(v1::EvaluationService::NewStub(channel_)),
        rules(v1::RuleService::NewStub(channel_)) {}

  template <typename Stub, typename Request, typename Response>
  grpc::Status Try(const std::unique_ptr<Stub>& stub,
                   grpc::Status (Stub::*method)(grpc::ClientContext*,
                                                const Request&, Response*),
                   const Request& request, Response* response,
                   absl::Duration deadline = absl::Seconds(60)) {
    grpc::ClientContext context;
    context.set_deadline(absl::ToChronoTime(absl::Now() + deadline));
    context.AddMetadata("shirube-actor", "tester");
    return ((*stub).*method)(&context, request, response);
  }

  std::shared_ptr<grpc::Channel> channel_;
  std::unique_ptr<v1::PlanService::Stub> plans;
  std::unique_ptr<v1::ObservationService::Stub> observations;
  std::unique_ptr<v1::EvaluationService::Stub> evaluation;
  std::unique_ptr<v1::RuleService::Stub> rules;
};

using Plans = v1::PlanService::Stub;
using Observations = v1::ObservationService::Stub;
using Evaluation = v1::EvaluationService::Stub;
using Rules = v1::RuleService::Stub;

class ServerTest : public testing::Test {
 protected:
  void SetUp() override {
    auto server = Server::Start(OptionsIn(folder_));
    ASSERT_TRUE(server.ok()) << server.status();
    server_ = *std::move(server);
    client_ = std::make_unique<Client>(server_->address());
  }

  // Succeeds, or fails the test.
  template <typename Stub, typename Request, typename Response>
  Response Do(const std::unique_ptr<Stub>& stub,
              grpc::Status (Stub::*method)(grpc::ClientContext*, const Request&,
                                           Response*),
              const std::string& request) {
    Response response;
    const grpc::Status status =
        client_->Try(stub, method, Parse<Request>(request), &response);
    EXPECT_TRUE(status.ok()) << request << ": " << status.error_message();
    return response;
  }

  // Fails, or fails the test.
  template <typename Stub, typename Request, typename Response>
  grpc::Status Fail(const std::unique_ptr<Stub>& stub,
                    grpc::Status (Stub::*method)(grpc::ClientContext*,
                                                 const Request&, Response*),
                    const std::string& request) {
    Response response;
    const grpc::Status status =
        client_->Try(stub, method, Parse<Request>(request), &response);
    EXPECT_FALSE(status.ok()) << request << ": " << response.ShortDebugString();
    return status;
  }

  v1::ApplyPlanResponse ApplyDemo(const std::string& more = "") {
    return Do(
        client_->plans, &Plans::ApplyPlan,
        R"pb(
              plan: "plans/demo"
              document {
                plan { name: "plans/-" display_name: "計画" }
                initiatives {
                  name: "plans/-/initiatives/p1"
                  kind: KIND_PILLAR
                  display_name: "柱"
                  label: "第1"
                }
                initiatives {
                  name: "plans/-/initiatives/p1-m1"
                  kind: KIND_MEASURE
                  display_name: "施策"
                  parent_initiative: "plans/-/initiatives/p1"
                  entries {
                    fiscal_year: "fy2022"
                    type: TYPE_ACCOMPLISHMENT
                    text: "した"
                  }
                }
                indicators {
                  name: "plans/-/indicators/i-01"
                  display_name: "防災士"
                  unit: "人"
                  baseline { value: "1619" period: "fy2019" raw: "1,619人" }
                  target { value: "2400" period: "fy2024" raw: "2,400人" }
                  printed_under: "plans/-/initiatives/p1"
                }
                observations {
                  indicator: "plans/-/indicators/i-01"
                  period: "fy2022"
                  value: "2233"
                  raw: "2,233人"
                }
                sources {
                  file: "r.txt"
                  encoding: "UTF-8"
                  lines: 9
                  sha256: "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
                }
                layout {
                  file: "r.txt"
                  fiscal_year: "fy2022"
                  title: "報告"
                  sections {
                    headings { initiative: "plans/-/initiatives/p1-m1" }
                  }
                }
              })pb" +
            more);
  }

  TempFolder folder_;
  std::unique_ptr<Server> server_;
  std::unique_ptr<Client> client_;
};

TEST_F(ServerTest, JudgesAnAppliedPlanAndSaysWhy) {
  const auto applied = ApplyDemo();
  EXPECT_EQ(applied.plan().name(), "plans/demo");
  EXPECT_GT(applied.applied_count(), 0);

  const auto plan = Do(client_->plans, &Plans::GetPlan, "name: 'plans/demo'");
  EXPECT_EQ(plan.display_name(), "計画");
  EXPECT_EQ(plan.actor(), "claimed:tester");

  const auto verdicts = Do(client_->evaluation, &Evaluation::ListVerdicts,
                           absl::StrCat("parent: 'plans/demo' min_revision: '",
                                        applied.revision(), "'"));
  ASSERT_EQ(verdicts.verdicts_size(), 1);
  const v1::Verdict& verdict = verdicts.verdicts(0);
  EXPECT_EQ(verdict.status(), v1::Verdict::STATUS_ON_TRACK);
  EXPECT_EQ(verdict.reason(), "ON_PACE");
  EXPECT_EQ(verdict.value(), "2233");
  EXPECT_EQ(verdict.unit(), "人");
  EXPECT_THAT(verdict.deciding_module(), HasSubstr("ruleModules/on_track/"));
  EXPECT_GT(verdict.facts_size(), 0);
  EXPECT_EQ(verdicts.counts().on_track(), 1);

  const auto flags = Do(client_->evaluation, &Evaluation::ListFlags,
                        "parent: 'plans/demo' filter: 'initiative = p1'");
  ASSERT_EQ(flags.flags_size(), 1);
  EXPECT_EQ(flags.flags(0).status(), v1::Verdict::STATUS_ON_TRACK);
  EXPECT_THAT(flags.flags(0).indicators(),
              ElementsAre("plans/demo/indicators/i-01"));

  const auto why = Do(client_->evaluation, &Evaluation::ExplainVerdict,
                      "name: 'plans/demo/indicators/i-01/verdict'");
  EXPECT_THAT(why.sentence().ja(), HasSubstr("2,087.6人"));
  EXPECT_EQ(why.derivation().expected().text(), "2087.6");
  EXPECT_EQ(why.flip_points_size(), 3);
  EXPECT_EQ(why.indicator().display_name(), "防災士");
}

TEST_F(ServerTest, TurnsAtRiskWhenABadYearIsRecorded) {
  ApplyDemo();
  const auto bad = Do(client_->observations, &Observations::RecordObservation,
                      "parent: 'plans/demo/indicators/i-01' observation { "
                      "period: 'fy2023' value: '1500' }");
  const auto verdict = Do(
      client_->evaluation, &Evaluation::GetVerdict,
      absl::StrCat("name: 'plans/demo/indicators/i-01/verdict' min_revision: '",
                   bad.revision(), "'"));
  EXPECT_EQ(verdict.status(), v1::Verdict::STATUS_AT_RISK);
  EXPECT_EQ(verdict.reason(), "REGRESSED");
  EXPECT_EQ(verdict.severity(), v1::Verdict::SEVERITY_CRITICAL);
  const auto before =
      Do(client_->evaluation, &Evaluation::GetVerdict,
         "name: 'plans/demo/indicators/i-01/verdict' as_of: 'fy2022'");
  EXPECT_EQ(before.status(), v1::Verdict::STATUS_ON_TRACK);
  EXPECT_EQ(before.as_of(), "fy2022");
}

TEST_F(ServerTest, JudgesWhatIfsAndStoresNothing) {
  const auto applied = ApplyDemo();
  const auto answer =
      Do(client_->evaluation, &Evaluation::EvaluateIndicators, R"pb(
        parent: "plans/demo"
        explain: true
        cases {
          indicator: "plans/demo/indicators/i-01"
          observations { period: "fy2024" value: "2400" }
        }
        cases {
          definition {
            display_name: "x"
            unit: "%"
            baseline { value: "10" period: "fy2020" }
            target { value: "20" period: "fy2024" }
          }
          observations { period: "fy2022" value: "12" }
        })pb");
  ASSERT_EQ(answer.results_size(), 2);
  EXPECT_EQ(answer.results(0).verdict().reason(), "MET_ON_TIME");
  EXPECT_EQ(answer.results(1).verdict().status(), v1::Verdict::STATUS_AT_RISK);
  EXPECT_EQ(answer.results(1).verdict().name(), "");
  EXPECT_FALSE(answer.results(1).sentence().ja().empty());
  const auto list = Do(client_->observations, &Observations::ListObservations,
                       "parent: 'plans/demo/indicators/-'");
  EXPECT_EQ(list.observations_size(), 1);
}

TEST_F(ServerTest, GivesTheDocumentBackAndKnowsItAgain) {
  // Judged first: storing verdicts takes a revision of its own.
  Do(client_->evaluation, &Evaluation::ListVerdicts,
     absl::StrCat("parent: 'plans/demo' min_revision: '",
                  ApplyDemo().revision(), "'"));
  const auto exported =
      Do(client_->plans, &Plans::ExportPlan, "plan: 'plans/demo'");
  const v1::PlanDocument& document = exported.document();
  EXPECT_EQ(document.initiatives_size(), 2);
  EXPECT_EQ(document.initiatives(1).entries(0).text(), "した");
  EXPECT_EQ(document.indicators(0).baseline().raw(), "1,619人");
  EXPECT_EQ(document.observations(0).raw(), "2,233人");
  EXPECT_EQ(document.sources(0).file(), "r.txt");
  EXPECT_EQ(document.layout().title(), "報告");
  EXPECT_EQ(document.layout().sections(0).headings(0).initiative(),
            "plans/demo/initiatives/p1-m1");
  EXPECT_THAT(exported.layout_fiscal_years(), ElementsAre("fy2022"));

  v1::ApplyPlanRequest again;
  again.set_plan("plans/demo");
  *again.mutable_document() = document;
  v1::ApplyPlanResponse response;
  ASSERT_TRUE(
      client_->Try(client_->plans, &Plans::ApplyPlan, again, &response).ok());
  EXPECT_THAT(response.difference(), IsEmpty()) << response.ShortDebugString();
  EXPECT_EQ(response.revision(), exported.revision());
}

TEST_F(ServerTest, ShowsWhatADocumentWouldChangeAndStoresNothing) {
  const auto answer = ApplyDemo(" validate_only: true");
  EXPECT_GT(answer.difference_size(), 0);
  EXPECT_EQ(
      ReasonOf(Fail(client_->plans, &Plans::GetPlan, "name: 'plans/demo'")),
      "RESOURCE_NOT_FOUND");
}

TEST_F(ServerTest, HoldsACorrectionUntilItIsAccepted) {
  ApplyDemo();
  const std::string document = R"pb(
    plan: "plans/demo"
    document {
      observations {
        indicator: "plans/-/indicators/i-01"
        period: "fy2022"
        value: "2000"
      }
    })pb";
  const auto held = Do(client_->plans, &Plans::ApplyPlan, document);
  EXPECT_EQ(held.held_count(), 1);
  EXPECT_EQ(held.difference(0).kind(), v1::Change::KIND_CORRECT);
  EXPECT_EQ(held.difference(0).held(),
            v1::Change::HELD_NEEDS_ACCEPT_CORRECTIONS);
  Do(client_->plans, &Plans::ApplyPlan, document + " accept_corrections: true");
  const auto history =
      Do(client_->observations, &Observations::ListObservationRevisions,
         "name: 'plans/demo/indicators/i-01/observations/fy2022'");
  ASSERT_EQ(history.observations_size(), 2);
  EXPECT_EQ(history.observations(0).value(), "2000");
  EXPECT_EQ(history.observations(1).value(), "2233");
}

TEST_F(ServerTest, ReadsTheSameTreeAsItLists) {
  const auto applied = ApplyDemo();
  const auto tree = Do(client_->plans, &Plans::GetPlanTree,
                       absl::StrCat("plan: 'plans/demo' min_revision: '",
                                    applied.revision(), "'"));
  ASSERT_EQ(tree.roots_size(), 1);
  EXPECT_EQ(tree.roots(0).flag().status(), v1::Verdict::STATUS_ON_TRACK);
  EXPECT_EQ(tree.roots(0).indicators(0).verdict().reason(), "ON_PACE");
  EXPECT_EQ(tree.roots(0).children(0).flag().reason(), "NO_INDICATOR");
  EXPECT_EQ(tree.counts().on_track(), 1);
}

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
  const auto applied = ApplyDemo();
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
  EXPECT_EQ(list.observations_size(), 1);
  EXPECT_EQ(list.revision(), applied.revision());
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

// A message with one text in field 1, as grpc.health.v1 has it.
std::string HealthOf(grpc::Channel* channel, const std::string& name) {
  const grpc::internal::RpcMethod method("/grpc.health.v1.Health/Check",
                                         grpc::internal::RpcMethod::NORMAL_RPC);
  std::string bytes("\x0a");
  bytes += static_cast<char>(name.size());
  bytes += name;
  grpc::Slice slice(name.empty() ? "" : bytes);
  grpc::ByteBuffer request(&slice, 1), response;
  grpc::ClientContext context;
  context.set_deadline(absl::ToChronoTime(absl::Now() + absl::Seconds(30)));
  const grpc::Status status = grpc::internal::BlockingUnaryCall(
      channel, method, &context, request, &response);
  grpc::Slice answer;
  if (!status.ok() || !response.DumpToSingleSlice(&answer).ok()) {
    return status.error_message();
  }
  const std::string text(reinterpret_cast<const char*>(answer.begin()),
                         answer.size());
  if (text == "\x08\x01") return "SERVING";
  return text == "\x08\x02" ? "NOT_SERVING" : "?";
}

TEST_F(ServerTest, TellsItsHealthByServiceAndModule) {
  for (const char* name :
       {"", "shirube.v1.PlanService", "shirube.v1.EvaluationService",
        "ruleModules/achieved", "ruleModules/at_risk"}) {
    EXPECT_EQ(HealthOf(client_->channel_.get(), name), "SERVING") << name;
  }
  EXPECT_NE(HealthOf(client_->channel_.get(), "nobody"), "SERVING");
}

TEST_F(ServerTest, ListsItsServicesByReflection) {
  grpc::GenericStub stub(client_->channel_);
  grpc::CompletionQueue queue;
  grpc::ClientContext context;
  context.set_deadline(absl::ToChronoTime(absl::Now() + absl::Seconds(30)));
  auto stream = stub.PrepareCall(
      &context,
      "/grpc.reflection.v1alpha.ServerReflection/ServerReflectionInfo", &queue);
  const auto wait = [&queue] {
    void* tag = nullptr;
    bool ok = false;
    return queue.Next(&tag, &ok) && ok;
  };
  stream->StartCall(nullptr);
  ASSERT_TRUE(wait());
  grpc::Slice slice(std::string("\x3a\x01*"));  // list_services: "*"
  stream->Write(grpc::ByteBuffer(&slice, 1), nullptr);
  ASSERT_TRUE(wait());
  grpc::ByteBuffer response;
  stream->Read(&response, nullptr);
  ASSERT_TRUE(wait());
  grpc::Slice answer;
  ASSERT_TRUE(response.DumpToSingleSlice(&answer).ok());
  const std::string text(reinterpret_cast<const char*>(answer.begin()),
                         answer.size());
  for (const char* service :
       {"shirube.v1.PlanService", "shirube.v1.ObservationService",
        "shirube.v1.EvaluationService", "shirube.v1.RuleService",
        "grpc.health.v1.Health"}) {
    EXPECT_THAT(text, HasSubstr(service));
  }
  stream->WritesDone(nullptr);
  ASSERT_TRUE(wait());
  grpc::Status status;
  stream->Finish(&status, nullptr);
  ASSERT_TRUE(wait());
  EXPECT_TRUE(status.ok());
}

TEST(ServerStartTest, ServesWithoutAModuleAndSaysSo) {
  TempFolder folder;
  ServerOptions options = OptionsIn(folder);
  const std::filesystem::path rules(folder / "rules");
  std::filesystem::create_directory(rules);
  for (const char* module : {"achieved.so", "on_track.so"}) {
    std::filesystem::copy_file(
        std::filesystem::path(options.rules_dir) / module, rules / module);
  }
  std::ofstream(rules / "at_risk.so") << "no module";
  options.rules_dir = rules.string();
  auto server = Server::Start(options);
  ASSERT_TRUE(server.ok()) << server.status();
  Client client((*server)->address());
  EXPECT_EQ(HealthOf(client.channel_.get(), "ruleModules/achieved"), "SERVING");
  EXPECT_EQ(HealthOf(client.channel_.get(), "ruleModules/at_risk"),
            "NOT_SERVING");
  EXPECT_EQ(HealthOf(client.channel_.get(), ""), "SERVING");
  v1::ListRuleModulesResponse modules;
  v1::ListRuleModulesRequest request;
  request.set_filter("state = REJECTED");
  ASSERT_TRUE(
      client.Try(client.rules, &Rules::ListRuleModules, request, &modules)
          .ok());
  ASSERT_EQ(modules.rule_modules_size(), 1);
  EXPECT_EQ(modules.rule_modules(0).module(), "at_risk");
  EXPECT_EQ(modules.rule_modules(0).reason(), "NOT_ELF");
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

TEST_F(ServerTest, AnswersBeforeTheDeadlineWhatIsNotYetJudged) {
  const auto applied = ApplyDemo();
  const std::string& token = applied.revision();
  v1::ListVerdictsRequest request;
  request.set_parent("plans/demo");
  request.set_min_revision(token.substr(0, token.rfind('.')) + ".999999");
  v1::ListVerdictsResponse response;
  const grpc::Status status =
      client_->Try(client_->evaluation, &Evaluation::ListVerdicts, request,
                   &response, absl::Milliseconds(500));
  EXPECT_EQ(status.error_code(), grpc::UNAVAILABLE) << status.error_message();
  EXPECT_EQ(ReasonOf(status), "NOT_YET_JUDGED");
}

TEST_F(ServerTest, RefusesAsKnownAtAndAnAsOfInTheFuture) {
  ApplyDemo();
  EXPECT_EQ(ReasonOf(Fail(client_->evaluation, &Evaluation::ListVerdicts,
                          "parent: 'plans/demo' as_known_at: 'x'")),
            "AS_KNOWN_AT_UNSUPPORTED");
  EXPECT_EQ(ReasonOf(Fail(client_->evaluation, &Evaluation::ListVerdicts,
                          "parent: 'plans/demo' as_of: 'fy2990'")),
            "AS_OF_IN_FUTURE");
}

TEST_F(ServerTest, ListsModulesAndTheActiveRuleSet) {
  ApplyDemo();
  const auto modules =
      Do(client_->rules, &Rules::ListRuleModules, "parent: 'ruleModules/-'");
  std::vector<std::string> names;
  for (const auto& module : modules.rule_modules()) {
    names.push_back(module.module());
    EXPECT_EQ(module.state(), v1::RuleModule::STATE_ACTIVE)
        << module.ShortDebugString();
    EXPECT_EQ(module.sha256().size(), 64u);
  }
  EXPECT_THAT(names,
              testing::UnorderedElementsAre("achieved", "on_track", "at_risk"));
  const auto set =
      Do(client_->rules, &Rules::GetRuleSet, "name: 'ruleSets/default'");
  EXPECT_EQ(set.state(), v1::RuleSet::STATE_ACTIVE);
  EXPECT_EQ(set.modules_size(), 3);
  EXPECT_EQ(set.parameters().at("pace_threshold"), "0.8");
  EXPECT_EQ(Do(client_->rules, &Rules::ListRuleSets, "").rule_sets_size(), 1);
}

TEST_F(ServerTest, RunsEverythingAgain) {
  const auto applied = ApplyDemo();
  const auto run = Do(client_->evaluation, &Evaluation::RunEvaluation,
                      "parent: 'plans/demo'");
  EXPECT_EQ(run.evaluated_count(), 1);
  EXPECT_EQ(run.counts().on_track(), 1);
}

TEST_F(ServerTest, KeepsWhatItHadAfterARestart) {
  ApplyDemo();
  server_->Drain();
  server_.reset();
  auto again = Server::Start(OptionsIn(folder_));
  ASSERT_TRUE(again.ok()) << again.status();
  server_ = *std::move(again);
  client_ = std::make_unique<Client>(server_->address());
  const auto plan = Do(client_->plans, &Plans::GetPlan, "name: 'plans/demo'");
  const auto verdicts = Do(client_->evaluation, &Evaluation::ListVerdicts,
                           absl::StrCat("parent: 'plans/demo' min_revision: '",
                                        plan.revision(), "'"));
  EXPECT_EQ(verdicts.verdicts(0).reason(), "ON_PACE");
}

TEST(ServerStartTest, ListensOnASocketThatOthersCannotReach) {
  TempFolder folder;
  ServerOptions options = OptionsIn(folder);
  options.listen = "unix:" + (folder / "s");
  auto server = Server::Start(options);
  ASSERT_TRUE(server.ok()) << server.status();
  struct stat info {};
  ASSERT_EQ(stat((folder / "s").c_str(), &info), 0);
  EXPECT_EQ(info.st_mode & 0777, 0600u);
  Client client((*server)->address());
  v1::ListPlansResponse response;
  EXPECT_TRUE(client
                  .Try(client.plans, &Plans::ListPlans, v1::ListPlansRequest(),
                       &response)
                  .ok());
  // A second one leaves the first alone.
  options.database = folder / "other.db";
  EXPECT_FALSE(Server::Start(options).ok());
  EXPECT_TRUE(client
                  .Try(client.plans, &Plans::ListPlans, v1::ListPlansRequest(),
                       &response)
                  .ok());
}

TEST(ServerStartTest, SaysThatAPortIsInUse) {
  TempFolder folder;
  auto first = Server::Start(OptionsIn(folder));
  ASSERT_TRUE(first.ok()) << first.status();
  ServerOptions options = OptionsIn(folder);
  options.database = folder / "other.db";
  options.listen = (*first)->address();
  const auto second = Server::Start(options);
  ASSERT_FALSE(second.ok());
  EXPECT_THAT(std::string(second.status().message()),
              HasSubstr("Address already in use"));
}

TEST(ServerStartTest, SaysThatTheDatabaseIsTaken) {
  TempFolder folder;
  auto first = Server::Start(OptionsIn(folder));
  ASSERT_TRUE(first.ok()) << first.status();
  EXPECT_FALSE(Server::Start(OptionsIn(folder)).ok());
}

TEST(ListenAddressTest, TakesLoopbackInEveryForm) {
  for (const char* text :
       {"127.0.0.1:8471", "127.1.2.3:0", "[::1]:8471", "localhost:0",
        "[::ffff:127.0.0.1]:1", "unix:/tmp/s"}) {
    EXPECT_TRUE(ResolveListenAddress(text).ok()) << text;
  }
}

TEST(ListenAddressTest, RefusesWhatOthersCanReach) {
  for (const char* text :
       {"0.0.0.0:8471", "[::]:8471", ":8471", "*:8471", "0:8471",
        "[::ffff:0.0.0.0]:8471", "[::ffff:192.0.2.1]:1", "192.0.2.1:8471",
        "[2001:db8::1]:8471"}) {
    const auto address = ResolveListenAddress(text);
    ASSERT_FALSE(address.ok()) << text;
    EXPECT_THAT(DetailsOf(address.status()).en, HasSubstr("TLS")) << text;
    EXPECT_THAT(DetailsOf(address.status()).ja, HasSubstr("TLS")) << text;
  }
}

TEST(ListenAddressTest, SaysWhatCannotBeRead) {
  for (const char* text : {"", "8471", "127.0.0.1", "127.0.0.1:x",
                           "127.0.0.1:70000", "::1:8471", "unix:"}) {
    EXPECT_FALSE(ResolveListenAddress(text).ok()) << text;
  }
  EXPECT_FALSE(ResolveListenAddress("unix:/" + std::string(200, 'a')).ok());
}

}  // namespace
}  // namespace shirube
