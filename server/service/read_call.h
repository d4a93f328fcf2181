// A call whose one message is read only once the call is admitted. gRPC would
// gladly take the whole message first and ask afterwards who sends it: then
// anybody could fill the memory with bodies that are never finished. So both
// unary and streaming calls are registered as if messages went both ways, which
// looks the same on the wire.
#ifndef SHIRUBE_SERVER_SERVICE_READ_CALL_H_
#define SHIRUBE_SERVER_SERVICE_READ_CALL_H_

#include <memory>

#include "grpcpp/support/server_callback.h"
#include "server/service/raw_call.h"

namespace shirube {

using RawReactor = grpc::ServerBidiReactor<grpc::ByteBuffer, grpc::ByteBuffer>;

class ReadCall : public RawCall, public RawReactor {
 public:
  void OnReadDone(bool ok) final;
  void OnDone() final;

 protected:
  ReadCall(const Shape& shape, grpc::CallbackServerContext* context)
      : RawCall(shape, context, &request_bytes_) {}

  // Admits the call and reads its message, or finishes it. From here on it may
  // be gone at any moment.
  void Open();

 private:
  // Who goes on with the call: its message, or a drain that does not wait for
  // it. Outlives the call.
  class Reading;

  std::shared_ptr<Reading> reading_;
  grpc::ByteBuffer request_bytes_;
};

}  // namespace shirube

#endif  // SHIRUBE_SERVER_SERVICE_READ_CALL_H_
