// Makes the gRPC server around the raw adapter.
#ifndef SHIRUBE_SERVER_APP_GRPC_SETUP_H_
#define SHIRUBE_SERVER_APP_GRPC_SETUP_H_

#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "grpcpp/server.h"
#include "server/app/listen_address.h"
#include "server/app/tls.h"
#include "server/service/raw_adapter.h"

namespace shirube {

struct Listening {
  std::unique_ptr<grpc::Server> server;
  std::string address;  // as clients take it; with the port that was chosen
  int port = 0;         // 0: a Unix socket
};

// Listens with reflection and health. A Unix socket has mode 0600 from the
// moment it exists. On an error nothing listens.
absl::StatusOr<Listening> Listen(const ListenAddress& address,
                                 const TlsDoor& door, RawAdapter* adapter);

}  // namespace shirube

#endif  // SHIRUBE_SERVER_APP_GRPC_SETUP_H_
