// Starting, listening, health and reflection of a whole server.
#include <sys/stat.h>

#include <fstream>

#include "grpcpp/completion_queue.h"
#include "grpcpp/generic/generic_stub.h"
#include "grpcpp/impl/client_unary_call.h"
#include "grpcpp/impl/rpc_method.h"
#include "server/app/listen_address.h"
#include "server/domain/violation.h"
#include "tests/unit/service/server_fixture.h"

namespace shirube {
namespace {

using testing::HasSubstr;

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
  v1::RuleSet set;
  v1::GetRuleSetRequest get;
  get.set_name("ruleSets/default");
  ASSERT_TRUE(client.Try(client.rules, &Rules::GetRuleSet, get, &set).ok());
  EXPECT_EQ(set.state(), v1::RuleSet::STATE_FAILED);
  EXPECT_EQ(set.reason(), "RULE_SET_NOT_SERVING");
  EXPECT_THAT(set.message().en(), HasSubstr("at_risk"));
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
    EXPECT_TRUE(ResolveListenAddress(text, Reach::kLoopback).ok()) << text;
  }
}

TEST(ListenAddressTest, RefusesWhatOthersCanReach) {
  for (const char* text :
       {"0.0.0.0:8471", "[::]:8471", ":8471", "*:8471", "0:8471",
        "[::ffff:0.0.0.0]:8471", "[::ffff:192.0.2.1]:1", "192.0.2.1:8471",
        "[2001:db8::1]:8471"}) {
    const auto address = ResolveListenAddress(text, Reach::kLoopback);
    ASSERT_FALSE(address.ok()) << text;
    EXPECT_THAT(DetailsOf(address.status()).en, HasSubstr("TLS")) << text;
    EXPECT_THAT(DetailsOf(address.status()).ja, HasSubstr("TLS")) << text;
  }
}

TEST(ListenAddressTest, GoesFurtherWhereTheDoorIsGuarded) {
  for (const char* text : {"0.0.0.0:8471", "[::]:8471", ":8471", "*:0"}) {
    EXPECT_TRUE(ResolveListenAddress(text, Reach::kAnywhere).ok()) << text;
  }
}

TEST(ListenAddressTest, SaysWhatCannotBeRead) {
  for (const char* text : {"", "8471", "127.0.0.1", "127.0.0.1:x",
                           "127.0.0.1:70000", "::1:8471", "unix:"}) {
    EXPECT_FALSE(ResolveListenAddress(text, Reach::kAnywhere).ok()) << text;
  }
  EXPECT_FALSE(
      ResolveListenAddress("unix:/" + std::string(200, 'a'), Reach::kAnywhere)
          .ok());
}

}  // namespace
}  // namespace shirube
