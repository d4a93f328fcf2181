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
    // As if messages went both ways, whatever the method: gRPC reads the one
    // message of the others before it asks anybody (read_call.h).
    AddMethod(new grpc::internal::RpcServiceMethod(
        paths_.back()->c_str(), grpc::internal::RpcMethod::BIDI_STREAMING,
        nullptr));
    MarkMethodRawCallback(
        index, new grpc::internal::CallbackBidiHandler<grpc::ByteBuffer,
                                                       grpc::ByteBuffer>(
                   [make = MakerOf(method), shape = shapes_.back().get()](
                       grpc::CallbackServerContext* context) {
                     return make(*shape, context);
                   }));
  }

  using Maker = RawReactor* (*)(const RawCall::Shape&,
                                grpc::CallbackServerContext*);
  static Maker MakerOf(const google::protobuf::MethodDescriptor& method) {
    if (!method.server_streaming()) return &UnaryCall::Make;
    return method.client_streaming() ? &BidiCall::Make : &StreamCall::Make;
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
