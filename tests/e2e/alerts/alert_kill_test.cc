// A server killed at random moments, and from inside what its receivers do,
// while figures make indicators lag, recover and lag again, and while its
// receivers behave badly. Whatever happened: every transition reaches every
// subscription whose filter it matches, in the order of its alert, under one
// key, and nothing comes that is not in the log.
//
// SHIRUBE_SEED and SHIRUBE_CHAPTER repeat one chapter: a database of its own
// and a hundred runs.
#include <gtest/gtest.h>
#include <signal.h>

#include <cstdlib>
#include <iostream>
#include <thread>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "tests/e2e/alerts/figures.h"
#include "tests/e2e/alerts/killer.h"
#include "tests/e2e/alerts/log.h"
#include "tests/e2e/alerts/told.h"
#include "tests/e2e/process.h"

namespace shirube::e2e {
namespace {

constexpr int kRuns = 100;  // of one chapter
constexpr absl::Duration kPatience = absl::Minutes(2);

#ifdef __SANITIZE_ADDRESS__  // several times slower
constexpr int kChapters = 1;
#else
constexpr int kChapters = 3;
#endif

int Chapters() {
  return std::getenv("SHIRUBE_SOAK") != nullptr ? 100 : kChapters;
}

uint64_t FromEnvironment(const char* name, uint64_t otherwise) {
  const char* given = std::getenv(name);
  return given != nullptr ? std::strtoull(given, nullptr, 10) : otherwise;
}

// Of all chapters.
struct Totals {
  size_t transitions = 0, arrivals = 0, again = 0;
};

class Chapter {
 public:
  Chapter(uint64_t seed, Killer* killer)
      : random_(seed),
        killer_(killer),
        options_{.server = "unix:" + (folder_ / "socket").string(),
                 .timeout = absl::Seconds(30),
                 .actor = "tester",
                 .retries = 0} {
    for (int i = 0; i < kFigureWriters; ++i) {
      writers_.emplace_back(i, random_(), killer);
    }
  }

  void Run(Totals* totals) {
    const absl::Time started = absl::Now();
    Start();
    if (server_ == nullptr) return;
    MakeFigures(*clients_);
    told_ = std::make_unique<Told>(*clients_, options_, random_(), killer_);
    for (int run = 0; run < kRuns && !testing::Test::HasFailure(); ++run) {
      SCOPED_TRACE(absl::StrCat("run ", run));
      if (server_ == nullptr) Start();
      RunOnce();
    }
    if (server_ == nullptr) Start();
    const absl::Time ran = absl::Now();
    if (!testing::Test::HasFailure()) Check(totals);
    std::cout << "ran for " << ran - started << ", then delivered what was "
              << "left in " << absl::Now() - ran << std::endl;
  }

 private:
  void Start() {
    server_ = Server::Start({"--db", folder_ / "shirube.db", "--listen",
                             *options_.server, "--name", "test"});
    ASSERT_NE(server_, nullptr);
    // A connection of the life before would take its time to come back.
    clients_ = std::make_unique<AlertClients>(options_);
  }

  // Some writes, and a death or none.
  void RunOnce() {
    const auto moment = static_cast<Moment>(random_() % kMoments);
    killer_->Aim(server_->pid(), moment, static_cast<int>(random_() % 4));
    std::vector<std::thread> threads;
    for (FigureWriter& writer : writers_) {
      const int steps = 1 + static_cast<int>(random_() % 5);
      threads.emplace_back(
          [this, &writer, steps] { writer.Write(*clients_, steps); });
    }
    if (moment == Moment::kTime) {
      // Anywhere between two instructions.
      absl::SleepFor(absl::Microseconds(random_() % 30'000));
      killer_->Kill();
    }
    for (std::thread& thread : threads) thread.join();
    // What was written may need some more milliseconds to arrive anywhere.
    if (moment != Moment::kNever) killer_->AwaitKill(absl::Milliseconds(100));
    if (!killer_->Disarm()) return;
    EXPECT_EQ(server_->End(SIGKILL), 128 + SIGKILL) << server_->Log();
    server_.reset();
  }

  // Nothing is written any more but what passing time does to snoozes.
  void Check(Totals* totals) {
    const std::vector<v1::Verdict> verdicts = Judged();
    told_->Await(ReadLog(clients_->alerts), absl::Now() + kPatience);
    // First what came, then the log: it has all of it.
    const auto reports = told_->Reports();
    const Transitions log = ReadLog(clients_->alerts);
    EXPECT_EQ(Some(WrongInLog(log)), "");
    EXPECT_EQ(Some(WrongAlerts(verdicts, ReadAlerts(clients_->alerts))), "");
    for (const Told::Report& report : reports) {
      const auto owed = OwedTo(log, report.filter, report.manager);
      EXPECT_EQ(Some(WrongIn(report.seen, owed)), "") << report.name;
      totals->arrivals += report.seen.arrivals();
      totals->again += report.seen.arrivals() - report.seen.raw.size();
    }
    totals->transitions += log.size();
    EXPECT_EQ(server_->End(SIGTERM), 0) << server_->Log();
  }

  std::vector<v1::Verdict> Judged() {
    v1::ListVerdictsRequest request;
    request.set_parent(kFiguresPlan);
    v1::ListAlertsRequest head;
    head.set_parent(kFiguresPlan);
    const auto now = clients_->alerts.ListAlerts(head);
    EXPECT_TRUE(now.ok()) << now.status();
    if (now.ok()) request.set_min_revision(now->revision());
    auto verdicts = clients_->evaluation.AllVerdicts(request).All();
    EXPECT_TRUE(verdicts.ok()) << verdicts.status();
    return verdicts.ok() ? *std::move(verdicts) : std::vector<v1::Verdict>();
  }

  TempDir folder_;
  std::mt19937_64 random_;
  Killer* const killer_;
  const client::Options options_;
  std::unique_ptr<AlertClients> clients_;
  std::vector<FigureWriter> writers_;
  std::unique_ptr<Server> server_;
  std::unique_ptr<Told> told_;
};

TEST(AlertKillTest, TellsEverySubscriptionEverythingInOrderWhateverHappens) {
  // SSL_write has no MSG_NOSIGNAL.
  signal(SIGPIPE, SIG_IGN);
  const uint64_t seed = FromEnvironment("SHIRUBE_SEED", 20221003);
  const uint64_t first = FromEnvironment("SHIRUBE_CHAPTER", 0);
  const bool one = std::getenv("SHIRUBE_CHAPTER") != nullptr;
  Killer killer;
  Totals totals;
  for (uint64_t i = first; i < (one ? first + 1 : Chapters()); ++i) {
    std::cout << "seed " << seed << ", chapter " << i << " of " << Chapters()
              << ", " << kRuns << " runs" << std::endl;
    SCOPED_TRACE(absl::StrCat("seed ", seed, ", chapter ", i));
    Chapter(seed + i, &killer).Run(&totals);
    if (HasFailure()) return;
  }
  for (int i = 1; i < kMoments; ++i) {
    const auto moment = static_cast<Moment>(i);
    std::cout << killer.count(moment) << " deaths " << NameOf(moment) << "\n";
    EXPECT_GT(killer.count(moment), 0) << NameOf(moment);
  }
  std::cout << totals.transitions << " transitions, " << totals.arrivals
            << " arrivals, " << totals.again << " of them again\n";
  EXPECT_GT(totals.again, 0u);
}

}  // namespace
}  // namespace shirube::e2e
