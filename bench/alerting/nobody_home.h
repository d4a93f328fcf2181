// A receiver that cannot be reached: a port that nobody listens on, and nobody
// else gets.
#ifndef SHIRUBE_BENCH_ALERTING_NOBODY_HOME_H_
#define SHIRUBE_BENCH_ALERTING_NOBODY_HOME_H_

#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <string>

#include "bench/measure.h"

namespace shirube {

class NobodyHome {
 public:
  NobodyHome() : fd_(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    auto* any = reinterpret_cast<sockaddr*>(&address);
    if (bind(fd_, any, size) != 0 || getsockname(fd_, any, &size) != 0) {
      Die("no port for nobody");
    }
    url_ =
        "http://127.0.0.1:" + std::to_string(ntohs(address.sin_port)) + "/hook";
  }
  ~NobodyHome() { close(fd_); }
  NobodyHome(const NobodyHome&) = delete;
  NobodyHome& operator=(const NobodyHome&) = delete;
  const std::string& url() const { return url_; }

 private:
  const int fd_;
  std::string url_;
};

}  // namespace shirube

#endif  // SHIRUBE_BENCH_ALERTING_NOBODY_HOME_H_
