// A call with one answer.
#ifndef SHIRUBE_SERVER_SERVICE_UNARY_CALL_H_
#define SHIRUBE_SERVER_SERVICE_UNARY_CALL_H_

#include <utility>

#include "server/service/read_call.h"

namespace shirube {

class UnaryCall final : public ReadCall {
 public:
  static RawReactor* Make(const Shape& shape,
                          grpc::CallbackServerContext* context) {
    auto* call = new UnaryCall(shape, context);
    call->Open();
    return call;
  }

  void OnCancel() override { Cancel(); }

 private:
  UnaryCall(const Shape& shape, grpc::CallbackServerContext* context)
      : ReadCall(shape, context) {}

  void Answer() override {
    if (!shape_.method->run) {
      FinishWith(absl::InternalError("no unary method is bound here"));
      return;
    }
    auto* response = NewMessage(shape_.descriptor->output_type());
    absl::Status status = shape_.method->run(caller_, *request_, response);
    if (status.ok()) status = Serialize(*response, &response_bytes_);
    FinishWith(status);
  }

  void Send(grpc::Status status) override {
    if (!status.ok()) return Finish(std::move(status));
    StartWriteAndFinish(&response_bytes_, {}, std::move(status));
  }

  grpc::ByteBuffer response_bytes_;
};

}  // namespace shirube

#endif  // SHIRUBE_SERVER_SERVICE_UNARY_CALL_H_
