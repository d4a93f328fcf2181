// A server whose door is guarded, what it weighs, and an honest caller beside
// those that a test lets loose on it.
#ifndef SHIRUBE_TESTS_E2E_GUARDED_SERVER_H_
#define SHIRUBE_TESTS_E2E_GUARDED_SERVER_H_

#include <grpcpp/grpcpp.h>

#include <atomic>
#include <cstdint>
#include <memory>
#include <string>
#include <thread>

#include "absl/time/time.h"
#include "tests/e2e/process.h"
#include "tests/unit/client/certificates.h"

namespace shirube::e2e {

enum class Door { kPlain, kTls };

// However many others there are; the machine of a test may be slow.
#ifdef __SANITIZE_ADDRESS__
inline constexpr absl::Duration kServedWithin = absl::Seconds(60);
#else
inline constexpr absl::Duration kServedWithin = absl::Seconds(20);
#endif

class GuardedServer {
 public:
  explicit GuardedServer(Door door);

  bool started() const { return server_ != nullptr; }
  Server& server() { return *server_; }
  int port() const;
  const std::string& token() const { return token_; }
  // A new connection for each call.
  grpc::Status Call() const;
  grpc::Status CallOnce() const;
  int64_t ResidentKib() const;

 private:
  TempDir folder_;
  client::TestAuthority authority_{"test authority"};
  std::shared_ptr<grpc::ChannelCredentials> credentials_;
  std::string token_;
  std::unique_ptr<Server> server_;
};

// Calls again and again, each time anew, and notes the worst; and how heavy the
// server became meanwhile.
class HonestCaller {
 public:
  explicit HonestCaller(const GuardedServer& server);
  ~HonestCaller();
  // Ends it; then the rest may be asked.
  void Stop();
  int calls() const { return calls_; }
  int failures() const { return failures_; }
  const std::string& last_failure() const { return last_failure_; }
  absl::Duration slowest() const { return slowest_; }
  int64_t grown_kib() const { return heaviest_ - before_; }

 private:
  const GuardedServer& server_;
  const int64_t before_;
  int64_t heaviest_;
  int calls_ = 0;
  int failures_ = 0;
  std::string last_failure_;
  absl::Duration slowest_;
  std::atomic<bool> stop_ = false;
  std::thread thread_;
};

}  // namespace shirube::e2e

#endif  // SHIRUBE_TESTS_E2E_GUARDED_SERVER_H_
