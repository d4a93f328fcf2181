// What a subscription is owed, over a real store: the log and the rows that say
// what became of parts of it.
#include "server/service/owed_deliveries.h"

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/storage_suite/drivers.h"

namespace shirube {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

const SubscriptionId kId("s");

class OwedDeliveriesTest : public testing::Test {
 protected:
  void SetUp() override {
    store_ = *AllDrivers().front().open(folder_.path());
    Subscription made;
    made.id = kId;
    made.sink = SinkKind::kPull;
    Writer(store_.get()).Begin().Put(made).Commit();
  }
  // Positions 1 to `count`; every third one is critical.
  void Append(int count) {
    Writer writer(store_.get());
    writer.Begin();
    for (int i = 1; i <= count; ++i) {
      AlertTransition step;
      step.alert.plan = PlanId("a");
      step.alert.id = AlertId(absl::StrCat("l-", i));
      step.alert.seq = 1;
      step.alert.severity =
          i % 3 == 0 ? Severity::kCritical : Severity::kWarning;
      step.revision = writer.revision();
      step.time = writer.time();
      ASSERT_TRUE(writer.tx()->PutTransition(step).ok());
    }
    writer.Commit(false);
  }
  void Row(int64_t position, DeliveryState state, int64_t first = 0,
           int64_t count = 1) {
    DeliveryRecord record;
    record.subscription = kId;
    record.position = position;
    record.state = state;
    record.attempts = 2;
    record.first_position = first;
    record.count = count;
    Write([&](StoreTransaction* tx) { return tx->PutDelivery(record); });
  }
  void Settled(int64_t position) {
    Write([&](StoreTransaction* tx) {
      return tx->SetSubscriptionPosition(kId, position);
    });
  }
  void Write(const std::function<absl::Status(StoreTransaction*)>& write) {
    auto tx = *store_->Begin();
    ASSERT_TRUE(write(tx.get()).ok());
    ASSERT_TRUE(tx->Commit().ok());
  }
  // "position:attempts" of each; `pages`: how often it had to be asked.
  std::vector<std::string> Owed(
      DeliveryState wanted = DeliveryState::kUnspecified,
      const std::string& filter = "", int64_t after = 0, int* pages = nullptr) {
    auto reader = *store_->Snapshot();
    const Subscription subscription = **reader->GetSubscription(kId);
    std::vector<std::string> all;
    bool at_end = false;
    while (!at_end) {
      OwedDeliveries owed(reader.get(), subscription,
                          *AlertFilter::Parse(filter), wanted, after);
      for (auto next = *owed.Next(); next; next = *owed.Next()) {
        EXPECT_EQ(next->subscription, kId);
        all.push_back(absl::StrCat(next->position, ":", next->attempts));
      }
      after = owed.after();
      at_end = owed.at_end();
      if (pages != nullptr) ++*pages;
    }
    return all;
  }

  TempFolder folder_;
  std::unique_ptr<Store> store_;
};

TEST_F(OwedDeliveriesTest, AreOfTheLogBeyondWhatIsSettled) {
  EXPECT_THAT(Owed(), IsEmpty());
  Append(4);
  EXPECT_THAT(Owed(), ElementsAre("1:0", "2:0", "3:0", "4:0"));
  Settled(2);
  EXPECT_THAT(Owed(), ElementsAre("3:0", "4:0"));
  EXPECT_THAT(Owed(DeliveryState::kWaiting, "", 3), ElementsAre("4:0"));
  Settled(4);
  EXPECT_THAT(Owed(), IsEmpty());
}

TEST_F(OwedDeliveriesTest, StandBetweenThoseThatHaveRows) {
  Append(7);
  Settled(2);
  Row(1, DeliveryState::kDead);
  Row(2, DeliveryState::kWaiting);
  Row(4, DeliveryState::kDone);
  Row(5, DeliveryState::kWaiting);
  Row(6, DeliveryState::kDead);
  EXPECT_THAT(Owed(), ElementsAre("1:2", "2:2", "3:0", "5:2", "6:2", "7:0"));
  EXPECT_THAT(Owed(DeliveryState::kWaiting),
              ElementsAre("2:2", "3:0", "5:2", "7:0"));
  EXPECT_THAT(Owed(DeliveryState::kDead), ElementsAre("1:2", "6:2"));
}

TEST_F(OwedDeliveriesTest, AreWhatTheFilterWants) {
  Append(7);
  EXPECT_THAT(Owed(DeliveryState::kUnspecified, "severity = CRITICAL"),
              ElementsAre("3:0", "6:0"));
}

TEST_F(OwedDeliveriesTest, AreOneWhereADigestStandsForMany) {
  Append(8);
  Row(6, DeliveryState::kWaiting, /*first=*/3, /*count=*/4);
  EXPECT_THAT(Owed(), ElementsAre("1:0", "2:0", "6:2", "7:0", "8:0"));
  EXPECT_THAT(Owed(DeliveryState::kWaiting, "", 4),
              ElementsAre("6:2", "7:0", "8:0"));
}

TEST_F(OwedDeliveriesTest, EndAPageWhereALongLogHoldsLittle) {
  const int many = OwedDeliveries::kMostLookedAt + 10;
  Append(many);
  int pages = 0;
  EXPECT_THAT(Owed(DeliveryState::kUnspecified, "severity = NONE", 0, &pages),
              IsEmpty());
  EXPECT_EQ(pages, 2);
}

}  // namespace
}  // namespace shirube
