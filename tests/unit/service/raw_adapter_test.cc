// The raw adapter on a real gRPC server on port 0: whatever bytes come, the
// answer has details.
#include "server/service/raw_adapter.h"

#include "gmock/gmock.h"
#include "server/service/request_bytes.h"
#include "shirube/v1/observation_service.pb.h"
#include "tests/unit/service/raw_adapter_fixture.h"

namespace shirube {
namespace {

using testing::HasSubstr;

TEST_F(RawAdapterTest, AnswersAGoodRequest) {
  Handle([](CallContext& call, v1::Plan* plan) {
    EXPECT_EQ(call.method, "GetPlan");
    EXPECT_EQ(call.actor.name, "山形");
    EXPECT_TRUE(call.actor.claimed);
    plan->set_display_name("計画");
    return absl::OkStatus();
  });
  Start();
  const RawAnswer answer = Call("GetPlan", GetPlanBytes(), absl::Seconds(30),
                                {{"shirube-actor-bin", "山形"}});
  ASSERT_TRUE(answer.status.ok()) << answer.status.error_message();
  v1::Plan plan;
  ASSERT_TRUE(plan.ParseFromString(answer.bytes));
  EXPECT_EQ(plan.display_name(), "計画");
}

TEST_F(RawAdapterTest, TellsBytesThatAreNoMessage) {
  Handle([](CallContext&, v1::Plan*) { return absl::OkStatus(); });
  Start();
  const RawAnswer answer = Call("GetPlan", "\xff\xff\xff\xff garbage");
  EXPECT_EQ(answer.status.error_code(), grpc::INVALID_ARGUMENT);
  EXPECT_EQ(answer.info().reason(), "MALFORMED_REQUEST");
  EXPECT_EQ(answer.info().domain(), "shirube");
}

TEST_F(RawAdapterTest, NamesTheTextThatIsNoUtf8) {
  Handle([](CallContext&, v1::Plan*) { return absl::OkStatus(); });
  Start();
  // Field 1, "name", in CP932.
  const RawAnswer answer =
      Call("GetPlan", std::string("\x0a\x04\x8e\x52\x8c\x60"));
  EXPECT_EQ(answer.status.error_code(), grpc::INVALID_ARGUMENT);
  EXPECT_EQ(answer.info().reason(), "MALFORMED_REQUEST");
  EXPECT_EQ(answer.info().metadata().at("field"), "name");
  EXPECT_THAT(answer.status.error_message(), HasSubstr("UTF-8"));
}

TEST_F(RawAdapterTest, RefusesMoreThanTheLimitWithDetails) {
  Handle([](CallContext&, v1::Plan*) { return absl::OkStatus(); });
  Start();
  v1::GetPlanRequest request;
  request.set_name(std::string(5 << 20, 'a'));
  const RawAnswer answer = Call("GetPlan", request.SerializeAsString());
  EXPECT_EQ(answer.status.error_code(), grpc::INVALID_ARGUMENT);
  EXPECT_EQ(answer.info().reason(), "LIMIT_EXCEEDED");
  EXPECT_EQ(answer.info().metadata().at("limit_bytes"), "4194304");
}

TEST_F(RawAdapterTest, LeavesWhatIsOverTheTransportsLimitToGrpc) {
  Handle([](CallContext&, v1::Plan*) { return absl::OkStatus(); });
  Start();
  v1::GetPlanRequest request;
  request.set_name(std::string(21 << 20, 'a'));
  EXPECT_EQ(Call("GetPlan", request.SerializeAsString()).status.error_code(),
            grpc::RESOURCE_EXHAUSTED);
}

TEST_F(RawAdapterTest, SaysThatAMethodIsNotWritten) {
  Start();
  const RawAnswer answer = Call("CreatePlan", "");
  EXPECT_EQ(answer.status.error_code(), grpc::UNIMPLEMENTED);
  EXPECT_EQ(answer.info().reason(), "UNSUPPORTED");
}

TEST_F(RawAdapterTest, LeavesUnknownMethodsToGrpc) {
  Start();
  EXPECT_EQ(Call("NoSuchMethod", "").status.error_code(), grpc::UNIMPLEMENTED);
}

TEST_F(RawAdapterTest, AnswersInTheLanguageThatIsAskedFor) {
  Handle([](CallContext&, v1::Plan*) {
    return MakeError(absl::StatusCode::kNotFound, "RESOURCE_NOT_FOUND", "gone",
                     "ない");
  });
  Start();
  const RawAnswer answer = Call("GetPlan", GetPlanBytes(), absl::Seconds(30),
                                {{"accept-language", "ja"}});
  google::rpc::Status rpc;
  ASSERT_TRUE(rpc.ParseFromString(answer.status.error_details()));
  google::rpc::LocalizedMessage text;
  for (const auto& detail : rpc.details()) detail.UnpackTo(&text);
  EXPECT_EQ(text.message(), "ない");
  EXPECT_EQ(answer.status.error_message(), "gone");
}

TEST_F(RawAdapterTest, DeliversManyViolationsToAnOrdinaryClient) {
  Handle([](CallContext&, v1::Plan*) {
    Violations many;
    for (int i = 0; i < 1000; ++i) {
      many.push_back({"rows[" + std::to_string(i) + "].value", "INVALID_FIELD",
                      "\"１２..5\" is no number", "数ではない"});
    }
    return ViolationsToStatus(many);
  });
  Start();
  const RawAnswer answer = Call("GetPlan", GetPlanBytes());
  EXPECT_EQ(answer.status.error_code(), grpc::INVALID_ARGUMENT)
      << answer.status.error_message();
  EXPECT_EQ(answer.info().reason(), "INVALID_FIELD");
}

TEST_F(RawAdapterTest, TurnsCallsAwayWhenTheQueueIsFull) {
  std::promise<void> entered, leave;
  std::shared_future<void> left = leave.get_future().share();
  Handle([&entered, left](CallContext&, v1::Plan*) {
    entered.set_value();
    left.wait();
    return absl::OkStatus();
  });
  Start(/*threads=*/1, /*max_queue=*/0);
  // With no room to wait even the first call is turned away; a queue of one
  // takes one call and no second while the first runs.
  const RawAnswer refused = Call("GetPlan", GetPlanBytes());
  EXPECT_EQ(refused.status.error_code(), grpc::RESOURCE_EXHAUSTED);
  EXPECT_EQ(refused.info().reason(), "QUEUE_FULL");
  leave.set_value();
}

TEST_F(RawAdapterTest, HoldsAReadBackUntilItsRevisionIsReached) {
  Handle([](CallContext&, v1::Plan* plan) {
    plan->set_display_name("seen");
    return absl::OkStatus();
  });
  methods_[std::string(kService) + ".GetPlan"].wait_for =
      [](const google::protobuf::Message&) { return WaitFor::kJudged; };
  Start();
  auto answer = std::async(std::launch::async, [this] {
    return Call("GetPlan", GetPlanBytes("h.9"));
  });
  gate_.WaitUntilAsked();
  EXPECT_EQ(gate_.kind(), WaitFor::kJudged);
  gate_.Open(absl::OkStatus());
  EXPECT_TRUE(answer.get().status.ok());
}

TEST_F(RawAdapterTest, SaysWhatHoldsItUpBeforeTheClientsDeadline) {
  Handle([](CallContext&, v1::Plan*) { return absl::OkStatus(); });
  Start();
  const RawAnswer answer =
      Call("GetPlan", GetPlanBytes("h.9"), absl::Milliseconds(500));
  EXPECT_EQ(answer.status.error_code(), grpc::UNAVAILABLE)
      << answer.status.error_message();
  EXPECT_EQ(answer.info().reason(), "NOT_YET_JUDGED");
  gate_.Open(absl::OkStatus());  // too late, and harmless
}

TEST_F(RawAdapterTest, LetsGoOfACallThatItsClientCancels) {
  Handle([](CallContext&, v1::Plan*) { return absl::OkStatus(); });
  Start();
  grpc::ClientContext context;
  auto answer = std::async(std::launch::async, [this, &context] {
    return CallIn(&context, "GetPlan", GetPlanBytes("h.9"));
  });
  gate_.WaitUntilAsked();
  context.TryCancel();
  EXPECT_EQ(answer.get().status.error_code(), grpc::CANCELLED);
  live_calls_.BeginDrain();
  EXPECT_TRUE(live_calls_.WaitUntilNone(absl::Now() + absl::Seconds(30)));
}

TEST_F(RawAdapterTest, EndsWaitingCallsWhenItDrainsAndFinishesRunningOnes) {
  std::promise<void> entered, leave;
  std::shared_future<void> left = leave.get_future().share();
  Handle([&entered, left](CallContext&, v1::Plan* plan) {
    entered.set_value();
    left.wait();
    plan->set_display_name("finished");
    return absl::OkStatus();
  });
  Start();
  auto running = std::async(std::launch::async,
                            [this] { return Call("GetPlan", GetPlanBytes()); });
  entered.get_future().wait();
  auto waiting = std::async(std::launch::async, [this] {
    return Call("GetPlan", GetPlanBytes("h.9"));
  });
  gate_.WaitUntilAsked();
  live_calls_.BeginDrain();
  const RawAnswer ended = waiting.get();
  EXPECT_EQ(ended.status.error_code(), grpc::UNAVAILABLE);
  EXPECT_EQ(ended.info().reason(), "SHUTTING_DOWN");
  EXPECT_EQ(Call("GetPlan", GetPlanBytes()).info().reason(), "SHUTTING_DOWN");
  EXPECT_FALSE(live_calls_.WaitUntilNone(absl::Now()));
  leave.set_value();
  EXPECT_TRUE(running.get().status.ok());
  EXPECT_TRUE(live_calls_.WaitUntilNone(absl::Now() + absl::Seconds(30)));
}

TEST_F(RawAdapterTest, AnswersOthersWhileASlowMethodHoldsItsThread) {
  std::promise<void> entered, leave;
  Method slow;
  slow.slow = true;
  slow.run = [&](CallContext&, const google::protobuf::Message&,
                 google::protobuf::Message*) {
    entered.set_value();
    leave.get_future().wait();
    return absl::OkStatus();
  };
  methods_[std::string(kService) + ".ListPlans"] = slow;
  Handle([](CallContext&, v1::Plan*) { return absl::OkStatus(); });
  Start(/*threads=*/1);
  auto running =
      std::async(std::launch::async, [this] { return Call("ListPlans", ""); });
  entered.get_future().wait();
  EXPECT_TRUE(Call("GetPlan", GetPlanBytes()).status.ok());
  leave.set_value();
  EXPECT_TRUE(running.get().status.ok());
}

TEST(RequestBytesTest, FindsBadTextWhereverItStands) {
  v1::BatchRecordObservationsRequest request;
  request.add_observations()->set_note("良い");
  request.add_observations()->set_note("\x8e\x52");
  std::string bytes;
  // Serialized without the check that only debug builds make.
  request.SerializePartialToString(&bytes);
  EXPECT_EQ(FindBadText(bytes, *request.GetDescriptor()),
            "observations[1].note");
}

}  // namespace
}  // namespace shirube
