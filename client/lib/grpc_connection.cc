// The connection over gRPC.
#include <grpcpp/completion_queue.h>
#include <grpcpp/create_channel.h>
#include <grpcpp/generic/generic_stub.h>
#include <grpcpp/support/byte_buffer.h>
#include <grpcpp/support/channel_arguments.h>

#include <functional>
#include <future>
#include <memory>
#include <string>
#include <vector>

#include "absl/time/clock.h"
#include "client/lib/connection.h"
#include "client/lib/error.h"

namespace shirube::client {
namespace {

// A plan of the largest size that ExportPlan answers with.
constexpr int kMaxMessageBytes = 20 * 1024 * 1024;

grpc::ByteBuffer ToByteBuffer(const google::protobuf::Message& message) {
  grpc::Slice slice(message.SerializeAsString());
  return grpc::ByteBuffer(&slice, 1);
}

absl::Status FromByteBuffer(const grpc::ByteBuffer& buffer,
                            google::protobuf::Message* message) {
  std::vector<grpc::Slice> slices;
  if (!buffer.Dump(&slices).ok()) {
    return absl::InternalError("the server's answer could not be read");
  }
  std::string bytes;
  for (const grpc::Slice& slice : slices) {
    bytes.append(reinterpret_cast<const char*>(slice.begin()), slice.size());
  }
  if (!message->ParseFromString(bytes)) {
    return absl::InternalError("the server's answer is not a " +
                               message->GetTypeName());
  }
  return absl::OkStatus();
}

absl::Status ToStatus(const grpc::Status& status, const std::string& server) {
  if (status.ok()) return absl::OkStatus();
  google::rpc::Status details;
  if (status.error_details().empty() ||
      !details.ParseFromString(status.error_details())) {
    details.Clear();
  }
  details.set_code(status.error_code());
  details.set_message(status.error_message());
  // What this library cancels itself does not come here: CANCELLED without
  // details is a server that stopped before it looked at the call.
  const bool never_reached =
      status.error_details().empty() &&
      (status.error_code() == grpc::StatusCode::UNAVAILABLE ||
       status.error_code() == grpc::StatusCode::CANCELLED);
  if (never_reached) {
    details.set_code(grpc::StatusCode::UNAVAILABLE);
    details.set_message("no Shirube server answers at " + server + " (" +
                        status.error_message() + ")");
  }
  return MakeStatus(details);
}

void Prepare(const Options& options, grpc::ClientContext* context) {
  context->set_deadline(absl::ToChronoTime(absl::Now() + *options.timeout));
  context->AddMetadata("accept-language", *options.language);
  // "-bin": names are Japanese as often as not, plain metadata is ASCII.
  if (!options.actor->empty()) {
    context->AddMetadata("shirube-actor-bin", *options.actor);
  }
}

// One streamed call, step by step on one thread.
class StreamedCall {
 public:
  StreamedCall(grpc::GenericStub& stub, const std::string& method,
               const Options& options) {
    Prepare(options, &context_);
    call_ = stub.PrepareCall(&context_, method, &queue_);
    call_->StartCall(this);
    Done();
  }
  ~StreamedCall() {
    queue_.Shutdown();
    void* tag;
    bool ok;
    while (queue_.Next(&tag, &ok)) continue;
  }

  // A step that fails is told by the status at the end.
  void Send(const google::protobuf::Message& request) {
    call_->WriteLast(ToByteBuffer(request), grpc::WriteOptions(), this);
    Done();
  }
  bool Read(grpc::ByteBuffer* received) {
    call_->Read(received, this);
    return Done();
  }
  void Cancel() { context_.TryCancel(); }
  grpc::Status Finish() {
    grpc::Status status;
    call_->Finish(&status, this);
    Done();
    return status;
  }

 private:
  bool Done() {
    void* tag;
    bool ok = false;
    return queue_.Next(&tag, &ok) && ok;
  }

  grpc::ClientContext context_;
  grpc::CompletionQueue queue_;
  std::unique_ptr<grpc::GenericClientAsyncReaderWriter> call_;
};

class GrpcConnection : public Connection {
 public:
  explicit GrpcConnection(const std::string& server)
      : server_(server), stub_(MakeChannel(server)) {}

  absl::Status Call(const std::string& method,
                    const google::protobuf::Message& request,
                    google::protobuf::Message* response,
                    const Options& options) override {
    grpc::ClientContext context;
    Prepare(options, &context);
    grpc::ByteBuffer sent = ToByteBuffer(request), received;
    std::promise<grpc::Status> done;
    stub_.UnaryCall(
        &context, method, {}, &sent, &received,
        [&done](grpc::Status status) { done.set_value(std::move(status)); });
    absl::Status status = ToStatus(done.get_future().get(), server_);
    if (!status.ok()) return status;
    return FromByteBuffer(received, response);
  }

  absl::Status Stream(const std::string& method,
                      const google::protobuf::Message& request,
                      google::protobuf::Message* message,
                      const std::function<bool()>& take,
                      const Options& options) override {
    StreamedCall call(stub_, method, options);
    call.Send(request);
    grpc::ByteBuffer received;
    absl::Status own;
    while (own.ok() && call.Read(&received)) {
      own = FromByteBuffer(received, message);
      if (own.ok() && !take()) own = absl::CancelledError("called off");
    }
    if (!own.ok()) call.Cancel();
    const grpc::Status status = call.Finish();
    return own.ok() ? ToStatus(status, server_) : own;
  }

 private:
  static std::shared_ptr<grpc::Channel> MakeChannel(const std::string& server) {
    grpc::ChannelArguments arguments;
    arguments.SetMaxReceiveMessageSize(kMaxMessageBytes);
    // A server that has just been started is tried again soon.
    arguments.SetInt(GRPC_ARG_INITIAL_RECONNECT_BACKOFF_MS, 50);
    arguments.SetInt(GRPC_ARG_MAX_RECONNECT_BACKOFF_MS, 1000);
    return grpc::CreateCustomChannel(server, grpc::InsecureChannelCredentials(),
                                     arguments);
  }

  const std::string server_;
  grpc::GenericStub stub_;
};

}  // namespace

std::shared_ptr<Connection> Connect(const Options& options) {
  return std::make_shared<GrpcConnection>(*Resolve(options, {}).server);
}

}  // namespace shirube::client
