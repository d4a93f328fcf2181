// What unary and streaming calls have in common: one call from its bytes to the
// moment its method is run. Made on a thread of gRPC, goes on in the executor,
// deletes itself when gRPC is done with it.
#ifndef SHIRUBE_SERVER_SERVICE_RAW_CALL_H_
#define SHIRUBE_SERVER_SERVICE_RAW_CALL_H_

#include <memory>
#include <mutex>
#include <string>

#include "google/protobuf/arena.h"
#include "google/protobuf/descriptor.h"
#include "grpcpp/server_context.h"
#include "grpcpp/support/byte_buffer.h"
#include "server/service/raw_adapter.h"

namespace shirube {

class RawCall {
 public:
  // What all calls of one method share.
  struct Shape {
    const RawAdapter::Dependencies* dependencies;
    const google::protobuf::MethodDescriptor* descriptor;
    const Method* method;  // nullptr: not written yet
  };

 protected:
  // `request`: where the message will be that Go parses; null where messages
  // come one by one, see Read.
  RawCall(const Shape& shape, grpc::CallbackServerContext* context,
          const grpc::ByteBuffer* request);
  virtual ~RawCall() = default;

  // Goes on with the message that was read, in the executor, or finishes. From
  // here on the call may be gone at any moment.
  void Go();
  // Runs the method and finishes; in the executor, when its revision is there.
  virtual void Answer() = 0;
  // Sends the status, once, after which the call may be gone.
  virtual void Send(grpc::Status status) = 0;

  void FinishWith(const absl::Status& status);
  void Cancel();      // the client called it off
  void DeleteSelf();  // gRPC is done with it

  Executor* executor() const;
  // Who calls, and whether they may.
  absl::Status Authenticate();
  // Tells whoever watches.
  void TellReading() const;
  void TellRead() const;
  // Everything that refuses a call before its message is read.
  absl::Status Admit();
  // Among the streams of its kind; of other calls nothing is taken.
  absl::Status TakePlace();
  // Parses what came, within the method's bounds.
  absl::Status Read(const grpc::ByteBuffer& bytes,
                    google::protobuf::Message* message) const;
  google::protobuf::Message* NewMessage(
      const google::protobuf::Descriptor* type);  // in the arena

  const Shape& shape_;
  grpc::CallbackServerContext* const context_;
  CallContext caller_;
  google::protobuf::Message* request_ = nullptr;  // in the arena

 private:
  class Wait;

  LiveCalls::Kind kind() const;
  void Start();  // in the executor
  void WaitFor(const std::string& min_revision);
  void Run();  // in the executor
  std::string MinRevision() const;

  const grpc::ByteBuffer* const request_bytes_;
  bool entered_ = false;         // into the register
  bool entered_stream_ = false;  // into that of streams
  google::protobuf::Arena arena_;
  std::mutex wait_mutex_;
  std::shared_ptr<Wait> wait_;
  bool cancelled_ = false;
};

// Errors that both kinds of calls end with.
absl::Status ShuttingDown();
absl::Status AnswerTooLarge(size_t bytes);
absl::Status CalledOff();
absl::Status DeadlinePassed();
absl::Status QueueFull();

// The bytes of `message`; INTERNAL or LIMIT_EXCEEDED where it is none to send.
absl::Status Serialize(const google::protobuf::Message& message,
                       grpc::ByteBuffer* out);

}  // namespace shirube

#endif  // SHIRUBE_SERVER_SERVICE_RAW_CALL_H_
