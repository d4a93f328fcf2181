// Streams through the raw adapter: whoever reads slowly, goes, or is drained in
// the middle, and errors before and after messages.
#include "server/service/stream_call.h"

#include <atomic>
#include <thread>

#include "gmock/gmock.h"
#include "shirube/v1/rule_service.pb.h"
#include "tests/unit/service/raw_adapter_fixture.h"

namespace shirube {
namespace {

using Part = v1::PreviewRuleSetResponse;
using testing::HasSubstr;

constexpr char kMethod[] = "/shirube.v1.RuleService/PreviewRuleSet";

std::string RequestBytes(const std::string& min_revision = "") {
  v1::PreviewRuleSetRequest request;
  request.set_parent("plans/-");
  request.set_min_revision(min_revision);
  return request.SerializeAsString();
}

Part Numbered(int number, size_t bytes = 0) {
  Part part;
  part.mutable_progress()->set_evaluated_count(number);
  part.set_rule_set(std::string(bytes, 'x'));
  return part;
}

// Reads one message after the other, when the test says so.
class Reader {
 public:
  Reader(const std::shared_ptr<grpc::Channel>& channel,
         const std::string& request,
         absl::Duration deadline = absl::Seconds(60))
      : stub_(channel) {
    context_.set_deadline(absl::ToChronoTime(absl::Now() + deadline));
    call_ = stub_.PrepareCall(&context_, kMethod, &queue_);
    call_->StartCall(this);
    Done();
    grpc::Slice slice(request);
    call_->WriteLast(grpc::ByteBuffer(&slice, 1), grpc::WriteOptions(), this);
    Done();
  }
  ~Reader() {
    context_.TryCancel();
    queue_.Shutdown();
    void* tag;
    bool ok;
    while (queue_.Next(&tag, &ok)) continue;
  }

  // False at the end.
  bool Read(Part* part) {
    grpc::ByteBuffer bytes;
    call_->Read(&bytes, this);
    return Done() && part->ParseFromString(Flat(bytes));
  }
  int Count() {
    Part part;
    int count = 0;
    while (Read(&part)) ++count;
    return count;
  }
  grpc::Status Finish() {
    grpc::Status status;
    call_->Finish(&status, this);
    Done();
    return status;
  }
  void Cancel() { context_.TryCancel(); }

 private:
  bool Done() {
    void* tag;
    bool ok = false;
    return queue_.Next(&tag, &ok) && ok;
  }

  grpc::GenericStub stub_;
  grpc::ClientContext context_;
  grpc::CompletionQueue queue_;
  std::unique_ptr<grpc::GenericClientAsyncReaderWriter> call_;
};

std::string ReasonOf(const grpc::Status& status) {
  return DetailOf<google::rpc::ErrorInfo>(status).reason();
}

class StreamCallTest : public RawAdapterTest {
 protected:
  using Run = std::function<absl::Status(StreamWriter&)>;

  // Handles PreviewRuleSet by `run`.
  void Stream(Run run) {
    Method method;
    method.slow = true;
    method.stream = [run](CallContext&, const google::protobuf::Message&,
                          StreamWriter& writer) { return run(writer); };
    methods_[std::string(kStreams) + ".PreviewRuleSet"] = method;
  }

  // Writes for ever; tells how it ended.
  void StreamWithoutEnd(size_t bytes = 0) {
    Stream([this, bytes](StreamWriter& writer) {
      while (writer.Write(Numbered(++written_, bytes))) continue;
      refused_.set_value();
      return absl::CancelledError("told to stop");
    });
  }

  bool EndsSoon() {
    return live_calls_.WaitUntilNone(absl::Now() + absl::Seconds(30));
  }

