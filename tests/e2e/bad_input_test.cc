// Bad input to a real server: a clear error each, and nothing stored.
#include <gmock/gmock.h>
#include <grpcpp/create_channel.h>
#include <grpcpp/generic/generic_stub.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sqlite3.h>
#include <sys/stat.h>

#include <filesystem>
#include <fstream>
#include <future>
#include <string>

#include "client/lib/clients.h"
#include "client/lib/error.h"
#include "tests/e2e/process.h"

namespace shirube::e2e {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

class BadInputTest : public ::testing::Test {
 protected:
  void SetUp() override {
    server_ = Server::Start({"--db", folder_ / "shirube.db", "--listen",
                             "unix:" + (folder_ / "socket").string()});
    ASSERT_NE(server_, nullptr);
    options_ = {.server = server_->address(), .language = "en"};
    v1::CreatePlanRequest plan;
    plan.set_plan_id("demo");
    plan.mutable_plan()->set_display_name("試験計画");
    ASSERT_TRUE(plans().CreatePlan(plan).ok());
    for (const char* id : {"top", "below"}) {
      v1::CreateInitiativeRequest request;
      request.set_parent("plans/demo");
      request.set_initiative_id(id);
      request.mutable_initiative()->set_display_name(id);
      request.mutable_initiative()->set_kind(v1::Initiative::KIND_PILLAR);
      if (std::string(id) == "below") {
        request.mutable_initiative()->set_parent_initiative(
            "plans/demo/initiatives/top");
      }
      auto created = plans().CreateInitiative(request);
      ASSERT_TRUE(created.ok()) << created.status();
    }
    auto created = plans().CreateIndicator(People("people"));
    ASSERT_TRUE(created.ok()) << created.status();
    before_ = Head();
  }

  // Every test is about something that must not be stored.
  void TearDown() override {
    if (server_ != nullptr) {
      EXPECT_EQ(Head(), before_);
    }
  }

  client::PlanClient plans() const { return client::PlanClient(options_); }
  client::ObservationClient observations() const {
    return client::ObservationClient(options_);
  }

  // The revision of the last thing stored (verdicts included once judged).
  std::string Head() {
    v1::ListVerdictsRequest judged;
    judged.set_parent("plans/demo");
    v1::ListPlansRequest request;
    auto plans_now = plans().ListPlans(request);
    EXPECT_TRUE(plans_now.ok()) << plans_now.status();
    judged.set_min_revision(plans_now->revision());
    EXPECT_TRUE(client::EvaluationClient(options_).ListVerdicts(judged).ok());
    return plans().ListPlans(request)->revision();
  }

  static v1::CreateIndicatorRequest People(const std::string& id) {
    v1::CreateIndicatorRequest request;
    request.set_parent("plans/demo");
    request.set_indicator_id(id);
    v1::Indicator& indicator = *request.mutable_indicator();
    indicator.set_display_name("防災士の数");
    indicator.set_unit("人");
    indicator.mutable_baseline()->set_value("1619");
    indicator.mutable_baseline()->set_period("fy2019");
    indicator.mutable_target()->set_value("2400");
    indicator.mutable_target()->set_period("fy2024");
    return request;
  }

  absl::Status Record(const std::string& value) {
    v1::RecordObservationRequest request;
    request.set_parent("plans/demo/indicators/people");
    request.mutable_observation()->set_period("fy2022");
    request.mutable_observation()->set_value(value);
    return observations().RecordObservation(request).status();
  }

