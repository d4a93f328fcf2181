// What a client says of itself beside its request.
#ifndef SHIRUBE_SERVER_SERVICE_CALL_METADATA_H_
#define SHIRUBE_SERVER_SERVICE_CALL_METADATA_H_

#include "grpcpp/server_context.h"
#include "server/service/method_table.h"

namespace shirube {

// Metadata in which a caller on loopback says who it is. Text that is not ASCII
// travels in the second one, which gRPC takes as bytes.
inline constexpr char kActorKey[] = "shirube-actor";
inline constexpr char kActorBinaryKey[] = "shirube-actor-bin";

// Deadline, language and actor. An actor is only ever claimed as long as the
// server has no TLS to offer; without one it is `anonymous`.
CallContext ContextOf(const grpc::CallbackServerContext& context);

}  // namespace shirube

#endif  // SHIRUBE_SERVER_SERVICE_CALL_METADATA_H_
