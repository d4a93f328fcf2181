// What a client says of itself beside its request.
#ifndef SHIRUBE_SERVER_SERVICE_CALL_METADATA_H_
#define SHIRUBE_SERVER_SERVICE_CALL_METADATA_H_

#include "grpcpp/server_context.h"
#include "server/access/authenticator.h"
#include "server/service/method_table.h"

namespace shirube {

// Metadata in which a caller on loopback says who it is. Text that is not ASCII
// travels in the second one, which gRPC takes as bytes.
inline constexpr char kActorKey[] = "shirube-actor";
inline constexpr char kActorBinaryKey[] = "shirube-actor-bin";

// Deadline, language and the actor that the caller claims to be; without one it
// is `anonymous`.
CallContext ContextOf(const grpc::CallbackServerContext& context);

// What the call brings to prove who makes it; `call` is its ContextOf.
Credentials CredentialsOf(const grpc::CallbackServerContext& context,
                          const CallContext& call);

}  // namespace shirube

#endif  // SHIRUBE_SERVER_SERVICE_CALL_METADATA_H_
