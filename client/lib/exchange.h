// A call with messages both ways.
#ifndef SHIRUBE_CLIENT_LIB_EXCHANGE_H_
#define SHIRUBE_CLIENT_LIB_EXCHANGE_H_

#include <google/protobuf/message.h>

#include "absl/status/status.h"

namespace shirube::client {

// Thread-safe, but Read and Finish are for one thread. Destroying it calls the
// call off.
class Exchange {
 public:
  virtual ~Exchange() = default;
  // Queues a message; false where the call has ended.
  virtual bool Write(const google::protobuf::Message& message) = 0;
  // Waits for the next message; false where the call has ended.
  virtual bool Read(google::protobuf::Message* message) = 0;
  // Ends it from any thread: Read says false soon.
  virtual void Cancel() = 0;
  // After Read said false: why. CANCELLED after Cancel.
  virtual absl::Status Finish() = 0;
};

}  // namespace shirube::client

#endif  // SHIRUBE_CLIENT_LIB_EXCHANGE_H_
