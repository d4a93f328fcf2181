// Rule sets are activated and rolled back a thousand times while eight clients
// read and write: no request fails, no answer mixes two sets, and the server
// grows in nothing.
#include <gtest/gtest.h>
#include <signal.h>
#include <unistd.h>

#include <atomic>
#include <cstdlib>
#include <fstream>
#include <iostream>
#include <mutex>
#include <random>
#include <thread>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/time/clock.h"
#include "tests/e2e/yardsticks.h"

namespace shirube::e2e {
namespace {

constexpr int kClients = 8;
constexpr int kActivations = 1000;
// A slow build on a busy machine makes fewer in an ordinary run, never in soak.
constexpr int kLeast = 100;
constexpr absl::Duration kOrdinary = absl::Seconds(40);
constexpr int kIndicators = 40;
constexpr char kPlan[] = "plans/a";   // follows the default
constexpr char kOwn[] = "plans/own";  // names its own set
constexpr char kDefault[] = "ruleSets/default";

// What a server holds on to.
struct Holding {
  int64_t resident_bytes = 0;
  int descriptors = 0;
  int processes = 0;  // its workers
};

int64_t ParentOf(const std::string& pid) {
  std::ifstream file("/proc/" + pid + "/stat");
  std::string text((std::istreambuf_iterator<char>(file)), {});
  const size_t name_end = text.rfind(')');
  if (name_end == std::string::npos) return -1;
  char state = 0;
  long parent = -1;
  std::sscanf(text.c_str() + name_end + 1, " %c %ld", &state, &parent);
  return parent;
}

Holding HoldingOf(pid_t pid) {
  namespace fs = std::filesystem;
  Holding holding;
  const std::string own = absl::StrCat("/proc/", pid);
  // Its own memory and the columns shared with workers, without program text.
  std::ifstream status(own + "/status");
  for (std::string word; status >> word;) {
    int64_t kib = 0;
    if ((word == "RssAnon:" || word == "RssShmem:") && status >> kib) {
      holding.resident_bytes += kib << 10;
    }
  }
  std::error_code gone;
  for (fs::directory_iterator it(own + "/fd", gone), end; it != end; ++it) {
    ++holding.descriptors;
  }
  for (fs::directory_iterator it("/proc", gone), end; it != end;
       it.increment(gone)) {
    const std::string name = it->path().filename();
    if (name.find_first_not_of("0123456789") != std::string::npos) continue;
    if (ParentOf(name) == pid) ++holding.processes;
  }
  return holding;
}

std::ostream& operator<<(std::ostream& out, const Holding& holding) {
  return out << absl::StrFormat("%.1f MiB resident, %d descriptors, %d workers",
                                holding.resident_bytes / 1048576.0,
                                holding.descriptors, holding.processes);
}

// What the clients did; the first thing that went wrong stops them all.
class Tally {
 public:
  void Count(const std::string& what) {
    std::lock_guard<std::mutex> hold(mutex_);
    ++counts_[what];
  }
  // `wrong` empty: nothing.
  void Check(const std::string& what, const std::string& wrong) {
    Count(what);
    if (wrong.empty()) return;
    std::lock_guard<std::mutex> hold(mutex_);
    if (first_.empty()) first_ = what + ": " + wrong;
    failed_ = true;
  }
  void Check(const std::string& what, const absl::Status& status) {
    Check(what, status.ok() ? "" : status.ToString());
  }
  bool failed() const { return failed_; }
  std::string first() {
    std::lock_guard<std::mutex> hold(mutex_);
    return first_;
  }
  std::map<std::string, int> counts() {
    std::lock_guard<std::mutex> hold(mutex_);
    return counts_;
  }

 private:
  std::mutex mutex_;
  std::map<std::string, int> counts_;
  std::string first_;
  std::atomic<bool> failed_{false};
};

class ActivationStressTest : public testing::Test {
 protected:
  using Yardsticks = std::map<std::string, Yardstick>;

