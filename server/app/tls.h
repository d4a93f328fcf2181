// The certificate that the server shows, and whose clients it believes. Used by
// `app` when it starts listening.
#ifndef SHIRUBE_SERVER_APP_TLS_H_
#define SHIRUBE_SERVER_APP_TLS_H_

#include <memory>
#include <string>

#include "absl/status/status.h"
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

// Whether the files are there, belong together and are in date.
// INVALID_ARGUMENT or FAILED_PRECONDITION names option and file.
absl::Status CheckTlsFiles(const TlsFiles& files);

// Reads the files again when they change; what cannot be read then leaves
// things as they were.
std::shared_ptr<grpc::ServerCredentials> MakeTlsCredentials(
    const TlsFiles& files);

}  // namespace shirube

#endif  // SHIRUBE_SERVER_APP_TLS_H_
