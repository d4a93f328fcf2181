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

  // One entry a try: the parts that come, then how it ends.
  struct Streamed {
    std::vector<v1::PreviewRuleSetResponse> parts;
    absl::Status end;
  };
  absl::Status Stream(const std::string& method, const Message& request,
                      Message* message, const std::function<bool()>& take,
                      const Options& options) override {
    asked.push_back({method, request.SerializeAsString(), options});
    const Streamed streamed = streams.front();
    if (streams.size() > 1) streams.pop_front();
    for (const v1::PreviewRuleSetResponse& part : streamed.parts) {
      message->CopyFrom(part);
      if (!take()) return absl::CancelledError("called off");
    }
    return streamed.end;
  }

  std::deque<Step> steps;
  std::deque<Streamed> streams;
  std::vector<Asked> asked;
};

v1::PreviewRuleSetResponse Progressed(int64_t evaluated) {
  v1::PreviewRuleSetResponse part;
  part.mutable_progress()->set_evaluated_count(evaluated);
  return part;
}

// What a preview over `connection` takes before it ends as `status` says.
std::vector<int64_t> PreviewOver(std::shared_ptr<Connection> connection,
                                 absl::Status* status, size_t most = 100) {
  std::vector<int64_t> taken;
  *status = RuleClient(std::move(connection))
                .PreviewRuleSet({}, [&](const auto& part) {
                  taken.push_back(part.progress().evaluated_count());
                  return taken.size() < most;
                });
  return taken;
}

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

