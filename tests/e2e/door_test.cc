// The door of a real server: a renewal of its certificate, and what its log
// must not say.
#include <gmock/gmock.h>
#include <grpc/support/log.h>
#include <grpcpp/grpcpp.h>
#include <gtest/gtest.h>

#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "absl/time/clock.h"
#include "server/access/token_file.h"
#include "shirube/v1/admin_service.grpc.pb.h"
#include "tests/e2e/process.h"
#include "tests/unit/client/certificates.h"

namespace shirube::e2e {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

constexpr char kHere[] = "IP:127.0.0.1,DNS:localhost";

class DoorTest : public testing::Test {
 protected:
  // What a client says about each handshake that is meant to fail.
  DoorTest() {
    gpr_set_log_function([](gpr_log_func_args*) {});
  }

  std::vector<std::string> Arguments() const {
    return {"--db", folder_ / "shirube.db", "--listen", "127.0.0.1:0"};
  }
  void Write(const std::string& name, const std::string& text) const {
    std::ofstream(folder_ / name) << text;
  }

  // A new connection each time.
  grpc::Status Call(const std::shared_ptr<grpc::ChannelCredentials>& how,
                    const std::string& authorization = "") const {
    grpc::ChannelArguments arguments;
    arguments.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);
    const auto channel =
        grpc::CreateCustomChannel(server_->address(), how, arguments);
    grpc::ClientContext context;
    context.set_deadline(absl::ToChronoTime(absl::Now() + absl::Seconds(20)));
    if (!authorization.empty()) {
      context.AddMetadata("authorization", authorization);
    }
    v1::ServerInfo info;
    return v1::AdminService::NewStub(channel)->GetServerInfo(
        &context, v1::GetServerInfoRequest(), &info);
  }
  static std::shared_ptr<grpc::ChannelCredentials> Trusting(
      const client::TestAuthority& authority) {
    grpc::SslCredentialsOptions ssl;
    ssl.pem_root_certs = authority.Pem();
    return grpc::SslCredentials(ssl);
  }

  // Of a command that has `word` of this test's folder among its arguments: all
  // that /proc says of it to others. Empty while there is none.
  std::string WhatOthersSeeOf(const std::string& word) const {
    const std::string pid = PidOf(word);
    if (pid.empty()) return "";
    std::string seen;
    for (const char* file : {"/cmdline", "/comm", "/status"}) {
      std::ifstream in("/proc/" + pid + file);
      seen.append(std::istreambuf_iterator<char>(in), {});
    }
    return seen;
  }
  void EndCommand(const std::string& word) const {
    const std::string pid = PidOf(word);
    if (!pid.empty()) kill(std::stoi(pid), SIGINT);
  }
  std::string PidOf(const std::string& word) const {
    const std::string wanted = folder_ / word;
    for (const auto& entry : std::filesystem::directory_iterator("/proc")) {
      std::ifstream in(entry.path() / "cmdline");
      const std::string all{std::istreambuf_iterator<char>(in), {}};
      if (all.find(wanted) != std::string::npos) return entry.path().filename();
    }
    return "";
  }

  TempDir folder_;
  std::unique_ptr<Server> server_;
};

