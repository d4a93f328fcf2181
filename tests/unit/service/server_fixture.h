// A whole server in this process for the tests of the services: a temporary
// database, port 0, the real modules in their workers.
#ifndef SHIRUBE_TESTS_UNIT_SERVICE_SERVER_FIXTURE_H_
#define SHIRUBE_TESTS_UNIT_SERVICE_SERVER_FIXTURE_H_

#include <stdlib.h>

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "gmock/gmock.h"
#include "google/protobuf/text_format.h"
#include "google/rpc/error_details.pb.h"
#include "google/rpc/status.pb.h"
#include "grpcpp/channel.h"
#include "grpcpp/client_context.h"
#include "grpcpp/create_channel.h"
#include "grpcpp/security/credentials.h"
#include "gtest/gtest.h"
#include "server/app/server.h"
#include "shirube/v1/admin_service.grpc.pb.h"
#include "shirube/v1/alert_service.grpc.pb.h"
#include "shirube/v1/evaluation_service.grpc.pb.h"
#include "shirube/v1/observation_service.grpc.pb.h"
#include "shirube/v1/plan_service.grpc.pb.h"
#include "shirube/v1/rule_service.grpc.pb.h"
#include "tests/paths.h"

namespace shirube {

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

inline ServerOptions OptionsIn(const TempFolder& folder) {
  ServerOptions options;
  options.database = folder / "shirube.db";
  options.listen = "127.0.0.1:0";
  options.rules_dir = std::string(SHIRUBE_BINARY_DIR) + "/rules";
  options.worker_program =
      std::string(SHIRUBE_BINARY_DIR) + "/bin/shirube-rule-worker";
  return options;
}

inline std::string ReasonOf(const grpc::Status& status) {
  google::rpc::Status rpc;
  google::rpc::ErrorInfo info;
  rpc.ParseFromString(status.error_details());
  for (const auto& detail : rpc.details()) {
    if (detail.UnpackTo(&info)) break;
  }
  return info.reason();
}

inline std::vector<std::string> FieldsOf(const grpc::Status& status) {
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
        rules(v1::RuleService::NewStub(channel_)),
        alerts(v1::AlertService::NewStub(channel_)),
        admin(v1::AdminService::NewStub(channel_)) {}

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
  std::unique_ptr<v1::AlertService::Stub> alerts;
  std::unique_ptr<v1::AdminService::Stub> admin;
};

using Plans = v1::PlanService::Stub;
using Observations = v1::ObservationService::Stub;
using Evaluation = v1::EvaluationService::Stub;
using Rules = v1::RuleService::Stub;
using Alerts = v1::AlertService::Stub;
using Admin = v1::AdminService::Stub;

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

  void WaitJudged(const std::string& revision) {
    Do(client_->evaluation, &Evaluation::ListVerdicts,
       "parent: 'plans/-' min_revision: '" + revision + "'");
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

}  // namespace shirube

#endif  // SHIRUBE_TESTS_UNIT_SERVICE_SERVER_FIXTURE_H_
