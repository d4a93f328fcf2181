// Where the server listens: loopback or a Unix socket, and elsewhere only where
// its door is guarded.
#ifndef SHIRUBE_SERVER_APP_LISTEN_ADDRESS_H_
#define SHIRUBE_SERVER_APP_LISTEN_ADDRESS_H_

#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace shirube {

struct ListenAddress {
  std::string grpc;  // as gRPC takes it: "127.0.0.1:8471", "unix:/run/s"
  std::string
      host;  // numeric, in brackets where it is IPv6; empty for a socket
  std::string path;  // of a Unix socket; empty otherwise
  int port = 0;
};

enum class Reach {
  kLoopback,  // only callers of this machine
  kAnywhere,  // there is TLS, and callers prove who they are
};

// `127.0.0.1:8471`, `[::1]:8471`, `localhost:8471`, `0.0.0.0:8471`,
// `unix:/path`. Names are resolved; INVALID_ARGUMENT where one of the addresses
// they stand for is beyond `reach`.
absl::StatusOr<ListenAddress> ResolveListenAddress(const std::string& text,
                                                   Reach reach);

// FAILED_PRECONDITION when somebody listens there already: for a Unix socket
// before listening (gRPC would take a living one away), for a port to say why
// listening failed.
absl::Status CheckSocketIsFree(const ListenAddress& address);
absl::Status WhyNotListening(const ListenAddress& address);

}  // namespace shirube

#endif  // SHIRUBE_SERVER_APP_LISTEN_ADDRESS_H_
