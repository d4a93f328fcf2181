// Which method is answered by what. A service adds its methods here; the raw
// adapter calls them with parsed messages, on a thread that may block.
#ifndef SHIRUBE_SERVER_SERVICE_METHOD_TABLE_H_
#define SHIRUBE_SERVER_SERVICE_METHOD_TABLE_H_

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "google/protobuf/message.h"
#include "server/access/role.h"
#include "server/base/limits.h"
#include "server/ledger/mutation.h"
#include "server/service/errors.h"

namespace shirube {

// Who calls, and for how long. Lives as long as the method runs.
struct CallContext {
  std::string method;  // "CreatePlan"
  Actor actor;
  RoleSet roles = RoleSet::All();
  Language language = Language::kEnglish;
  absl::Time deadline = absl::InfiniteFuture();
};

// What has to have caught up with `min_revision` before a method is run.
enum class WaitFor {
  kStored,  // reads of data: the revision is committed
  kJudged,  // reads of verdicts: everything up to it is judged
};

// Where a method that answers with a stream puts its messages: one after the
// other, from the thread it runs on.
class StreamWriter {
 public:
  // Waits until the message before has left: a slow reader keeps one message
  // beside the one that is being made. False: nobody reads any more (the client
  // has gone or called it off, its deadline passed, the server drains). Return
  // soon then; the status is not heard.
  virtual bool Write(const google::protobuf::Message& message) = 0;

 protected:
  ~StreamWriter() = default;
};

// The client's end of a call with messages both ways. Safe from any thread.
class Peer {
 public:
  virtual ~Peer() = default;
  // Must not be called again before Conversation::Taken. Dropped when the call
  // has ended.
  virtual void Write(const google::protobuf::Message& message) = 0;
  // Ends the call, once; OK too.
  virtual void End(absl::Status status) = 0;
};

// One call with messages both ways: the method's side of it. It holds no thread
// while nothing comes. Destroyed when the call has ended.
class Conversation {
 public:
  virtual ~Conversation() = default;
  // The client's messages, one after the other, on a thread that may block. An
  // error ends the call.
  virtual absl::Status Take(const google::protobuf::Message& message) = 0;
  // What was written last has left. On a thread of gRPC: be quick.
  virtual void Taken() = 0;
};

struct Method {
  // One of the three, as the proto has it. An error of `stream` may come after
  // some messages.
  std::function<absl::Status(CallContext&, const google::protobuf::Message&,
                             google::protobuf::Message*)>
      run;
  std::function<absl::Status(CallContext&, const google::protobuf::Message&,
                             StreamWriter&)>
      stream;
  std::function<std::unique_ptr<Conversation>(const CallContext&,
                                              std::shared_ptr<Peer>)>
      talk;
  std::function<WaitFor(const google::protobuf::Message&)> wait_for =
      [](const google::protobuf::Message&) { return WaitFor::kStored; };
  int64_t max_request_bytes = limits::kMaxMessageBytes;
  // May hold its thread for as long as judging everything or verifying a file
  // takes: runs on threads of its own, so that the others go on answering.
  bool slow = false;
};

// By full name: "shirube.v1.PlanService.GetPlan". Filled before the server
// starts, only read after that.
using MethodTable = std::map<std::string, Method>;

// Binds a member function; the messages are the ones that the method's
// descriptor names, so a wrong pairing ends the process at the first call.
template <typename Service, typename Request, typename Response>
Method Bind(Service* service,
            absl::Status (Service::*method)(CallContext&, const Request&,
                                            Response*)) {
  Method bound;
  bound.run = [service, method](CallContext& call,
                                const google::protobuf::Message& request,
                                google::protobuf::Message* response) {
    return (service->*method)(call, dynamic_cast<const Request&>(request),
                              &dynamic_cast<Response&>(*response));
  };
  return bound;
}

// The same for a method that answers with a stream. It holds its thread as long
// as it is read, so it is slow.
template <typename Service, typename Request>
Method BindStream(Service* service,
                  absl::Status (Service::*method)(CallContext&, const Request&,
                                                  StreamWriter&)) {
  Method bound;
  bound.slow = true;
  bound.stream = [service, method](CallContext& call,
                                   const google::protobuf::Message& request,
                                   StreamWriter& writer) {
    return (service->*method)(call, dynamic_cast<const Request&>(request),
                              writer);
  };
  return bound;
}

}  // namespace shirube

#endif  // SHIRUBE_SERVER_SERVICE_METHOD_TABLE_H_
