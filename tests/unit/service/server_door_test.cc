// The door of a real server: who comes in, for what, and what is written down.
#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <fstream>

#include "google/protobuf/descriptor.h"
#include "grpcpp/generic/generic_stub.h"
#include "server/access/method_roles.h"
#include "server/access/token_file.h"
#include "server/base/connection_limits.h"
#include "server/domain/violation.h"
#include "shirube/v1/admin_service.grpc.pb.h"
#include "tests/unit/client/certificates.h"
#include "tests/unit/service/server_fixture.h"

namespace shirube {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

class DoorTest : public testing::Test {
 protected:
  DoorTest() : authority_("test authority") { options_ = OptionsIn(folder_); }

  void UseTokens() { options_.token_file = folder_ / "tokens"; }
  std::string Token(const std::string& name, RoleSet roles,
                    std::optional<absl::CivilDay> last_day = std::nullopt) {
    const auto made = MakeToken(name, roles, last_day, TodayInJapan() - 100);
    EXPECT_TRUE(AppendToken(folder_ / "tokens", made->record).ok());
    return made->token;
  }
  void UseTls(const std::string& name = "server") {
    WritePair(authority_.Issue(name, "IP:127.0.0.1,DNS:localhost"));
    options_.tls.certificate = folder_ / "cert.pem";
    options_.tls.key = folder_ / "key.pem";
  }
  void WritePair(const client::PemPair& pair) {
    // The key first: the server takes both when they belong together.
    std::ofstream(folder_ / "key.pem") << pair.key;
    std::ofstream(folder_ / "cert.pem") << pair.cert;
  }
  void Start() {
    auto server = Server::Start(options_);
    ASSERT_TRUE(server.ok()) << server.status();
    server_ = *std::move(server);
  }
  std::shared_ptr<grpc::Channel> Plain() {
    return grpc::CreateChannel(server_->address(),
                               grpc::InsecureChannelCredentials());
  }
  std::shared_ptr<grpc::Channel> Encrypted(
      const client::PemPair& pair = {}) const {
    grpc::SslCredentialsOptions ssl;
    ssl.pem_root_certs = authority_.Pem();
    ssl.pem_cert_chain = pair.cert;
    ssl.pem_private_key = pair.key;
    return grpc::CreateChannel(server_->address(), grpc::SslCredentials(ssl));
  }

  // Calls a method with an empty request.
  static grpc::Status Call(const std::shared_ptr<grpc::Channel>& channel,
                           const std::string& full_name,
                           const std::string& token) {
    grpc::ClientContext context;
    context.set_deadline(absl::ToChronoTime(absl::Now() + absl::Seconds(30)));
    if (!token.empty()) {
      context.AddMetadata("authorization", "Bearer " + token);
    }
    grpc::GenericStub stub(channel);
    const size_t dot = full_name.rfind('.');
    const std::string path =
        "/" + full_name.substr(0, dot) + "/" + full_name.substr(dot + 1);
    grpc::ByteBuffer request, response;
    grpc::CompletionQueue queue;
    auto call = stub.PrepareUnaryCall(&context, path, request, &queue);
    grpc::Status status;
    call->StartCall();
    call->Finish(&response, &status, &status);
    void* tag = nullptr;
    bool ok = false;
    queue.Next(&tag, &ok);
    return status;
  }

  struct Info {
    grpc::Status status;
    v1::ServerInfo info;
  };
  static Info GetInfo(const std::shared_ptr<grpc::Channel>& channel,
                      const std::string& token = "") {
    Info out;
    grpc::ClientContext context;
    context.set_deadline(absl::ToChronoTime(absl::Now() + absl::Seconds(30)));
    context.AddMetadata("shirube-actor", "somebody");
    if (!token.empty()) {
      context.AddMetadata("authorization", "Bearer " + token);
    }
    out.status = v1::AdminService::NewStub(channel)->GetServerInfo(
        &context, v1::GetServerInfoRequest(), &out.info);
    return out;
  }

