#include "server/service/raw_call.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "google/protobuf/io/zero_copy_stream_impl_lite.h"
#include "grpcpp/alarm.h"
#include "grpcpp/support/slice.h"
#include "server/base/logging.h"
#include "server/base/status_macros.h"
#include "server/domain/violation.h"
#include "server/service/call_metadata.h"
#include "server/service/request_bytes.h"

namespace shirube {
namespace {

absl::Status TooLarge(size_t bytes, int64_t most) {
  return MakeError(
      absl::StatusCode::kInvalidArgument, "LIMIT_EXCEEDED",
      absl::StrCat("the request has ", bytes, " bytes, at most ", most,
                   " are taken; send it in parts"),
      absl::StrCat("リクエストが", bytes, "バイトあります。上限は", most,
                   "バイトです。分割して送ってください"),
      {{"bytes", absl::StrCat(bytes)}, {"limit_bytes", absl::StrCat(most)}});
}

absl::Status CheckSize(const grpc::ByteBuffer& buffer, const Method& method) {
  const size_t bytes = buffer.Length();
  if (static_cast<int64_t>(bytes) <= method.max_request_bytes) {
    return absl::OkStatus();
  }
  return TooLarge(bytes, method.max_request_bytes);
}

absl::Status TooManyStreams(int most) {
  return MakeError(
      absl::StatusCode::kResourceExhausted, "QUEUE_FULL",
      absl::StrCat("the server is answering ", most,
                   " long readings of this kind already; try again when one "
                   "of them has ended"),
      absl::StrCat("時間のかかる読み取りを既に", most,
                   "件処理しています。終わってから再試行してください"),
      {{"limit", absl::StrCat(most)}});
}

absl::Status NotWritten(const std::string& method) {
  return MakeError(
      absl::StatusCode::kUnimplemented, "UNSUPPORTED",
      absl::StrCat("this server does not do ", method, " yet"),
      absl::StrCat("このサーバーは", method, "にまだ対応していません"));
}

std::string Flat(const grpc::ByteBuffer& buffer) {
  std::vector<grpc::Slice> slices;
  std::string flat;
  if (!buffer.Dump(&slices).ok()) return flat;
  flat.reserve(buffer.Length());
  for (const grpc::Slice& slice : slices) {
    flat.append(reinterpret_cast<const char*>(slice.begin()), slice.size());
  }
  return flat;
}

// When to answer NOT_YET_JUDGED: a little before the client stops listening.
absl::Time WaitUntil(absl::Time deadline, absl::Time now) {
  if (deadline == absl::InfiniteFuture()) return now + kLongestWait;
  const absl::Duration margin = std::clamp(
      (deadline - now) / 10, absl::Milliseconds(5), absl::Milliseconds(200));
  return std::min(deadline - margin, now + kLongestWait);
}

}  // namespace

// The wait of one call: ends once, by the gate, the alarm, a cancellation or a
// drain, whichever comes first. The others find it ended and do nothing, also
// when the call is long gone.
class RawCall::Wait : public std::enable_shared_from_this<Wait> {
 public:
  Wait(RawCall* call, std::string min_revision)
      : call_(call),
        dependencies_(*call->shape_.dependencies),
        min_revision_(std::move(min_revision)) {}

  void Begin(enum WaitFor wait_for, absl::Time until) {
    auto self = shared_from_this();
    if (!dependencies_.live_calls->AddWaiter(
            this, [self] { self->End(ShuttingDown()); })) {
      End(ShuttingDown());
      return;
    }
    const RevisionGate::Token token = dependencies_.gate->Notify(
        min_revision_, wait_for,
        [self](absl::Status status) { self->End(std::move(status)); });
    std::lock_guard<std::mutex> lock(mutex_);
    if (call_ == nullptr) return;  // ended at once
    token_ = token;
    armed_ = true;
    // Weak: the alarm keeps its function until it is destroyed itself.
    alarm_.Set(absl::ToChronoTime(until), [weak = weak_from_this()](bool ran) {
      if (auto wait = ran ? weak.lock() : nullptr) {
        wait->End(wait->dependencies_.gate->NotYet(wait->min_revision_));
      }
    });
  }

