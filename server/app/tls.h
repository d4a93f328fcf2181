// The certificate that the server shows, and whose clients it believes. Made by
// `app` before it listens; a thread of its own looks after changes.
#ifndef SHIRUBE_SERVER_APP_TLS_H_
#define SHIRUBE_SERVER_APP_TLS_H_

#include <condition_variable>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "grpcpp/security/server_credentials.h"

namespace shirube {

struct TlsFiles {
  std::string certificate;  // PEM, the server's own first; empty: no TLS
  std::string key;          // PEM
  std::string client_ca;    // PEM; empty: clients show no certificate
  // Whether a client may come without a certificate (it has a token).
  bool certificate_optional = false;

  bool enabled() const { return !certificate.empty(); }
};

// The files as they were when they were last in order. gRPC reads changed files
// by itself, but shuts the door while a key and a certificate do not belong
// together, as between the two steps of a renewal; so it is shown copies, and
// these change only when everything is right.
class TlsDoor {
 public:
  // INVALID_ARGUMENT names option and file: of what cannot be read, does not
  // belong together or is out of date. Without TLS there is nothing to check.
  static absl::StatusOr<std::unique_ptr<TlsDoor>> Open(TlsFiles files);
  ~TlsDoor();  // after the server that has its credentials
  TlsDoor(const TlsDoor&) = delete;
  TlsDoor& operator=(const TlsDoor&) = delete;

  // Of no TLS where there are no files.
  std::shared_ptr<grpc::ServerCredentials> MakeCredentials() const;

 private:
  explicit TlsDoor(TlsFiles files) : files_(std::move(files)) {}
  absl::Status Read();
  void Watch();

  const TlsFiles files_;
  std::string stamp_;   // of the files read last
  int pair_ = -1;       // copies in memory: certificate and key together,
  int client_ca_ = -1;  // and whose clients are believed
  std::mutex mutex_;
  std::condition_variable changed_;
  bool ending_ = false;  // guarded by mutex_
  std::thread watcher_;
};

}  // namespace shirube

#endif  // SHIRUBE_SERVER_APP_TLS_H_
