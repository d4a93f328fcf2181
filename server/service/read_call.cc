#include "server/service/read_call.h"

#include <mutex>
#include <utility>

#include "server/base/status_macros.h"
#include "server/domain/violation.h"

namespace shirube {
namespace {

absl::Status NoMessage() {
  return MakeError(absl::StatusCode::kInvalidArgument, "MALFORMED_REQUEST",
                   "the call ended without a request",
                   "リクエストのないまま呼び出しが終わりました");
}

}  // namespace

class ReadCall::Reading {
 public:
  explicit Reading(ReadCall* call) : call_(call) {}

  // Whether nobody went on with the call before.
  bool Claim() {
    std::lock_guard<std::mutex> lock(mutex_);
    return std::exchange(call_, nullptr) != nullptr;
  }
  // gRPC keeps the call until it is finished, and only who claims it does that.
  void GiveUp() {
    ReadCall* call = nullptr;
    {
      std::lock_guard<std::mutex> lock(mutex_);
      call = std::exchange(call_, nullptr);
    }
    if (call != nullptr) call->FinishWith(ShuttingDown());
  }

 private:
  std::mutex mutex_;
  ReadCall* call_;
};

void ReadCall::Open() {
  reading_ = std::make_shared<Reading>(this);
  if (absl::Status status = Admit(); !status.ok()) {
    reading_->Claim();
    return FinishWith(status);
  }
  // A drain does not wait for what its caller may never send. Until Open has
  // returned gRPC only notes what is asked of the call, so it stays.
  const auto give_up = [reading = reading_] { reading->GiveUp(); };
  if (!shape_.dependencies->live_calls->AddWaiter(reading_.get(), give_up)) {
    return give_up();
  }
  TellReading();
  StartRead(&request_bytes_);
}

void ReadCall::OnReadDone(bool ok) {
  TellRead();
  shape_.dependencies->live_calls->RemoveWaiter(reading_.get());
  if (!reading_->Claim()) return;
  if (!ok)
    return FinishWith(context_->IsCancelled() ? CalledOff() : NoMessage());
  // Not before its message is there: there are few places.
  if (absl::Status status = TakePlace(); !status.ok()) {
    return FinishWith(status);
  }
  Go();
}

void ReadCall::OnDone() { DeleteSelf(); }

}  // namespace shirube
