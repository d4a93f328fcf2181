// A call that is answered by a stream of messages.
//
// The method runs on a thread of the slow executor and hands over one message
// after the other; the next one waits until gRPC has taken the one before. So a
// slow reader costs one message in flight, the one being made, and the thread.
// A client that goes, its deadline, a drain, and a reader that takes nothing
// for too long all end the stream.
#ifndef SHIRUBE_SERVER_SERVICE_STREAM_CALL_H_
#define SHIRUBE_SERVER_SERVICE_STREAM_CALL_H_

#include <condition_variable>
#include <memory>
#include <mutex>
#include <utility>

#include "server/service/read_call.h"

namespace shirube {

class StreamCall final : public ReadCall, private StreamWriter {
 public:
  static RawReactor* Make(const Shape& shape,
                          grpc::CallbackServerContext* context);

  void OnWriteDone(bool ok) override;
  void OnCancel() override;

 private:
  // What the method's thread, gRPC's and a drain share. Outlives the call where
  // a drain has just begun.
  struct State {
    std::mutex mutex;
    std::condition_variable changed;
    bool in_flight = false;
    absl::Status ended;  // why nobody reads any more; the first reason stays

    void End(absl::Status why);
  };

  StreamCall(const Shape& shape, grpc::CallbackServerContext* context)
      : ReadCall(shape, context) {}

  void Answer() override;
  bool Write(const google::protobuf::Message& message) override;
  // Until the message in flight has left, or somebody has ended the stream.
  bool WaitUntilTaken(std::unique_lock<std::mutex>* lock);
  // Until nothing is in flight; what nobody takes is given up.
  void Settle();
  void Send(grpc::Status status) override { Finish(std::move(status)); }

  const std::shared_ptr<State> state_ = std::make_shared<State>();
  grpc::ByteBuffer message_;  // in flight
  bool refused_ = false;      // a message of the method's; on its thread
};

// A reader that takes nothing for so long is let go.
inline constexpr absl::Duration kLongestStall = absl::Minutes(5);

}  // namespace shirube

#endif  // SHIRUBE_SERVER_SERVICE_STREAM_CALL_H_
