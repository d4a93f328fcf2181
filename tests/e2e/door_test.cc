// The door of a real server: a renewal of its certificate, and what its log
// must not say.
#include <gmock/gmock.h>
#include <grpc/support/log.h>
#include <grpcpp/grpcpp.h>
#include <gtest/gtest.h>

#include <fstream>
#include <memory>
#include <string>
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

}  // namespace
}  // namespace shirube::e2e
