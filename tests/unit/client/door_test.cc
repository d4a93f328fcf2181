// The connection through a door that asks who comes: a gRPC server of the
// test's own, with certificates of the test's own.
#include <gmock/gmock.h>
#include <grpcpp/grpcpp.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <filesystem>
#include <fstream>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "client/lib/clients.h"
#include "client/lib/error.h"
#include "client/lib/token.h"
#include "shirube/v1/admin_service.grpc.pb.h"
#include "tests/unit/client/certificates.h"

namespace shirube::client {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

constexpr char kHere[] = "IP:127.0.0.1,DNS:localhost";

// Keeps what each call showed.
class Doorkeeper : public v1::AdminService::Service {
 public:
  grpc::Status GetServerInfo(grpc::ServerContext* context,
                             const v1::GetServerInfoRequest*,
                             v1::ServerInfo* info) override {
    std::lock_guard lock(mutex_);
    const auto range = context->client_metadata().equal_range("authorization");
    std::string all;
    for (auto at = range.first; at != range.second; ++at) {
      all += std::string(at->second.data(), at->second.size());
    }
    tokens_.push_back(all);
    std::string name;
    for (const grpc::string_ref& part :
         context->auth_context()->FindPropertyValues(
             GRPC_X509_CN_PROPERTY_NAME)) {
      name += std::string(part.data(), part.size());
    }
    names_.push_back(name);
    info->set_version("1");
    return grpc::Status::OK;
  }
  std::vector<std::string> Tokens() {
    std::lock_guard lock(mutex_);
    return tokens_;
  }
  std::vector<std::string> Names() {
    std::lock_guard lock(mutex_);
    return names_;
  }

 private:
  std::mutex mutex_;
  std::vector<std::string> tokens_, names_;
};

class DoorTest : public ::testing::Test {
 protected:
  ~DoorTest() override {
    if (server_ != nullptr) server_->Shutdown();
  }

  void Listen(std::shared_ptr<grpc::ServerCredentials> credentials) {
    grpc::ServerBuilder builder;
    builder.AddListeningPort(socket_.empty() ? "127.0.0.1:0" : socket_,
                             std::move(credentials), &port_);
    builder.RegisterService(&keeper_);
    server_ = builder.BuildAndStart();
    ASSERT_NE(server_, nullptr);
  }
  void ListenInPlainText() { Listen(grpc::InsecureServerCredentials()); }
  void ListenWithTls(const std::string& san = kHere,
                     const std::string& client_ca = "") {
    const PemPair pair = ours_.Issue("server", san);
    grpc::SslServerCredentialsOptions ssl(
        client_ca.empty()
            ? GRPC_SSL_DONT_REQUEST_CLIENT_CERTIFICATE
            : GRPC_SSL_REQUEST_AND_REQUIRE_CLIENT_CERTIFICATE_AND_VERIFY);
    ssl.pem_root_certs = client_ca;
    ssl.pem_key_cert_pairs.push_back({pair.key, pair.cert});
    Listen(grpc::SslServerCredentials(ssl));
  }

  Options Calling(Options options = {}) const {
    options.server =
        socket_.empty() ? "127.0.0.1:" + std::to_string(port_) : socket_;
    options.language = options.language.value_or("en");
    options.retries = 0;
    return options;
  }
  absl::Status Ask(const Options& options) const {
    return AdminClient(options).GetServerInfo({}).status();
  }