  TempFolder folder_;
  ServerOptions options_;
  client::TestAuthority authority_;
  std::unique_ptr<Server> server_;
};

TEST_F(DoorTest, IsOpenOnLoopbackWhereNothingIsSaid) {
  Start();
  const Info info = GetInfo(Plain());
  ASSERT_TRUE(info.status.ok()) << info.status.error_message();
  EXPECT_EQ(info.info.access().actor(), "somebody");
  EXPECT_TRUE(info.info.access().claimed());
  EXPECT_EQ(info.info.access().roles_size(), 4);
  EXPECT_FALSE(info.info.access().tls());
}

// The whole table: each method without a token, with one nobody knows, with one
// whose day has passed, and with each role alone.
TEST_F(DoorTest, AsksEachMethodForItsRole) {
  UseTokens();
  std::map<Role, std::string> tokens;
  for (Role role : kAllRoles) {
    tokens[role] = Token(std::string(RoleWord(role)), {role});
  }
  const std::string old =
      Token("old", RoleSet::All(), TodayInJapan() - absl::civil_diff_t{1});
  const std::string unknown =
      MakeToken("x", RoleSet::All(), std::nullopt, TodayInJapan())->token;
  Start();
  const auto channel = Plain();
  for (const MethodRole& row : MethodRoles()) {
    const std::string name = "shirube.v1." + std::string(row.method);
    grpc::Status status = Call(channel, name, "");
    EXPECT_EQ(status.error_code(), grpc::UNAUTHENTICATED) << name;
    EXPECT_EQ(ReasonOf(status), "CREDENTIALS_MISSING") << name;
    status = Call(channel, name, unknown);
    EXPECT_EQ(ReasonOf(status), "TOKEN_INVALID") << name;
    EXPECT_THAT(status.error_message(), Not(HasSubstr(unknown)));
    status = Call(channel, name, old);
    EXPECT_EQ(ReasonOf(status), "TOKEN_EXPIRED") << name;
    for (Role role : kAllRoles) {
      status = Call(channel, name, tokens[role]);
      if (role == row.role) {
        EXPECT_NE(status.error_code(), grpc::UNAUTHENTICATED) << name;
        EXPECT_NE(status.error_code(), grpc::PERMISSION_DENIED) << name;
      } else {
        EXPECT_EQ(status.error_code(), grpc::PERMISSION_DENIED) << name;
        EXPECT_EQ(ReasonOf(status), "ROLE_MISSING") << name;
        EXPECT_THAT(status.error_message(),
                    HasSubstr(std::string(RoleWord(row.role))));
      }
    }
  }
}

TEST_F(DoorTest, WritesDownWhomATokenNamesWhateverIsClaimed) {
  UseTokens();
  const std::string token = Token("財政課", {Role::kManage, Role::kRead});
  Start();
  const auto channel = Plain();
  grpc::ClientContext context;
  context.AddMetadata("authorization", "Bearer " + token);
  context.AddMetadata("shirube-actor", "mayor");
  v1::CreatePlanRequest request;
  request.set_plan_id("demo");
  request.mutable_plan()->set_display_name("計画");
  v1::Plan plan;
  const grpc::Status made =
      v1::PlanService::NewStub(channel)->CreatePlan(&context, request, &plan);
  ASSERT_TRUE(made.ok()) << made.error_message();
  EXPECT_EQ(plan.actor(), "財政課");

  grpc::ClientContext second;
  second.AddMetadata("authorization", "Bearer " + token);
  v1::ListAuditEntriesRequest list;
  list.set_filter("resource = \"plans/demo\"");
  v1::ListAuditEntriesResponse entries;
  const grpc::Status listed =
      v1::AdminService::NewStub(channel)->ListAuditEntries(&second, list,
                                                           &entries);
  ASSERT_TRUE(listed.ok()) << listed.error_message();
  ASSERT_EQ(entries.audit_entries_size(), 1);
  EXPECT_EQ(entries.audit_entries(0).actor(), "財政課");
  EXPECT_FALSE(entries.audit_entries(0).claimed());
  EXPECT_EQ(entries.audit_entries(0).action(), "CreatePlan");
  EXPECT_EQ(entries.audit_entries(0).touched(0).change(), "CREATED");
}

TEST_F(DoorTest, EncryptsAndReadsAChangedCertificate) {
  UseTls();
  Start();
  const Info info = GetInfo(Encrypted());
  ASSERT_TRUE(info.status.ok()) << info.status.error_message();
  EXPECT_TRUE(info.info.access().tls());
  EXPECT_FALSE(GetInfo(Plain()).status.ok());
  // Of another authority: who trusts only that comes in once it is read.
  const client::TestAuthority other("other authority");
  WritePair(other.Issue("server", "IP:127.0.0.1,DNS:localhost"));
  const absl::Time until = absl::Now() + absl::Seconds(30);
  bool taken = false;
  while (!taken && absl::Now() < until) {
    grpc::SslCredentialsOptions ssl;
    ssl.pem_root_certs = other.Pem();
    taken = GetInfo(grpc::CreateChannel(server_->address(),
                                        grpc::SslCredentials(ssl)))
                .status.ok();
  }
  EXPECT_TRUE(taken);
}

TEST_F(DoorTest, KnowsClientsByTheirCertificates) {
  UseTls();
  UseTokens();
  std::ofstream(folder_ / "tokens") << "cert\tportal\tREAD,RULES\t-\t-\t-\n";
  std::ofstream(folder_ / "ca.pem") << authority_.Pem();
  options_.tls.client_ca = folder_ / "ca.pem";
  const std::string token = Token("chat", {Role::kRead});
  Start();
  const Info portal = GetInfo(Encrypted(authority_.Issue("portal", "")));
  ASSERT_TRUE(portal.status.ok()) << portal.status.error_message();
  EXPECT_EQ(portal.info.access().actor(), "portal");
  EXPECT_FALSE(portal.info.access().claimed());
  EXPECT_THAT(portal.info.access().roles(),
              ElementsAre(v1::ROLE_READ, v1::ROLE_RULES));
  const Info other = GetInfo(Encrypted(authority_.Issue("map", "")));
  EXPECT_THAT(other.info.access().roles(), ElementsAre(v1::ROLE_READ));
  // Without a certificate a token will do; without both, nothing does.
  EXPECT_EQ(GetInfo(Encrypted(), token).info.access().actor(), "chat");
  EXPECT_EQ(ReasonOf(GetInfo(Encrypted()).status), "CREDENTIALS_MISSING");
  const client::TestAuthority stranger("stranger");
  EXPECT_FALSE(GetInfo(Encrypted(stranger.Issue("portal", ""))).status.ok());
}

TEST_F(DoorTest, ListensElsewhereOnlyWhereItIsGuarded) {
  options_.listen = "0.0.0.0:0";
  EXPECT_FALSE(Server::Start(options_).ok());
  UseTls();
  const auto encrypted = Server::Start(options_);
  ASSERT_FALSE(encrypted.ok());
  EXPECT_THAT(DetailsOf(encrypted.status()).en, HasSubstr("--tokens"));
  UseTokens();
  Token("portal", {Role::kRead});
  options_.tls = TlsFiles();
  EXPECT_FALSE(Server::Start(options_).ok());
  // That it does where both are there is ListenAddressTest's to say: tests stay
  // on loopback.
}

TEST_F(DoorTest, SaysWhichFileIsWrong) {
  UseTls();
  const auto refusal = [&] {
    const auto server = Server::Start(options_);
    EXPECT_FALSE(server.ok());
    return DetailsOf(server.status()).en;
  };
  const client::PemPair mine = authority_.Issue("a", "");
  std::ofstream(folder_ / "key.pem") << authority_.Issue("b", "").key;
  EXPECT_THAT(refusal(), HasSubstr("does not belong to the certificate"));
  std::ofstream(folder_ / "key.pem") << "no key";
  EXPECT_THAT(refusal(), HasSubstr("--tls-key"));
  WritePair(authority_.Issue("c", "", /*days_left=*/-1));
  EXPECT_THAT(refusal(), HasSubstr("out of date"));
  WritePair(mine);
  options_.tls.certificate = folder_ / "nobody.pem";
  EXPECT_THAT(refusal(), HasSubstr("nobody.pem"));
  options_.tls.certificate.clear();
  EXPECT_THAT(refusal(), HasSubstr("go together"));
  options_.tls = TlsFiles();
  options_.tls.client_ca = folder_ / "cert.pem";
  EXPECT_THAT(refusal(), HasSubstr("--client-ca needs"));
  options_.tls = TlsFiles();
  options_.token_file = folder_ / "nobody";
  EXPECT_THAT(refusal(), HasSubstr("nobody"));
}

TEST_F(DoorTest, EndsACallWithTooManyHeaders) {
  Start();
  grpc::ClientContext context;
  context.set_deadline(absl::ToChronoTime(absl::Now() + absl::Seconds(30)));
  for (int i = 0; i < 40; ++i) {
    context.AddMetadata("x-flood-" + std::to_string(i), std::string(1000, 'a'));
  }
  v1::ServerInfo info;
  const auto channel = Plain();
  EXPECT_EQ(v1::AdminService::NewStub(channel)
                ->GetServerInfo(&context, v1::GetServerInfoRequest(), &info)
                .error_code(),
            grpc::RESOURCE_EXHAUSTED);
  grpc::Status after = GetInfo(channel).status;
  // Where they came in several pieces gRPC may end the connection as well.
  if (after.error_code() == grpc::UNAVAILABLE) after = GetInfo(channel).status;
  EXPECT_TRUE(after.ok()) << after.error_code() << " " << after.error_message();
}

// Whoever was let in may say more than a stranger, over IPv6 too.
TEST_F(DoorTest, KeepsTheConnectionOfWhoIsKnown) {
  UseTokens();
  const std::string token = Token("portal", {Role::kRead});
  for (const char* listen : {"127.0.0.1:0", "[::1]:0"}) {
    SCOPED_TRACE(listen);
    server_.reset();
    options_.listen = listen;
    Start();
    const auto channel = Plain();
    ASSERT_TRUE(GetInfo(channel, token).status.ok());
    grpc::CompletionQueue changes;
    channel->NotifyOnStateChange(
        GRPC_CHANNEL_READY,
        std::chrono::system_clock::now() + std::chrono::seconds(60), &changes,
        nullptr);
    // Long enough to have been looked at several times.
    const absl::Time until = absl::Now() + absl::Seconds(1);
    for (int64_t sent = 0;
         absl::Now() < until || sent < 4 * limits::kMaxStrangerBytes;) {
      grpc::ClientContext context;
      context.AddMetadata("authorization", "Bearer " + token);
      v1::ListAuditEntriesRequest request;
      request.set_filter(std::string(100'000, 'x'));
      v1::ListAuditEntriesResponse response;
      EXPECT_EQ(v1::AdminService::NewStub(channel)
                    ->ListAuditEntries(&context, request, &response)
                    .error_code(),
                grpc::INVALID_ARGUMENT);
      sent += 100'000;
    }
    void* tag = nullptr;
    bool changed = false;
    EXPECT_EQ(
        changes.AsyncNext(&tag, &changed, std::chrono::system_clock::now()),
        grpc::CompletionQueue::TIMEOUT)
        << "the connection was ended";
    server_.reset();
    changes.Shutdown();
    while (changes.Next(&tag, &changed)) {
    }
  }
}

// Connections on which nobody ever finishes what they began to say.
class Loiterers {
 public:
  Loiterers(const std::string& address, int count) {
    sockaddr_in where{};
    where.sin_family = AF_INET;
    where.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    where.sin_port = htons(static_cast<uint16_t>(
        std::stoi(address.substr(address.rfind(':') + 1))));
    for (int i = 0; i < count; ++i) {
      const int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
      if (fd < 0) break;
      sockets_.push_back(fd);
      if (connect(fd, reinterpret_cast<sockaddr*>(&where), sizeof where) != 0) {
        break;
      }
      connected_ += send(fd, "PRI * HT", 8, MSG_NOSIGNAL) == 8 ? 1 : 0;
    }
  }
  ~Loiterers() {
    for (int fd : sockets_) close(fd);
  }
  int connected() const { return connected_; }

 private:
  std::vector<int> sockets_;
  int connected_ = 0;
};

TEST_F(DoorTest, ServesOthersWhileManyLoiter) {
  UseTokens();
  const std::string token = Token("portal", {Role::kRead});
  Start();
  const Loiterers loiterers(server_->address(), 400);
  EXPECT_EQ(loiterers.connected(), 400);
  for (int i = 0; i < 20; ++i) {
    EXPECT_TRUE(GetInfo(Plain(), token).status.ok());
  }
}

TEST_F(DoorTest, PagesThroughWhatWasDone) {
  Start();
  const auto channel = Plain();
  for (int i = 0; i < 5; ++i) {
    grpc::ClientContext context;
    v1::CreatePlanRequest request;
    request.set_plan_id("p" + std::to_string(i));
    request.mutable_plan()->set_display_name("計画");
    v1::Plan plan;
    ASSERT_TRUE(v1::PlanService::NewStub(channel)
                    ->CreatePlan(&context, request, &plan)
                    .ok());
  }
  std::vector<std::string> seen;
  v1::ListAuditEntriesRequest list;
  list.set_page_size(2);
  list.set_filter("action = CreatePlan");
  for (int page = 0; page < 10; ++page) {
    grpc::ClientContext context;
    v1::ListAuditEntriesResponse entries;
    const grpc::Status status =
        v1::AdminService::NewStub(channel)->ListAuditEntries(&context, list,
                                                             &entries);
    ASSERT_TRUE(status.ok()) << status.error_message();
    for (const auto& entry : entries.audit_entries()) {
      seen.push_back(entry.touched(0).resource());
    }
    list.set_page_token(entries.next_page_token());
    if (entries.next_page_token().empty()) break;
  }
  EXPECT_THAT(seen, ElementsAre("plans/p4", "plans/p3", "plans/p2", "plans/p1",
                                "plans/p0"));
}

}  // namespace
}  // namespace shirube