  void SetUp() override {
    const auto rules = MakeRulesFolder(folder_, {"steady", "also_steady"});
    server_ =
        Server::Start({"--db", folder_ / "shirube.db", "--rules", rules,
                       "--listen", "unix:" + (folder_ / "socket").string()});
    ASSERT_NE(server_, nullptr);
    for (int i = 0; i < kClients + 1; ++i) {
      clients_.push_back(std::make_unique<Clients>(
          client::Options{.server = server_->address(),
                          .timeout = absl::Seconds(30),
                          .retries = 0}));
    }
    MakePlan(*clients_[0], "a", kIndicators);
    MakePlan(*clients_[0], "own", kIndicators);
    ASSERT_FALSE(HasFailure());
    MakeYardsticks();
  }

  // The lenient and the strict one differ in what they say and in their
  // modules; the others push modules out of what is kept at hand.
  void MakeYardsticks() {
    for (const auto& [threshold, tiny] :
         {std::pair<std::string, std::vector<std::string>>{"0.6", {}},
          {"1", {"steady"}},
          {"0.61", {}},
          {"0.99", {"also_steady"}},
          {"0.62", {}},
          {"0.63", {}},
          {"0.98", {}},
          {"0.64", {}},
          {"0.97", {}}}) {
      auto made = MakeYardstick(*clients_[0], threshold, tiny, {kPlan, kOwn});
      ASSERT_TRUE(made.ok()) << made.status();
      names_.push_back(made->rule_set);
      yardsticks_[made->rule_set] = *std::move(made);
    }
    const std::string differs = IndicatorName(kPlan, 0);
    ASSERT_NE(yardsticks_[names_[0]].now[kPlan][differs],
              yardsticks_[names_[1]].now[kPlan][differs]);
    ASSERT_NE(yardsticks_[names_[0]].then[kPlan][differs],
              yardsticks_[names_[1]].then[kPlan][differs]);
    // Twice, so that a rollback never leads to the shipped set.
    ASSERT_TRUE(Activate("", names_[0]));
    ASSERT_TRUE(Activate("", names_[1]));
  }

  // ---- Activations, one thread. ----

  struct Active {
    std::string rule_set = kDefault, previous;
  };

  bool Activate(const std::string& parent, const std::string& rule_set) {
    Active& active = active_[parent];
    v1::ActivateRuleSetRequest request;
    request.set_parent(parent);
    request.set_rule_set(rule_set);
    if (!active.previous.empty()) {
      request.set_expected_rule_set(active.rule_set);
    }
    return Activated("ActivateRuleSet", rule_set, &active,
                     clients_[kClients]->rules.ActivateRuleSet(request));
  }

  bool Rollback(const std::string& parent) {
    Active& active = active_[parent];
    v1::RollbackRuleSetRequest request;
    request.set_parent(parent);
    request.set_expected_rule_set(active.rule_set);
    return Activated("RollbackRuleSet", active.previous, &active,
                     clients_[kClients]->rules.RollbackRuleSet(request));
  }

  bool Activated(const std::string& what, const std::string& wanted,
                 Active* active,
                 const absl::StatusOr<v1::RuleSetActivation>& done) {
    tally_.Check(what, done.status());
    if (!done.ok()) return false;
    EXPECT_EQ(done->rule_set(), wanted);
    active->rule_set = done->rule_set();
    active->previous = done->previous_rule_set();
    return true;
  }

  // One step; most go back and forth between two, as people do.
  void ActivateSomething() {
    const std::string parent = random_() % 4 == 0 ? kOwn : "";
    Active& active = active_[parent];
    if (!active.previous.empty() && random_() % 2 == 0) {
      Rollback(parent);
      return;
    }
    std::string next = active.rule_set;
    while (next == active.rule_set) {
      next = names_[random_() % (random_() % 3 == 0 ? names_.size() : 2)];
      if (!parent.empty() && random_() % 5 == 0) next = kDefault;
    }
    Activate(parent, next);
  }

  // ---- Clients. ----

  void ReadVerdicts(const Clients& clients, const std::string& plan,
                    bool then) {
    v1::ListVerdictsRequest request;
    request.set_parent(plan);
    request.set_page_size(1000);
    if (then) request.set_as_of(kThen);
    auto answer = clients.evaluation.ListVerdicts(request);
    const std::string what = then ? "ListVerdicts as of" : "ListVerdicts";
    if (!answer.ok()) return tally_.Check(what, answer.status());
    tally_.Check(what, WrongVerdicts(*answer, plan, yardsticks_, then));
  }

