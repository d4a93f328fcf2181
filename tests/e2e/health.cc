#include "tests/e2e/health.h"

#include <grpcpp/client_context.h>
#include <grpcpp/create_channel.h>
#include <grpcpp/impl/client_unary_call.h>
#include <grpcpp/impl/rpc_method.h>
#include <grpcpp/security/credentials.h>
#include <grpcpp/support/byte_buffer.h>

#include <chrono>

namespace shirube::e2e {

std::string HealthOf(const std::string& address, const std::string& service) {
  const auto channel =
      grpc::CreateChannel(address, grpc::InsecureChannelCredentials());
  const grpc::internal::RpcMethod method("/grpc.health.v1.Health/Check",
                                         grpc::internal::RpcMethod::NORMAL_RPC);
  // HealthCheckRequest: the name in field 1.
  std::string bytes("\x0a");
  bytes += static_cast<char>(service.size());
  bytes += service;
  grpc::Slice slice(service.empty() ? "" : bytes);
  grpc::ByteBuffer request(&slice, 1), response;
  grpc::ClientContext context;
  context.set_deadline(std::chrono::system_clock::now() +
                       std::chrono::seconds(30));
  const grpc::Status status = grpc::internal::BlockingUnaryCall(
      channel.get(), method, &context, request, &response);
  grpc::Slice answer;
  if (!status.ok() || !response.DumpToSingleSlice(&answer).ok()) {
    return status.error_message();
  }
  const std::string text(reinterpret_cast<const char*>(answer.begin()),
                         answer.size());
  if (text == "\x08\x01") return "SERVING";
  return text == "\x08\x02" ? "NOT_SERVING" : "?";
}

}  // namespace shirube::e2e
