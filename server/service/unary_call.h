// A call with one answer.
#ifndef SHIRUBE_SERVER_SERVICE_UNARY_CALL_H_
#define SHIRUBE_SERVER_SERVICE_UNARY_CALL_H_

#include <utility>

#include "grpcpp/support/server_callback.h"
#include "server/service/raw_call.h"

namespace shirube {

class UnaryCall final : public RawCall, public grpc::ServerUnaryReactor {
 public:
  static grpc::ServerUnaryReactor* Make(const Shape& shape,
                                        grpc::CallbackServerContext* context,
                                        const grpc::ByteBuffer* request,
                                        grpc::ByteBuffer* response) {
    auto* call = new UnaryCall(shape, context, request, response);
    call->Begin();
    return call;
  }

  void OnCancel() override { Cancel(); }
  void OnDone() override { DeleteSelf(); }

 private:
  UnaryCall(const Shape& shape, grpc::CallbackServerContext* context,
            const grpc::ByteBuffer* request, grpc::ByteBuffer* response)
      : RawCall(shape, context, request), response_bytes_(response) {}

  void Answer() override {
    if (!shape_.method->run) {
      FinishWith(absl::InternalError("no unary method is bound here"));
      return;
    }
    auto* response = NewMessage(shape_.descriptor->output_type());
    absl::Status status = shape_.method->run(caller_, *request_, response);
    if (status.ok()) status = Serialize(*response, response_bytes_);
    FinishWith(status);
  }

  void Send(grpc::Status status) override { Finish(std::move(status)); }

  grpc::ByteBuffer* const response_bytes_;
};

}  // namespace shirube

#endif  // SHIRUBE_SERVER_SERVICE_UNARY_CALL_H_
