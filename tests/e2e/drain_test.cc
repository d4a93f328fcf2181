// SIGTERM while calls are running: they finish, streams end, the exit code is 0
// within seconds, and what was acknowledged is there afterwards.
#include <grpcpp/create_channel.h>
#include <grpcpp/generic/generic_stub.h>
#include <gtest/gtest.h>
#include <signal.h>

#include <atomic>
#include <string>
#include <thread>
#include <vector>

#include "absl/time/clock.h"
#include "client/lib/clients.h"
#include "tests/e2e/process.h"

namespace shirube::e2e {
namespace {

constexpr int kWriters = 8;

std::vector<std::string> Arguments(const TempDir& folder) {
  return {"--db", folder / "shirube.db", "--listen",
          "unix:" + (folder / "socket").string()};
}

void CreatePlan(const client::Options& options) {
  v1::CreatePlanRequest plan;
  plan.set_plan_id("demo");
  plan.mutable_plan()->set_display_name("試験計画");
  ASSERT_TRUE(client::PlanClient(options).CreatePlan(plan).ok());
}

// Creates plans until the server stops taking any.
void CreateUntilDrained(const client::Options& options, int writer,
                        std::vector<std::string>* acknowledged,
                        std::atomic<int>* running) {
  for (int i = 0;; ++i) {
    const std::string id =
        "w" + std::to_string(writer) + "-" + std::to_string(i);
    v1::CreatePlanRequest request;
    request.set_plan_id(id);
    request.mutable_plan()->set_display_name(id);
    auto created = client::PlanClient(options).CreatePlan(request);
    if (!created.ok()) {
      EXPECT_TRUE(absl::IsUnavailable(created.status())) << created.status();
      return;
    }
    acknowledged->push_back(created->name());
    running->fetch_add(1);
  }
}

TEST(DrainTest, FinishesRunningCallsAndLeavesWithZero) {
  TempDir folder;
  auto server = Server::Start(Arguments(folder));
  ASSERT_NE(server, nullptr);
  const client::Options options{.server = server->address(), .retries = 0};
  CreatePlan(options);
  std::vector<std::vector<std::string>> acknowledged(kWriters);
  std::atomic<int> running{0};
  std::vector<std::thread> writers;
  for (int writer = 0; writer < kWriters; ++writer) {
    writers.emplace_back(CreateUntilDrained, options, writer,
                         &acknowledged[writer], &running);
  }
  while (running.load() < kWriters * 5) std::this_thread::yield();
  const absl::Time asked = absl::Now();
  EXPECT_EQ(server->End(SIGTERM), 0);
  EXPECT_LT(absl::Now() - asked, absl::Seconds(10));
  for (std::thread& thread : writers) thread.join();

  server = Server::Start(Arguments(folder));
  ASSERT_NE(server, nullptr);
  for (const auto& names : acknowledged) {
    for (const std::string& name : names) {
      v1::GetPlanRequest get;
      get.set_name(name);
      auto plan = client::PlanClient(options).GetPlan(get);
      EXPECT_TRUE(plan.ok()) << plan.status();
    }
  }
}

// The standard health service's Watch never ends by itself.
TEST(DrainTest, EndsOpenStreams) {
  TempDir folder;
  auto server = Server::Start(Arguments(folder));
  ASSERT_NE(server, nullptr);
  grpc::GenericStub stub(grpc::CreateChannel(
      server->address(), grpc::InsecureChannelCredentials()));
  grpc::ClientContext context;
  grpc::CompletionQueue queue;
  auto stream =
      stub.PrepareCall(&context, "/grpc.health.v1.Health/Watch", &queue);
  const auto next = [&queue] {
    void* tag = nullptr;
    bool ok = false;
    return queue.Next(&tag, &ok) && ok;
  };
  stream->StartCall(nullptr);
  ASSERT_TRUE(next());
  grpc::Slice empty;  // a HealthCheckRequest for the whole server
  stream->WriteLast(grpc::ByteBuffer(&empty, 1), {}, nullptr);
  ASSERT_TRUE(next());
  grpc::ByteBuffer serving;
  stream->Read(&serving, nullptr);
  ASSERT_TRUE(next());
  EXPECT_EQ(server->End(SIGTERM), 0);
  while (true) {
    grpc::ByteBuffer more;
    stream->Read(&more, nullptr);
    if (!next()) break;
  }
  grpc::Status status;
  stream->Finish(&status, nullptr);
  EXPECT_TRUE(next());
  queue.Shutdown();
  while (next()) {
  }
}

}  // namespace
}  // namespace shirube::e2e
