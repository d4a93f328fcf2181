// A server killed while the alerts of thousands of indicators are being made,
// by an import and by rule sets that turn them: between the run of verdicts and
// its alerts, and among these. Afterwards there is one alert for each that
// lags, none twice, and no number is missing.
#include <gtest/gtest.h>
#include <signal.h>

#include <cstdlib>
#include <iostream>
#include <random>
#include <thread>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "tests/e2e/alerts/many.h"
#include "tests/e2e/alerts/witness.h"
#include "tests/e2e/process.h"
#include "tests/e2e/yardsticks.h"

namespace shirube::e2e {
namespace {

// More than one group of verdicts: a run of its own.
constexpr int kImported = 4500;
// An activation is a run whatever its size; two groups of alerts.
constexpr int kTurned = 1500;

bool Soak() { return std::getenv("SHIRUBE_SOAK") != nullptr; }

uint64_t Seed() {
  const char* given = std::getenv("SHIRUBE_SEED");
  return given != nullptr ? std::strtoull(given, nullptr, 10) : 20221003;
}

class AlertRunKillTest : public testing::Test {
 protected:
  AlertRunKillTest() {
    random_.seed(Seed());
    std::cout << "seed " << Seed() << "\n";
  }

  void Start() {
    server_.reset();
    server_ = Server::Start({"--db", Database(), "--listen",
                             "unix:" + (folder_ / "socket").string()});
    ASSERT_NE(server_, nullptr);
    const client::Options options{.server = server_->address(),
                                  .timeout = absl::Minutes(5),
                                  .retries = 0};
    clients_ = std::make_unique<AlertClients>(options);
    rules_ = std::make_unique<Clients>(options);
  }

  std::string Database() const { return folder_ / file_; }

  // Anywhere within `longest` from now on.
  void KillWithin(absl::Duration longest) {
    absl::SleepFor(
        absl::Microseconds(random_() % absl::ToInt64Microseconds(longest)));
    EXPECT_EQ(server_->End(SIGKILL), 128 + SIGKILL);
    if (RunsLeft(Database()) > 0) ++amid_;
  }

  void CheckAll() {
    EXPECT_EQ(RunsLeft(Database()), 0);
    EXPECT_EQ(Some(WrongAmongMany(*clients_, Database(), &lagging_)), "");
  }

  absl::Status Activate(const std::string& rule_set) {
    v1::ActivateRuleSetRequest request;
    request.set_rule_set(rule_set);
    return rules_->rules.ActivateRuleSet(request).status();
  }

  // By which set all of it is judged now.
  std::string Active() {
    v1::ListVerdictsRequest request;
    request.set_parent(kManyPlan);
    request.set_page_size(1);
    const auto page = clients_->evaluation.ListVerdicts(request);
    EXPECT_TRUE(page.ok() && page->verdicts_size() == 1) << page.status();
    return page.ok() && !page->verdicts().empty() ? page->verdicts(0).rule_set()
                                                  : "";
  }

  TempDir folder_;
  std::string file_ = "shirube.db";
  std::mt19937_64 random_;
  std::unique_ptr<Server> server_;
  std::unique_ptr<AlertClients> clients_;
  std::unique_ptr<Clients> rules_;
  int lagging_ = 0;
  int amid_ = 0;  // deaths while alerts of a run were missing
};

TEST_F(AlertRunKillTest, OpensOneForEachThatAnImportMadeLag) {
  absl::Duration typical;
  for (int round = 0; round < (Soak() ? 100 : 4) && !HasFailure(); ++round) {
    SCOPED_TRACE(absl::StrCat("round ", round));
    file_ = absl::StrCat("import-", round, ".db");
    Start();
    ASSERT_FALSE(HasFatalFailure());
    const auto done = clients_->plans.ApplyPlan(ManyFigures(kImported));
    ASSERT_TRUE(done.ok()) << done.status();
    const absl::Time committed = absl::Now();
    if (round > 0) {
      KillWithin(typical);
      Start();
      ASSERT_FALSE(HasFatalFailure());
    }
    v1::ListVerdictsRequest judged;
    judged.set_parent(kManyPlan);
    judged.set_min_revision(done->revision());
    const auto verdicts = clients_->evaluation.ListVerdicts(judged);
    ASSERT_TRUE(verdicts.ok()) << verdicts.status();
    // Undisturbed it tells how long it all takes.
    if (round == 0) typical = absl::Now() - committed;
    // A run counts as judged when its alerts are there.
    CheckAll();
    EXPECT_EQ(lagging_, kImported / 3 * 2);
  }
  std::cout << amid_ << " deaths amid the alerts of an import\n";
}

TEST_F(AlertRunKillTest, FollowsRuleSetsThatTurnThousands) {
  Start();
  ASSERT_FALSE(HasFatalFailure());
  const auto lenient = MakeYardstick(*rules_, "0.6", {}, {});
  ASSERT_TRUE(lenient.ok()) << lenient.status();
  const auto strict = MakeYardstick(*rules_, "1", {}, {});
  ASSERT_TRUE(strict.ok()) << strict.status();
  ASSERT_TRUE(Activate(lenient->rule_set).ok());
  const auto made = clients_->plans.ApplyPlan(ManyFigures(kTurned));
  ASSERT_TRUE(made.ok()) << made.status();
  v1::ListVerdictsRequest judged;
  judged.set_parent(kManyPlan);
  judged.set_min_revision(made->revision());
  ASSERT_TRUE(clients_->evaluation.ListVerdicts(judged).ok());
  absl::Duration typical;
  int turned = 0;
  for (int round = 0; round < (Soak() ? 200 : 8) && !HasFailure(); ++round) {
    SCOPED_TRACE(absl::StrCat("round ", round));
    const std::string active = Active();
    const absl::Time start = absl::Now();
    std::thread activating([&] {
      const absl::Status done = Activate(
          active == strict->rule_set ? lenient->rule_set : strict->rule_set);
      EXPECT_TRUE(done.ok() || absl::IsUnavailable(done)) << done;
    });
    if (round > 0) KillWithin(typical);
    activating.join();
    if (round > 0) Start();
    ASSERT_FALSE(HasFatalFailure());
    AwaitAlerts(*clients_);
    ASSERT_FALSE(HasFatalFailure());
    if (round == 0) typical = absl::Now() - start;
    const std::string now = Active();
    turned += now != active;
    CheckAll();
    EXPECT_EQ(lagging_, now == strict->rule_set ? kTurned / 3 * 2 : 0);
  }
  std::cout << turned << " activations, " << amid_
            << " deaths amid their alerts\n";
  EXPECT_GT(amid_, 0) << "no death hit the making of alerts";
  EXPECT_EQ(server_->End(SIGTERM), 0);
}

}  // namespace
}  // namespace shirube::e2e
