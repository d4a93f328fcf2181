#include "tests/e2e/http2.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <utility>

#include "absl/time/clock.h"

namespace shirube::e2e {
namespace {

std::string Text(const std::string& text) {
  return HpackInteger(0, 7, text.size()) + text;
}

int Connected(int port, const std::string& source) {
  const int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (fd < 0) return -1;
  sockaddr_in from{}, to{};
  from.sin_family = to.sin_family = AF_INET;
  to.sin_port = htons(static_cast<uint16_t>(port));
  to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  inet_pton(AF_INET, source.c_str(), &from.sin_addr);
  if (bind(fd, reinterpret_cast<sockaddr*>(&from), sizeof from) == 0 &&
      connect(fd, reinterpret_cast<sockaddr*>(&to), sizeof to) == 0) {
    return fd;
  }
  close(fd);
  return -1;
}

}  // namespace

std::string HpackInteger(uint8_t first, int prefix, uint64_t value) {
  const uint64_t most = (uint64_t{1} << prefix) - 1;
  if (value < most) return {static_cast<char>(first | value)};
  std::string bytes(1, static_cast<char>(first | most));
  for (value -= most; value >= 128; value /= 128) {
    bytes += static_cast<char>(value % 128 + 128);
  }
  return bytes + static_cast<char>(value);
}

std::string MakeFrame(Frame type, uint8_t flags, uint32_t stream,
                      const std::string& payload) {
  const auto size = static_cast<uint32_t>(payload.size());
  std::string frame;
  for (const int shift : {16, 8, 0}) frame += static_cast<char>(size >> shift);
  frame += static_cast<char>(type);
  frame += static_cast<char>(flags);
  for (const int shift : {24, 16, 8, 0}) {
    frame += static_cast<char>(stream >> shift);
  }
  return frame + payload;
}

std::string BeginHttp2() {
  return "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" +
         MakeFrame(Frame::kSettings, 0, 0, "");
}

std::string Header(const std::string& name, const std::string& value) {
  return std::string(1, '\0') + Text(name) + Text(value);
}

std::string RememberedHeader(const std::string& name,
                             const std::string& value) {
  return "\x40" + Text(name) + Text(value);
}

std::string CallHeaders(const std::string& method,
                        const std::string& authorization) {
  std::string headers =
      Header(":method", "POST") + Header(":scheme", "http") +
      Header(":path", method) + Header(":authority", "localhost") +
      Header("te", "trailers") + Header("content-type", "application/grpc");
  if (!authorization.empty()) headers += Header("authorization", authorization);
  return headers;
}

RawConnection::RawConnection(int port, const std::string& source, SSL_CTX* tls)
    : fd_(Connected(port, source)) {
  if (fd_ >= 0 && tls != nullptr) {
    ssl_ = SSL_new(tls);
    SSL_set_fd(ssl_, fd_);
    if (SSL_connect(ssl_) != 1) {
      close(fd_);
      fd_ = -1;
    }
  }
  if (fd_ >= 0) fcntl(fd_, F_SETFL, O_NONBLOCK);
}

RawConnection::~RawConnection() {
  SSL_free(ssl_);
  if (fd_ >= 0) close(fd_);
}

RawConnection::RawConnection(RawConnection&& other) noexcept
    : fd_(std::exchange(other.fd_, -1)),
      ssl_(std::exchange(other.ssl_, nullptr)) {}

bool RawConnection::Drop() {
  char bytes[16'384];
  while (true) {
    if (ssl_ == nullptr) {
      const ssize_t n = recv(fd_, bytes, sizeof bytes, MSG_DONTWAIT);
      if (n > 0) continue;
      return n < 0 && (errno == EAGAIN || errno == EWOULDBLOCK);
    }
    const int n = SSL_read(ssl_, bytes, sizeof bytes);
    if (n > 0) continue;
    const int why = SSL_get_error(ssl_, n);
    return why == SSL_ERROR_WANT_READ || why == SSL_ERROR_WANT_WRITE;
  }
}

bool RawConnection::Send(const std::string& bytes, bool deaf) {
  std::signal(SIGPIPE, SIG_IGN);  // SSL_write has no MSG_NOSIGNAL
  size_t done = 0;
  const absl::Time until = absl::Now() + absl::Seconds(10);
  while (done < bytes.size() && absl::Now() < until) {
    if (!deaf && !Drop()) return false;
    const auto size = static_cast<int>(bytes.size() - done);
    const ssize_t n =
        ssl_ != nullptr
            ? SSL_write(ssl_, bytes.data() + done, size)
            : send(fd_, bytes.data() + done, size, MSG_NOSIGNAL | MSG_DONTWAIT);
    if (n > 0) {
      done += static_cast<size_t>(n);
      continue;
    }
    const bool full =
        ssl_ != nullptr
            ? SSL_get_error(ssl_, static_cast<int>(n)) == SSL_ERROR_WANT_WRITE
            : errno == EAGAIN;
    if (!full) return false;
    pollfd waiting{fd_, static_cast<short>(POLLOUT | (deaf ? 0 : POLLIN)), 0};
    poll(&waiting, 1, 100);
  }
  return done == bytes.size();
}

bool RawConnection::EndsBy(absl::Time until) {
  while (Drop()) {
    const absl::Duration left = until - absl::Now();
    if (left <= absl::ZeroDuration()) return false;
    pollfd waiting{fd_, POLLIN | POLLRDHUP, 0};
    poll(&waiting, 1,
         static_cast<int>(absl::ToInt64Milliseconds(
             std::min(left + absl::Milliseconds(1), absl::Seconds(1)))));
  }
  return true;
}

std::shared_ptr<SSL_CTX> CredulousTls() {
  std::shared_ptr<SSL_CTX> tls(SSL_CTX_new(TLS_client_method()), &SSL_CTX_free);
  SSL_CTX_set_mode(tls.get(), SSL_MODE_ENABLE_PARTIAL_WRITE |
                                  SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
  static constexpr unsigned char kProtocols[] = {2, 'h', '2'};
  SSL_CTX_set_alpn_protos(tls.get(), kProtocols, sizeof kProtocols);
  return tls;
}

}  // namespace shirube::e2e
