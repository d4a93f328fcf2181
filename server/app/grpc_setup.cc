#include "server/app/grpc_setup.h"

#include <grpc/support/log.h>
#include <sys/stat.h>

#include <mutex>

#include "absl/strings/str_cat.h"
#include "google/protobuf/stubs/logging.h"
#include "grpcpp/ext/proto_server_reflection_plugin.h"
#include "grpcpp/health_check_service_interface.h"
#include "grpcpp/resource_quota.h"
#include "grpcpp/server_builder.h"
#include "server/base/connection_limits.h"
#include "server/base/limits.h"
#include "server/base/logging.h"
#include "server/base/status_macros.h"

namespace shirube {
namespace {

// What the libraries say goes to our log; most of it is said again, better, by
// the error that it leads to. Of gRPC only errors: its tracing, which an
// environment variable switches on, prints whole headers with their tokens.
void TameLibraryLogs() {
  gpr_set_log_function([](gpr_log_func_args* args) {
    if (args->severity < GPR_LOG_SEVERITY_ERROR) return;
    LogDebug("gRPC: ", args->message);
  });
  google::protobuf::SetLogHandler(
      [](google::protobuf::LogLevel, const char*, int,
         const std::string& message) { LogDebug("protobuf: ", message); });
}

void SetUpOnce() {
  static std::once_flag once;
  std::call_once(once, [] {
    TameLibraryLogs();
    grpc::EnableDefaultHealthCheckService(true);
    grpc::reflection::InitProtoReflectionServerBuilderPlugin();
  });
}

void SetLimits(grpc::ServerBuilder* builder) {
  builder->SetMaxReceiveMessageSize(
      static_cast<int>(limits::kMaxTransportBytes));
  builder->SetMaxSendMessageSize(static_cast<int>(limits::kMaxTransportBytes) +
                                 (1 << 16));
  builder->AddChannelArgument(GRPC_ARG_MAX_CONCURRENT_STREAMS,
                              limits::kMaxStreamsPerConnection);
  // Otherwise a second server starts on the port of the first.
  builder->AddChannelArgument(GRPC_ARG_ALLOW_REUSEPORT, 0);
  // Headers beyond this end the call; a caller that sends nothing, and does not
  // answer when asked whether it is there, is let go.
  builder->AddChannelArgument(GRPC_ARG_MAX_METADATA_SIZE,
                              limits::kMaxMetadataBytes);
  builder->AddChannelArgument(GRPC_ARG_KEEPALIVE_TIME_MS, 60'000);
  builder->AddChannelArgument(GRPC_ARG_KEEPALIVE_TIMEOUT_MS, 20'000);
  builder->AddChannelArgument(GRPC_ARG_MAX_CONNECTION_IDLE_MS,
                              limits::kIdleConnectionMinutes * 60'000);
  builder->AddChannelArgument(
      GRPC_ARG_HTTP2_MIN_RECV_PING_INTERVAL_WITHOUT_DATA_MS, 10'000);
  builder->AddChannelArgument(GRPC_ARG_HTTP2_MAX_PING_STRIKES, 2);
  // Of what was read at once all calls are made before the first of them is
  // turned away.
  builder->AddChannelArgument(GRPC_ARG_TCP_MAX_READ_CHUNK_SIZE,
                              limits::kMaxReadBytes);
  builder->AddChannelArgument(GRPC_ARG_SERVER_HANDSHAKE_TIMEOUT_MS,
                              limits::kHandshakeSeconds * 1'000);
  // Beyond it gRPC reads less at a time and ends calls rather than grow.
  grpc::ResourceQuota quota("shirube");
  quota.Resize(static_cast<size_t>(limits::kMaxTransportMemory));
  builder->SetResourceQuota(quota);
  // Only reflection is answered by gRPC's own threads.
  using Option = grpc::ServerBuilder::SyncServerOption;
  builder->SetSyncServerOption(Option::NUM_CQS, 1);
  builder->SetSyncServerOption(Option::MIN_POLLERS, 1);
  builder->SetSyncServerOption(Option::MAX_POLLERS, 1);
}

}  // namespace

absl::StatusOr<Listening> Listen(const ListenAddress& address,
                                 const TlsDoor& door, RawAdapter* adapter) {
  SetUpOnce();
  SHIRUBE_RETURN_IF_ERROR(CheckSocketIsFree(address));
  grpc::ServerBuilder builder;
  SetLimits(&builder);
  int port = 0;
  builder.AddListeningPort(address.grpc, door.MakeCredentials(), &port);
  adapter->AddTo(&builder);
  const mode_t before = umask(0177);
  Listening listening;
  listening.server = builder.BuildAndStart();
  umask(before);
  if (listening.server == nullptr || port == 0) return WhyNotListening(address);
  if (address.path.empty()) listening.port = port;
  listening.address = address.path.empty()
                          ? absl::StrCat(address.host, ":", port)
                          : address.grpc;
  return listening;
}

}  // namespace shirube
