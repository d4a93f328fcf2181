#include "server/service/bidi_call.h"

#include "absl/time/clock.h"
#include "grpcpp/alarm.h"
#include "server/base/status_macros.h"

namespace shirube {
namespace {

// What an end leaves a message that is on its way: who does not read would
// keep the call, and a drain, for ever.
constexpr absl::Duration kGrace = absl::Seconds(1);

}  // namespace

// Knows whether the call may be touched. It is finished when nothing of ours is
// under way: no message in the executor, none on its way to the client.
class BidiCall::Wire final : public Peer,
                             public std::enable_shared_from_this<Wire> {
 public:
  explicit Wire(BidiCall* call) : call_(call) {}

  void Write(const google::protobuf::Message& message) override {
    grpc::ByteBuffer bytes;
    if (absl::Status status = Serialize(message, &bytes); !status.ok()) {
      return End(std::move(status));
    }
    BidiCall* call = nullptr;
    {
      std::lock_guard<std::mutex> lock(mutex_);
      if (ended_ || writing_) return;
      writing_ = true;
      call = call_;
    }
    call->written_ = std::move(bytes);
    call->StartWrite(&call->written_);
  }

  void End(absl::Status status) override {
    {
      std::lock_guard<std::mutex> lock(mutex_);
      if (ended_) return;
      ended_ = std::move(status);
      if (writing_) GiveBackSoon();
    }
    FinishIfIdle();
  }

  // Whether a message may be taken on; Done is to follow.
  bool Begin() {
    std::lock_guard<std::mutex> lock(mutex_);
    if (ended_) return false;
    return taking_ = true;
  }
  // Whether the next message may be read.
  bool Done() {
    {
      std::lock_guard<std::mutex> lock(mutex_);
      if (!ended_) {
        // StartRead comes before anybody else can finish the call.
        call_->TellReading();
        call_->StartRead(&call_->read_);
        taking_ = false;
        return true;
      }
      taking_ = false;
    }
    FinishIfIdle();
    return false;
  }
  void Written() {
    {
      std::lock_guard<std::mutex> lock(mutex_);
      writing_ = false;
    }
    FinishIfIdle();
  }

 private:
  // Under the lock.
  void GiveBackSoon() {
    late_.Set(absl::ToChronoTime(absl::Now() + kGrace),
              [weak = weak_from_this()](bool in_time) {
                const auto wire = in_time ? weak.lock() : nullptr;
                if (wire != nullptr) wire->GiveBack();
              });
  }
  void GiveBack() {
    std::lock_guard<std::mutex> lock(mutex_);
    // As long as a message is out, the call stays.
    if (writing_) call_->context_->TryCancel();
  }

  void FinishIfIdle() {
    BidiCall* call = nullptr;
    absl::Status status;
    {
      std::lock_guard<std::mutex> lock(mutex_);
      if (!ended_ || taking_ || writing_) return;
      call = std::exchange(call_, nullptr);
      status = *ended_;
    }
    if (call != nullptr) call->FinishWith(status);
  }

  std::mutex mutex_;
  BidiCall* call_;  // nullptr once it is being finished
  bool taking_ = false;
  bool writing_ = false;
  std::optional<absl::Status> ended_;  // the first reason stays
  grpc::Alarm late_;
};

BidiCall::BidiCall(const Shape& shape, grpc::CallbackServerContext* context)
    : RawCall(shape, context, nullptr), wire_(std::make_shared<Wire>(this)) {}

grpc::ServerBidiReactor<grpc::ByteBuffer, grpc::ByteBuffer>* BidiCall::Make(
    const Shape& shape, grpc::CallbackServerContext* context) {
  auto* call = new BidiCall(shape, context);
  call->Open();
  return call;
}

void BidiCall::Open() {
  // Nobody else knows the call yet: it stays until End.
  wire_->Begin();
  absl::Status status = Admit();
  if (status.ok()) status = TakePlace();
  if (status.ok() && !shape_.method->talk) {
    status = absl::InternalError("no conversation is bound here");
  }
  if (status.ok() && !shape_.dependencies->live_calls->AddWaiter(
                         this, [wire = wire_] { wire->End(ShuttingDown()); })) {
    status = ShuttingDown();
  }
  if (!status.ok()) wire_->End(std::move(status));
  wire_->Done();
}

void BidiCall::OnReadDone(bool ok) {
  TellRead();
  const std::shared_ptr<Wire> wire = wire_;
  // Without `ok` the client has nothing more to say.
  if (!ok) return wire->End(absl::OkStatus());
  if (!wire->Begin()) return;
  if (executor()->TrySubmit([this] { Take(); })) return;
  wire->End(QueueFull());
  wire->Done();
}

void BidiCall::Take() {
  const std::shared_ptr<Wire> wire = wire_;
  if (absl::Status status = TakeMessage(); !status.ok()) {
    wire->End(std::move(status));
  }
  wire->Done();
}

absl::Status BidiCall::TakeMessage() {
  // A token that was taken away ends what it began.
  SHIRUBE_RETURN_IF_ERROR(Authenticate());
  auto* factory = google::protobuf::MessageFactory::generated_factory();
  const std::unique_ptr<google::protobuf::Message> message(
      factory->GetPrototype(shape_.descriptor->input_type())->New());
  SHIRUBE_RETURN_IF_ERROR(Read(read_, message.get()));
  if (conversation_ == nullptr) {
    conversation_ = shape_.method->talk(caller_, wire_);
  }
  return conversation_->Take(*message);
}

void BidiCall::OnWriteDone(bool ok) {
  const std::shared_ptr<Wire> wire = wire_;
  if (!ok) wire->End(CalledOff());
  wire->Written();
  // The call stays until this returns, also where it is being finished.
  if (ok && conversation_ != nullptr) conversation_->Taken();
}

void BidiCall::OnCancel() {
  const std::shared_ptr<Wire> wire = wire_;
  wire->End(CalledOff());
}

void BidiCall::OnDone() {
  shape_.dependencies->live_calls->RemoveWaiter(this);
  DeleteSelf();
}

}  // namespace shirube
