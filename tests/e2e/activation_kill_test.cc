// A server killed at random moments while rule sets are activated and rolled
// back: it comes back judging by the old set or the new one, whole.
#include <gtest/gtest.h>
#include <signal.h>

#include <chrono>
#include <cstdlib>
#include <iostream>
#include <random>
#include <thread>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/time/clock.h"
#include "tests/e2e/yardsticks.h"

namespace shirube::e2e {
namespace {

constexpr int kIndicators = 60;
constexpr char kPlan[] = "plans/a";   // follows the default
constexpr char kOwn[] = "plans/own";  // names its own set

int Rounds() { return std::getenv("SHIRUBE_SOAK") != nullptr ? 400 : 40; }

uint64_t Seed() {
  const char* given = std::getenv("SHIRUBE_SEED");
  return given != nullptr ? std::strtoull(given, nullptr, 10) : 20221003;
}

// What a scope may be judged by: the last set that was acknowledged, or the one
// that was asked for when the server died.
struct Scope {
  std::string parent;  // empty: the default
  std::string plan;    // that it judges
  std::string active, attempted;
  std::vector<v1::RuleSetActivation> history;  // acknowledged, oldest first
  int seen_new = 0, seen_old = 0;  // after a death with an attempt open
};

// Values of one indicator only grow, by one step a write.
struct Written {
  int64_t acknowledged = 0, sent = 0;
};
std::string ValueOf(int64_t step) {
  if (step == 0) return "350";  // as the plan was made
  // Stays 0.7 of what is due; a verdict shows no zeros at the end.
  return absl::StrFormat("350.%06d1", step);
}

class ActivationKillTest : public testing::Test {
 protected:
  void SetUp() override {
    random_.seed(Seed());
    rules_ = MakeRulesFolder(folder_, {"steady"});
    scopes_ = {{"", kPlan}, {kOwn, kOwn}};
  }

  void Start() {
    server_ =
        Server::Start({"--db", folder_ / "shirube.db", "--rules", rules_,
                       "--listen", "unix:" + (folder_ / "socket").string()});
    ASSERT_NE(server_, nullptr);
    clients_ =
        std::make_unique<Clients>(client::Options{.server = server_->address(),
                                                  .timeout = absl::Seconds(20),
                                                  .retries = 0});
  }

  void MakeEverything() {
    MakePlan(*clients_, "a", kIndicators);
    MakePlan(*clients_, "own", 5);
    ASSERT_FALSE(HasFailure());
    const std::vector<std::string> plans = {kPlan, kOwn};
    for (const auto& [threshold, tiny] :
         {std::pair<std::string, std::vector<std::string>>{"0.6", {}},
          {"1", {"steady"}},
          {"0.65", {}}}) {
      auto made = MakeYardstick(*clients_, threshold, tiny, plans);
      ASSERT_TRUE(made.ok()) << made.status();
      names_.push_back(made->rule_set);
      yardsticks_[made->rule_set] = *std::move(made);
    }
    const std::string differs = IndicatorName(kPlan, 0);
    ASSERT_NE(yardsticks_[names_[0]].now[kPlan][differs],
              yardsticks_[names_[1]].now[kPlan][differs]);
    for (Scope& scope : scopes_) {
      const auto started = absl::Now();
      ASSERT_TRUE(Activate(*clients_, names_[0], &scope));
      typical_ = std::max(typical_, absl::Now() - started);
    }
  }

  // False when the server is gone. `rule_set` empty: rolls back.
  static bool Activate(const Clients& clients, const std::string& rule_set,
                       Scope* scope) {
    absl::StatusOr<v1::RuleSetActivation> done;
    if (rule_set.empty()) {
      v1::RollbackRuleSetRequest request;
      request.set_parent(scope->parent);
      request.set_expected_rule_set(scope->active);
      scope->attempted = scope->history.back().previous_rule_set();
      done = clients.rules.RollbackRuleSet(request);
    } else {
      v1::ActivateRuleSetRequest request;
      request.set_parent(scope->parent);
      request.set_rule_set(rule_set);
      request.set_expected_rule_set(scope->active);
      scope->attempted = rule_set;
      done = clients.rules.ActivateRuleSet(request);
    }
    if (!done.ok()) {
      EXPECT_TRUE(absl::IsUnavailable(done.status())) << done.status();
      return false;
    }
    EXPECT_EQ(done->rule_set(), scope->attempted);
    scope->active = done->rule_set();
    scope->attempted.clear();
    scope->history.push_back(*std::move(done));
    return true;
  }

