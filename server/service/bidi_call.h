// A call with messages both ways (method_table.h, Conversation).
//
// It holds no thread while nothing comes: each message of the client hops to
// the executor, and what the method writes leaves from the thread that writes.
// At most one message of each direction is in memory.
#ifndef SHIRUBE_SERVER_SERVICE_BIDI_CALL_H_
#define SHIRUBE_SERVER_SERVICE_BIDI_CALL_H_

#include <memory>
#include <mutex>
#include <optional>
#include <utility>

#include "grpcpp/support/server_callback.h"
#include "server/service/raw_call.h"

namespace shirube {

class BidiCall final
    : public RawCall,
      public grpc::ServerBidiReactor<grpc::ByteBuffer, grpc::ByteBuffer> {
 public:
  static grpc::ServerBidiReactor<grpc::ByteBuffer, grpc::ByteBuffer>* Make(
      const Shape& shape, grpc::CallbackServerContext* context);

  void OnReadDone(bool ok) override;
  void OnWriteDone(bool ok) override;
  void OnCancel() override;
  void OnDone() override;

 private:
  // What outlives the call: the method's peer, and a drain.
  class Wire;

  BidiCall(const Shape& shape, grpc::CallbackServerContext* context);

  void Open();
  void Take();  // in the executor: the message that was read
  absl::Status TakeMessage();
  void Answer() override {}  // there is no request that all begins with
  void Send(grpc::Status status) override { Finish(std::move(status)); }

  const std::shared_ptr<Wire> wire_;
  std::unique_ptr<Conversation> conversation_;
  grpc::ByteBuffer read_;
  grpc::ByteBuffer written_;
};

}  // namespace shirube

#endif  // SHIRUBE_SERVER_SERVICE_BIDI_CALL_H_