TEST(ClientTest, ReadsAllAuditEntriesPageByPage) {
  auto connection = std::make_shared<FakeConnection>();
  v1::ListAuditEntriesResponse first, second;
  first.add_audit_entries()->set_actor("佐藤");
  first.set_next_page_token("more");
  second.add_audit_entries()->set_actor("shirube");
  connection->steps = {Answer(first), Answer(second)};
  v1::ListAuditEntriesRequest request;
  request.set_filter("actor = x");
  const auto rows = AdminClient(connection).AllAuditEntries(request).All();
  ASSERT_TRUE(rows.ok()) << rows.status();
  ASSERT_EQ(rows->size(), 2u);
  EXPECT_EQ((*rows)[1].actor(), "shirube");
  v1::ListAuditEntriesRequest asked;
  ASSERT_TRUE(asked.ParseFromString(connection->asked[1].request));
  EXPECT_EQ(asked.page_token(), "more");
  EXPECT_EQ(asked.filter(), "actor = x");
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

TEST(OptionsTest, TakesACertificateAndItsKeyFromOnePlace) {
  ASSERT_EQ(setenv("SHIRUBE_TLS_CERT", "env.pem", 1), 0);
  ASSERT_EQ(setenv("SHIRUBE_TLS_KEY", "env.key", 1), 0);
  ASSERT_EQ(setenv("SHIRUBE_TLS_CA", "env-ca.pem", 1), 0);
  ASSERT_EQ(setenv("SHIRUBE_TOKEN_FILE", "env-token", 1), 0);
  const Options own = Resolve({}, {.tls_cert = "own.pem"});
  EXPECT_EQ(*own.tls_cert, "own.pem");
  EXPECT_EQ(*own.tls_key, "");
  EXPECT_EQ(*own.tls_ca, "env-ca.pem");
  EXPECT_EQ(*Resolve({}, {}).tls_cert, "env.pem");
  EXPECT_EQ(*Resolve({}, {}).tls_key, "env.key");
  EXPECT_EQ(*Resolve({}, {}).token_file, "env-token");
  // "" asks for none, whatever the environment says.
  EXPECT_EQ(*Resolve({.tls_ca = "", .token_file = ""}, {}).tls_ca, "");
  for (const char* name : {"SHIRUBE_TLS_CERT", "SHIRUBE_TLS_KEY",
                           "SHIRUBE_TLS_CA", "SHIRUBE_TOKEN_FILE"}) {
    unsetenv(name);
  }
  const Options none = Resolve({}, {});
  EXPECT_EQ(*none.tls_ca + *none.tls_cert + *none.tls_key + *none.token_file,
            "");
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

TEST(ClientTest, GivesAStreamsMessagesInOrder) {
  auto connection = std::make_shared<FakeConnection>();
  connection->streams = {{{Progressed(1), Progressed(2)}, absl::OkStatus()}};
  absl::Status status;
  EXPECT_THAT(PreviewOver(connection, &status), ElementsAre(1, 2));
  EXPECT_TRUE(status.ok()) << status;
  EXPECT_EQ(connection->asked[0].method,
            "/shirube.v1.RuleService/PreviewRuleSet");
}

TEST(ClientTest, KeepsWhatCameBeforeAStreamFailed) {
  auto connection = std::make_shared<FakeConnection>();
  connection->streams = {
      {{Progressed(1)}, absl::FailedPreconditionError("quarantined")}};
  absl::Status status;
  EXPECT_THAT(PreviewOver(connection, &status), ElementsAre(1));
  EXPECT_TRUE(absl::IsFailedPrecondition(status)) << status;
}

TEST(ClientTest, EndsAStreamThatNobodyWantsAnyMore) {
  auto connection = std::make_shared<FakeConnection>();
  connection->streams = {{{Progressed(1), Progressed(2)}, absl::OkStatus()}};
  absl::Status status;
  EXPECT_THAT(PreviewOver(connection, &status, 1), ElementsAre(1));
  EXPECT_TRUE(absl::IsCancelled(status)) << status;
}

TEST(ClientTest, TriesAStreamAgainAsLongAsNothingHasCome) {
  auto connection = std::make_shared<FakeConnection>();
  connection->streams = {{{}, absl::UnavailableError("restarting")},
                         {{Progressed(1)}, absl::OkStatus()}};
  absl::Status status;
  EXPECT_THAT(PreviewOver(connection, &status), ElementsAre(1));
  EXPECT_TRUE(status.ok()) << status;
  EXPECT_EQ(connection->asked.size(), 2u);
}

TEST(ClientTest, NeverRepeatsAStreamThatHasBegun) {
  auto connection = std::make_shared<FakeConnection>();
  connection->streams = {{{Progressed(1)}, absl::UnavailableError("drained")}};
  absl::Status status;
  EXPECT_THAT(PreviewOver(connection, &status), ElementsAre(1));
  EXPECT_TRUE(absl::IsUnavailable(status)) << status;
  EXPECT_EQ(connection->asked.size(), 1u);
}

// A fake of a user's that was written before there were streams.
class UnaryConnection : public Connection {
 public:
  absl::Status Call(const std::string&, const Message&, Message*,
                    const Options&) override {
    return absl::OkStatus();
  }
};

TEST(ClientTest, SaysThatAConnectionDoesNotStream) {
  absl::Status status;
  EXPECT_TRUE(
      PreviewOver(std::make_shared<UnaryConnection>(), &status).empty());
  EXPECT_TRUE(absl::IsUnimplemented(status)) << status;
}

v1::CompareRuleSetsResponse ComparedPage(const std::string& indicator,
                                         const std::string& revision,
                                         const std::string& next) {
  v1::CompareRuleSetsResponse page;
  page.add_columns()->set_asked("ruleSets/default");
  page.add_indicators()->set_indicator(indicator);
  page.set_total_count(2);
  page.set_revision(revision);
  page.set_next_page_token(next);
  return page;
}

TEST(ClientTest, PutsThePagesOfAComparisonTogether) {
  auto connection = std::make_shared<FakeConnection>();
  connection->steps = {Answer(ComparedPage("a", "h.1", "next")),
                       Answer(ComparedPage("b", "h.1", ""))};
  auto all = EvaluationClient(connection).CompareAllPages({});
  ASSERT_TRUE(all.ok()) << all.status();
  EXPECT_EQ(all->indicators_size(), 2);
  EXPECT_EQ(all->columns_size(), 1);
  EXPECT_EQ(all->next_page_token(), "");
  v1::CompareRuleSetsRequest second;
  ASSERT_TRUE(second.ParseFromString(connection->asked[1].request));
  EXPECT_EQ(second.page_token(), "next");
}

TEST(ClientTest, ComparesAgainWhenSomebodyWroteBetweenThePages) {
  auto connection = std::make_shared<FakeConnection>();
  connection->steps = {Answer(ComparedPage("a", "h.1", "next")),
                       Answer(ComparedPage("b", "h.2", "")),
                       Answer(ComparedPage("a", "h.2", "next")),
                       Answer(ComparedPage("b", "h.2", ""))};
  auto all = EvaluationClient(connection).CompareAllPages({});
  ASSERT_TRUE(all.ok()) << all.status();
  EXPECT_EQ(all->indicators_size(), 2);
  EXPECT_EQ(all->revision(), "h.2");
}

TEST(ClientTest, TakesPagesAsTheyAreWhereSomebodyWritesAllTheTime) {
  auto connection = std::make_shared<FakeConnection>();
  for (int i = 0; i < 3; ++i) {
    const std::string revision = "h." + std::to_string(i);
    connection->steps.push_back(Answer(ComparedPage("a", revision, "next")));
    connection->steps.push_back(Answer(ComparedPage("b", revision + "1", "")));
  }
  auto all = EvaluationClient(connection).CompareAllPages({});
  ASSERT_TRUE(all.ok()) << all.status();
  EXPECT_EQ(all->indicators_size(), 2);
  EXPECT_EQ(all->revision(), "h.2");
  EXPECT_EQ(connection->asked.size(), 6u);
}

}  // namespace
}  // namespace shirube::client