TEST_F(DoorTest, StaysOpenBetweenTheStepsOfARenewal) {
  const client::TestAuthority before("before"), after("after");
  const client::PemPair old = before.Issue("server", kHere);
  const client::PemPair renewed = after.Issue("server", kHere);
  Write("cert.pem", old.cert);
  Write("key.pem", old.key);
  std::vector<std::string> arguments = Arguments();
  arguments.insert(arguments.end(), {"--tls-cert", folder_ / "cert.pem",
                                     "--tls-key", folder_ / "key.pem"});
  server_ = Server::Start(arguments);
  ASSERT_NE(server_, nullptr);
  EXPECT_TRUE(Call(Trusting(before)).ok());
  EXPECT_FALSE(Call(Trusting(after)).ok());

  Write("key.pem", renewed.key);
  ASSERT_TRUE(server_->WaitForLog("what was read before still holds"));
  EXPECT_THAT(server_->Log(), HasSubstr("does not belong to the certificate"));
  // Long enough for gRPC to have looked again.
  const absl::Time looked = absl::Now() + absl::Seconds(3);
  while (absl::Now() < looked) {
    const grpc::Status status = Call(Trusting(before));
    ASSERT_TRUE(status.ok()) << status.error_message();
  }

  Write("cert.pem", renewed.cert);
  ASSERT_TRUE(server_->WaitForLog("read the changed certificate"));
  const absl::Time until = absl::Now() + absl::Seconds(30);
  bool taken = false;
  while (!taken && absl::Now() < until) taken = Call(Trusting(after)).ok();
  EXPECT_TRUE(taken);
  EXPECT_THAT(server_->Log(), Not(HasSubstr("PRIVATE KEY")));
}

TEST_F(DoorTest, NeverLogsATokenNorRepeatsIt) {
  const absl::CivilDay today = TodayInJapan();
  const auto good = MakeToken("portal", {Role::kRead}, std::nullopt, today);
  const auto old = MakeToken("old", {Role::kRead}, today - 1, today - 2);
  const auto idle = MakeToken("idle", {Role::kRules}, std::nullopt, today);
  const auto unknown = MakeToken("who", {Role::kRead}, std::nullopt, today);
  const std::string tokens = folder_ / "tokens";
  for (const auto* made : {&good, &old, &idle}) {
    ASSERT_TRUE(AppendToken(tokens, (*made)->record).ok());
  }
  std::vector<std::string> arguments = Arguments();
  arguments.insert(arguments.end(),
                   {"--tokens", tokens, "--log-level", "debug"});
  server_ = Server::Start(arguments);
  ASSERT_NE(server_, nullptr);
  const auto plain = grpc::InsecureChannelCredentials();
  EXPECT_TRUE(Call(plain, "Bearer " + (*good).token).ok());
  const auto secret = [](const MadeToken& made) {
    return made.token.substr(std::string("shirube_01234567_").size());
  };
  std::vector<std::string> said;
  for (const auto* made : {&old, &idle, &unknown}) {
    const grpc::Status status = Call(plain, "Bearer " + (*made)->token);
    EXPECT_FALSE(status.ok());
    said.push_back(status.error_message() + status.error_details());
  }
  // As the whole header, and in a file that somebody has damaged with one.
  const grpc::Status bare = Call(plain, (*good).token);
  EXPECT_EQ(bare.error_code(), grpc::UNAUTHENTICATED);
  said.push_back(bare.error_message() + bare.error_details());
  std::ofstream(tokens, std::ios::app) << (*good).token << "\n";
  while (server_->Log().find("still holds") == std::string::npos) {
    ASSERT_TRUE(Call(plain, "Bearer " + (*good).token).ok());
  }
  said.push_back(server_->Log());
  for (const std::string& text : said) {
    for (const auto* made : {&good, &old, &idle, &unknown}) {
      EXPECT_EQ(text.find(secret(**made)), std::string::npos) << text;
      EXPECT_EQ(text.find((*made)->record.hash), std::string::npos) << text;
    }
  }
}

