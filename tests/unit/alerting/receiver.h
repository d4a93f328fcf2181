// An HTTP server that behaves as badly as it is told: on port 0 of loopback,
// with a thread for each connection, and TLS where it is given a certificate.
#ifndef SHIRUBE_TESTS_UNIT_ALERTING_RECEIVER_H_
#define SHIRUBE_TESTS_UNIT_ALERTING_RECEIVER_H_

#include <openssl/ssl.h>

#include <atomic>
#include <functional>
#include <map>
#include <mutex>
#include <set>
#include <string>
#include <thread>
#include <vector>

namespace shirube {

struct Request {
  std::string path;
  std::map<std::string, std::string> headers;  // names in lower case
  std::string body;
};

struct Reply {
  enum class Way { kWhole, kDrop, kHalf, kHang, kDrip };
  int status = 200;
  std::string headers;  // lines, each with its CRLF
  std::string body;
  Way way = Way::kWhole;
};

class Receiver {
 public:
  // `answer` is called from the connections' threads.
  explicit Receiver(std::function<Reply(const Request&)> answer,
                    SSL_CTX* tls = nullptr);
  ~Receiver();
  int port() const { return port_; }
  std::string Url(const std::string& path) const;

 private:
  void Accept();
  void Serve(int fd);

  std::function<Reply(const Request&)> answer_;
  SSL_CTX* tls_;
  int listening_;
  int port_ = 0;
  std::atomic<bool> stopping_ = false;
  std::mutex mutex_;
  std::set<int> open_;
  std::vector<std::thread> threads_;
  std::thread acceptor_;
};

}  // namespace shirube

#endif  // SHIRUBE_TESTS_UNIT_ALERTING_RECEIVER_H_