  // Of the methods, which may still be running when a test's body is through.
  std::atomic<int> written_{0};
  std::promise<void> refused_, far_ahead_;
};

TEST_F(StreamCallTest, DeliversMessagesInOrderAndThenTheStatus) {
  Stream([](StreamWriter& writer) {
    for (int i = 0; i < 100; ++i) EXPECT_TRUE(writer.Write(Numbered(i)));
    return absl::OkStatus();
  });
  Start();
  Reader reader(channel_, RequestBytes());
  Part part;
  for (int i = 0; i < 100; ++i) {
    ASSERT_TRUE(reader.Read(&part));
    EXPECT_EQ(part.progress().evaluated_count(), i);
  }
  EXPECT_FALSE(reader.Read(&part));
  EXPECT_TRUE(reader.Finish().ok());
}

TEST_F(StreamCallTest, EndsWithoutAMessageToo) {
  Stream([](StreamWriter&) { return absl::OkStatus(); });
  Start();
  Reader reader(channel_, RequestBytes());
  EXPECT_EQ(reader.Count(), 0);
  EXPECT_TRUE(reader.Finish().ok());
}

// What has left the server lies in the window of the transport, a few MiB.
TEST_F(StreamCallTest, NeverRunsFarAheadOfASlowReader) {
  Stream([this](StreamWriter& writer) {
    while (writer.Write(Numbered(++written_, size_t{1} << 20))) {
      if (written_ == 64) far_ahead_.set_value();
    }
    return absl::OkStatus();
  });
  Start();
  Reader reader(channel_, RequestBytes());
  Part part;
  ASSERT_TRUE(reader.Read(&part));
  EXPECT_EQ(far_ahead_.get_future().wait_for(std::chrono::milliseconds(300)),
            std::future_status::timeout);
  // It goes on when it is read on.
  for (int read = 2; read <= 64; ++read) ASSERT_TRUE(reader.Read(&part));
  EXPECT_EQ(part.progress().evaluated_count(), 64);
}

TEST_F(StreamCallTest, EndsWhenItsReaderHasGone) {
  StreamWithoutEnd();
  Start();
  {
    Reader reader(channel_, RequestBytes());
    Part part;
    ASSERT_TRUE(reader.Read(&part));
  }
  refused_.get_future().wait();
  EXPECT_TRUE(EndsSoon());
}

TEST_F(StreamCallTest, EndsWhenAReaderThatWasStuckHasGone) {
  StreamWithoutEnd(size_t{1} << 20);
  Start();
  {
    Reader reader(channel_, RequestBytes());
    Part part;
    ASSERT_TRUE(reader.Read(&part));  // it has begun; what follows is stuck
  }
  refused_.get_future().wait();
  EXPECT_TRUE(EndsSoon());
}

TEST_F(StreamCallTest, EndsAtTheDeadlineOfTheCall) {
  StreamWithoutEnd(size_t{1} << 20);
  Start();
  Reader reader(channel_, RequestBytes(), absl::Milliseconds(300));
  reader.Count();
  EXPECT_EQ(reader.Finish().error_code(), grpc::DEADLINE_EXCEEDED);
  EXPECT_TRUE(EndsSoon());
}

TEST_F(StreamCallTest, TellsAReaderThatItDrains) {
  StreamWithoutEnd();
  Start();
  Reader reader(channel_, RequestBytes());
  Part part;
  ASSERT_TRUE(reader.Read(&part));
  live_calls_.BeginDrain();
  EXPECT_GT(reader.Count(), -1);
  const grpc::Status status = reader.Finish();
  EXPECT_EQ(status.error_code(), grpc::UNAVAILABLE) << status.error_message();
  EXPECT_EQ(ReasonOf(status), "SHUTTING_DOWN");
  EXPECT_TRUE(EndsSoon());
}

TEST_F(StreamCallTest, DrainsWithoutAReaderThatTakesNothing) {
  StreamWithoutEnd(size_t{1} << 20);
  Start();
  Reader reader(channel_, RequestBytes());
  Part part;
  ASSERT_TRUE(reader.Read(&part));
  live_calls_.BeginDrain();
  EXPECT_TRUE(live_calls_.WaitUntilNone(absl::Now() + absl::Seconds(2)));
}

TEST_F(StreamCallTest, TakesNoStreamOnceItDrains) {
  StreamWithoutEnd();
  Start();
  live_calls_.BeginDrain();
  Reader reader(channel_, RequestBytes());
  EXPECT_EQ(reader.Count(), 0);
  EXPECT_EQ(ReasonOf(reader.Finish()), "SHUTTING_DOWN");
}

TEST_F(StreamCallTest, TellsBytesThatAreNoMessage) {
  StreamWithoutEnd();
  Start();
  Reader reader(channel_, "\xff\xff\xff\xff garbage");
  EXPECT_EQ(reader.Count(), 0);
  const grpc::Status status = reader.Finish();
  EXPECT_EQ(status.error_code(), grpc::INVALID_ARGUMENT);
  EXPECT_EQ(ReasonOf(status), "MALFORMED_REQUEST");
  EXPECT_EQ(written_, 0);
}

TEST_F(StreamCallTest, NamesTheTextThatIsNoUtf8) {
  StreamWithoutEnd();
  Start();
  Reader reader(channel_, std::string("\x0a\x04\x8e\x52\x8c\x60"));
  reader.Count();
  const auto info = DetailOf<google::rpc::ErrorInfo>(reader.Finish());
  EXPECT_EQ(info.reason(), "MALFORMED_REQUEST");
  EXPECT_EQ(info.metadata().at("field"), "parent");
}

TEST_F(StreamCallTest, GivesDetailsAlsoAfterSomeMessages) {
  Stream([](StreamWriter& writer) {
    for (int i = 0; i < 3; ++i) writer.Write(Numbered(i));
    return MakeError(absl::StatusCode::kFailedPrecondition,
                     "MODULE_QUARANTINED", "set aside", "隔離中");
  });
  Start();
  Reader reader(channel_, RequestBytes());
  EXPECT_EQ(reader.Count(), 3);
  const grpc::Status status = reader.Finish();
  EXPECT_EQ(status.error_code(), grpc::FAILED_PRECONDITION);
  EXPECT_EQ(ReasonOf(status), "MODULE_QUARANTINED");
}

TEST_F(StreamCallTest, RefusesAMessageThatNoClientWouldTake) {
  Stream([](StreamWriter& writer) {
    EXPECT_TRUE(writer.Write(Numbered(1)));
    EXPECT_FALSE(writer.Write(Numbered(2, size_t{21} << 20)));
    return absl::OkStatus();
  });
  Start();
  Reader reader(channel_, RequestBytes());
  EXPECT_EQ(reader.Count(), 1);
  EXPECT_EQ(ReasonOf(reader.Finish()), "LIMIT_EXCEEDED");
}

TEST_F(StreamCallTest, HoldsAStreamBackUntilItsRevisionIsReached) {
  Stream([](StreamWriter& writer) {
    writer.Write(Numbered(7));
    return absl::OkStatus();
  });
  methods_[std::string(kStreams) + ".PreviewRuleSet"].wait_for =
      [](const google::protobuf::Message&) { return WaitFor::kJudged; };
  Start();
  Reader reader(channel_, RequestBytes("h.9"));
  gate_.WaitUntilAsked();
  EXPECT_EQ(gate_.kind(), WaitFor::kJudged);
  gate_.Open(absl::OkStatus());
  EXPECT_EQ(reader.Count(), 1);
  EXPECT_TRUE(reader.Finish().ok());
}

TEST_F(StreamCallTest, LetsGoOfAWaitThatItsClientCancels) {
  StreamWithoutEnd();
  Start();
  Reader reader(channel_, RequestBytes("h.9"));
  gate_.WaitUntilAsked();
  reader.Cancel();
  EXPECT_EQ(reader.Count(), 0);
  EXPECT_EQ(reader.Finish().error_code(), grpc::CANCELLED);
  EXPECT_TRUE(EndsSoon());
}

TEST_F(StreamCallTest, TurnsAwayWhatIsTooManyAndSaysWhenToComeBack) {
  StreamWithoutEnd(size_t{1} << 20);
  Start(/*threads=*/2, /*max_queue=*/16, /*max_streams=*/1);
  Part part;
  {
    Reader reader(channel_, RequestBytes());
    ASSERT_TRUE(reader.Read(&part));
    Reader second(channel_, RequestBytes());
    EXPECT_EQ(second.Count(), 0);
    const grpc::Status status = second.Finish();
    EXPECT_EQ(status.error_code(), grpc::RESOURCE_EXHAUSTED);
    EXPECT_EQ(ReasonOf(status), "QUEUE_FULL");
    EXPECT_GT(DetailOf<google::rpc::RetryInfo>(status).retry_delay().nanos(),
              0);
  }
  refused_.get_future().wait();
  EXPECT_TRUE(EndsSoon());  // the place is free again
  refused_ = std::promise<void>();
  Reader third(channel_, RequestBytes());
  EXPECT_TRUE(third.Read(&part));
}

// Whoever has read the status may ask again at once.
TEST_F(StreamCallTest, FreesItsPlaceBeforeItsStatusIsRead) {
  Stream([](StreamWriter&) { return absl::OkStatus(); });
  Start(/*threads=*/2, /*max_queue=*/16, /*max_streams=*/1);
  for (int i = 0; i < 200; ++i) {
    Reader reader(channel_, RequestBytes());
    EXPECT_EQ(reader.Count(), 0);
    ASSERT_TRUE(reader.Finish().ok()) << "call " << i;
  }
}

TEST_F(StreamCallTest, SaysThatAMethodIsNotWritten) {
  Start();
  Reader reader(channel_, RequestBytes());
  EXPECT_EQ(reader.Count(), 0);
  const grpc::Status status = reader.Finish();
  EXPECT_EQ(status.error_code(), grpc::UNIMPLEMENTED);
  EXPECT_EQ(ReasonOf(status), "UNSUPPORTED");
}

TEST_F(StreamCallTest, AnswersOrdinaryCallsWhileItStreams) {
  Handle([](CallContext&, v1::Plan*) { return absl::OkStatus(); });
  StreamWithoutEnd(size_t{1} << 20);
  Start(/*threads=*/1);
  Reader reader(channel_, RequestBytes());
  Part part;
  ASSERT_TRUE(reader.Read(&part));
  EXPECT_TRUE(Call("GetPlan", GetPlanBytes()).status.ok());
}

}  // namespace
}  // namespace shirube
