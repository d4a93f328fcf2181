#include "tests/e2e/guarded_server.h"

#include <algorithm>
#include <fstream>
#include <vector>

#include "absl/time/clock.h"
#include "server/access/token_file.h"
#include "shirube/v1/admin_service.grpc.pb.h"

namespace shirube::e2e {

GuardedServer::GuardedServer(Door door) {
  const auto made =
      MakeToken("honest", {Role::kRead}, std::nullopt, TodayInJapan());
  if (!made.ok() || !AppendToken(folder_ / "tokens", made->record).ok()) return;
  token_ = made->token;
  std::vector<std::string> arguments = {"--db",     folder_ / "shirube.db",
                                        "--listen", "127.0.0.1:0",
                                        "--tokens", folder_ / "tokens"};
  credentials_ = grpc::InsecureChannelCredentials();
  if (door == Door::kTls) {
    const client::PemPair pair =
        authority_.Issue("server", "IP:127.0.0.1,DNS:localhost");
    std::ofstream(folder_ / "cert.pem") << pair.cert;
    std::ofstream(folder_ / "key.pem") << pair.key;
    arguments.insert(arguments.end(), {"--tls-cert", folder_ / "cert.pem",
                                       "--tls-key", folder_ / "key.pem"});
    grpc::SslCredentialsOptions ssl;
    ssl.pem_root_certs = authority_.Pem();
    credentials_ = grpc::SslCredentials(ssl);
  }
  server_ = Server::Start(arguments);
}

int GuardedServer::port() const {
  const std::string& address = server_->address();
  return std::stoi(address.substr(address.rfind(':') + 1));
}

// As every client should that is turned away before it could say who it is:
// strangers push each other out.
grpc::Status GuardedServer::Call() const {
  const absl::Time until = absl::Now() + kServedWithin;
  while (true) {
    const grpc::Status status = CallOnce();
    const bool again = status.error_code() == grpc::StatusCode::UNAVAILABLE;
    if (!again || absl::Now() > until) return status;
  }
}

grpc::Status GuardedServer::CallOnce() const {
  grpc::ChannelArguments arguments;
  arguments.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);
  const auto channel =
      grpc::CreateCustomChannel(server_->address(), credentials_, arguments);
  grpc::ClientContext context;
  context.set_deadline(absl::ToChronoTime(absl::Now() + kServedWithin));
  context.set_wait_for_ready(true);
  context.AddMetadata("authorization", "Bearer " + token_);
  v1::ServerInfo info;
  return v1::AdminService::NewStub(channel)->GetServerInfo(
      &context, v1::GetServerInfoRequest(), &info);
}

int64_t GuardedServer::ResidentKib() const {
  std::ifstream in("/proc/" + std::to_string(server_->pid()) + "/status");
  for (std::string line; std::getline(in, line);) {
    if (line.rfind("VmRSS:", 0) == 0) return std::stoll(line.substr(6));
  }
  return -1;
}

HonestCaller::HonestCaller(const GuardedServer& server)
    : server_(server),
      before_((server.Call(), server.ResidentKib())),
      heaviest_(before_),
      thread_([this] {
        while (!stop_) {
          const absl::Time start = absl::Now();
          const grpc::Status status = server_.Call();
          slowest_ = std::max(slowest_, absl::Now() - start);
          heaviest_ = std::max(heaviest_, server_.ResidentKib());
          ++calls_;
          if (status.ok()) continue;
          ++failures_;
          last_failure_ = status.error_message();
        }
      }) {}

HonestCaller::~HonestCaller() { Stop(); }

void HonestCaller::Stop() {
  stop_ = true;
  if (thread_.joinable()) thread_.join();
}

}  // namespace shirube::e2e
