#include "tests/unit/alerting/tunnel_proxy.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstdlib>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"

namespace shirube {
namespace {

std::string ReadHead(int fd) {
  std::string head;
  char byte = 0;
  while (!absl::EndsWith(head, "\r\n\r\n") && head.size() < 8'192) {
    if (recv(fd, &byte, 1, 0) != 1) return "";
    head += byte;
  }
  return head;
}

// To "127.0.0.1:443" of "CONNECT 127.0.0.1:443 HTTP/1.1"; -1 otherwise.
int ConnectAsAsked(const std::string& head) {
  constexpr char kConnect[] = "CONNECT 127.0.0.1:";
  if (!absl::StartsWith(head, kConnect)) return -1;
  sockaddr_in to{};
  to.sin_family = AF_INET;
  to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  to.sin_port = htons(
      static_cast<uint16_t>(std::atoi(head.c_str() + sizeof kConnect - 1)));
  const int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (connect(fd, reinterpret_cast<sockaddr*>(&to), sizeof to) == 0) return fd;
  close(fd);
  return -1;
}

// Until one side ends.
void Join(int a, int b) {
  pollfd sides[2] = {{a, POLLIN, 0}, {b, POLLIN, 0}};
  char bytes[16'384];
  while (poll(sides, 2, -1) > 0) {
    for (int i = 0; i < 2; ++i) {
      if (sides[i].revents == 0) continue;
      const ssize_t n = recv(sides[i].fd, bytes, sizeof bytes, 0);
      if (n <= 0) return;
      if (send(sides[1 - i].fd, bytes, static_cast<size_t>(n), MSG_NOSIGNAL) !=
          n) {
        return;
      }
    }
  }
}

}  // namespace

TunnelProxy::TunnelProxy()
    : listening_(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  bind(listening_, reinterpret_cast<sockaddr*>(&address), sizeof address);
  listen(listening_, 16);
  socklen_t size = sizeof address;
  getsockname(listening_, reinterpret_cast<sockaddr*>(&address), &size);
  port_ = ntohs(address.sin_port);
  acceptor_ = std::thread([this] { Accept(); });
}

TunnelProxy::~TunnelProxy() {
  stopping_ = true;
  shutdown(listening_, SHUT_RDWR);
  acceptor_.join();
  close(listening_);
  {
    std::lock_guard lock(mutex_);
    for (const int fd : open_) shutdown(fd, SHUT_RDWR);
  }
  for (std::thread& thread : threads_) thread.join();
}

std::string TunnelProxy::Url() const {
  return absl::StrCat("http://127.0.0.1:", port_);
}

void TunnelProxy::Accept() {
  while (!stopping_) {
    const int fd = accept4(listening_, nullptr, nullptr, SOCK_CLOEXEC);
    if (fd < 0) continue;
    std::lock_guard lock(mutex_);
    open_.insert(fd);
    threads_.emplace_back([this, fd] { Serve(fd); });
  }
}

void TunnelProxy::Serve(int fd) {
  const int target = ConnectAsAsked(ReadHead(fd));
  if (target >= 0) {
    ++tunnels_;
    const std::string yes = "HTTP/1.1 200 Connected\r\n\r\n";
    if (send(fd, yes.data(), yes.size(), MSG_NOSIGNAL) > 0) Join(fd, target);
    close(target);
  }
  std::lock_guard lock(mutex_);
  open_.erase(fd);
  close(fd);
}

}  // namespace shirube
