// What stands under every client: one call, one answer or a stream of them. A
// user's tests implement it and need no server. Thread-safe.
#ifndef SHIRUBE_CLIENT_LIB_CONNECTION_H_
#define SHIRUBE_CLIENT_LIB_CONNECTION_H_

#include <google/protobuf/message.h>

#include <functional>
#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "client/lib/exchange.h"
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

  // Calls a method that answers with a stream, once: reads one message after
  // the other into `message` and calls `take` for each, on this thread. False
  // ends the call: then, and only then, the status is CANCELLED without
  // details. `timeout` is for the whole stream. What does not override this
  // answers UNIMPLEMENTED.
  virtual absl::Status Stream(const std::string& method,
                              const google::protobuf::Message& request,
                              google::protobuf::Message* message,
                              const std::function<bool()>& take,
                              const Options& options);

  // Opens a call with messages both ways, once. It lasts until one side ends
  // it: `timeout` is not looked at. What does not override this answers
  // UNIMPLEMENTED.
  virtual absl::StatusOr<std::unique_ptr<Exchange>> Open(
      const std::string& method, const Options& options);
};

// A connection over gRPC to options.server; connects at the first call.
std::shared_ptr<Connection> Connect(const Options& options = {});

// For programs that end right after their last call, before anything else:
// threads of gRPC may still be ending when main has returned, and what OpenSSL
// keeps for them is left to them instead of being freed at exit.
void KeepTlsForLastThreads();

// One call with retries: only after UNAVAILABLE, with growing pauses, within
// options.timeout. The caller vouches that `request` may be repeated.
absl::Status CallWithRetries(Connection& connection, const std::string& method,
                             const google::protobuf::Message& request,
                             google::protobuf::Message* response,
                             const Options& options);

// One streamed call with the same retries, as long as no message has come.
absl::Status StreamWithRetries(Connection& connection,
                               const std::string& method,
                               const google::protobuf::Message& request,
                               google::protobuf::Message* message,
                               const std::function<bool()>& take,
                               const Options& options);

// A request_id for a mutation that has none: 128 random bits in hex.
std::string NewRequestId();

}  // namespace shirube::client

#endif  // SHIRUBE_CLIENT_LIB_CONNECTION_H_
