// One call from its bytes to its answer. Made on a thread of gRPC, goes on in
// the executor, deletes itself when gRPC is done with it.
#ifndef SHIRUBE_SERVER_SERVICE_RAW_CALL_H_
#define SHIRUBE_SERVER_SERVICE_RAW_CALL_H_

#include <atomic>
#include <memory>
#include <mutex>
#include <string>

#include "google/protobuf/arena.h"
#include "google/protobuf/descriptor.h"
#include "grpcpp/server_context.h"
#include "grpcpp/support/byte_buffer.h"
#include "grpcpp/support/server_callback.h"
#include "server/service/raw_adapter.h"

namespace shirube {

class RawCall final : public grpc::ServerUnaryReactor {
 public:
  // What all calls of one method share.
  struct Shape {
    const RawAdapter::Dependencies* dependencies;
    const google::protobuf::MethodDescriptor* descriptor;
    const Method* method;  // nullptr: not written yet
  };

  static grpc::ServerUnaryReactor* Begin(const Shape& shape,
                                         grpc::CallbackServerContext* context,
                                         const grpc::ByteBuffer* request,
                                         grpc::ByteBuffer* response);

  void OnCancel() override;
  void OnDone() override;

 private:
  class Wait;

  RawCall(const Shape& shape, grpc::CallbackServerContext* context,
          const grpc::ByteBuffer* request, grpc::ByteBuffer* response);

  Executor* executor() const;
  // Everything that refuses a call before it costs a thread.
  absl::Status Admit() const;
  void Start();  // in the executor
  absl::Status Parse();
  void WaitFor(const std::string& min_revision);
  void Run();  // in the executor
  void FinishWith(const absl::Status& status);
  std::string MinRevision() const;

  const Shape& shape_;
  grpc::CallbackServerContext* const context_;
  const grpc::ByteBuffer* const request_bytes_;
  grpc::ByteBuffer* const response_bytes_;
  bool entered_ = false;
  CallContext call_;
  google::protobuf::Arena arena_;
  google::protobuf::Message* request_ = nullptr;   // in the arena
  google::protobuf::Message* response_ = nullptr;  // in the arena
  std::mutex wait_mutex_;
  std::shared_ptr<Wait> wait_;
  bool cancelled_ = false;
};

}  // namespace shirube

#endif  // SHIRUBE_SERVER_SERVICE_RAW_CALL_H_
