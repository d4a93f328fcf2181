// An HTTP proxy that opens tunnels (CONNECT) to whatever it is asked for, on
// port 0 of loopback.
#ifndef SHIRUBE_TESTS_UNIT_ALERTING_TUNNEL_PROXY_H_
#define SHIRUBE_TESTS_UNIT_ALERTING_TUNNEL_PROXY_H_

#include <atomic>
#include <mutex>
#include <set>
#include <string>
#include <thread>
#include <vector>

namespace shirube {

class TunnelProxy {
 public:
  TunnelProxy();
  ~TunnelProxy();
  std::string Url() const;
  int tunnels() const { return tunnels_; }

 private:
  void Accept();
  void Serve(int fd);

  int listening_;
  int port_ = 0;
  std::atomic<int> tunnels_ = 0;
  std::atomic<bool> stopping_ = false;
  std::mutex mutex_;
  std::set<int> open_;
  std::vector<std::thread> threads_;
  std::thread acceptor_;
};

}  // namespace shirube

#endif  // SHIRUBE_TESTS_UNIT_ALERTING_TUNNEL_PROXY_H_
