// What was long ago is forgotten by the server itself, and a Seek says so.
#include "server/ledger/ledger.h"
#include "server/storage/sqlite/database.h"
#include "server/storage/sqlite/file.h"
#include "server/storage/sqlite/schema.h"
#include "server/storage/sqlite/sqlite_store.h"
#include "tests/unit/service/server_fixture.h"

namespace shirube {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::SizeIs;

constexpr char kSeek[] = "name: 'subscriptions/fetch' ";

// A server over a store that saw an alert come and go so many days ago.
class ServerKeepingTest : public ServerTest {
 protected:
  void SetUp() override {}
  void StartAfter(int days) {
    const absl::Time then = absl::Now() - absl::Hours(24 * days);
    WriteLongAgo(folder_ / "shirube.db", then);
    ServerTest::SetUp();
    Do(client_->alerts, &Alerts::CreateSubscription,
       "subscription_id: 'fetch' subscription { pull {} }");
  }
  void WriteLongAgo(const std::string& path, absl::Time then) {
    ASSERT_TRUE(sqlite::MakeEmpty(path).ok());
    auto db = *sqlite::Database::Open(path, sqlite::Database::Mode::kWriter);
    ASSERT_TRUE(
        sqlite::CreateStore(db.get(), then, sqlite::AllMigrations()).ok());
    db.reset();
    auto store = *OpenSqliteStore(path);
    Ledger::Options options;
    options.clock = [then] { return then; };
    auto ledger = *Ledger::Start(store.get(), options);
    Plan plan;
    plan.id = PlanId("a");
    plan.display_name = "計画";
    Observed now;
    now.plan = plan.id;
    now.kind = AlertKind::kModuleOutOfService;
    now.subject = "i-1";
    const auto write = [&](MutationBody body) {
      const auto written = ledger->SubmitAndWait({{}, {}, std::move(body)});
      EXPECT_TRUE(written.ok()) << written.status();
    };
    write(Create<Plan>{plan, "plan"});
    for (const Status status : {Status::kAtRisk, Status::kOnTrack}) {
      now.status = status;
      write(ObserveAlerts{{now}});
      alert_ = AlertIdOf(now.kind, now.subject, now.period).value();
    }
  }
  v1::ListAlertTransitionsResponse Log() {
    return Do(client_->alerts, &Alerts::ListAlertTransitions,
              "parent: 'plans/a/alerts/" + alert_ + "'");
  }

  std::string alert_;
};

TEST_F(ServerKeepingTest, ForgetsWhatAResolvedAlertWas) {
  StartAfter(500);
  const absl::Time until = absl::Now() + absl::Seconds(30);
  while (Log().transitions_size() > 1 && absl::Now() < until) {
    absl::SleepFor(absl::Milliseconds(5));
  }
  const auto log = Log();
  ASSERT_THAT(log.transitions(), SizeIs(1));
  EXPECT_EQ(log.transitions(0).type(), v1::AlertTransition::TYPE_RESOLVED);
  EXPECT_THAT(Do(client_->alerts, &Alerts::ListAlerts,
                 "parent: 'plans/a' filter: 'state = RESOLVED'")
                  .alerts(),
              SizeIs(1));
  const grpc::Status refused =
      Fail(client_->alerts, &Alerts::SeekSubscription,
           absl::StrCat(kSeek, "time { seconds: 1000 }"));
  EXPECT_EQ(refused.error_code(), grpc::OUT_OF_RANGE);
  EXPECT_EQ(ReasonOf(refused), "TOO_OLD");
  EXPECT_THAT(refused.error_message(),
              HasSubstr(log.transitions(0).revision()));
  Do(client_->alerts, &Alerts::SeekSubscription,
     absl::StrCat(kSeek, "revision: '", log.transitions(0).revision(), "'"));
  Do(client_->alerts, &Alerts::SeekSubscription,
     absl::StrCat(kSeek, "revision: 'earliest'"));
  EXPECT_THAT(
      FieldsOf(Fail(client_->alerts, &Alerts::SeekSubscription,
                    absl::StrCat(kSeek, "time { seconds: ",
                                 absl::ToUnixSeconds(absl::Now()) + 60, " }"))),
      ElementsAre("time"));
}

TEST_F(ServerKeepingTest, KeepsWhatIsYounger) {
  StartAfter(300);
  Do(client_->alerts, &Alerts::SeekSubscription,
     absl::StrCat(kSeek, "time { seconds: 1000 }"));
  EXPECT_THAT(Log().transitions(), SizeIs(2));
}

}  // namespace
}  // namespace shirube
