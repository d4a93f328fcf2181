// A real gRPC server on port 0 whose methods are the test's own, and a client
// that sends it whatever bytes.
#ifndef SHIRUBE_TESTS_UNIT_SERVICE_RAW_ADAPTER_FIXTURE_H_
#define SHIRUBE_TESTS_UNIT_SERVICE_RAW_ADAPTER_FIXTURE_H_

#include <condition_variable>
#include <future>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "absl/time/clock.h"
#include "google/rpc/error_details.pb.h"
#include "grpcpp/channel.h"
#include "grpcpp/client_context.h"
#include "grpcpp/completion_queue.h"
#include "grpcpp/create_channel.h"
#include "grpcpp/generic/generic_stub.h"
#include "grpcpp/security/credentials.h"
#include "grpcpp/server.h"
#include "gtest/gtest.h"
#include "server/domain/violation.h"
#include "server/service/raw_adapter.h"
#include "shirube/v1/plan_service.pb.h"

namespace shirube {

inline constexpr char kService[] = "shirube.v1.PlanService";
inline constexpr char kStreams[] = "shirube.v1.RuleService";
inline constexpr char kConversations[] = "shirube.v1.AlertService";

// Lets revisions through when told to.
class FakeGate final : public RevisionGate {
 public:
  Token Notify(const std::string& min_revision, WaitFor wait_for,
               std::function<void(absl::Status)> done) override {
    std::lock_guard<std::mutex> lock(mutex_);
    asked_ = min_revision;
    kind_ = wait_for;
    done_ = std::move(done);
    changed_.notify_all();
    return 1;
  }
  void Cancel(Token) override {}
  absl::Status NotYet(const std::string& min_revision) override {
    return MakeError(absl::StatusCode::kUnavailable, "NOT_YET_JUDGED",
                     min_revision, "まだ");
  }

  void WaitUntilAsked() {
    std::unique_lock<std::mutex> lock(mutex_);
    changed_.wait(lock, [this] { return done_ != nullptr; });
  }
  void Open(absl::Status status) {
    std::function<void(absl::Status)> done;
    {
      std::lock_guard<std::mutex> lock(mutex_);
      done = std::move(done_);
    }
    done(std::move(status));
  }
  WaitFor kind() {
    std::lock_guard<std::mutex> lock(mutex_);
    return kind_;
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  std::string asked_;
  WaitFor kind_ = WaitFor::kStored;
  std::function<void(absl::Status)> done_;
};

// The detail of that type that an error carries; an empty one where it carries
// none.
template <typename Detail>
Detail DetailOf(const grpc::Status& status) {
  google::rpc::Status rpc;
  Detail found;
  rpc.ParseFromString(status.error_details());
  for (const auto& detail : rpc.details()) {
    if (detail.UnpackTo(&found)) break;
  }
  return found;
}

inline std::string Flat(const grpc::ByteBuffer& buffer) {
  std::vector<grpc::Slice> slices;
  std::string flat;
  if (!buffer.Dump(&slices).ok()) return flat;
  for (const grpc::Slice& part : slices) {
    flat.append(reinterpret_cast<const char*>(part.begin()), part.size());
  }
  return flat;
}

struct RawAnswer {
  grpc::Status status;
  std::string bytes;

  google::rpc::ErrorInfo info() const {
    return DetailOf<google::rpc::ErrorInfo>(status);
  }
};

class RawAdapterTest : public testing::Test {
 protected:
  void Start(int threads = 2, size_t max_queue = 16, int max_streams = 2) {
    executor_ = std::make_unique<Executor>(threads, max_queue);
    slow_executor_ = std::make_unique<Executor>(1, max_queue);
    adapter_ = std::make_unique<RawAdapter>(
        RawAdapter::Dependencies{&methods_, executor_.get(), &gate_,
                                 &live_calls_, slow_executor_.get(),
                                 max_streams},
        std::vector<std::string>{kService, kStreams, kConversations});
    grpc::ServerBuilder builder;
    int port = 0;
    builder.SetMaxReceiveMessageSize(limits::kMaxTransportBytes);
    builder.AddListeningPort("127.0.0.1:0", grpc::InsecureServerCredentials(),
                             &port);
    adapter_->AddTo(&builder);
    server_ = builder.BuildAndStart();
    ASSERT_NE(server_, nullptr);
    channel_ = grpc::CreateChannel("127.0.0.1:" + std::to_string(port),
                                   grpc::InsecureChannelCredentials());
  }

  void TearDown() override {
    live_calls_.BeginDrain();
    if (server_) server_->Shutdown(std::chrono::system_clock::now());
    if (executor_) executor_->Stop();
    if (slow_executor_) slow_executor_->Stop();
  }

  // Handles GetPlan by `run`.
  void Handle(std::function<absl::Status(CallContext&, v1::Plan*)> run) {
    Method method;
    method.run = [run](CallContext& call, const google::protobuf::Message&,
                       google::protobuf::Message* response) {
      return run(call, &dynamic_cast<v1::Plan&>(*response));
    };
    methods_[std::string(kService) + ".GetPlan"] = method;
  }

  RawAnswer Call(const std::string& method, const std::string& bytes,
                 absl::Duration deadline = absl::Seconds(30),
                 const std::map<std::string, std::string>& metadata = {}) {
    grpc::ClientContext context;
    context.set_deadline(absl::ToChronoTime(absl::Now() + deadline));
    for (const auto& [key, value] : metadata) {
      context.AddMetadata(key, value);
    }
    return CallIn(&context, method, bytes);
  }

  RawAnswer CallIn(grpc::ClientContext* context, const std::string& method,
                   const std::string& bytes) {
    grpc::GenericStub stub(channel_);
    grpc::Slice slice(bytes);
    grpc::ByteBuffer request(&slice, 1), response;
    std::promise<grpc::Status> done;
    stub.UnaryCall(context, "/" + std::string(kService) + "/" + method,
                   grpc::StubOptions(), &request, &response,
                   [&done](grpc::Status status) { done.set_value(status); });
    RawAnswer answer;
    answer.status = done.get_future().get();
    if (answer.status.ok()) answer.bytes = Flat(response);
    return answer;
  }

  MethodTable methods_;
  FakeGate gate_;
  LiveCalls live_calls_;
  std::unique_ptr<Executor> executor_;
  std::unique_ptr<Executor> slow_executor_;
  std::unique_ptr<RawAdapter> adapter_;
  std::unique_ptr<grpc::Server> server_;
  std::shared_ptr<grpc::Channel> channel_;
};

inline std::string GetPlanBytes(const std::string& min_revision = "") {
  v1::GetPlanRequest request;
  request.set_name("plans/a");
  request.set_min_revision(min_revision);
  return request.SerializeAsString();
}

}  // namespace shirube

#endif  // SHIRUBE_TESTS_UNIT_SERVICE_RAW_ADAPTER_FIXTURE_H_
