#include "server/app/listen_address.h"

#include <arpa/inet.h>
#include <netdb.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <memory>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "server/base/status_macros.h"
#include "server/domain/violation.h"

namespace shirube {
namespace {

constexpr size_t kMaxSocketPath = sizeof(sockaddr_un::sun_path) - 1;

absl::Status BadAddress(const std::string& text, std::string en,
                        std::string ja) {
  return MakeError(absl::StatusCode::kInvalidArgument, "INVALID_FIELD",
                   absl::StrCat("--listen ", Quoted(text), ": ", en),
                   absl::StrCat("--listen ", QuotedJa(text), ": ", ja));
}

absl::Status NotLoopback(const std::string& text, const std::string& found) {
  return BadAddress(
      text,
      absl::StrCat("is ", found,
                   ", which others can reach; that takes TLS (--tls-cert, "
                   "--tls-key) and callers who prove who they are (--tokens "
                   "or --client-ca). Without them the server listens on "
                   "loopback (127.0.0.1:8471) or a Unix socket (unix:/path) "
                   "only"),
      absl::StrCat(found,
                   "は外部から到達できます。それにはTLS(--tls-cert、"
                   "--tls-key)と、呼び出す側の確認(--tokens または "
                   "--client-ca)が必要です。なければ、ループバック"
                   "(127.0.0.1:8471)かUnixソケット(unix:/path)だけで"
                   "待ち受けます"));
}

absl::Status InUse(const std::string& where, const std::string& why) {
  return MakeError(
      absl::StatusCode::kFailedPrecondition, "INTERNAL_FAULT",
      absl::StrCat("cannot listen on ", where, ": ", why,
                   "; end the other server or choose another --listen"),
      absl::StrCat(where, "で待ち受けられません: ", why,
                   "。別のサーバーを止めるか、--listenを変えてください"));
}

bool IsLoopback(const sockaddr& address) {
  if (address.sa_family == AF_INET) {
    const auto& in = reinterpret_cast<const sockaddr_in&>(address);
    return (ntohl(in.sin_addr.s_addr) >> 24) == 127;
  }
  if (address.sa_family != AF_INET6) return false;
  const in6_addr& in = reinterpret_cast<const sockaddr_in6&>(address).sin6_addr;
  if (IN6_IS_ADDR_V4MAPPED(&in)) return in.s6_addr[12] == 127;
  return IN6_IS_ADDR_LOOPBACK(&in);
}

std::string Numeric(const addrinfo& info) {
  char text[NI_MAXHOST] = "";
  getnameinfo(info.ai_addr, info.ai_addrlen, text, sizeof(text), nullptr, 0,
              NI_NUMERICHOST);
  return info.ai_family == AF_INET6 ? absl::StrCat("[", text, "]") : text;
}

// "host:port" or "[host]:port".
bool Split(const std::string& text, std::string* host, std::string* port) {
  const size_t colon = text.rfind(':');
  if (colon == std::string::npos) return false;
  *host = text.substr(0, colon);
  *port = text.substr(colon + 1);
  if (absl::StartsWith(*host, "[") && absl::EndsWith(*host, "]")) {
    *host = host->substr(1, host->size() - 2);
  } else if (host->find(':') != std::string::npos) {
    return false;
  }
  return true;
}

absl::StatusOr<ListenAddress> UnixAddress(const std::string& text) {
  ListenAddress address;
  address.path = text.substr(5);
  if (address.path.empty() || address.path.size() > kMaxSocketPath) {
    return BadAddress(
        text, absl::StrCat("a socket path has 1 to ", kMaxSocketPath, " bytes"),
        absl::StrCat("ソケットのパスは1から", kMaxSocketPath,
                     "バイトまでです"));
  }
  address.grpc = absl::StrCat("unix:", address.path);
  return address;
}

using Resolved = std::unique_ptr<addrinfo, decltype(&freeaddrinfo)>;

absl::StatusOr<Resolved> Resolve(const std::string& text,
                                 const std::string& host,
                                 const std::string& port) {
  addrinfo hints{};
  hints.ai_family = AF_UNSPEC;
  hints.ai_socktype = SOCK_STREAM;
  hints.ai_flags = AI_NUMERICSERV;
  addrinfo* found = nullptr;
  const int error = getaddrinfo(host.c_str(), port.c_str(), &hints, &found);
  if (error != 0) {
    const std::string why = gai_strerror(error);
    return BadAddress(text, absl::StrCat("cannot be resolved (", why, ")"),
                      absl::StrCat("解決できません(", why, ")"));
  }
  return Resolved(found, &freeaddrinfo);
}

}  // namespace

absl::StatusOr<ListenAddress> ResolveListenAddress(const std::string& text,
                                                   Reach reach) {
  if (absl::StartsWith(text, "unix:")) return UnixAddress(text);
  std::string host, port;
  int number = -1;
  if (!Split(text, &host, &port) || !absl::SimpleAtoi(port, &number) ||
      number < 0 || number > 65535) {
    return BadAddress(
        text, "use 127.0.0.1:8471, [::1]:8471 or unix:/path",
        "127.0.0.1:8471、[::1]:8471、unix:/pathの形で指定してください");
  }
  if (host.empty() || host == "*") host = "0.0.0.0";
  SHIRUBE_ASSIGN_OR_RETURN(const Resolved resolved, Resolve(text, host, port));
  ListenAddress address;
  address.port = number;
  for (const addrinfo* info = resolved.get(); info; info = info->ai_next) {
    const std::string numeric = Numeric(*info);
    if (reach == Reach::kLoopback && !IsLoopback(*info->ai_addr)) {
      return NotLoopback(text, numeric);
    }
    // IPv4 where a name has both: every client reaches that.
    if (address.host.empty() || info->ai_family == AF_INET) {
      address.host = numeric;
    }
  }
  address.grpc = absl::StrCat(address.host, ":", number);
  return address;
}

absl::Status CheckSocketIsFree(const ListenAddress& address) {
  if (address.path.empty()) return absl::OkStatus();
  struct stat info {};
  if (lstat(address.path.c_str(), &info) != 0) return absl::OkStatus();
  if (!S_ISSOCK(info.st_mode)) {
    return InUse(address.grpc, "the path exists and is no socket");
  }
  sockaddr_un where{};
  where.sun_family = AF_UNIX;
  std::memcpy(where.sun_path, address.path.data(), address.path.size());
  const int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (fd < 0) return absl::OkStatus();
  const bool alive = connect(fd, reinterpret_cast<const sockaddr*>(&where),
                             sizeof(where)) == 0;
  close(fd);
  // A dead one is what a killed server left behind; gRPC replaces it.
  return alive ? InUse(address.grpc, "a server listens there")
               : absl::OkStatus();
}

absl::Status WhyNotListening(const ListenAddress& address) {
  std::string why = "the system refused it";
  if (!address.path.empty()) return InUse(address.grpc, why);
  std::string host = address.host;
  if (absl::StartsWith(host, "[")) host = host.substr(1, host.size() - 2);
  const absl::StatusOr<Resolved> resolved =
      Resolve(address.grpc, host, absl::StrCat(address.port));
  if (!resolved.ok()) return resolved.status();
  const addrinfo& info = **resolved;
  const int fd = socket(info.ai_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
  const int on = 1;
  setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
  if (bind(fd, info.ai_addr, info.ai_addrlen) != 0) why = std::strerror(errno);
  close(fd);
  return InUse(address.grpc, why);
}

}  // namespace shirube