  void ReadFlags(const Clients& clients, const std::string& plan) {
    v1::ListFlagsRequest request;
    request.set_parent(plan);
    auto answer = clients.evaluation.ListFlags(request);
    if (!answer.ok()) return tally_.Check("ListFlags", answer.status());
    tally_.Check("ListFlags", WrongFlags(*answer, plan));
  }

  std::string WrongFlags(const v1::ListFlagsResponse& answer,
                         const std::string& plan) const {
    if (answer.flags_size() != 2) {
      return absl::StrCat(answer.flags_size(), " flags");
    }
    const std::string& name = answer.flags(0).rule_set();
    if (answer.flags(1).rule_set() != name)
      return "two rule sets in one answer";
    const auto yardstick = yardsticks_.find(name);
    if (yardstick == yardsticks_.end()) return "judged by " + name;
    const bool strict = yardstick->second.now.at(plan)
                            .at(IndicatorName(plan, 0))
                            .rfind("AT_RISK", 0) == 0;
    for (const v1::Flag& flag : answer.flags()) {
      if (flag.initiative() != plan + "/initiatives/differs") continue;
      const int at_risk = flag.counts().at_risk();
      const int expected = strict ? flag.counts().total() : 0;
      if (at_risk != expected) {
        return absl::StrCat(at_risk, " at risk of ", flag.counts().total(),
                            " by ", name);
      }
      return "";
    }
    return "no flag of the initiative that differs";
  }

  void Explain(const Clients& clients, const std::string& plan, int i) {
    v1::ExplainVerdictRequest request;
    request.set_name(IndicatorName(plan, i) + "/verdict");
    auto answer = clients.evaluation.ExplainVerdict(request);
    if (!answer.ok()) return tally_.Check("ExplainVerdict", answer.status());
    tally_.Check("ExplainVerdict", WrongExplanation(*answer, plan));
  }

  std::string WrongExplanation(const v1::ExplainVerdictResponse& answer,
                               const std::string& plan) const {
    const v1::Verdict& verdict = answer.verdict();
    const auto yardstick = yardsticks_.find(verdict.rule_set());
    if (yardstick == yardsticks_.end()) return "by " + verdict.rule_set();
    const std::string& said =
        yardstick->second.now.at(plan).at(verdict.indicator());
    if (Said(verdict) != said) {
      return absl::StrCat(Said(verdict), " by ", yardstick->first,
                          ", which says ", said);
    }
    for (const v1::ParameterSource& parameter : answer.parameters()) {
      if (parameter.parameter() == "pace_threshold" &&
          parameter.value() != yardstick->second.threshold) {
        return absl::StrCat("pace_threshold ", parameter.value(), " by ",
                            yardstick->first, ", which has ",
                            yardstick->second.threshold);
      }
    }
    return "";
  }

  // Writes a value that changes no status, and reads its verdict.
  void Write(const Clients& clients, const std::string& plan, int i, int step) {
    const std::string name = IndicatorName(plan, i);
    v1::CorrectObservationRequest request;
    request.mutable_observation()->set_name(name + "/observations/fy2024");
    request.mutable_observation()->set_value(
        absl::StrFormat("350.%04d1", step));
    request.mutable_update_mask()->add_paths("value");
    auto stored = clients.observations.CorrectObservation(request);
    tally_.Check("CorrectObservation", stored.status());
    if (!stored.ok()) return;
    v1::GetVerdictRequest get;
    get.set_name(name + "/verdict");
    get.set_min_revision(stored->revision());
    auto judged = clients.evaluation.GetVerdict(get);
    if (!judged.ok()) return tally_.Check("GetVerdict", judged.status());
    tally_.Check("GetVerdict",
                 judged->value() == stored->value()
                     ? ""
                     : judged->value() + " was judged, not " + stored->value());
  }

