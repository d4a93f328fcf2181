// The connection over gRPC.
#include <grpcpp/completion_queue.h>
#include <grpcpp/create_channel.h>
#include <grpcpp/generic/generic_stub.h>
#include <grpcpp/security/credentials.h>
#include <grpcpp/support/byte_buffer.h>
#include <grpcpp/support/channel_arguments.h>
#include <grpcpp/support/client_callback.h>
#include <openssl/crypto.h>

#include <condition_variable>
#include <deque>
#include <functional>
#include <future>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "absl/time/clock.h"
#include "client/lib/connection.h"
#include "client/lib/credentials.h"
#include "client/lib/error.h"
#include "client/lib/tls_error.h"
#include "client/lib/token.h"

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

// `connection` is what it was made with.
absl::Status ToStatus(const grpc::Status& status, const Options& connection,
                      const std::string& language) {
  if (status.ok()) return absl::OkStatus();
  // What this library cancels itself does not come here: CANCELLED without
  // details is a server that stopped before it looked at the call.
  const bool never_reached =
      status.error_details().empty() &&
      (status.error_code() == grpc::StatusCode::UNAVAILABLE ||
       status.error_code() == grpc::StatusCode::CANCELLED);
  if (never_reached) {
    return Unreachable(status.error_message(), connection, language);
  }
  google::rpc::Status details;
  if (status.error_details().empty() ||
      !details.ParseFromString(status.error_details())) {
    details.Clear();
  }
  details.set_code(status.error_code());
  details.set_message(status.error_message());
  return MakeStatus(details);
}

void Prepare(const Options& options, const std::string& token,
             grpc::ClientContext* context) {
  context->set_deadline(absl::ToChronoTime(absl::Now() + *options.timeout));
  context->AddMetadata("accept-language", *options.language);
  // "-bin": names are Japanese as often as not, plain metadata is ASCII.
  if (!options.actor->empty()) {
    context->AddMetadata("shirube-actor-bin", *options.actor);
  }
  if (!token.empty()) context->AddMetadata("authorization", "Bearer " + token);
}

// One streamed call, step by step on one thread.
class StreamedCall {
 public:
  StreamedCall(grpc::GenericStub& stub, const std::string& method,
               const Options& options, const std::string& token) {
    Prepare(options, token, &context_);
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

// Both ways, by gRPC's callbacks.
class GrpcExchange final
    : public Exchange,
      private grpc::ClientBidiReactor<grpc::ByteBuffer, grpc::ByteBuffer> {
 public:
  GrpcExchange(std::shared_ptr<grpc::GenericStub> stub,
               const std::string& method, Options options, Options connection,
               const std::string& token)
      : stub_(std::move(stub)),
        options_(std::move(options)),
        connection_(std::move(connection)) {
    options_.timeout = absl::InfiniteDuration();
    Prepare(options_, token, &context_);
    stub_->PrepareBidiStreamingCall(&context_, method, {}, this);
    // Writes come from outside: gRPC must not be done before they are over.
    AddHold();
    StartRead(&reading_);
    StartCall();
  }
  ~GrpcExchange() override {
    context_.TryCancel();
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [this] { return done_; });
  }

  bool Write(const google::protobuf::Message& message) override {
    std::lock_guard lock(mutex_);
    if (over_) return false;
    waiting_.push_back(ToByteBuffer(message));
    if (waiting_.size() == 1) StartWrite(&waiting_.front());
    return true;
  }

  bool Read(google::protobuf::Message* message) override {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [this] { return arrived_ || over_; });
    if (!std::exchange(arrived_, false)) return false;
    own_ = FromByteBuffer(reading_, message);
    if (!own_.ok()) context_.TryCancel();
    StartRead(&reading_);
    return own_.ok();
  }

  void Cancel() override {
    context_.TryCancel();
    std::lock_guard lock(mutex_);
    if (own_.ok()) own_ = absl::CancelledError("called off");
  }

  absl::Status Finish() override {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [this] { return done_; });
    return own_.ok() ? ToStatus(status_, connection_, *options_.language)
                     : own_;
  }

 private:
  void OnReadDone(bool ok) override {
    std::lock_guard lock(mutex_);
    if (ok) {
      arrived_ = true;
    } else {
      over_ = true;
      RemoveHold();
    }
    changed_.notify_all();
  }
  void OnWriteDone(bool ok) override {
    std::lock_guard lock(mutex_);
    waiting_.pop_front();
    if (ok && !over_ && !waiting_.empty()) StartWrite(&waiting_.front());
  }
  void OnDone(const grpc::Status& status) override {
    std::lock_guard lock(mutex_);
    status_ = status;
    done_ = true;
    changed_.notify_all();
  }

  const std::shared_ptr<grpc::GenericStub> stub_;
  Options options_;
  const Options connection_;
  grpc::ClientContext context_;
  grpc::ByteBuffer reading_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<grpc::ByteBuffer> waiting_;  // the first one is on its way
  bool arrived_ = false;                  // in reading_
  bool over_ = false;
  bool done_ = false;
  absl::Status own_;
  grpc::Status status_;
};

std::shared_ptr<grpc::ChannelCredentials> CredentialsOf(const TlsFiles& files) {
  grpc::SslCredentialsOptions ssl;
  ssl.pem_root_certs = files.ca;
  ssl.pem_cert_chain = files.cert;
  ssl.pem_private_key = files.key;
  return grpc::SslCredentials(ssl);
}

