// The one way into every method: takes a request as bytes, so that what is no
// message gets an answer with details, which generated code does not give.
//
// `app` makes one RawAdapter and adds its services to the gRPC server. A call
// arrives on a thread of gRPC, hops once to the executor, is parsed, held back
// until its `min_revision` is reached (without holding a thread), run, and
// finished there. A method without an entry in the table answers UNIMPLEMENTED.
#ifndef SHIRUBE_SERVER_SERVICE_RAW_ADAPTER_H_
#define SHIRUBE_SERVER_SERVICE_RAW_ADAPTER_H_

#include <memory>
#include <string>
#include <vector>

#include "absl/time/time.h"
#include "grpcpp/server_builder.h"
#include "server/access/authenticator.h"
#include "server/service/executor.h"
#include "server/service/live_calls.h"
#include "server/service/method_table.h"
#include "server/service/revision_gate.h"

namespace shirube {

// Hears of calls by the peer, as gRPC names it ("ipv4:127.0.0.1:40000"). From
// any thread.
class CallWatch {
 public:
  virtual ~CallWatch() = default;
  // A call was let in, and its message is to come; or the next one, of those
  // with several. Read follows, once for each.
  virtual void Reading(const std::string& peer) = 0;
  virtual void Read(const std::string& peer) = 0;
  // A call was not let in.
  virtual void TurnedAway(const std::string& peer) = 0;
};

class RawAdapter {
 public:
  struct Dependencies {
    const MethodTable* methods = nullptr;  // all outlive the gRPC server
    Executor* executor = nullptr;
    RevisionGate* gate = nullptr;
    LiveCalls* live_calls = nullptr;
    Executor* slow_executor = nullptr;  // of slow methods; none: `executor`
    // Streams at once; fewer than the slow threads, so that an activation never
    // waits for somebody's reading.
    int max_streams = 2;
    // Calls with messages both ways, which cost memory alone.
    int max_conversations = 1'000;
    Authenticator* authenticator = nullptr;  // none: everybody may everything
    CallWatch* watch = nullptr;              // none: nobody looks
  };

  // One gRPC service for each of `services` (full names, as in the protos).
  RawAdapter(const Dependencies& dependencies,
             const std::vector<std::string>& services);
  ~RawAdapter();

  // The services must stay until the server built from `builder` is gone.
  void AddTo(grpc::ServerBuilder* builder);

 private:
  class RawService;
  Dependencies dependencies_;
  std::vector<std::unique_ptr<RawService>> services_;
};

// A call without a deadline of its own waits for `min_revision` at most so
// long.
inline constexpr absl::Duration kLongestWait = absl::Minutes(5);

}  // namespace shirube

#endif  // SHIRUBE_SERVER_SERVICE_RAW_ADAPTER_H_
