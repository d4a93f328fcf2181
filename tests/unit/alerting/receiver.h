// An HTTP server that behaves as badly as it is told: on port 0 of loopback,
// with a thread for each connection, and TLS where it is given a certificate.
#ifndef SHIRUBE_TESTS_UNIT_ALERTING_RECEIVER_H_
#define SHIRUBE_TESTS_UNIT_ALERTING_RECEIVER_H_

#include <openssl/ssl.h>

#include <atomic>
#include <condition_variable>
#include <functional>
#include <list>
#include <map>
#include <mutex>
#include <set>
#include <string>
#include <thread>

namespace shirube {

struct Request {
  std::string path;
  std::map<std::string, std::string> headers;  // names in lower case
  std::string body;
};

struct Reply {
  // kTwice: the whole answer, and once more, as a duplicating proxy may.
  enum class Way { kWhole, kDrop, kHalf, kHang, kDrip, kTwice };
  int status = 200;
  std::string headers;  // lines, each with its CRLF
  std::string body;
  Way way = Way::kWhole;
  int delay_ms = 0;            // before anything is said
  std::function<void()> then;  // after kWhole, kHalf or kTwice was written
};

class Receiver {
 public:
  // `answer` is called from the connections' threads.
  explicit Receiver(std::function<Reply(const Request&)> answer,
                    SSL_CTX* tls = nullptr);
  // `tls` names the certificate of each connection.
  Receiver(std::function<Reply(const Request&)> answer,
           std::function<SSL_CTX*()> tls);
  ~Receiver();
  int port() const { return port_; }
  std::string Url(const std::string& path) const;
  // Ends every connection there is: those that hang or drip, too.
  void Disconnect();

 private:
  using Thread = std::list<std::thread>::iterator;
  void Accept();
  void Serve(int fd, Thread self);
  void JoinEnded();

  std::function<Reply(const Request&)> answer_;
  std::function<SSL_CTX*()> tls_;  // empty: none
  int listening_;
  int port_ = 0;
  std::atomic<bool> stopping_ = false;
  std::mutex mutex_;
  std::set<int> open_;
  std::list<std::thread> threads_, ended_;
  std::condition_variable all_ended_;
  std::thread acceptor_;
};

}  // namespace shirube

#endif  // SHIRUBE_TESTS_UNIT_ALERTING_RECEIVER_H_
