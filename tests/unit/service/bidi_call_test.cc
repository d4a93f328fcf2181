// Calls that stay: what ends one although its client does nothing for it.
#include "server/service/bidi_call.h"

#include "gmock/gmock.h"
#include "shirube/v1/alert_service.pb.h"
#include "tests/unit/service/raw_adapter_fixture.h"

namespace shirube {
namespace {

// A call by hand, of which nothing is read but its end.
class OpenCall {
 public:
  OpenCall(const std::shared_ptr<grpc::Channel>& channel,
           const std::string& method)
      : stub_(channel), call_(stub_.PrepareCall(&context_, method, &queue_)) {
    context_.set_deadline(absl::ToChronoTime(absl::Now() + absl::Seconds(60)));
    call_->StartCall(nullptr);
    Next();
  }
  ~OpenCall() {
    context_.TryCancel();
    queue_.Shutdown();
    while (Next()) {
    }
  }
  void Say(const std::string& bytes) {
    grpc::Slice slice(bytes);
    call_->Write(grpc::ByteBuffer(&slice, 1), nullptr);
    Next();
  }
  grpc::Status End() {
    grpc::Status status;
    call_->Finish(&status, nullptr);
    Next();
    return status;
  }

 private:
  bool Next() {
    void* tag = nullptr;
    bool ok = false;
    return queue_.Next(&tag, &ok);
  }
  grpc::ClientContext context_;
  grpc::CompletionQueue queue_;
  grpc::GenericStub stub_;
  std::unique_ptr<grpc::GenericClientAsyncReaderWriter> call_;
};

// Writes more than a connection takes from a client that does not read.
class Talkative final : public Conversation {
 public:
  Talkative(std::shared_ptr<Peer> peer, std::promise<void>* written)
      : peer_(std::move(peer)), written_(written) {}
  absl::Status Take(const google::protobuf::Message&) override {
    v1::StreamingPullResponse response;
    response.add_messages()->set_ack_id(std::string(10 << 20, 'a'));
    peer_->Write(response);
    written_->set_value();
    return absl::OkStatus();
  }
  void Taken() override {}

 private:
  const std::shared_ptr<Peer> peer_;
  std::promise<void>* const written_;
};

using BidiCallTest = RawAdapterTest;

TEST_F(BidiCallTest, IsNotWaitedForWhereItsClientDoesNotRead) {
  std::promise<void> written;
  methods_[std::string(kConversations) + ".StreamingPull"].talk =
      [&](const CallContext&, std::shared_ptr<Peer> peer) {
        return std::make_unique<Talkative>(std::move(peer), &written);
      };
  Start();
  OpenCall call(channel_, "/" + std::string(kConversations) + "/StreamingPull");
  call.Say("");
  written.get_future().wait();
  const absl::Time start = absl::Now();
  live_calls_.BeginDrain();
  EXPECT_TRUE(live_calls_.WaitUntilNone(absl::Now() + absl::Seconds(30)));
  EXPECT_GE(absl::Now() - start, absl::Milliseconds(500)) << "it was read";
}

// One whose body never comes holds up nobody either.
TEST_F(BidiCallTest, IsNotWaitedForWhereItsMessageDoesNotCome) {
  Handle([](CallContext&, v1::Plan*) { return absl::OkStatus(); });
  Start();
  OpenCall call(channel_, "/" + std::string(kService) + "/GetPlan");
  // It has come when another one that was sent later is answered.
  EXPECT_TRUE(Call("GetPlan", GetPlanBytes()).status.ok());
  live_calls_.BeginDrain();
  EXPECT_TRUE(live_calls_.WaitUntilNone(absl::Now() + absl::Seconds(30)));
  const grpc::Status end = call.End();
  EXPECT_EQ(end.error_code(), grpc::UNAVAILABLE);
  EXPECT_EQ(DetailOf<google::rpc::ErrorInfo>(end).reason(), "SHUTTING_DOWN");
}

}  // namespace
}  // namespace shirube
