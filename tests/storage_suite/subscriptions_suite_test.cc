// The acceptance suite of every storage driver: subscriptions and what became
// of their deliveries.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "absl/strings/str_cat.h"
#include "tests/storage_suite/drivers.h"

namespace shirube {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

class SubscriptionSuite : public testing::TestWithParam<Driver> {
 protected:
  void SetUp() override { store_ = *GetParam().open(folder_.path()); }
  std::unique_ptr<StoreReader> Read() { return *store_->Snapshot(); }
  void Write(const std::function<absl::Status(StoreTransaction*)>& write) {
    auto tx = *store_->Begin();
    const absl::Status written = write(tx.get());
    ASSERT_TRUE(written.ok()) << written;
    ASSERT_TRUE(tx->Commit().ok());
  }
  static Subscription Make(const std::string& id, int64_t position = 0) {
    Subscription made;
    made.id = SubscriptionId(id);
    made.sink = SinkKind::kWebhook;
    made.position = position;
    return made;
  }
  void Put(const Subscription& one, bool deleted = false) {
    Writer(store_.get()).Begin().Put(one, deleted).Commit(false);
  }
  Subscription Get(const std::string& id) {
    return **Read()->GetSubscription(SubscriptionId(id));
  }
  // So many transitions, to be delivered.
  void Append(int count) {
    Write([&](StoreTransaction* tx) -> absl::Status {
      for (int i = 0; i < count; ++i) {
        AlertTransition step;
        step.alert.plan = PlanId("a");
        step.alert.id = AlertId(absl::StrCat("l-", i));
        step.alert.seq = 1;
        if (auto put = tx->PutTransition(step); !put.ok()) return put.status();
      }
      return absl::OkStatus();
    });
  }
  static DeliveryRecord Row(const std::string& id, int64_t position,
                            DeliveryState state = DeliveryState::kWaiting) {
    DeliveryRecord row;
    row.subscription = SubscriptionId(id);
    row.position = position;
    row.state = state;
    return row;
  }
  void Deliver(const DeliveryRecord& row) {
    Write([&](StoreTransaction* tx) { return tx->PutDelivery(row); });
  }
  std::vector<int64_t> Positions(const std::string& id, int64_t after = 0,
                                 int limit = 0) {
    const auto rows = *Read()->ListDeliveries(SubscriptionId(id), after, limit);
    std::vector<int64_t> positions;
    for (const DeliveryRecord& row : rows) positions.push_back(row.position);
    return positions;
  }