std::shared_ptr<grpc::GenericStub> MakeStub(const Options& options,
                                            const TlsFiles& files) {
  const bool tls = WantsTls(options);
  grpc::ChannelArguments arguments;
  arguments.SetMaxReceiveMessageSize(kMaxMessageBytes);
  // A server that has just been started is tried again soon.
  arguments.SetInt(GRPC_ARG_INITIAL_RECONNECT_BACKOFF_MS, 50);
  arguments.SetInt(GRPC_ARG_MAX_RECONNECT_BACKOFF_MS, 1000);
  // A proxy of the environment must not see what is not encrypted.
  if (!tls) arguments.SetInt(GRPC_ARG_ENABLE_HTTP_PROXY, 0);
  return std::make_shared<grpc::GenericStub>(grpc::CreateCustomChannel(
      *options.server,
      tls ? CredentialsOf(files) : grpc::InsecureChannelCredentials(),
      arguments));
}

// The channel with the TLS files of `options` as they are now. Calls under way
// keep the one they began on. Thread-safe.
class Channel {
 public:
  explicit Channel(const Options& options) : options_(options) {}

  // Files that changed and do not fit yet leave the old channel in use: they
  // are replaced one after the other.
  absl::StatusOr<std::shared_ptr<grpc::GenericStub>> Now(
      const std::string& language) {
    std::lock_guard lock(mutex_);
    if (!WantsTls(options_)) {
      if (stub_ == nullptr) stub_ = MakeStub(options_, {});
      return stub_;
    }
    const std::vector<FileStamp> stamps = StampsOfTlsFiles(options_);
    if (stub_ != nullptr && stamps == stamps_) return stub_;
    Options reading = options_;
    reading.language = language;
    absl::StatusOr<TlsFiles> files = ReadTlsFiles(reading);
    if (!files.ok()) {
      if (stub_ != nullptr) return stub_;
      return files.status();
    }
    stub_ = MakeStub(options_, *files);
    stamps_ = stamps;
    return stub_;
  }

 private:
  const Options options_;
  std::mutex mutex_;
  std::shared_ptr<grpc::GenericStub> stub_;
  std::vector<FileStamp> stamps_;
};

class GrpcConnection : public Connection {
 public:
  explicit GrpcConnection(const Options& options)
      : options_(options), channel_(options) {}

  absl::Status Call(const std::string& method,
                    const google::protobuf::Message& request,
                    google::protobuf::Message* response,
                    const Options& options) override {
    absl::StatusOr<Door> door = Open(options);
    if (!door.ok()) return door.status();
    grpc::ClientContext context;
    Prepare(options, door->token, &context);
    grpc::ByteBuffer sent = ToByteBuffer(request), received;
    std::promise<grpc::Status> done;
    door->stub->UnaryCall(
        &context, method, {}, &sent, &received,
        [&done](grpc::Status status) { done.set_value(std::move(status)); });
    absl::Status status =
        ToStatus(done.get_future().get(), options_, *options.language);
    if (!status.ok()) return status;
    return FromByteBuffer(received, response);
  }

  absl::Status Stream(const std::string& method,
                      const google::protobuf::Message& request,
                      google::protobuf::Message* message,
                      const std::function<bool()>& take,
                      const Options& options) override {
    absl::StatusOr<Door> door = Open(options);
    if (!door.ok()) return door.status();
    StreamedCall call(*door->stub, method, options, door->token);
    call.Send(request);
    grpc::ByteBuffer received;
    absl::Status own;
    while (own.ok() && call.Read(&received)) {
      own = FromByteBuffer(received, message);
      if (own.ok() && !take()) own = absl::CancelledError("called off");
    }
    if (!own.ok()) call.Cancel();
    const grpc::Status status = call.Finish();
    return own.ok() ? ToStatus(status, options_, *options.language) : own;
  }

  absl::StatusOr<std::unique_ptr<Exchange>> Open(const std::string& method,
                                                 const Options& call) override {
    const Options options = Resolve(call, options_);
    absl::StatusOr<Door> door = Open(options);
    if (!door.ok()) return door.status();
    return std::make_unique<GrpcExchange>(door->stub, method, options, options_,
                                          door->token);
  }

 private:
  struct Door {
    std::shared_ptr<grpc::GenericStub> stub;
    std::string token;  // empty: none
  };

  absl::StatusOr<Door> Open(const Options& options) {
    Door door;
    if (!options.token_file->empty()) {
      auto token = tokens_.Get(*options.token_file, *options.language);
      if (!token.ok()) return token.status();
      door.token = *std::move(token);
    }
    auto stub = channel_.Now(*options.language);
    if (!stub.ok()) return stub.status();
    door.stub = *std::move(stub);
    return door;
  }

  const Options options_;
  Channel channel_;
  TokenFiles tokens_;
};

}  // namespace

std::shared_ptr<Connection> Connect(const Options& options) {
  return std::make_shared<GrpcConnection>(Resolve(options, {}));
}

void KeepTlsForLastThreads() {
  OPENSSL_init_crypto(OPENSSL_INIT_NO_ATEXIT, nullptr);
}

}  // namespace shirube::client
