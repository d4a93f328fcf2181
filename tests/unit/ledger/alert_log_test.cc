// How long the log of transitions is kept, and what a Seek may go back to.
#include <future>

#include "absl/strings/str_cat.h"
#include "server/base/clock.h"
#include "tests/unit/ledger/fixture.h"

namespace shirube {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::Pair;

const SubscriptionId kId("s");
constexpr absl::Duration kDay = absl::Hours(24);

class AlertLogTest : public LedgerFixture {
 protected:
  void SetUp() override {
    Ledger::Options options;
    options.clock = [this] { return clock_.Now(); };
    StartLedger(options);
    Did(Create<Plan>{MakePlan("a"), "plan"});
  }
  // A day later, one lags or recovers: one transition, one revision.
  Revision Observe(const std::string& subject, Status status) {
    clock_.Advance(kDay);
    return Did(ObserveAlerts{{Of(subject, status)}}).revision;
  }
  static Observed Of(const std::string& subject, Status status) {
    Observed now;
    now.plan = PlanId("a");
    now.kind = AlertKind::kModuleOutOfService;
    now.subject = subject;
    now.status = status;
    return now;
  }
  // Everything older than `days`, in pieces of `limit`; how many it took.
  int Forget(int days, int limit = 1000) {
    ForgetTransitions body{clock_.Now() - days * kDay, 0, limit};
    for (int pieces = 1;; ++pieces) {
      const MutationResult result = Did(body);
      EXPECT_FALSE(result.changed);
      if (!result.alerts_left) return pieces;
      body.after = result.count;
    }
  }
  std::vector<int64_t> Kept() {
    std::vector<int64_t> positions;
    const auto log = *Read()->ListTransitions(0, 0);
    for (const AlertTransition& step : log) {
      positions.push_back(step.position);
    }
    return positions;
  }
  LogStart Start() { return *Read()->TransitionLogStart(); }
  void Subscribe(bool from_start = false) {
    Subscription made;
    made.id = kId;
    made.sink = SinkKind::kPull;
    Did(CreateSubscription{made, from_start});
  }
  void Settle(DeliverySettlement settled) {
    settled.subscription = kId;
    settled.seek_revision = (*Read()->GetSubscription(kId))->seek_revision;
    std::promise<absl::Status> done;
    ledger_->Settle({settled}, [&](absl::Status s) { done.set_value(s); });
    ASSERT_TRUE(done.get_future().get().ok());
  }
  DeliveryRecord Row(int64_t position, DeliveryState state, int64_t first = 0,
                     int64_t count = 1) {
    DeliveryRecord row;
    row.subscription = kId;
    row.position = position;
    row.state = state;
    row.first_position = first;
    row.count = count;
    return row;
  }
  absl::StatusOr<int64_t> Seek(std::optional<absl::Time> time,
                               std::optional<Revision> revision) {
    const auto result = Do(SeekSubscription{kId, time, revision});
    if (!result.ok()) return result.status();
    return result->subscription->position;
  }