  TempFolder folder_;
  std::unique_ptr<Store> store_;
};

TEST_P(SubscriptionSuite, GivesBackEveryField) {
  Subscription made = Make("s", 7);
  made.display_name = "ポータル";
  made.filter = "severity = CRITICAL";
  made.sink = SinkKind::kAlertmanager;
  made.url = "https://example.test/";
  made.allow_private = true;
  made.ca_pem = "-----BEGIN";
  made.proxy = "http://proxy:3128";
  made.ack_deadline = absl::Seconds(3);
  made.secrets = {
      {"whsec_new", absl::FromUnixMicros(8), std::nullopt},
      {"whsec_old", absl::FromUnixMicros(2), absl::FromUnixMicros(9)}};
  made.state = SubscriptionState::kPaused;
  made.pause_reason = "HTTP 410";
  made.retry_for = absl::Hours(5);
  made.digest_over = 20;
  made.digest_window = absl::Minutes(2);
  made.seek_revision = 4;
  Put(made);
  const Subscription back = Get("s");
  EXPECT_EQ(back.display_name, made.display_name);
  EXPECT_EQ(back.filter, made.filter);
  EXPECT_EQ(back.sink, made.sink);
  EXPECT_EQ(back.url, made.url);
  EXPECT_TRUE(back.allow_private);
  EXPECT_EQ(back.ca_pem, made.ca_pem);
  EXPECT_EQ(back.proxy, made.proxy);
  EXPECT_EQ(back.ack_deadline, made.ack_deadline);
  EXPECT_EQ(back.secrets, made.secrets);
  EXPECT_EQ(back.state, made.state);
  EXPECT_EQ(back.pause_reason, made.pause_reason);
  EXPECT_EQ(back.retry_for, made.retry_for);
  EXPECT_EQ(back.digest_over, 20);
  EXPECT_EQ(back.digest_window, made.digest_window);
  EXPECT_EQ(back.position, 7);
  EXPECT_EQ(back.seek_revision, 4);
  EXPECT_EQ(back.stamp.revision, 1);
  EXPECT_EQ(back.stamp.actor, "tester");
  EXPECT_FALSE(Read()->GetSubscription(SubscriptionId("t"))->has_value());
}

TEST_P(SubscriptionSuite, ReplacesAllButThePosition) {
  Subscription made = Make("s", 7);
  made.secrets = {{"whsec_old", absl::FromUnixMicros(1), std::nullopt}};
  Put(made);
  made.position = 99;
  made.url = "https://other.test/";
  made.secrets = {};
  Put(made);
  EXPECT_EQ(Get("s").position, 7);
  EXPECT_EQ(Get("s").url, made.url);
  EXPECT_THAT(Get("s").secrets, IsEmpty()) << "a replaced one is really gone";
  Write([](StoreTransaction* tx) {
    return tx->SetSubscriptionPosition(SubscriptionId("s"), 3);
  });
  EXPECT_EQ(Get("s").position, 3);
  auto tx = *store_->Begin();
  EXPECT_EQ(tx->SetSubscriptionPosition(SubscriptionId("t"), 1).code(),
            absl::StatusCode::kInternal);
}

TEST_P(SubscriptionSuite, ListsByIdWithoutTheDeletedOnes) {
  Put(Make("t"));
  Put(Make("s"));
  Put(Make("u"), /*deleted=*/true);
  const auto listed = *Read()->ListSubscriptions();
  ASSERT_EQ(listed.size(), 2u);
  EXPECT_EQ(listed[0].id, SubscriptionId("s"));
  EXPECT_EQ(listed[1].id, SubscriptionId("t"));
  EXPECT_TRUE(Get("u").stamp.deleted());
}

TEST_P(SubscriptionSuite, KeepsDeliveriesByPosition) {
  Put(Make("s"));
  Put(Make("t"));
  Append(4);
  DeliveryRecord full = Row("s", 4, DeliveryState::kDead);
  full.attempts = 7;
  full.first_attempt_time = absl::FromUnixMicros(5);
  full.next_attempt_time = absl::FromUnixMicros(6);
  full.last_error = "HTTP 400";
  full.first_position = 2;
  full.count = 3;
  Deliver(full);
  Deliver(Row("s", 2, DeliveryState::kDone));
  Deliver(Row("s", 1));
  Deliver(Row("t", 3));
  EXPECT_THAT(Positions("s"), ElementsAre(1, 2, 4));
  EXPECT_THAT(Positions("s", 1), ElementsAre(2, 4));
  EXPECT_THAT(Positions("s", 1, 1), ElementsAre(2));
  EXPECT_EQ(Read()->ListDeliveries(SubscriptionId("s"), 2, 0)->at(0), full);
  full.state = DeliveryState::kWaiting;
  Deliver(full);
  EXPECT_EQ(Read()->ListDeliveries(SubscriptionId("s"), 2, 0)->at(0), full);
  Write([](StoreTransaction* tx) {
    return tx->DeleteDelivery(SubscriptionId("s"), 2);
  });
  EXPECT_THAT(Positions("s"), ElementsAre(1, 4));
  Write([](StoreTransaction* tx) {
    return tx->DeleteDeliveries(SubscriptionId("s"));
  });
  EXPECT_THAT(Positions("s"), IsEmpty());
  EXPECT_THAT(Positions("t"), ElementsAre(3));
}

TEST_P(SubscriptionSuite, KnowsWhatEverybodyHasPassed) {
  Append(9);
  EXPECT_EQ(*Read()->PassedByAll(0), 0);
  EXPECT_EQ(*Read()->PassedByAll(9), 9);
  Put(Make("s", 8));
  Put(Make("gone", 1), /*deleted=*/true);
  EXPECT_EQ(*Read()->PassedByAll(9), 8);
  EXPECT_EQ(*Read()->PassedByAll(5), 5);
  Deliver(Row("s", 2, DeliveryState::kDead));
  EXPECT_EQ(*Read()->PassedByAll(9), 8);
  DeliveryRecord digest = Row("s", 7, DeliveryState::kDead);
  digest.first_position = 4;
  digest.count = 3;
  Deliver(digest);
  EXPECT_EQ(*Read()->PassedByAll(9), 8);
  EXPECT_EQ(*Read()->PassedByAll(6), 3);
  Deliver(Row("s", 6));
  EXPECT_EQ(*Read()->PassedByAll(9), 3) << "5, but that is in the digest";
  digest.state = DeliveryState::kWaiting;
  digest.first_position = 2;
  Deliver(digest);
  EXPECT_EQ(*Read()->PassedByAll(9), 1);
  Deliver(Row("s", 1));
  EXPECT_EQ(*Read()->PassedByAll(9), 0);
}

TEST_P(SubscriptionSuite, ForgetsWhatWasGivenUpBeforeTheStartOfTheLog) {
  Put(Make("s", 4));
  Append(4);
  Deliver(Row("s", 1, DeliveryState::kDead));
  Deliver(Row("s", 2));
  Deliver(Row("s", 3, DeliveryState::kDead));
  Write([](StoreTransaction* tx) {
    return tx->SetLogStart({2, 1, absl::UnixEpoch()});
  });
  EXPECT_THAT(Positions("s"), ElementsAre(2, 3));
}

TEST_P(SubscriptionSuite, KeepsTheCountOfARequest) {
  RequestRecord record;
  record.method = "RedeliverDeliveries";
  record.request_id = "r";
  record.payload_hash = "h";
  record.resource = "subscriptions/s";
  record.revision = 3;
  record.time = absl::FromUnixMicros(7);
  record.count = 12;
  Write([&](StoreTransaction* tx) { return tx->PutRequest(record); });
  const auto back = *Read()->GetRequest(record.method, "r");
  ASSERT_TRUE(back.has_value());
  EXPECT_EQ(back->count, 12);
  EXPECT_EQ(back->resource, record.resource);
}

INSTANTIATE_TEST_SUITE_P(Drivers, SubscriptionSuite,
                         testing::ValuesIn(AllDrivers()),
                         [](const auto& info) { return info.param.name; });

}  // namespace
}  // namespace shirube
