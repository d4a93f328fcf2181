#include "tests/unit/alerting/receiver.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"

namespace shirube {
namespace {

// A connection, with TLS or without.
class Stream {
 public:
  Stream(int fd, SSL_CTX* tls) : fd_(fd), ssl_(tls ? SSL_new(tls) : nullptr) {
    if (ssl_ == nullptr) return;
    SSL_set_fd(ssl_, fd);
    good_ = SSL_accept(ssl_) == 1;
  }
  ~Stream() { SSL_free(ssl_); }
  bool good() const { return good_; }
  ssize_t Read(char* to, size_t size) {
    return ssl_ ? SSL_read(ssl_, to, static_cast<int>(size))
                : recv(fd_, to, size, 0);
  }
  bool Write(const std::string& text) {
    size_t done = 0;
    while (done < text.size()) {
      const ssize_t n = ssl_ ? SSL_write(ssl_, text.data() + done,
                                         static_cast<int>(text.size() - done))
                             : send(fd_, text.data() + done, text.size() - done,
                                    MSG_NOSIGNAL);
      if (n <= 0) return false;
      done += n;
    }
    return true;
  }
  // Until the other side goes away; what it sends meanwhile is not read.
  void AwaitEnd() {
    pollfd waiting{fd_, POLLRDHUP, 0};
    poll(&waiting, 1, -1);
  }
  // Whether the other side went away within `milliseconds`.
  bool Ended(int milliseconds) {
    pollfd waiting{fd_, POLLRDHUP, 0};
    return poll(&waiting, 1, milliseconds) > 0;
  }

 private:
  int fd_;
  SSL* ssl_;
  bool good_ = true;
};

Request ParseHead(const std::string& head) {
  Request request;
  const std::vector<std::string> lines = absl::StrSplit(head, "\r\n");
  const std::vector<std::string> first = absl::StrSplit(lines[0], ' ');
  if (first.size() > 1) request.path = first[1];
  for (size_t i = 1; i < lines.size(); ++i) {
    const std::pair<std::string, std::string> field =
        absl::StrSplit(lines[i], absl::MaxSplits(": ", 1));
    request.headers[absl::AsciiStrToLower(field.first)] = field.second;
  }
  return request;
}

bool ReadRequest(Stream* stream, std::string* rest, Request* request) {
  char buffer[16384];
  size_t end;
  while ((end = rest->find("\r\n\r\n")) == std::string::npos) {
    const ssize_t n = stream->Read(buffer, sizeof buffer);
    if (n <= 0) return false;
    rest->append(buffer, n);
  }
  *request = ParseHead(rest->substr(0, end));
  rest->erase(0, end + 4);
  const size_t length = std::stoul("0" + request->headers["content-length"]);
  while (rest->size() < length) {
    const ssize_t n = stream->Read(buffer, sizeof buffer);
    if (n <= 0) return false;
    rest->append(buffer, n);
  }
  request->body = rest->substr(0, length);
  rest->erase(0, length);
  return true;
}

// Whether the connection goes on.
bool Send(Stream* stream, const Reply& reply) {
  if (reply.delay_ms > 0) stream->Ended(reply.delay_ms);
  const auto then = [&reply](bool goes_on) {
    if (reply.then) reply.then();
    return goes_on;
  };
  const std::string text = absl::StrCat(
      "HTTP/1.1 ", reply.status, " Said\r\n", reply.headers,
      "Content-Length: ", reply.body.size(), "\r\n\r\n", reply.body);
  switch (reply.way) {
    case Reply::Way::kWhole:
      return then(stream->Write(text));
    case Reply::Way::kTwice:
      return then(stream->Write(text + text));
    case Reply::Way::kDrop:
      return false;
    case Reply::Way::kHalf:
      stream->Write("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nfive.");
      return then(false);
    case Reply::Way::kHang:
      stream->AwaitEnd();
      return false;
    case Reply::Way::kDrip:
      stream->Write("HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n");
      while (!stream->Ended(5) && stream->Write(".")) {
      }
      return false;
  }
  return false;
}

}  // namespace

Receiver::Receiver(std::function<Reply(const Request&)> answer, SSL_CTX* tls)
    : Receiver(
          std::move(answer), tls == nullptr ? std::function<SSL_CTX*()>()
                                            : [tls] { return tls; }) {}

Receiver::Receiver(std::function<Reply(const Request&)> answer,
                   std::function<SSL_CTX*()> tls)
    : answer_(std::move(answer)),
      tls_(std::move(tls)),
      listening_(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  bind(listening_, reinterpret_cast<sockaddr*>(&address), sizeof address);
  listen(listening_, 128);
  socklen_t size = sizeof address;
  getsockname(listening_, reinterpret_cast<sockaddr*>(&address), &size);
  port_ = ntohs(address.sin_port);
  acceptor_ = std::thread([this] { Accept(); });
}

Receiver::~Receiver() {
  stopping_ = true;
  shutdown(listening_, SHUT_RDWR);
  acceptor_.join();
  close(listening_);
  Disconnect();
  // What still serves moves itself to those that have ended.
  std::unique_lock lock(mutex_);
  all_ended_.wait(lock, [this] { return threads_.empty(); });
  lock.unlock();
  JoinEnded();
}

std::string Receiver::Url(const std::string& path) const {
  return absl::StrCat(tls_ ? "https" : "http", "://127.0.0.1:", port_, path);
}

void Receiver::Disconnect() {
  std::lock_guard lock(mutex_);
  for (const int fd : open_) shutdown(fd, SHUT_RDWR);
}

void Receiver::JoinEnded() {
  std::list<std::thread> ended;
  {
    std::lock_guard lock(mutex_);
    ended.swap(ended_);
  }
  for (std::thread& thread : ended) thread.join();
}

void Receiver::Accept() {
  while (!stopping_) {
    const int fd = accept4(listening_, nullptr, nullptr, SOCK_CLOEXEC);
    if (fd < 0) continue;
    const int yes = 1;
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
    JoinEnded();
    std::lock_guard lock(mutex_);
    open_.insert(fd);
    const Thread self = threads_.emplace(threads_.end());
    *self = std::thread([this, fd, self] { Serve(fd, self); });
  }
}

void Receiver::Serve(int fd, Thread self) {
  {
    Stream stream(fd, tls_ ? tls_() : nullptr);
    std::string rest;
    Request request;
    while (stream.good() && ReadRequest(&stream, &rest, &request)) {
      if (!Send(&stream, answer_(request))) break;
    }
  }
  std::lock_guard lock(mutex_);
  open_.erase(fd);
  close(fd);
  ended_.splice(ended_.end(), threads_, self);
  all_ended_.notify_all();
}

}  // namespace shirube