  // The store was made just now, and its time runs forward alone.
  FakeClock clock_{
      absl::FromUnixSeconds(absl::ToUnixSeconds(absl::Now()) + 60)};
};

TEST_F(AlertLogTest, KeepsWhatEachAlertIsAndAllOfWhatIsNotResolved) {
  Observe("x", Status::kAtRisk);   // 1
  Observe("y", Status::kAtRisk);   // 2
  Observe("x", Status::kOnTrack);  // 3
  Observe("x", Status::kAtRisk);   // 4
  Observe("x", Status::kOnTrack);  // 5
  Observe("z", Status::kAtRisk);   // 6
  const Revision before = head();
  EXPECT_EQ(Forget(6), 1);
  EXPECT_THAT(Kept(), ElementsAre(1, 2, 3, 4, 5, 6));
  EXPECT_EQ(Start().position, 0) << "none is older than that";
  clock_.Advance(kDay);
  Forget(0);
  EXPECT_THAT(Kept(), ElementsAre(2, 5, 6));
  EXPECT_EQ(head(), before);
  EXPECT_EQ(Read()->ListAlerts({})->size(), 3u);
  EXPECT_EQ(Start().position, 6);
  // Resolved later: looked at again.
  Observe("y", Status::kOnTrack);  // 7
  Forget(0);
  EXPECT_THAT(Kept(), ElementsAre(5, 6, 7));
}

TEST_F(AlertLogTest, GoesThroughALongLogInPieces) {
  for (int i = 0; i < 5; ++i) {
    Observe("x", Status::kAtRisk);
    Observe("x", Status::kOnTrack);
  }
  clock_.Advance(kDay);
  EXPECT_EQ(Forget(0, 3), 4);
  EXPECT_THAT(Kept(), ElementsAre(10));
  EXPECT_EQ(Forget(0, 3), 1);
}

TEST_F(AlertLogTest, WaitsForWhatWaitsForSomebody) {
  Subscribe();
  for (int i = 0; i < 4; ++i) {
    Observe("x", Status::kAtRisk);
    Observe("x", Status::kOnTrack);
  }
  clock_.Advance(kDay);
  Forget(0);
  EXPECT_EQ(Start().position, 0) << "nothing was settled";
  DeliverySettlement settled;
  settled.position = 8;
  settled.put = {Row(2, DeliveryState::kDead), Row(3, DeliveryState::kWaiting),
                 Row(7, DeliveryState::kDead, /*first=*/5, /*count=*/3)};
  Settle(settled);
  Forget(0);
  EXPECT_EQ(Start().position, 2);
  EXPECT_THAT(Kept(), ElementsAre(3, 4, 5, 6, 7, 8));
  const auto rows = *Read()->ListDeliveries(kId, 0, 0);
  ASSERT_EQ(rows.size(), 2u) << "what was given up went with it";
  EXPECT_EQ(rows[0].position, 3);
  settled.put.clear();
  settled.remove = {3};
  Settle(settled);
  Forget(2);  // before 7
  EXPECT_EQ(Start().position, 4) << "a digest is not cut in two";
  Forget(0);
  EXPECT_EQ(Start().position, 8);
  EXPECT_THAT(Kept(), ElementsAre(8));
  EXPECT_THAT(*Read()->ListDeliveries(kId, 0, 0), IsEmpty());
}

TEST_F(AlertLogTest, CutsNoRevisionInTwo) {
  Subscribe();
  Observe("x", Status::kAtRisk);
  Observe("x", Status::kOnTrack);
  clock_.Advance(kDay);
  Did(ObserveAlerts{{Of("x", Status::kAtRisk), Of("x", Status::kOnTrack)}});
  clock_.Advance(kDay);
  DeliverySettlement settled;
  settled.position = 3;
  Settle(settled);
  Forget(0);
  EXPECT_EQ(Start().position, 2);
  settled.position = 4;
  Settle(settled);
  Forget(0);
  EXPECT_EQ(Start().position, 4);
}

TEST_F(AlertLogTest, SaysHowFarBackASeekMayGo) {
  Subscribe();
  const Revision first = Observe("x", Status::kAtRisk);
  const Revision second = Observe("x", Status::kOnTrack);
  const absl::Time then = clock_.Now();
  Observe("y", Status::kAtRisk);
  DeliverySettlement settled;
  settled.position = 3;
  Settle(settled);
  clock_.Advance(absl::Hours(1));
  Forget(1);
  ASSERT_EQ(Start().position, 2);
  EXPECT_EQ(Start().revision, second);
  EXPECT_EQ(Start().time, then);
  for (const auto& refused :
       {Seek(then, std::nullopt), Seek(absl::InfinitePast(), std::nullopt),
        Seek(std::nullopt, first), Seek(std::nullopt, 0)}) {
    EXPECT_EQ(refused.status().code(), absl::StatusCode::kOutOfRange);
    const ErrorDetails details = DetailsOf(refused.status());
    EXPECT_EQ(details.reason, "TOO_OLD");
    EXPECT_THAT(
        details.metadata,
        Contains(Pair("oldest_revision",
                      absl::StrCat((*Read()->Head()).history, ".", second))));
  }
  EXPECT_EQ((*Read()->GetSubscription(kId))->position, 3);
  EXPECT_EQ(*Seek(then + absl::Seconds(1), std::nullopt), 2);
  EXPECT_EQ(*Seek(std::nullopt, second), 2);
  EXPECT_EQ(*Seek(std::nullopt, std::nullopt), 2);
  Subscription other;
  other.id = SubscriptionId("t");
  other.sink = SinkKind::kPull;
  EXPECT_EQ(Did(CreateSubscription{other, /*from_start=*/true})
                .subscription->position,
            2);
}

TEST_F(AlertLogTest, IsWholeUntilSomethingIsForgotten) {
  Subscribe();
  const Revision first = Observe("x", Status::kAtRisk);
  EXPECT_EQ(*Seek(absl::InfinitePast(), std::nullopt), 0);
  EXPECT_EQ(*Seek(std::nullopt, 0), 0);
  EXPECT_EQ(*Seek(std::nullopt, first), 1);
  EXPECT_EQ(*Seek(std::nullopt, std::nullopt), 0);
}

}  // namespace
}  // namespace shirube