  void End(absl::Status status) {
    RawCall* call = nullptr;
    bool armed = false;
    {
      std::lock_guard<std::mutex> lock(mutex_);
      call = std::exchange(call_, nullptr);
      armed = std::exchange(armed_, false);
    }
    if (call == nullptr) return;
    dependencies_.live_calls->RemoveWaiter(this);
    auto self = shared_from_this();
    call->executor()->Resume([self, call, armed, status] {
      if (armed) {
        self->dependencies_.gate->Cancel(self->token_);
        self->alarm_.Cancel();
      }
      if (status.ok()) {
        call->Run();
      } else {
        call->FinishWith(status);
      }
    });
  }

 private:
  std::mutex mutex_;
  RawCall* call_;  // nullptr once ended
  const RawAdapter::Dependencies dependencies_;
  const std::string min_revision_;
  RevisionGate::Token token_ = 0;
  bool armed_ = false;
  grpc::Alarm alarm_;
};

RawCall::RawCall(const Shape& shape, grpc::CallbackServerContext* context,
                 const grpc::ByteBuffer* request)
    : shape_(shape), context_(context), request_bytes_(request) {
  caller_ = ContextOf(*context);
  caller_.method = shape.descriptor->name();
}

void RawCall::Go() {
  if (absl::Status status = CheckSize(*request_bytes_, *shape_.method);
      !status.ok()) {
    FinishWith(status);
  } else if (!executor()->TrySubmit([this] { Start(); })) {
    FinishWith(QueueFull());
  }
}

Executor* RawCall::executor() const {
  const RawAdapter::Dependencies& all = *shape_.dependencies;
  return shape_.method->slow && all.slow_executor != nullptr ? all.slow_executor
                                                             : all.executor;
}

absl::Status RawCall::Authenticate() {
  Authenticator* authenticator = shape_.dependencies->authenticator;
  if (authenticator == nullptr) return absl::OkStatus();
  SHIRUBE_ASSIGN_OR_RETURN(
      const Identity identity,
      authenticator->Identify(CredentialsOf(*context_, caller_)));
  SHIRUBE_RETURN_IF_ERROR(CheckRole(identity, shape_.descriptor->full_name()));
  caller_.actor = {identity.actor, identity.claimed};
  caller_.roles = identity.roles;
  return absl::OkStatus();
}

void RawCall::TellReading() const {
  CallWatch* watch = shape_.dependencies->watch;
  if (watch != nullptr) watch->Reading(context_->peer());
}

void RawCall::TellRead() const {
  CallWatch* watch = shape_.dependencies->watch;
  if (watch != nullptr) watch->Read(context_->peer());
}

absl::Status RawCall::Admit() {
  if (absl::Status status = Authenticate(); !status.ok()) {
    CallWatch* watch = shape_.dependencies->watch;
    if (watch != nullptr) watch->TurnedAway(context_->peer());
    return status;
  }
  if (shape_.method == nullptr) return NotWritten(shape_.descriptor->name());
  entered_ = shape_.dependencies->live_calls->Enter();
  return entered_ ? absl::OkStatus() : ShuttingDown();
}

absl::Status RawCall::TakePlace() {
  if (!shape_.descriptor->server_streaming()) return absl::OkStatus();
  const RawAdapter::Dependencies& all = *shape_.dependencies;
  const int most = kind() == LiveCalls::Kind::kStream ? all.max_streams
                                                      : all.max_conversations;
  entered_stream_ = all.live_calls->EnterStream(kind(), most);
  return entered_stream_ ? absl::OkStatus() : TooManyStreams(most);
}

LiveCalls::Kind RawCall::kind() const {
  return shape_.descriptor->client_streaming() ? LiveCalls::Kind::kConversation
                                               : LiveCalls::Kind::kStream;
}

absl::Status RawCall::Read(const grpc::ByteBuffer& bytes,
                           google::protobuf::Message* message) const {
  SHIRUBE_RETURN_IF_ERROR(CheckSize(bytes, *shape_.method));
  return ParseRequest(Flat(bytes), message);
}

google::protobuf::Message* RawCall::NewMessage(
    const google::protobuf::Descriptor* type) {
  auto* factory = google::protobuf::MessageFactory::generated_factory();
  return factory->GetPrototype(type)->New(&arena_);
}

void RawCall::Start() {
  request_ = NewMessage(shape_.descriptor->input_type());
  if (absl::Status status = Read(*request_bytes_, request_); !status.ok()) {
    FinishWith(status);
    return;
  }
  const std::string min_revision = MinRevision();
  if (min_revision.empty()) {
    Run();
  } else {
    WaitFor(min_revision);
  }
}

std::string RawCall::MinRevision() const {
  const auto* field =
      shape_.descriptor->input_type()->FindFieldByName("min_revision");
  if (field == nullptr) return "";
  return request_->GetReflection()->GetString(*request_, field);
}

void RawCall::WaitFor(const std::string& min_revision) {
  auto wait = std::make_shared<Wait>(this, min_revision);
  const enum WaitFor kind = shape_.method->wait_for(*request_);
  const absl::Time until = WaitUntil(caller_.deadline, absl::Now());
  bool cancelled = false;
  {
    std::lock_guard<std::mutex> lock(wait_mutex_);
    wait_ = wait;
    cancelled = cancelled_;
  }
  // From here on the call may be finished and gone at any moment.
  if (cancelled) {
    wait->End(CalledOff());
  } else {
    wait->Begin(kind, until);
  }
}

void RawCall::Run() {
  if (caller_.deadline < absl::Now()) {
    FinishWith(DeadlinePassed());
  } else if (context_->IsCancelled()) {
    FinishWith(CalledOff());
  } else {
    Answer();
  }
}

void RawCall::FinishWith(const absl::Status& status) {
  if (status.code() == absl::StatusCode::kInternal ||
      status.code() == absl::StatusCode::kDataLoss) {
    LogError(caller_.method, ": ", status.ToString());
  } else if (!status.ok()) {
    LogDebug(caller_.method, ": ", status.ToString());
  }
  // Before the status is sent: who has read it may ask for the next stream.
  if (std::exchange(entered_stream_, false)) {
    shape_.dependencies->live_calls->LeaveStream(kind());
  }
  Send(ToGrpcStatus(status, caller_.language));
}

void RawCall::Cancel() {
  std::shared_ptr<Wait> wait;
  {
    std::lock_guard<std::mutex> lock(wait_mutex_);
    cancelled_ = true;
    wait = wait_;
  }
  if (wait) wait->End(CalledOff());
}

void RawCall::DeleteSelf() {
  LiveCalls* live_calls = shape_.dependencies->live_calls;
  const bool entered = entered_;
  delete this;
  if (entered) live_calls->Leave();
}

absl::Status ShuttingDown() {
  return MakeError(
      absl::StatusCode::kUnavailable, "SHUTTING_DOWN",
      "the server is stopping; call again when it is back",
      "サーバーは停止処理中です。再開後にもう一度呼び出してください");
}

absl::Status AnswerTooLarge(size_t bytes) {
  const std::string size = absl::StrCat(bytes);
  return MakeError(
      absl::StatusCode::kInvalidArgument, "LIMIT_EXCEEDED",
      absl::StrCat("the answer has ", size,
                   " bytes, more than one message "
                   "takes; ask for smaller pages or parts"),
      absl::StrCat("応答が", size,
                   "バイトあり、1つのメッセージに収まりません。"
                   "ページを小さくするか、部分ごとに読んでください"),
      {{"bytes", size}});
}

absl::Status QueueFull() {
  return MakeError(
      absl::StatusCode::kResourceExhausted, "QUEUE_FULL",
      "too many calls are waiting; try again a little later",
      "処理待ちの呼び出しが多すぎます。少し待って再試行してください");
}

absl::Status CalledOff() {
  return absl::CancelledError("the client called it off");
}

absl::Status DeadlinePassed() {
  return absl::DeadlineExceededError("the client's deadline has passed");
}

absl::Status Serialize(const google::protobuf::Message& message,
                       grpc::ByteBuffer* out) {
  std::string bytes;
  if (!message.SerializeToString(&bytes)) {
    return absl::InternalError("the answer cannot be serialized");
  }
  if (static_cast<int64_t>(bytes.size()) > limits::kMaxTransportBytes) {
    return AnswerTooLarge(bytes.size());
  }
  grpc::Slice slice(bytes);
  *out = grpc::ByteBuffer(&slice, 1);
  return absl::OkStatus();
}

}  // namespace shirube