  void ActivateUntilKilled(uint64_t seed) {
    std::mt19937_64 random(seed);
    while (true) {
      Scope& scope = scopes_[random() % scopes_.size()];
      // The first one of a plan leads back to the default.
      const bool back = scope.history.size() > 1 && random() % 3 == 0;
      std::string next;
      while (!back && (next.empty() || next == scope.active)) {
        next = names_[random() % names_.size()];
      }
      if (!Activate(*clients_, next, &scope)) return;
    }
  }

  // The moment is the point: anywhere in an activation or two.
  void KillSomewhere(int64_t longest) {
    std::thread activating(
        [this, seed = random_()] { ActivateUntilKilled(seed); });
    absl::SleepFor(absl::Microseconds(random_() % longest));
    EXPECT_EQ(server_->End(SIGKILL), 128 + SIGKILL);
    activating.join();
  }

  // Nothing is left open then: what was answered is what must judge, as
  // CheckAll demands of a scope without an attempt.
  void KillAfterTheAnswer(Scope* scope) {
    const std::string before = scope->active;
    const std::string next = before == names_[0] ? names_[1] : names_[0];
    const bool answered = Activate(*clients_, next, scope);
    EXPECT_EQ(server_->End(SIGKILL), 128 + SIGKILL);
    EXPECT_TRUE(answered);
    EXPECT_EQ(scope->active, next);
    EXPECT_EQ(scope->attempted, "");
    ++after_the_answer_;
  }

  void WriteUntilKilled() {
    while (true) {
      v1::CorrectObservationRequest request;
      request.mutable_observation()->set_name(IndicatorName(kPlan, 0) +
                                              "/observations/fy2024");
      request.mutable_observation()->set_value(ValueOf(++written_.sent));
      request.mutable_update_mask()->add_paths("value");
      auto stored = clients_->observations.CorrectObservation(request);
      if (!stored.ok()) {
        EXPECT_TRUE(absl::IsUnavailable(stored.status())) << stored.status();
        return;
      }
      written_.acknowledged = written_.sent;
    }
  }

  // The stored history is the acknowledged one, and at most what was asked for
  // last besides.
  void CheckHistory(Scope* scope) {
    v1::ListRuleSetActivationsRequest request;
    request.set_parent(scope->parent);
    auto listed = clients_->rules.AllRuleSetActivations(request).All();
    ASSERT_TRUE(listed.ok()) << listed.status();
    std::vector<v1::RuleSetActivation> stored(listed->rbegin(), listed->rend());
    // The default judged by the shipped set before.
    if (scope->parent.empty()) stored.erase(stored.begin());
    const size_t known = scope->history.size();
    ASSERT_GE(stored.size(), known) << "an acknowledged activation is lost";
    ASSERT_LE(stored.size(), known + (scope->attempted.empty() ? 0 : 1));
    for (size_t i = 0; i < stored.size(); ++i) {
      if (i < known) {
        ASSERT_EQ(stored[i].revision(), scope->history[i].revision());
        ASSERT_EQ(stored[i].rule_set(), scope->history[i].rule_set());
      }
      if (i > 0) {
        ASSERT_EQ(stored[i].previous_rule_set(), stored[i - 1].rule_set());
      }
    }
    const bool is_new = stored.size() > known;
    if (is_new) {
      ASSERT_EQ(stored.back().rule_set(), scope->attempted);
      scope->active = scope->attempted;
      scope->history.push_back(stored.back());
    }
    if (!scope->attempted.empty()) {
      ++(is_new ? scope->seen_new : scope->seen_old);
    }
    scope->attempted.clear();
  }

