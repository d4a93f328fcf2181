// What stands under every client: one call, one answer. A user's tests
// implement it and need no server. Thread-safe.
#ifndef SHIRUBE_CLIENT_LIB_CONNECTION_H_
#define SHIRUBE_CLIENT_LIB_CONNECTION_H_

#include <google/protobuf/message.h>

#include <memory>
#include <string>

#include "absl/status/status.h"
#include "client/lib/options.h"

namespace shirube::client {

class Connection {
 public:
  virtual ~Connection() = default;

  // Calls `method` ("/shirube.v1.PlanService/GetPlan") once, without retries.
  // The status carries the server's details (see error.h). `options` is
  // resolved; `timeout` is what is left for this try.
  virtual absl::Status Call(const std::string& method,
                            const google::protobuf::Message& request,
                            google::protobuf::Message* response,
                            const Options& options) = 0;
};

// A connection over gRPC to options.server; connects at the first call.
std::shared_ptr<Connection> Connect(const Options& options = {});

// One call with retries: only after UNAVAILABLE, with growing pauses, within
// options.timeout. The caller vouches that `request` may be repeated.
absl::Status CallWithRetries(Connection& connection, const std::string& method,
                             const google::protobuf::Message& request,
                             google::protobuf::Message* response,
                             const Options& options);

// A request_id for a mutation that has none: 128 random bits in hex.
std::string NewRequestId();

}  // namespace shirube::client

#endif  // SHIRUBE_CLIENT_LIB_CONNECTION_H_