  TempDir folder_;
  std::unique_ptr<Server> server_;
  client::Options options_;
  std::string before_;
};

// The error's reason word, and its one violation as "field: text".
std::string Violation(const absl::Status& status) {
  client::Error error = client::ErrorOf(status);
  if (error.violations.empty()) return error.reason + ": " + error.message;
  return error.violations[0].field + ": " + error.violations[0].description;
}

TEST_F(BadInputTest, RefusesValuesThatAreNoDecimalNumbers) {
  for (const char* value :
       {"NaN", "1e3", "１２..5", "12,5", "", "inf", "0x10", " 1"}) {
    absl::Status status = Record(value);
    EXPECT_TRUE(absl::IsInvalidArgument(status)) << value << " " << status;
    EXPECT_THAT(Violation(status), HasSubstr("observation.value")) << value;
  }
}

TEST_F(BadInputTest, RefusesNineteenDigits) {
  absl::Status status = Record("1234567890123456789");
  EXPECT_TRUE(absl::IsInvalidArgument(status));
  EXPECT_THAT(Violation(status),
              AllOf(HasSubstr("observation.value"), HasSubstr("18")));
}

TEST_F(BadInputTest, NamesEveryWrongRowOfABatchAndStoresNone) {
  v1::BatchRecordObservationsRequest request;
  request.set_parent("plans/demo");
  for (int i = 0; i < 5; ++i) {
    v1::Observation* row = request.add_observations();
    row->set_indicator("plans/demo/indicators/people");
    row->set_period("fy202" + std::to_string(i));
    row->set_value(i == 1 || i == 3 ? "１２..5" : "2000");
  }
  absl::Status status =
      observations().BatchRecordObservations(request).status();
  client::Error error = client::ErrorOf(status);
  ASSERT_EQ(error.violations.size(), 2u) << status;
  EXPECT_EQ(error.violations[0].field, "observations[1].value");
  EXPECT_EQ(error.violations[1].field, "observations[3].value");
}

TEST_F(BadInputTest, RefusesTextOfTenMegabytes) {
  v1::CreatePlanRequest request;
  request.set_plan_id("large");
  request.mutable_plan()->set_display_name(std::string(10 << 20, 'x'));
  absl::Status status = plans().CreatePlan(request).status();
  EXPECT_FALSE(status.ok());
  EXPECT_EQ(client::ErrorOf(status).reason, "LIMIT_EXCEEDED") << status;
  request.mutable_plan()->set_display_name(std::string(1 << 20, 'x'));
  status = plans().CreatePlan(request).status();
  EXPECT_TRUE(absl::IsInvalidArgument(status)) << status;
  EXPECT_THAT(Violation(status), HasSubstr("plan.display_name"));
}

TEST_F(BadInputTest, RefusesDuplicateIdsAndNames) {
  EXPECT_TRUE(absl::IsAlreadyExists(
      plans().CreateIndicator(People("people")).status()));
}

TEST_F(BadInputTest, RefusesAnotherEtag) {
  v1::UpdatePlanRequest request;
  request.mutable_plan()->set_name("plans/demo");
  request.mutable_plan()->set_etag("not-this-one");
  request.mutable_plan()->set_owner("財政課");
  request.mutable_update_mask()->add_paths("owner");
  absl::Status status = plans().UpdatePlan(request).status();
  EXPECT_TRUE(absl::IsAborted(status)) << status;
  EXPECT_EQ(client::ErrorOf(status).reason, "ETAG_MISMATCH");
}

TEST_F(BadInputTest, RefusesACycleInTheTree) {
  v1::UpdateInitiativeRequest request;
  request.mutable_initiative()->set_name("plans/demo/initiatives/top");
  request.mutable_initiative()->set_parent_initiative(
      "plans/demo/initiatives/below");
  request.mutable_update_mask()->add_paths("parent_initiative");
  absl::Status status = plans().UpdateInitiative(request).status();
  EXPECT_TRUE(absl::IsInvalidArgument(status)) << status;
  EXPECT_THAT(client::ErrorOf(status).reason,
              ::testing::AnyOf("CYCLE", "INVALID_FIELD"));
  EXPECT_THAT(Violation(status), HasSubstr("parent_initiative"));
}

TEST_F(BadInputTest, RefusesATargetBeforeItsBaseline) {
  v1::CreateIndicatorRequest request = People("backwards");
  request.mutable_indicator()->set_display_name("逆");
  request.mutable_indicator()->mutable_target()->set_period("fy2018");
  absl::Status status = plans().CreateIndicator(request).status();
  EXPECT_TRUE(absl::IsInvalidArgument(status)) << status;
  EXPECT_THAT(Violation(status), HasSubstr("indicator.target.period"));
}

TEST_F(BadInputTest, RefusesABandUpsideDown) {
  v1::CreateIndicatorRequest request = People("band");
  request.mutable_indicator()->set_display_name("範囲");
  request.mutable_indicator()->set_kind(v1::Indicator::KIND_BAND);
  request.mutable_indicator()->set_target_upper("2400");
  absl::Status status = plans().CreateIndicator(request).status();
  EXPECT_TRUE(absl::IsInvalidArgument(status)) << status;
  EXPECT_THAT(Violation(status), HasSubstr("indicator.target_upper"));
}

TEST_F(BadInputTest, SaysWhichPlanIsUnknown) {
  v1::GetPlanRequest request;
  request.set_name("plans/nowhere");
  absl::Status status = plans().GetPlan(request).status();
  EXPECT_TRUE(absl::IsNotFound(status));
  EXPECT_THAT(std::string(status.message()), HasSubstr("plans/nowhere"));
  CommandResult flags = server_->Shirube({"flags", "nowhere"});
  EXPECT_EQ(flags.exit_code, 3);
  EXPECT_THAT(flags.err, HasSubstr("nowhere"));
}

TEST_F(BadInputTest, RefusesThePageTokenOfAnotherFilter) {
  v1::ListInitiativesRequest request;
  request.set_parent("plans/demo");
  request.set_page_size(1);
  auto first = plans().ListInitiatives(request);
  ASSERT_TRUE(first.ok());
  ASSERT_NE(first->next_page_token(), "");
  request.set_page_token(first->next_page_token());
  request.set_filter("display_name = \"below\"");
  absl::Status status = plans().ListInitiatives(request).status();
  EXPECT_TRUE(absl::IsInvalidArgument(status)) << status;
  EXPECT_EQ(client::ErrorOf(status).reason, "PAGE_TOKEN_INVALID");
}

TEST_F(BadInputTest, RefusesAFutureAsOfAndAnUnknownPeriod) {
  v1::ListVerdictsRequest request;
  request.set_parent("plans/demo");
  request.set_as_of("fy2900");
  auto evaluation = client::EvaluationClient(options_);
  EXPECT_EQ(client::ErrorOf(evaluation.ListVerdicts(request).status()).reason,
            "AS_OF_IN_FUTURE");
  request.set_as_of("R4");
  EXPECT_TRUE(
      absl::IsInvalidArgument(evaluation.ListVerdicts(request).status()));
  request.set_as_of("");
  request.set_as_known_at("1");
  EXPECT_EQ(client::ErrorOf(evaluation.ListVerdicts(request).status()).reason,
            "AS_KNOWN_AT_UNSUPPORTED");
}

TEST_F(BadInputTest, RefusesOneRequestIdForTwoRequests) {
  v1::UpdatePlanRequest request;
  request.set_request_id("once");
  request.mutable_plan()->set_name("plans/demo");
  request.mutable_plan()->set_owner("財政課");
  request.mutable_update_mask()->add_paths("owner");
  auto first = plans().UpdatePlan(request);
  ASSERT_TRUE(first.ok());
  auto again = plans().UpdatePlan(request);
  ASSERT_TRUE(again.ok());
  EXPECT_EQ(again->revision(), first->revision());
  request.mutable_plan()->set_owner("総務課");
  absl::Status other = plans().UpdatePlan(request).status();
  EXPECT_TRUE(absl::IsInvalidArgument(other));
  EXPECT_EQ(client::ErrorOf(other).reason, "REQUEST_ID_REUSED");
  before_ = Head();
  v1::GetPlanRequest get;
  get.set_name("plans/demo");
  EXPECT_EQ(plans().GetPlan(get)->owner(), "財政課");
}

// Bytes of a broken message, and of a good one with CP932 text in it.
TEST_F(BadInputTest, RefusesBytesThatAreNoMessageWithDetails) {
  auto channel = grpc::CreateChannel(server_->address(),
                                     grpc::InsecureChannelCredentials());
  grpc::GenericStub stub(channel);
  for (const std::string& bytes : {std::string("\xff\xff\xff\xff"),
                                   std::string("\x0a\x04\x93\xfa\x96\x7b")}) {
    grpc::ClientContext context;
    grpc::Slice slice(bytes);
    grpc::ByteBuffer request(&slice, 1), response;
    std::promise<grpc::Status> done;
    stub.UnaryCall(&context, "/shirube.v1.PlanService/GetPlan", {}, &request,
                   &response,
                   [&](grpc::Status status) { done.set_value(status); });
    grpc::Status status = done.get_future().get();
    EXPECT_EQ(status.error_code(), grpc::StatusCode::INVALID_ARGUMENT);
    google::rpc::Status details;
    ASSERT_TRUE(details.ParseFromString(status.error_details()));
    EXPECT_EQ(client::ErrorOf(client::MakeStatus(details)).reason,
              "MALFORMED_REQUEST");
  }
}

TEST_F(BadInputTest, RefusesReportsThatAreNone) {
  const std::string broken = folder_ / "broken.txt";
  std::ofstream(broken)
      << "昨日の会議の議事録です。\n特に決まったことはありません。\n";
  CommandResult result =
      server_->Shirube({"import", broken, "--plan", "other", "--yes"});
  EXPECT_EQ(result.exit_code, 8) << result.out << result.err;
  EXPECT_EQ(
      server_->Shirube({"import", folder_ / "missing.txt", "--yes"}).exit_code,
      3);
  const std::string bytes = folder_ / "bytes.csv";
  std::ofstream(bytes) << "indicator,value\n\xff\xfe\xfd,1\n";
  EXPECT_EQ(
      server_->Shirube({"import", bytes, "--plan", "other", "--yes"}).exit_code,
      8);
  const std::string large = folder_ / "large.txt";
  std::ofstream(large) << std::string(10 << 20, 'x');
  EXPECT_EQ(
      server_->Shirube({"import", large, "--plan", "other", "--yes"}).exit_code,
      8);
  const std::string column = folder_ / "column.csv";
  std::ofstream(column) << "indicator,vaule\n防災士,1\n";
  CommandResult unknown =
      server_->Shirube({"import", column, "--plan", "other", "--yes"});
  EXPECT_EQ(unknown.exit_code, 8);
  EXPECT_THAT(unknown.err, HasSubstr("vaule"));
}

TEST_F(BadInputTest, RefusesAnUnknownEraByItsLine) {
  const std::string era = folder_ / "era.csv";
  std::ofstream(era) << "indicator,unit,period,value\n"
                        "新しい指標,人,霊和4年度,5\n";
  CommandResult result =
      server_->Shirube({"import", era, "--plan", "other", "--yes"});
  EXPECT_NE(result.exit_code, 0);
  EXPECT_THAT(result.err, AllOf(HasSubstr("era.csv:2"), HasSubstr("霊和")));
  EXPECT_EQ(result.exit_code, 8) << result.out << result.err;
}

// ---- What a server refuses to start with. ----

class StartTest : public ::testing::Test {
 protected:
  CommandResult Refused(const std::vector<std::string>& arguments) {
    CommandResult failure;
    auto server = Server::Start(arguments, &failure);
    EXPECT_EQ(server, nullptr) << "it started";
    EXPECT_EQ(failure.exit_code, 1) << failure.err;
    return failure;
  }
  std::vector<std::string> Arguments() {
    return {"--db", folder_ / "shirube.db", "--listen",
            "unix:" + (folder_ / "socket").string()};
  }
  void CreateDatabase() {
    auto server = Server::Start(Arguments());
    ASSERT_NE(server, nullptr);
    EXPECT_EQ(server->End(SIGTERM), 0);
  }
  void Execute(const char* sql) {
    sqlite3* database = nullptr;
    ASSERT_EQ(sqlite3_open((folder_ / "shirube.db").c_str(), &database),
              SQLITE_OK);
    EXPECT_EQ(sqlite3_exec(database, sql, nullptr, nullptr, nullptr), SQLITE_OK)
        << sqlite3_errmsg(database);
    sqlite3_close(database);
  }
  TempDir folder_;
};

TEST_F(StartTest, RefusesADatabaseThatAnotherServerHolds) {
  auto first = Server::Start(Arguments());
  ASSERT_NE(first, nullptr);
  EXPECT_THAT(Refused({"--db", folder_ / "shirube.db", "--listen",
                       "unix:" + (folder_ / "other").string()})
                  .err,
              HasSubstr("shirube.db"));
}

TEST_F(StartTest, RefusesATruncatedDatabase) {
  CreateDatabase();
  std::filesystem::resize_file(folder_ / "shirube.db", 3000);
  EXPECT_THAT(Refused(Arguments()).err, HasSubstr("shirube.db"));
}

TEST_F(StartTest, RefusesAFileThatIsNoDatabase) {
  std::ofstream(folder_ / "shirube.db") << std::string(10000, 'x');
  EXPECT_THAT(Refused(Arguments()).err, HasSubstr("shirube.db"));
}

TEST_F(StartTest, RefusesANewerSchema) {
  CreateDatabase();
  Execute(
      "INSERT INTO schema_version (version, min_compatible_version, "
      "applied_time) VALUES (999, 999, 0)");
  EXPECT_THAT(Refused(Arguments()).err, HasSubstr("999"));
}

TEST_F(StartTest, RefusesAReadOnlyDatabase) {
  CreateDatabase();
  // Holds for root too, whom the mode alone would not stop.
  ASSERT_EQ(chmod((folder_ / "shirube.db").c_str(), 0400), 0);
  EXPECT_THAT(Refused(Arguments()).err,
              AllOf(HasSubstr("shirube.db"), HasSubstr("cannot be written")));
}

TEST_F(StartTest, RefusesAPortInUse) {
  auto first =
      Server::Start({"--db", folder_ / "first.db", "--listen", "127.0.0.1:0"});
  ASSERT_NE(first, nullptr);
  EXPECT_THAT(
      Refused({"--db", folder_ / "shirube.db", "--listen", first->address()})
          .err,
      HasSubstr(first->address()));
}

TEST_F(StartTest, RefusesEveryAddressButLoopback) {
  for (const char* address : {"0.0.0.0:0", "[::]:0", "192.0.2.1:0",
                              "[::ffff:192.0.2.1]:0", "example.com:0"}) {
    CommandResult refused =
        Refused({"--db", folder_ / "shirube.db", "--listen", address});
    EXPECT_THAT(refused.err, HasSubstr(address));
  }
}

TEST_F(StartTest, KeepsItsSocketToItsOwner) {
  auto server = Server::Start(Arguments());
  ASSERT_NE(server, nullptr);
  struct stat status {};
  ASSERT_EQ(stat((folder_ / "socket").c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777, 0600u);
  struct stat database {};
  ASSERT_EQ(stat((folder_ / "shirube.db").c_str(), &database), 0);
  EXPECT_EQ(database.st_mode & 0077, 0u);
}

}  // namespace
}  // namespace shirube::e2e
