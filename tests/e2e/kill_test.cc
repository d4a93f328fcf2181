// A server killed at random moments while clients write: nothing acknowledged
// is lost, revisions have no gap, verdicts catch up after the restart.
#include <gtest/gtest.h>
#include <signal.h>
#include <sqlite3.h>

#include <atomic>
#include <cstdlib>
#include <map>
#include <random>
#include <string>
#include <thread>
#include <vector>

#include "absl/time/clock.h"
#include "client/lib/clients.h"
#include "tests/e2e/process.h"

namespace shirube::e2e {
namespace {

constexpr int kWriters = 4;

int Rounds() { return std::getenv("SHIRUBE_SOAK") != nullptr ? 1000 : 100; }

uint64_t Seed() {
  const char* given = std::getenv("SHIRUBE_SEED");
  return given != nullptr ? std::strtoull(given, nullptr, 10) : 20221003;
}

std::string IndicatorName(int writer) {
  return "plans/kill/indicators/w" + std::to_string(writer);
}

// One writer's view: values only grow, so what is stored must lie between the
// last value that was acknowledged and the last that was sent.
struct Written {
  int64_t acknowledged = 0, sent = 0;
  std::string revision;  // of the last acknowledged value
};

void SetUpPlan(const client::Options& options) {
  v1::CreatePlanRequest plan;
  plan.set_plan_id("kill");
  plan.mutable_plan()->set_display_name("試験計画");
  ASSERT_TRUE(client::PlanClient(options).CreatePlan(plan).ok());
  for (int writer = 0; writer < kWriters; ++writer) {
    v1::CreateIndicatorRequest request;
    request.set_parent("plans/kill");
    request.set_indicator_id("w" + std::to_string(writer));
    v1::Indicator& indicator = *request.mutable_indicator();
    indicator.set_display_name("指標" + std::to_string(writer));
    indicator.set_kind(v1::Indicator::KIND_LEVEL);
    indicator.mutable_baseline()->set_value("0");
    indicator.mutable_baseline()->set_period("fy2019");
    indicator.mutable_target()->set_value("1000000000");
    indicator.mutable_target()->set_period("fy2024");
    auto created = client::PlanClient(options).CreateIndicator(request);
    ASSERT_TRUE(created.ok()) << created.status();
    v1::RecordObservationRequest record;
    record.set_parent(IndicatorName(writer));
    record.mutable_observation()->set_period("fy2022");
    record.mutable_observation()->set_value("0");
    auto recorded =
        client::ObservationClient(options).RecordObservation(record);
    ASSERT_TRUE(recorded.ok()) << recorded.status();
  }
}

// Corrects its own observation to ever larger values until the server is gone.
void WriteUntilKilled(const client::Options& options, int writer,
                      Written* written) {
  client::ObservationClient client(options);
  const std::string name = IndicatorName(writer) + "/observations/fy2022";
  while (true) {
    v1::CorrectObservationRequest request;
    request.mutable_observation()->set_name(name);
    request.mutable_observation()->set_value(std::to_string(++written->sent));
    request.mutable_update_mask()->add_paths("value");
    auto stored = client.CorrectObservation(request);
    if (!stored.ok()) {
      EXPECT_TRUE(absl::IsUnavailable(stored.status())) << stored.status();
      return;
    }
    written->acknowledged = written->sent;
    written->revision = stored->revision();
  }
}

// Waits until what was acknowledged is judged; the verdict is of the value
// stored.
void ExpectCaughtUp(const client::Options& options, int writer,
                    Written* written) {
  v1::GetObservationRequest get;
  get.set_name(IndicatorName(writer) + "/observations/fy2022");
  auto stored = client::ObservationClient(options).GetObservation(get);
  ASSERT_TRUE(stored.ok()) << stored.status();
  const int64_t value = std::strtoll(stored->value().c_str(), nullptr, 10);
  EXPECT_GE(value, written->acknowledged) << IndicatorName(writer);
  EXPECT_LE(value, written->sent) << IndicatorName(writer);
  v1::GetVerdictRequest verdict;
  verdict.set_name(IndicatorName(writer) + "/verdict");
  verdict.set_min_revision(stored->revision());
  auto judged = client::EvaluationClient(options).GetVerdict(verdict);
  ASSERT_TRUE(judged.ok()) << judged.status();
  EXPECT_EQ(judged->value(), stored->value());
  EXPECT_EQ(judged->status(), v1::Verdict::STATUS_AT_RISK);
  written->acknowledged = value;
  written->sent = std::max(written->sent, value);
}

int64_t Query(const std::string& path, const char* sql) {
  sqlite3* database = nullptr;
  EXPECT_EQ(
      sqlite3_open_v2(path.c_str(), &database, SQLITE_OPEN_READONLY, nullptr),
      SQLITE_OK);
  sqlite3_stmt* statement = nullptr;
  EXPECT_EQ(sqlite3_prepare_v2(database, sql, -1, &statement, nullptr),
            SQLITE_OK)
      << sqlite3_errmsg(database);
  EXPECT_EQ(sqlite3_step(statement), SQLITE_ROW);
  int64_t value = sqlite3_column_int64(statement, 0);
  sqlite3_finalize(statement);
  sqlite3_close(database);
  return value;
}

TEST(KillTest, LosesNothingThatWasAcknowledged) {
  const uint64_t seed = Seed();
  std::cout << "seed " << seed << ", " << Rounds() << " kills\n";
  std::mt19937_64 random(seed);
  TempDir folder;
  const std::string database = folder / "shirube.db";
  const std::vector<std::string> arguments = {
      "--db", database, "--listen", "unix:" + (folder / "socket").string()};
  std::vector<Written> written(kWriters);
  for (int round = 0; round < Rounds() && !HasFailure(); ++round) {
    SCOPED_TRACE("round " + std::to_string(round));
    auto server = Server::Start(arguments);
    ASSERT_NE(server, nullptr);
    const client::Options options{.server = server->address(),
                                  .timeout = absl::Seconds(20),
                                  .retries = 0};
    if (round == 0) SetUpPlan(options);
    for (int writer = 0; writer < kWriters; ++writer) {
      ExpectCaughtUp(options, writer, &written[writer]);
    }
    std::vector<std::thread> writers;
    for (int writer = 0; writer < kWriters; ++writer) {
      writers.emplace_back(WriteUntilKilled, options, writer, &written[writer]);
    }
    // The moment is the point: anywhere between two instructions of a commit.
    absl::SleepFor(absl::Microseconds(random() % 40000));
    EXPECT_EQ(server->End(SIGKILL), 128 + SIGKILL);
    for (std::thread& thread : writers) thread.join();
  }
  auto server = Server::Start(arguments);
  ASSERT_NE(server, nullptr);
  for (int writer = 0; writer < kWriters; ++writer) {
    ExpectCaughtUp({.server = server->address()}, writer, &written[writer]);
    EXPECT_GT(written[writer].acknowledged, 0) << "nothing was ever written";
  }
  EXPECT_EQ(server->End(SIGTERM), 0);
  EXPECT_EQ(Query(database, "SELECT count(*) FROM change"),
            Query(database, "SELECT max(revision) FROM change"));
  EXPECT_EQ(Query(database, "SELECT revision FROM store"),
            Query(database, "SELECT max(revision) FROM change"));
}

}  // namespace
}  // namespace shirube::e2e