  // Every verdict is of the active set, and what that set says.
  void CheckVerdicts(const Scope& scope) {
    v1::ListVerdictsRequest request;
    request.set_parent(scope.plan);
    request.set_page_size(1000);
    auto listed = clients_->evaluation.ListVerdicts(request);
    ASSERT_TRUE(listed.ok()) << listed.status();
    ASSERT_EQ(WrongVerdicts(*listed, scope.plan, yardsticks_, false), "");
    ASSERT_EQ(listed->verdicts(0).rule_set(), scope.active);
    auto fresh = JudgeFresh(*clients_, scope.plan, scope.active);
    ASSERT_TRUE(fresh.ok()) << fresh.status();
    for (const v1::Verdict& verdict : listed->verdicts()) {
      ASSERT_EQ(Said(verdict), fresh->at(verdict.indicator()))
          << verdict.indicator();
    }
  }

  void CheckWritten() {
    const std::string name = IndicatorName(kPlan, 0);
    v1::GetObservationRequest get;
    get.set_name(name + "/observations/fy2024");
    auto stored = clients_->observations.GetObservation(get);
    ASSERT_TRUE(stored.ok()) << stored.status();
    ASSERT_GE(stored->value(), ValueOf(written_.acknowledged));
    ASSERT_LE(stored->value(), ValueOf(written_.sent));
    v1::GetVerdictRequest verdict;
    verdict.set_name(name + "/verdict");
    verdict.set_min_revision(stored->revision());
    auto judged = clients_->evaluation.GetVerdict(verdict);
    ASSERT_TRUE(judged.ok()) << judged.status();
    EXPECT_EQ(judged->value(), stored->value());
    EXPECT_EQ(judged->rule_set(), scopes_[0].active);
  }

  void CheckAll() {
    for (Scope& scope : scopes_) {
      SCOPED_TRACE(scope.plan);
      CheckHistory(&scope);
      if (HasFatalFailure()) return;
      CheckVerdicts(scope);
      if (HasFatalFailure()) return;
    }
    CheckWritten();
  }

  TempDir folder_;
  std::filesystem::path rules_;
  std::unique_ptr<Server> server_;
  std::unique_ptr<Clients> clients_;
  std::mt19937_64 random_;
  std::vector<std::string> names_;
  std::map<std::string, Yardstick> yardsticks_;
  std::vector<Scope> scopes_;
  Written written_;
  absl::Duration typical_;
  int after_the_answer_ = 0;  // deaths right after one
};

TEST_F(ActivationKillTest, ComesBackWithTheOldSetOrTheNewOneWhole) {
  std::cout << "seed " << Seed() << ", " << Rounds() << " kills\n";
  Start();
  ASSERT_FALSE(HasFatalFailure());
  MakeEverything();
  ASSERT_FALSE(HasFailure());
  const int64_t longest = absl::ToInt64Microseconds(4 * typical_);
  for (int round = 0; round < Rounds() && !HasFailure(); ++round) {
    SCOPED_TRACE(absl::StrCat("round ", round));
    std::thread writing([&] { WriteUntilKilled(); });
    if (round % 8 == 7) {
      KillAfterTheAnswer(&scopes_[round / 8 % scopes_.size()]);
    } else {
      KillSomewhere(longest);
    }
    writing.join();
    Start();
    ASSERT_FALSE(HasFatalFailure());
    CheckAll();
  }
  int old_ones = 0, new_ones = 0;
  for (const Scope& scope : scopes_) {
    std::cout << scope.plan << ": " << scope.history.size() << " activations, "
              << scope.seen_old << " deaths left the old set, "
              << scope.seen_new << " the new one\n";
    old_ones += scope.seen_old;
    new_ones += scope.seen_new;
  }
  std::cout << after_the_answer_ << " deaths right after an answer\n";
  EXPECT_GT(old_ones, 0) << "no death hit an activation";
  EXPECT_GT(after_the_answer_, 0);
  EXPECT_GT(written_.acknowledged, 0);
  EXPECT_EQ(server_->End(SIGTERM), 0);
}

}  // namespace
}  // namespace shirube::e2e
