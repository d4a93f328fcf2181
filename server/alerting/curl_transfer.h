// One POST by libcurl: what is sent, within which bounds, and what came back.
// Redirects are not followed; certificates are verified; neither proxies of the
// environment nor netrc are looked at; the address is judged when a connection
// is made and again when one is used anew. Lives and dies with the engine's
// thread; reusable after Finish.
#ifndef SHIRUBE_SERVER_ALERTING_CURL_TRANSFER_H_
#define SHIRUBE_SERVER_ALERTING_CURL_TRANSFER_H_

#include <curl/curl.h>

#include <string>
#include <vector>

#include "absl/time/time.h"
#include "server/alerting/address_guard.h"
#include "server/alerting/attempt.h"

namespace shirube {

struct Post {
  std::string url;
  bool allow_private = false;
  std::string ca_pem;
  std::string proxy;
  std::vector<std::string> headers;
  std::string body;
};

struct PostLimits {
  absl::Duration connect = absl::Seconds(10);
  absl::Duration total = absl::Seconds(30);
  // Slower than a byte a second for this long is given up.
  absl::Duration silence = absl::Seconds(15);
  // Of the answer's head and of its body; beyond it the status alone counts.
  size_t answer_bytes = 64 * 1024;
};

// Bytes of an answer that people may want to read.
inline constexpr size_t kKeptText = 2000;

class CurlTransfer {
 public:
  CurlTransfer();
  ~CurlTransfer();
  CurlTransfer(const CurlTransfer&) = delete;
  CurlTransfer& operator=(const CurlTransfer&) = delete;

  // Makes handle() ready to be added to a multi handle.
  void Prepare(Post post, const PostLimits& limits);
  // `result` as the multi handle reported it.
  HttpReply Finish(CURLcode result);
  CURL* handle() { return easy_; }

 private:
  static curl_socket_t OpenSocket(void* self, curlsocktype purpose,
                                  curl_sockaddr* address);
  static int BeforeRequest(void* self, char* primary_ip, char* local_ip,
                           int primary_port, int local_port);
  static size_t OnHeader(char* data, size_t size, size_t n, void* self);
  static size_t OnBody(char* data, size_t size, size_t n, void* self);
  void SetRoute();
  bool MayReach(AddressKind kind) const;
  WayEnd WayOf(CURLcode result, int status) const;

  CURL* easy_;
  curl_slist* headers_ = nullptr;
  Post post_;
  PostLimits limits_;
  std::string retry_after_;
  std::string text_;
  size_t head_bytes_ = 0;
  size_t body_bytes_ = 0;
  bool refused_ = false;
  bool cut_ = false;  // the answer was longer than its bound
};

}  // namespace shirube

#endif  // SHIRUBE_SERVER_ALERTING_CURL_TRANSFER_H_