  TempFolder folder_;
  TestAuthority ours_{"our CA"}, theirs_{"their CA"};
  Doorkeeper keeper_;
  std::unique_ptr<grpc::Server> server_;
  int port_ = 0;
  std::string socket_;  // instead of a port
};

TEST_F(DoorTest, LetsInOverTlsWhoTrustsItsAuthority) {
  ListenWithTls();
  const std::string ca = folder_.Write("ca.pem", ours_.Pem());
  EXPECT_EQ(Ask(Calling({.tls_ca = ca})), absl::OkStatus());
  EXPECT_THAT(keeper_.Tokens(), ElementsAre(""));
}

TEST_F(DoorTest, IsNotTrustedByAnotherAuthority) {
  ListenWithTls();
  const std::string ca = folder_.Write("ca.pem", theirs_.Pem());
  const absl::Status status = Ask(Calling({.tls_ca = ca}));
  EXPECT_TRUE(absl::IsUnavailable(status));
  EXPECT_THAT(
      std::string(status.message()),
      AllOf(HasSubstr(ca), HasSubstr("do not vouch"), HasSubstr("--tls-ca")));
  EXPECT_THAT(keeper_.Tokens(), IsEmpty());
}

TEST_F(DoorTest, IsNotTrustedUnderAnotherName) {
  ListenWithTls("DNS:shirube.example");
  const std::string ca = folder_.Write("ca.pem", ours_.Pem());
  const absl::Status status = Ask(Calling({.tls_ca = ca, .language = "ja"}));
  EXPECT_TRUE(absl::IsUnavailable(status));
  EXPECT_THAT(std::string(status.message()), HasSubstr("for another name"));
  EXPECT_THAT(ErrorOf(status).localized,
              HasSubstr("この名前のものではありません"));
}

TEST_F(DoorTest, TellsThatTheServerSpeaksNoTls) {
  ListenInPlainText();
  const std::string ca = folder_.Write("ca.pem", ours_.Pem());
  const absl::Status status = Ask(Calling({.tls_ca = ca}));
  EXPECT_TRUE(absl::IsUnavailable(status));
  EXPECT_THAT(std::string(status.message()),
              AllOf(HasSubstr("does not speak TLS"), HasSubstr("leave out")));
}

TEST_F(DoorTest, TellsHowToSpeakTlsToWhoDoesNot) {
  ListenWithTls();
  const absl::Status status = Ask(Calling());
  EXPECT_TRUE(absl::IsUnavailable(status));
  EXPECT_THAT(std::string(status.message()), HasSubstr("name its CA by"));
}

TEST_F(DoorTest, KnowsTheCallerByCertificate) {
  ListenWithTls(kHere, theirs_.Pem());
  const PemPair pair = theirs_.Issue("kiroku", "");
  const Options options =
      Calling({.tls_ca = folder_.Write("ca.pem", ours_.Pem()),
               .tls_cert = folder_.Write("me.pem", pair.cert),
               .tls_key = folder_.Write("me.key", pair.key)});
  EXPECT_EQ(Ask(options), absl::OkStatus());
  EXPECT_THAT(keeper_.Names(), ElementsAre("kiroku"));
}

TEST_F(DoorTest, TurnsDownWhoShowsNoCertificate) {
  ListenWithTls(kHere, theirs_.Pem());
  const absl::Status status =
      Ask(Calling({.tls_ca = folder_.Write("ca.pem", ours_.Pem())}));
  EXPECT_TRUE(absl::IsUnavailable(status));
  EXPECT_THAT(std::string(status.message()), HasSubstr("--cert and --key"));
}

TEST_F(DoorTest, TurnsDownACertificateOfAnotherAuthority) {
  ListenWithTls(kHere, theirs_.Pem());
  const PemPair pair = ours_.Issue("kiroku", "");
  const std::string cert = folder_.Write("me.pem", pair.cert);
  const absl::Status status =
      Ask(Calling({.tls_ca = folder_.Write("ca.pem", ours_.Pem()),
                   .tls_cert = cert,
                   .tls_key = folder_.Write("me.key", pair.key)}));
  EXPECT_TRUE(absl::IsUnavailable(status));
  EXPECT_THAT(std::string(status.message()),
              AllOf(HasSubstr(cert), HasSubstr("turned")));
}

TEST_F(DoorTest, TakesUpACertificateThatWasRenewed) {
  ListenWithTls(kHere, theirs_.Pem());
  const PemPair first = theirs_.Issue("first", "");
  const PemPair second = theirs_.Issue("second", "");
  const AdminClient client(
      Calling({.tls_ca = folder_.Write("ca.pem", ours_.Pem()),
               .tls_cert = folder_.Write("me.pem", first.cert),
               .tls_key = folder_.Write("me.key", first.key)}));
  EXPECT_EQ(client.GetServerInfo({}).status(), absl::OkStatus());
  // Between the two files the old pair goes on.
  folder_.Write("me.pem", second.cert);
  EXPECT_EQ(client.GetServerInfo({}).status(), absl::OkStatus());
  folder_.Write("me.key", second.key);
  EXPECT_EQ(client.GetServerInfo({}).status(), absl::OkStatus());
  EXPECT_THAT(keeper_.Names(), ElementsAre("first", "first", "second"));
}

TEST_F(DoorTest, SeesTheTokenOfEachCallAsItIsThen) {
  ListenWithTls();
  const std::string token = folder_.Write("token", "shirube_one\n");
  const AdminClient client(Calling(
      {.tls_ca = folder_.Write("ca.pem", ours_.Pem()), .token_file = token}));
  EXPECT_EQ(client.GetServerInfo({}).status(), absl::OkStatus());
  EXPECT_EQ(client.GetServerInfo({}).status(), absl::OkStatus());
  folder_.Write("token", "shirube_another");
  EXPECT_EQ(client.GetServerInfo({}).status(), absl::OkStatus());
  EXPECT_THAT(keeper_.Tokens(),
              ElementsAre("Bearer shirube_one", "Bearer shirube_one",
                          "Bearer shirube_another"));
}

TEST_F(DoorTest, SeesTheTokenThatAPipeHadOnce) {
  ListenInPlainText();
  const std::string pipe = folder_.Path("pipe");
  ASSERT_EQ(mkfifo(pipe.c_str(), 0600), 0);
  std::thread writer([&] { std::ofstream(pipe) << "shirube_piped\n"; });
  const AdminClient client(Calling({.token_file = pipe}));
  EXPECT_EQ(client.GetServerInfo({}).status(), absl::OkStatus());
  writer.join();
  EXPECT_EQ(client.GetServerInfo({}).status(), absl::OkStatus());
  EXPECT_THAT(keeper_.Tokens(),
              ElementsAre("Bearer shirube_piped", "Bearer shirube_piped"));
}

TEST_F(DoorTest, SpeaksTlsOverASocketWhereItIsAskedTo) {
  socket_ = "unix:" + folder_.Path("s");
  ListenWithTls();
  const std::string ca = folder_.Write("ca.pem", ours_.Pem());
  EXPECT_EQ(Ask(Calling({.tls_ca = ca})), absl::OkStatus());
  EXPECT_TRUE(absl::IsUnavailable(Ask(Calling())));
}

TEST_F(DoorTest, SeesNoTokenWhereNoneIsNamed) {
  ListenInPlainText();
  const std::string token = folder_.Write("token", "shirube_one\n");
  EXPECT_EQ(Ask(Calling({.token_file = token})), absl::OkStatus());
  EXPECT_EQ(Ask(Calling()), absl::OkStatus());
  EXPECT_THAT(keeper_.Tokens(), ElementsAre("Bearer shirube_one", ""));
}

// Nothing is called with files that cannot be right.

class DoorFilesTest : public DoorTest {
 protected:
  std::string Told(Options options) {
    options.server = "shirube.example:8471";
    options.language = "en";
    const absl::Status status = Ask(options);
    code_ = status.code();
    return std::string(status.message());
  }
  absl::StatusCode code_ = absl::StatusCode::kOk;
};

TEST_F(DoorFilesTest, NamesAFileThatIsNotThere) {
  const std::string gone = folder_.Path("gone.pem");
  EXPECT_THAT(Told({.tls_ca = gone}),
              AllOf(HasSubstr(gone), HasSubstr("no such file"),
                    HasSubstr("SHIRUBE_TLS_CA")));
  EXPECT_EQ(code_, absl::StatusCode::kNotFound);
  EXPECT_THAT(Told({.token_file = gone}),
              AllOf(HasSubstr(gone), HasSubstr("SHIRUBE_TOKEN_FILE")));
  EXPECT_EQ(code_, absl::StatusCode::kNotFound);
}

TEST_F(DoorFilesTest, TellsACertificateThatIsNotOfItsKey) {
  const PemPair one = ours_.Issue("one", ""), other = ours_.Issue("two", "");
  const std::string cert = folder_.Write("me.pem", one.cert);
  const std::string key = folder_.Write("me.key", other.key);
  EXPECT_THAT(Told({.tls_cert = cert, .tls_key = key}),
              AllOf(HasSubstr(cert), HasSubstr("does not match the key"),
                    HasSubstr(key)));
  EXPECT_EQ(code_, absl::StatusCode::kInvalidArgument);
}

TEST_F(DoorFilesTest, AsksForTheOtherHalfOfAPair) {
  const PemPair pair = ours_.Issue("one", "");
  EXPECT_THAT(Told({.tls_cert = folder_.Write("me.pem", pair.cert)}),
              HasSubstr("--key (SHIRUBE_TLS_KEY)"));
  EXPECT_THAT(Told({.tls_key = folder_.Write("me.key", pair.key)}),
              HasSubstr("--cert (SHIRUBE_TLS_CERT)"));
}

TEST_F(DoorFilesTest, TellsWhatIsNoPem) {
  const PemPair pair = ours_.Issue("one", "");
  const std::string cert = folder_.Write("me.pem", pair.cert);
  const std::string text = folder_.Write("note.txt", "hello");
  EXPECT_THAT(Told({.tls_ca = text}), HasSubstr("no certificate in PEM"));
  EXPECT_THAT(Told({.tls_cert = text, .tls_key = text}),
              HasSubstr("no certificate in PEM"));
  EXPECT_THAT(Told({.tls_cert = cert, .tls_key = text}),
              HasSubstr("no private key in PEM"));
  const std::string der =
      folder_.Write("ca.der", std::string("\x30\x82\x01\x0a", 4));
  EXPECT_THAT(Told({.tls_ca = der}),
              HasSubstr("openssl x509 -inform der -in " + der));
}

TEST_F(DoorFilesTest, TellsTheDayACertificateExpired) {
  const PemPair pair = ours_.Issue("one", "", -1);
  EXPECT_THAT(Told({.tls_cert = folder_.Write("me.pem", pair.cert),
                    .tls_key = folder_.Write("me.key", pair.key)}),
              HasSubstr("expired on 20"));
}

TEST_F(DoorFilesTest, TellsAFolderInsteadOfAFile) {
  EXPECT_THAT(Told({.tls_ca = folder_.Path("")}), HasSubstr("cannot be read"));
}

TEST_F(DoorFilesTest, NeverSaysATokenThatStandsInPlaceOfItsFile) {
  const std::string token = "shirube_3f9a01c2_" + std::string(43, 'A');
  EXPECT_THAT(Told({.token_file = token}),
              AllOf(HasSubstr("takes the file"), Not(HasSubstr("AAAA"))));
}

TEST_F(DoorFilesTest, NeverSaysWhatIsInATokenFile) {
  for (const std::string text : {"two tokens", "", "\n", "s\xe3\x81\x82"}) {
    const std::string file = folder_.Write("token", text);
    const std::string told = Told({.token_file = file});
    EXPECT_THAT(told, AllOf(HasSubstr(file), HasSubstr("does not hold"),
                            Not(HasSubstr("two tokens"))));
  }
}

TEST(WarningAboutFilesTest, NamesWhatOthersMayRead) {
  const TempFolder folder;
  const std::string token = folder.Write("token", "t");
  const Options options = Resolve({.token_file = token, .language = "en"}, {});
  EXPECT_EQ(WarningAboutFiles(options), std::nullopt);
  ASSERT_EQ(chmod(token.c_str(), 0644), 0);
  EXPECT_THAT(WarningAboutFiles(options).value_or(""),
              HasSubstr("chmod 600 " + token));
}

// Nothing but TLS leaves the machine, so no token does in plain text.
TEST(WantsTlsTest, IsAskedOfWhateverIsNotOnThisMachine) {
  const auto wants = [](const std::string& server, const std::string& ca = "") {
    return WantsTls(Resolve({.server = server, .tls_ca = ca}, {}));
  };
  for (const char* server :
       {"127.0.0.1:8471", "127.9.9.9:1", "localhost:8471", "localhost",
        "[::1]:8471", "unix:/run/shirube.sock", "unix-abstract:shirube"}) {
    EXPECT_FALSE(wants(server)) << server;
    EXPECT_TRUE(IsLocal(server)) << server;
  }
  for (const char* server :
       {"shirube.example:8471", "10.0.0.1:8471", "127.0.0.1.example:8471",
        "[2001:db8::1]:8471", "localhost.example", "128.0.0.1", "127.1:8471",
        "dns:///localhost:1", "ipv4:127.0.0.1:1,10.0.0.1:1", "[::1", "",
        "127.0.0.1:1,10.0.0.1:2", "unixy:8471"}) {
    EXPECT_TRUE(wants(server)) << server;
    EXPECT_FALSE(IsLocal(server)) << server;
  }
  EXPECT_TRUE(wants("127.0.0.1:8471", "ca.pem"));
  EXPECT_TRUE(wants("unix:/run/shirube.sock", "ca.pem"));
}

}  // namespace
}  // namespace shirube::client
