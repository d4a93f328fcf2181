// The library over a connection of the test's own: no server is needed.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <deque>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "client/lib/clients.h"
#include "client/lib/error.h"
#include "google/rpc/error_details.pb.h"

namespace shirube::client {
namespace {

using ::google::protobuf::Message;
using ::testing::ElementsAre;

// Answers each call with the next step and keeps what it was asked.
class FakeConnection : public Connection {
 public:
  using Step = std::function<absl::Status(const Message&, Message*)>;
  struct Asked {
    std::string method;
    std::string request;
    Options options;
  };

  absl::Status Call(const std::string& method, const Message& request,
                    Message* response, const Options& options) override {
    asked.push_back({method, request.SerializeAsString(), options});
    Step step = steps.front();
    if (steps.size() > 1) steps.pop_front();
    return step(request, response);
  }

  std::deque<Step> steps;
  std::vector<Asked> asked;
};

FakeConnection::Step Answer(const Message& message) {
  return [bytes = message.SerializeAsString()](const Message&, Message* out) {
    out->ParseFromString(bytes);
    return absl::OkStatus();
  };
}

FakeConnection::Step Fail(absl::Status status) {
  return [status](const Message&, Message*) { return status; };
}

v1::Plan NamedPlan(const std::string& name) {
  v1::Plan plan;
  plan.set_name(name);
  return plan;
}

TEST(ClientTest, TriesAgainAfterUnavailable) {
  auto connection = std::make_shared<FakeConnection>();
  connection->steps = {Fail(absl::UnavailableError("restarting")),
                       Fail(absl::UnavailableError("restarting")),
                       Answer(NamedPlan("plans/demo"))};
  auto plan = PlanClient(connection).GetPlan({});
  ASSERT_TRUE(plan.ok()) << plan.status();
  EXPECT_EQ(plan->name(), "plans/demo");
  EXPECT_EQ(connection->asked.size(), 3u);
}

TEST(ClientTest, DoesNotTryAgainAfterAnyOtherError) {
  auto connection = std::make_shared<FakeConnection>();
  connection->steps = {Fail(absl::AbortedError("another etag"))};
  EXPECT_TRUE(absl::IsAborted(PlanClient(connection).UpdatePlan({}).status()));
  EXPECT_EQ(connection->asked.size(), 1u);
}

TEST(ClientTest, GivesUpAfterTheTriesOfItsOptions) {
  auto connection = std::make_shared<FakeConnection>();
  connection->steps = {Fail(absl::UnavailableError("down"))};
  PlanClient client(connection, {.retries = 2});
  EXPECT_TRUE(absl::IsUnavailable(client.GetPlan({}).status()));
  EXPECT_EQ(connection->asked.size(), 3u);
}

TEST(ClientTest, RepeatsAMutationUnderOneRequestId) {
  auto connection = std::make_shared<FakeConnection>();
  connection->steps = {Fail(absl::UnavailableError("restarting")),
                       Answer(NamedPlan("plans/demo"))};
  ASSERT_TRUE(PlanClient(connection).CreatePlan({}).ok());
  ASSERT_EQ(connection->asked.size(), 2u);
  v1::CreatePlanRequest first, second;
  ASSERT_TRUE(first.ParseFromString(connection->asked[0].request));
  ASSERT_TRUE(second.ParseFromString(connection->asked[1].request));
  EXPECT_EQ(first.request_id().size(), 32u);
  EXPECT_EQ(first.request_id(), second.request_id());
}

TEST(ClientTest, KeepsTheRequestIdOfTheCaller) {
  auto connection = std::make_shared<FakeConnection>();
  connection->steps = {Answer(NamedPlan("plans/demo"))};
  v1::CreatePlanRequest request;
  request.set_request_id("mine");
  ASSERT_TRUE(PlanClient(connection).CreatePlan(request).ok());
  v1::CreatePlanRequest sent;
  ASSERT_TRUE(sent.ParseFromString(connection->asked[0].request));
  EXPECT_EQ(sent.request_id(), "mine");
}

TEST(ClientTest, GivesEveryRowOfEveryPage) {
  auto connection = std::make_shared<FakeConnection>();
  v1::ListPlansResponse first, empty, last;
  first.add_plans()->set_name("plans/a");
  first.add_plans()->set_name("plans/b");
  first.set_next_page_token("2");
  empty.set_next_page_token("3");
  last.add_plans()->set_name("plans/c");
  connection->steps = {Answer(first), Answer(empty), Answer(last)};
  std::vector<std::string> names;
  for (auto& plan : PlanClient(connection).AllPlans({})) {
    ASSERT_TRUE(plan.ok());
    names.push_back(plan->name());
  }
  EXPECT_THAT(names, ElementsAre("plans/a", "plans/b", "plans/c"));
  v1::ListPlansRequest third;
  ASSERT_TRUE(third.ParseFromString(connection->asked[2].request));
  EXPECT_EQ(third.page_token(), "3");
}

TEST(ClientTest, EndsARangeWithTheFirstError) {
  auto connection = std::make_shared<FakeConnection>();
  v1::ListPlansResponse first;
  first.add_plans()->set_name("plans/a");
  first.set_next_page_token("2");
  connection->steps = {Answer(first), Fail(absl::NotFoundError("gone"))};
  std::vector<bool> ok;
  for (auto& plan : PlanClient(connection).AllPlans({})) {
    ok.push_back(plan.ok());
  }
  EXPECT_THAT(ok, ElementsAre(true, false));
  connection->steps = {Fail(absl::NotFoundError("gone"))};
  EXPECT_TRUE(
      absl::IsNotFound(PlanClient(connection).AllPlans({}).All().status()));
}

TEST(OptionsTest, TakesTheCallThenTheClientThenTheEnvironment) {
  ASSERT_EQ(setenv("SHIRUBE_SERVER", "unix:/tmp/from-environment", 1), 0);
  ASSERT_EQ(setenv("SHIRUBE_ACTOR", "環境", 1), 0);
  Options resolved = Resolve({.server = "127.0.0.1:1"},
                             {.server = "127.0.0.1:2", .actor = "佐藤"});
  EXPECT_EQ(*resolved.server, "127.0.0.1:1");
  EXPECT_EQ(*resolved.actor, "佐藤");
  EXPECT_EQ(*Resolve({}, {}).server, "unix:/tmp/from-environment");
  EXPECT_EQ(*Resolve({}, {}).actor, "環境");
  unsetenv("SHIRUBE_SERVER");
  unsetenv("SHIRUBE_ACTOR");
  EXPECT_EQ(*Resolve({}, {}).server, "127.0.0.1:8471");
}

TEST(ErrorTest, GivesTheDetailsOfTheServer) {
  google::rpc::Status details;
  details.set_code(3);
  details.set_message("two fields are wrong");
  google::rpc::ErrorInfo info;
  info.set_reason("INVALID_FIELD");
  details.add_details()->PackFrom(info);
  google::rpc::BadRequest bad_request;
  auto* violation = bad_request.add_field_violations();
  violation->set_field("observations[3].value");
  violation->set_description("not a decimal number");
  details.add_details()->PackFrom(bad_request);
  google::rpc::LocalizedMessage localized;
  localized.set_message("2つの項目に誤りがあります");
  details.add_details()->PackFrom(localized);

  absl::Status status = MakeStatus(details);
  EXPECT_TRUE(absl::IsInvalidArgument(status));
  Error error = ErrorOf(status);
  EXPECT_EQ(error.reason, "INVALID_FIELD");
  EXPECT_EQ(error.localized, "2つの項目に誤りがあります");
  ASSERT_EQ(error.violations.size(), 1u);
  EXPECT_EQ(error.violations[0].field, "observations[3].value");
}

TEST(ErrorTest, HasNoReasonWithoutDetails) {
  Error error = ErrorOf(absl::DeadlineExceededError("too late"));
  EXPECT_EQ(error.reason, "");
  EXPECT_EQ(error.message, "too late");
}

}  // namespace
}  // namespace shirube::client