// What others see of a command while it runs, and what it says when it is
// turned away.
TEST_F(DoorTest, NeverShowsATokenToOthers) {
  const auto made = MakeToken("desk", {Role::kRead, Role::kRecord},
                              std::nullopt, TodayInJapan());
  const auto unknown =
      MakeToken("who", {Role::kRead}, std::nullopt, TodayInJapan());
  ASSERT_TRUE(AppendToken(folder_ / "tokens", made->record).ok());
  std::vector<std::string> arguments = Arguments();
  arguments.insert(arguments.end(), {"--tokens", folder_ / "tokens"});
  server_ = Server::Start(arguments);
  ASSERT_NE(server_, nullptr);
  const std::string secret =
      made->token.substr(std::string("shirube_01234567_").size());
  Write("desk.token", made->token + "\n");
  Write("who.token", unknown->token + "\n");

  CommandResult tailed;
  std::thread tail([&] {
    tailed = server_->Shirube(
        {"alert", "tail", "--token-file", folder_ / "desk.token"});
  });
  std::string seen;
  while (seen.empty()) seen = WhatOthersSeeOf("desk.token");
  EXPECT_EQ(seen.find(secret), std::string::npos);
  server_->End(SIGKILL);
  server_ = nullptr;
  EndCommand("desk.token");
  tail.join();
  EXPECT_EQ((tailed.out + tailed.err).find(secret), std::string::npos);

  server_ = Server::Start(arguments);
  ASSERT_NE(server_, nullptr);
  const std::string unknown_secret =
      unknown->token.substr(std::string("shirube_01234567_").size());
  for (const char* format : {"json", "table"}) {
    const CommandResult refused = server_->Shirube(
        {"plan", "list", "-o", format, "--token-file", folder_ / "who.token"});
    EXPECT_EQ(refused.exit_code, 4) << refused.err;
    const std::string said = refused.out + refused.err;
    EXPECT_EQ(said.find(unknown_secret), std::string::npos) << said;
    EXPECT_EQ(said.find(unknown->record.hash), std::string::npos) << said;
  }
  EXPECT_EQ(server_->Log().find(unknown_secret), std::string::npos);
}

// gRPC's own tracing prints headers; it stays out of the log.
TEST_F(DoorTest, TracesNoToken) {
  const auto made =
      MakeToken("desk", {Role::kRead}, std::nullopt, TodayInJapan());
  ASSERT_TRUE(AppendToken(folder_ / "tokens", made->record).ok());
  std::vector<std::string> arguments = Arguments();
  arguments.insert(arguments.end(),
                   {"--tokens", folder_ / "tokens", "--log-level", "debug"});
  setenv("GRPC_VERBOSITY", "debug", 1);
  setenv("GRPC_TRACE", "all", 1);
  server_ = Server::Start(arguments);
  unsetenv("GRPC_TRACE");
  unsetenv("GRPC_VERBOSITY");
  ASSERT_NE(server_, nullptr);
  EXPECT_TRUE(
      Call(grpc::InsecureChannelCredentials(), "Bearer " + made->token).ok());
  EXPECT_EQ(server_->End(SIGTERM), 0);
  EXPECT_EQ(server_->Log().find(made->token), std::string::npos);
}

// Of a subscription: the secret that signs, and what its URL has as a query.
TEST_F(DoorTest, NeverLogsWhatASubscriptionKeeps) {
  std::vector<std::string> arguments = Arguments();
  arguments.insert(arguments.end(), {"--log-level", "debug"});
  server_ = Server::Start(arguments);
  ASSERT_NE(server_, nullptr);
  const std::string secret = "whsec_" + std::string(40, 'Q');
  const CommandResult made =
      server_->Shirube({"subscription", "create", "portal", "--webhook",
                        "http://127.0.0.1:1/hook?key=KEYINQUERY",
                        "--allow-private", "--secret-file", "-"},
                       secret + "\n");
  ASSERT_EQ(made.exit_code, 0) << made.err;
  // It cannot be reached, and that is told.
  const CommandResult tried =
      server_->Shirube({"subscription", "test", "portal"});
  const CommandResult audit = server_->Shirube({"audit", "-o", "json"});
  EXPECT_EQ(audit.exit_code, 0) << audit.err;
  EXPECT_THAT(audit.out, HasSubstr("subscriptions/portal"));
  EXPECT_EQ(server_->End(SIGTERM), 0);
  for (const std::string& said :
       {server_->Log(), audit.out, audit.err, tried.out, tried.err}) {
    EXPECT_THAT(said, Not(HasSubstr("QQQQ")));
    EXPECT_THAT(said, Not(HasSubstr("KEYINQUERY")));
  }
}

}  // namespace
}  // namespace shirube::e2e