  void RunClient(int number, uint64_t seed, const std::atomic<bool>* stop) {
    const Clients& clients = *clients_[number];
    std::mt19937_64 random(seed);
    // Each writes an indicator of its own: one at 0.7 of what is due.
    const int own = number * 5;
    for (int step = 0; !*stop && !tally_.failed(); ++step) {
      const std::string plan = random() % 2 == 0 ? kPlan : kOwn;
      switch (random() % 6) {
        case 0:
          ReadFlags(clients, plan);
          break;
        case 1:
          ReadVerdicts(clients, plan, /*then=*/true);
          break;
        case 2:
          Explain(clients, plan, random() % kIndicators);
          break;
        case 3:
          Write(clients, plan, own, step % 10000);
          break;
        default:
          ReadVerdicts(clients, plan, /*then=*/false);
      }
    }
  }

  // At most `count` activations under the load of all clients; leaves the same
  // sets loaded each time, and no request open.
  Holding Run(int count, absl::Time until) {
    std::atomic<bool> stop{false};
    std::vector<std::thread> threads;
    for (int i = 0; i < kClients; ++i) {
      threads.emplace_back(
          [this, i, seed = random_(), &stop] { RunClient(i, seed, &stop); });
    }
    for (done_ = 0; done_ < count && !tally_.failed(); ++done_) {
      if (done_ >= kLeast && absl::Now() > until) break;
      ActivateSomething();
    }
    stop = true;
    for (std::thread& thread : threads) thread.join();
    for (const std::string& parent : {std::string(), std::string(kOwn)}) {
      // More than are kept at hand, and none with a module of its own.
      for (const size_t i : {4, 5, 6, 7, 8, 2, 0}) {
        if (active_[parent].rule_set != names_[i]) Activate(parent, names_[i]);
      }
    }
    return Settled();
  }

  // Workers that are no longer needed end by themselves.
  Holding Settled() {
    Holding last = HoldingOf(server_->pid());
    for (int same = 0; same < 5;) {
      absl::SleepFor(absl::Milliseconds(100));
      const Holding now = HoldingOf(server_->pid());
      same =
          now.processes == last.processes && now.descriptors == last.descriptors
              ? same + 1
              : 0;
      last = now;
    }
    return last;
  }

  TempDir folder_;
  std::unique_ptr<Server> server_;
  std::vector<std::unique_ptr<Clients>> clients_;  // the last one activates
  std::vector<std::string> names_;
  Yardsticks yardsticks_;
  std::map<std::string, Active> active_;  // by parent
  int done_ = 0;                          // activations of the last run
  std::mt19937_64 random_{20221003};
  Tally tally_;
};

TEST_F(ActivationStressTest, FailsNoRequestMixesNoSetsAndGrowsInNothing) {
  const Holding before = Run(kActivations / 5, absl::InfinitePast());
  ASSERT_EQ(tally_.first(), "");
  std::cout << "warm after " << done_ << ": " << before << "\n";
  const absl::Time started = absl::Now();
  const bool soak = std::getenv("SHIRUBE_SOAK") != nullptr;
  const Holding after =
      Run(kActivations, soak ? absl::InfiniteFuture() : started + kOrdinary);
  ASSERT_EQ(tally_.first(), "");
  std::cout << "after " << done_ << " more in " << absl::Now() - started << ": "
            << after << "\n";
  for (const auto& [what, count] : tally_.counts()) {
    std::cout << count << " " << what << "\n";
    EXPECT_GE(count, 50) << what;
  }
  EXPECT_EQ(after.processes, before.processes);
  // Connections of the store's readers come and go, each a few files.
  EXPECT_LE(after.descriptors, before.descriptors + 16);
  // The database grows with every activation, and with it the page caches of
  // the store's nine connections, up to 2 MiB each; a third on top for the
  // allocator. Anything that an activation kept would be kept a thousand times.
  // The address sanitizer keeps what was freed, up to 256 MiB of it.
#ifndef __SANITIZE_ADDRESS__
  EXPECT_LE(after.resident_bytes, before.resident_bytes + (24 << 20));
#endif
  EXPECT_EQ(server_->End(SIGTERM), 0);
}

}  // namespace
}  // namespace shirube::e2e
