// HTTP/2 as no decent client speaks it: frames of any kind in any order, on a
// connection with TLS or without. For tests that play the attacker.
#ifndef SHIRUBE_TESTS_E2E_HTTP2_H_
#define SHIRUBE_TESTS_E2E_HTTP2_H_

#include <openssl/ssl.h>

#include <cstdint>
#include <memory>
#include <string>

#include "absl/time/time.h"

namespace shirube::e2e {

enum class Frame : uint8_t {
  kData = 0,
  kHeaders = 1,
  kResetStream = 3,
  kSettings = 4,
  kPing = 6,
  kContinuation = 9,
};
inline constexpr uint8_t kEndStream = 1;
inline constexpr uint8_t kEndHeaders = 4;
// What a peer takes that has not said otherwise.
inline constexpr size_t kMaxFrame = 16'384;

std::string MakeFrame(Frame type, uint8_t flags, uint32_t stream,
                      const std::string& payload);
// The preface and settings that say nothing.
std::string BeginHttp2();

// HPACK: a header that is written out and not remembered, or remembered.
std::string Header(const std::string& name, const std::string& value);
std::string RememberedHeader(const std::string& name, const std::string& value);
// An integer behind the bits of `first`, whose last `prefix` bits are its own.
std::string HpackInteger(uint8_t first, int prefix, uint64_t value);
// Those of a call of `method` ("/shirube.v1.AdminService/GetServerInfo").
std::string CallHeaders(const std::string& method,
                        const std::string& authorization = "");

class RawConnection {
 public:
  // From `source`, an address of loopback. Not open() where that fails; with
  // `tls` after the handshake.
  RawConnection(int port, const std::string& source, SSL_CTX* tls = nullptr);
  ~RawConnection();
  RawConnection(RawConnection&& other) noexcept;
  RawConnection& operator=(RawConnection&&) = delete;

  bool open() const { return fd_ >= 0; }
  int fd() const { return fd_; }
  // False once the other side has ended the connection, or takes nothing for
  // ten seconds. What it says meanwhile is read and dropped, unless `deaf`.
  bool Send(const std::string& bytes, bool deaf = false);
  // Whether the other side has ended it by then.
  bool EndsBy(absl::Time until);

 private:
  bool Drop();  // reads what there is; false at the end
  int fd_ = -1;
  SSL* ssl_ = nullptr;
};

// For clients that speak HTTP/2 and believe every server.
std::shared_ptr<SSL_CTX> CredulousTls();

}  // namespace shirube::e2e

#endif  // SHIRUBE_TESTS_E2E_HTTP2_H_
