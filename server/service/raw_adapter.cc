#include "server/service/raw_adapter.h"

#include <utility>

#include "google/protobuf/descriptor.h"
#include "grpcpp/impl/codegen/server_callback_handlers.h"
#include "grpcpp/impl/rpc_service_method.h"
#include "grpcpp/impl/service_type.h"
#include "server/base/logging.h"
#include "server/service/bidi_call.h"
#include "server/service/stream_call.h"
#include "server/service/unary_call.h"

namespace shirube {

class RawAdapter::RawService final : public grpc::Service {
 public:
  RawService(const Dependencies& dependencies,
             const google::protobuf::ServiceDescriptor& service) {
    for (int i = 0; i < service.method_count(); ++i) {
      Register(dependencies, *service.method(i), i);
    }
  }

 private:
  void Register(const Dependencies& dependencies,
                const google::protobuf::MethodDescriptor& method, int index) {
    const auto found = dependencies.methods->find(method.full_name());
    shapes_.push_back(std::make_unique<RawCall::Shape>(RawCall::Shape{
        &dependencies, &method,
        found == dependencies.methods->end() ? nullptr : &found->second}));
    paths_.push_back(std::make_unique<std::string>(
        "/" + method.service()->full_name() + "/" + method.name()));
    if (method.server_streaming() && method.client_streaming()) {
      RegisterConversation(index, shapes_.back().get());
    } else if (method.server_streaming()) {
      RegisterStream(index, shapes_.back().get());
    } else {
      RegisterUnary(index, shapes_.back().get());
    }
  }

  void RegisterUnary(int index, const RawCall::Shape* shape) {
    AddMethod(new grpc::internal::RpcServiceMethod(
        paths_.back()->c_str(), grpc::internal::RpcMethod::NORMAL_RPC,
        nullptr));
    MarkMethodRawCallback(
        index, new grpc::internal::CallbackUnaryHandler<grpc::ByteBuffer,
                                                        grpc::ByteBuffer>(
                   [shape](grpc::CallbackServerContext* context,
                           const grpc::ByteBuffer* request,
                           grpc::ByteBuffer* response) {
                     return UnaryCall::Make(*shape, context, request, response);
                   }));
  }

  void RegisterStream(int index, const RawCall::Shape* shape) {
    AddMethod(new grpc::internal::RpcServiceMethod(
        paths_.back()->c_str(), grpc::internal::RpcMethod::SERVER_STREAMING,
        nullptr));
    MarkMethodRawCallback(
        index,
        new grpc::internal::CallbackServerStreamingHandler<grpc::ByteBuffer,
                                                           grpc::ByteBuffer>(
            [shape](grpc::CallbackServerContext* context,
                    const grpc::ByteBuffer* request) {
              return StreamCall::Make(*shape, context, request);
            }));
  }

  void RegisterConversation(int index, const RawCall::Shape* shape) {
    AddMethod(new grpc::internal::RpcServiceMethod(
        paths_.back()->c_str(), grpc::internal::RpcMethod::BIDI_STREAMING,
        nullptr));
    MarkMethodRawCallback(
        index, new grpc::internal::CallbackBidiHandler<grpc::ByteBuffer,
                                                       grpc::ByteBuffer>(
                   [shape](grpc::CallbackServerContext* context) {
                     return BidiCall::Make(*shape, context);
                   }));
  }

  std::vector<std::unique_ptr<RawCall::Shape>> shapes_;
  std::vector<std::unique_ptr<std::string>> paths_;
};

RawAdapter::RawAdapter(const Dependencies& dependencies,
                       const std::vector<std::string>& services)
    : dependencies_(dependencies) {
  const auto* pool = google::protobuf::DescriptorPool::generated_pool();
  for (const std::string& name : services) {
    const auto* service = pool->FindServiceByName(name);
    if (service == nullptr) {
      LogError("no service ", name, " in the linked protos");
      continue;
    }
    services_.push_back(std::make_unique<RawService>(dependencies_, *service));
  }
}

RawAdapter::~RawAdapter() = default;

void RawAdapter::AddTo(grpc::ServerBuilder* builder) {
  for (const auto& service : services_) builder->RegisterService(service.get());
}

}  // namespace shirube
