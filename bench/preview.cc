// Previews a stricter rule set over N indicators and ten years with real,
// confined workers, and lets others commit to a real SQLite store meanwhile:
//   preview [N [PLANS [ROUNDS [SECONDS [WRITERS]]]]]
//
// Alone: the time to the first change, to the end, and judgements a second.
// Then ROUNDS times in turn, for SECONDS each: writers that correct one figure
// after the other by themselves, with a preview running, and by themselves.
//
// The indicators are in the store, where a preview reads them, and in the
// table. Their figures are put into the table alone: recording ten million of
// them through the store takes an hour and changes nothing that is measured,
// because a preview reads figures from the table. What the writers write goes
// the whole way.
#include <pthread.h>
#include <time.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "bench/judging.h"
#include "bench/measure.h"
#include "server/base/logging.h"
#include "server/storage/sqlite/sqlite_store.h"

namespace shirube {
namespace {

constexpr int kFirstYear = 2013;
constexpr int kYears = 10;
constexpr int kLiveIndicators = 1'000;

Value Number(int64_t units) {
  Value value;
  value.number = OrDie(Decimal::Make(units, 1));
  return value;
}

PlanId PlanOf(int64_t number) { return PlanId("p" + std::to_string(number)); }

// Baseline i mod 100 in 2012, target 100 more in 2025, ten figures in between
// that go up by 2 to 12 a year, so that some are ahead, some behind.
Indicator MakeIndicator(const PlanId& plan, int64_t i) {
  Indicator indicator;
  indicator.plan = plan;
  indicator.id = IndicatorId("i" + std::to_string(i));
  indicator.display_name = "指標 " + std::to_string(i);
  indicator.unit = "人";
  Baseline baseline;
  baseline.value = Number(i % 100 * 10);
  baseline.period = *Period::FiscalYear(kFirstYear - 1);
  indicator.baselines.push_back(baseline);
  Target target;
  target.value = Number(i % 100 * 10 + 1000);
  target.period = *Period::FiscalYear(2025);
  indicator.targets.push_back(target);
  indicator.links = {InitiativeId("m" + std::to_string(i % 10))};
  indicator.order = static_cast<int>(i % 1'000'000);
  indicator.stamp.revision = 1;
  return indicator;
}

std::vector<Observation> Figures(const Indicator& indicator, int64_t i) {
  std::vector<Observation> figures;
  for (int k = 1; k <= kYears; ++k) {
    Observation one;
    one.plan = indicator.plan;
    one.indicator = indicator.id;
    one.period = *Period::FiscalYear(kFirstYear - 1 + k);
    one.value = Number(i % 100 * 10 + k * (20 + i * 7919 % 100));
    one.stamp.revision = 1;
    figures.push_back(std::move(one));
  }
  return figures;
}

struct Told {
  double first_change = -1, total = 0;  // seconds
  int64_t judgements = 0, changed = 0;
  absl::Status status;
};

class Bench {
 public:
  Bench(int64_t n, int64_t plans) : n_(n), plans_(plans) {
    store_ = OrDie(OpenSqliteStore(folder_ / "shirube.db"));
    StartServer();  // an empty store learns what judges it
    judging_.reset();
    FillStore();
    StartServer();
    FillTable();
    Settle();
    const TableUsage usage = judging_->table()->Usage();
    std::printf("table     %llu rows with %llu figures\n",
                static_cast<unsigned long long>(usage.rows),
                static_cast<unsigned long long>(usage.points));
  }

  // All plans, ten years; ends when `stop` says so.
  Told Preview(const std::atomic<bool>* stop) {
    PreviewOptions options;
    for (int y = 0; y < kYears; ++y) {
      options.as_of.push_back(*Period::FiscalYear(kFirstYear + y));
    }
    Told told;
    const Clock::time_point start = Clock::now();
    told.status = judging_->evaluator()->Preview(
        candidate_, options, absl::InfiniteFuture(), [&](PreviewPart part) {
          if (told.first_change < 0 && !part.verdicts.empty()) {
            told.first_change = SecondsSince(start);
          }
          told.judgements = part.evaluated;
          told.changed = part.changed;
          return stop == nullptr || !stop->load();
        });
    told.total = SecondsSince(start);
    return told;
  }

  // Commits a second of so many writers.
  double Write(int writers, double seconds) {
    std::atomic<bool> stop = false;
    const int64_t before = commits_;
    std::vector<std::thread> threads;
    const Clock::time_point start = Clock::now();
    for (int w = 0; w < writers; ++w) {
      threads.emplace_back([&, w] {
        for (int64_t k = w; !stop; k += writers) {
          Correct(k);
          ++commits_;
        }
      });
    }
    while (SecondsSince(start) < seconds) {
      std::this_thread::sleep_for(std::chrono::milliseconds(20));
    }
    const double rate =
        static_cast<double>(commits_ - before) / SecondsSince(start);
    stop = true;
    for (std::thread& thread : threads) thread.join();
    return rate;
  }

  int64_t commits() const { return commits_; }

  void Settle() { judging_->Settle(); }

 private:
  void StartServer() {
    judging_.reset();
    judging_ = std::make_unique<Judging>(store_.get());
    candidate_ = Yardstick();
    for (const char* module : {"achieved", "on_track", "at_risk"}) {
      const auto file =
          OrDie(judging_->host()->VerifyFile(std::string(module) + ".so"));
      RuleModuleRecord record;
      record.module = file->manifest->id;
      record.version = file->manifest->version;
      record.sha256 = file->sha256;
      record.bytes = OrDie(file->Bytes());
      candidate_.modules.push_back(std::move(record));
    }
    candidate_.parameters["pace_threshold"] = *Decimal::Parse("0.95");
  }

  // In one transaction, as one change that is judged already.
  void FillStore() {
    const Clock::time_point start = Clock::now();
    const auto transaction = OrDie(store_->Begin());
    const StoreHead head = OrDie(transaction->Head());
    Stamp stamp;
    stamp.revision = head.revision + 1;
    stamp.create_time = stamp.update_time = absl::Now();
    stamp.actor = "bench";
    for (int64_t p = 0; p <= plans_; ++p) PutPlan(*transaction, p, stamp);
    for (int64_t i = 0; i < n_; ++i) {
      Indicator indicator = MakeIndicator(PlanOf(i * plans_ / n_), i);
      indicator.stamp = stamp;
      OrDie(transaction->Put(indicator));
    }
    for (int64_t i = 0; i < kLiveIndicators; ++i) {
      Indicator indicator = MakeIndicator(PlanOf(plans_), i);
      indicator.stamp = stamp;
      OrDie(transaction->Put(indicator));
      Observation figure = LiveFigure(i);
      figure.stamp = stamp;
      OrDie(transaction->Put(figure));
    }
    Change change;
    change.revision = stamp.revision;
    change.time = std::max(stamp.create_time, head.commit_time);
    change.actor = stamp.actor;
    change.action = "Fill";
    OrDie(transaction->AppendChange(change));
    OrDie(transaction->SetJudgedThrough(stamp.revision));
    OrDie(transaction->Commit());
    std::printf("store     %lld indicators in %lld plans, put in %.0f s\n",
                static_cast<long long>(n_), static_cast<long long>(plans_),
                SecondsSince(start));
  }

  void PutPlan(StoreTransaction& transaction, int64_t number,
               const Stamp& stamp) {
    Plan plan;
    plan.id = PlanOf(number);
    plan.display_name = "計画";
    plan.stamp = stamp;
    OrDie(transaction.Put(plan));
    for (int m = -1; m < 10; ++m) {
      Initiative initiative;
      initiative.plan = plan.id;
      initiative.id = InitiativeId(m < 0 ? "pillar" : "m" + std::to_string(m));
      if (m >= 0) initiative.parent = InitiativeId("pillar");
      initiative.kind =
          m < 0 ? InitiativeKind::kPillar : InitiativeKind::kMeasure;
      initiative.display_name = "施策";
      initiative.stamp = stamp;
      OrDie(transaction.Put(initiative));
    }
  }

  void FillTable() {
    for (int64_t i = 0; i < n_; ++i) {
      const Indicator indicator = MakeIndicator(PlanOf(i * plans_ / n_), i);
      OrDie(judging_->table()->Upsert(OrDie(
          BuildRow(indicator, Figures(indicator, i), {}, std::nullopt, 1))));
    }
  }

  // Another value for a figure that is stored.
  void Correct(int64_t k) {
    CorrectObservation body;
    const Observation stored = LiveFigure(k % kLiveIndicators);
    body.key = {stored.indicator_key(), stored.id()};
    body.patch = [k](Observation& observation) {
      observation.value = Number(k % 5'000);
      return absl::OkStatus();
    };
    body.prefix = "observation";
    Mutation mutation;
    mutation.actor.name = "bench";
    mutation.body = std::move(body);
    OrDie(judging_->ledger()->SubmitAndWait(std::move(mutation)).status());
  }

  Observation LiveFigure(int64_t i) const {
    return Figures(MakeIndicator(PlanOf(plans_), i), i)[kYears / 2];
  }

  const int64_t n_, plans_;
  BenchFolder folder_;
  std::unique_ptr<Store> store_;
  std::unique_ptr<Judging> judging_;
  Yardstick candidate_;
  std::atomic<int64_t> commits_ = 0;  // by Write
};

void Alone(Bench& bench) {
  for (int run = 0; run < 2; ++run) {
    const Told told = bench.Preview(nullptr);
    OrDie(told.status);
    std::printf(
        "alone     first change %.3f s, all %.1f s: %lld judgements by two "
        "sets, %.2f million a second, %lld changed\n",
        told.first_change, told.total, static_cast<long long>(told.judgements),
        static_cast<double>(told.judgements) / told.total / 1e6,
        static_cast<long long>(told.changed));
  }
}

// Commits while a preview works and while it rests, within moments of each
// other: what else happens on the machine weighs on both alike.
struct Moments {
  double working = 0, resting = 0;  // seconds
  double commits_working = 0, commits_resting = 0;

  // Looks every few milliseconds until `stop`.
  void Watch(const Bench& bench, clockid_t preview,
             const std::atomic<bool>& stop) {
    constexpr double kMoment = 0.02;
    double cpu = CpuOf(preview);
    int64_t commits = bench.commits();
    Clock::time_point at = Clock::now();
    while (!stop) {
      std::this_thread::sleep_for(std::chrono::duration<double>(kMoment));
      const double passed = SecondsSince(at), cpu_now = CpuOf(preview);
      const int64_t commits_now = bench.commits();
      const auto done = static_cast<double>(commits_now - commits);
      const bool works = cpu_now - cpu > kMoment / 20;
      (works ? working : resting) += passed;
      (works ? commits_working : commits_resting) += done;
      cpu = cpu_now, commits = commits_now, at = Clock::now();
    }
  }
  static double CpuOf(clockid_t clock) {
    timespec time = {};
    clock_gettime(clock, &time);
    return static_cast<double>(time.tv_sec) +
           static_cast<double>(time.tv_nsec) / 1e9;
  }
  void Print() const {
    const double share = working / (working + resting);
    const double fewer =
        1 - commits_working / working / (commits_resting / resting);
    std::printf(
        "moments   a preview is at work %.1f %% of the time; commits are %.1f "
        "%% fewer then: slowed by %.1f %% in all\n",
        100 * share, 100 * fewer, 100 * share * fewer);
  }
};

struct Turns {
  std::vector<double> without, with, again;  // commits a second
  std::vector<double> firsts, rates;         // of the previews meanwhile
  Moments moments;
};

double WriteWithPreview(Bench& bench, double seconds, int writers,
                        Turns* turns) {
  std::atomic<bool> stop = false, ended = false;
  std::thread preview([&] {
    while (!stop) {
      const Told told = bench.Preview(&stop);
      if (told.first_change >= 0) turns->firsts.push_back(told.first_change);
      turns->rates.push_back(static_cast<double>(told.judgements) / told.total);
    }
    while (!ended) std::this_thread::yield();
  });
  clockid_t clock = {};
  pthread_getcpuclockid(preview.native_handle(), &clock);
  std::thread watch([&] { turns->moments.Watch(bench, clock, stop); });
  const double rate = bench.Write(writers, seconds);
  stop = true;
  watch.join();
  ended = true;
  preview.join();
  return rate;
}

// By how many per cent the second is less than the first: the middle and the
// quarters of the rounds.
void PrintSlowed(const char* what, const std::vector<double>& before,
                 const std::vector<double>& after) {
  std::vector<double> slowed;
  for (size_t i = 0; i < before.size(); ++i) {
    slowed.push_back(100 * (1 - after[i] / before[i]));
  }
  std::sort(slowed.begin(), slowed.end());
  const size_t n = slowed.size();
  std::printf("%s slowed by %.1f %% (half of the rounds: %.1f to %.1f)\n", what,
              slowed[n / 2], slowed[n / 4], slowed[n - 1 - n / 4]);
}

// Each round without, with, and without again: what the two without differ by
// is what the machine does by itself.
void InTurn(Bench& bench, int rounds, double seconds, int writers) {
  Turns turns;
  bench.Write(writers, 2);  // warms up
  for (int round = 0; round < rounds; ++round) {
    bench.Settle();
    turns.without.push_back(bench.Write(writers, seconds));
    bench.Settle();
    turns.with.push_back(WriteWithPreview(bench, seconds, writers, &turns));
    bench.Settle();
    turns.again.push_back(bench.Write(writers, seconds));
  }
  std::vector<double> around;
  for (int i = 0; i < rounds; ++i) {
    around.push_back((turns.without[i] + turns.again[i]) / 2);
  }
  std::printf("commits   %.0f a second of %d writers, %.0f with a preview\n",
              Median(around), writers, Median(turns.with));
  PrintSlowed("with it  ", around, turns.with);
  PrintSlowed("by itself", turns.without, turns.again);
  turns.moments.Print();
  if (turns.firsts.empty()) Die("no preview came to a change in a round");
  std::printf(
      "meanwhile first change after %.3f s (worst %.3f), %.2f million "
      "judgements a second\n",
      Median(turns.firsts),
      *std::max_element(turns.firsts.begin(), turns.firsts.end()),
      Median(turns.rates) / 1e6);
}

int Main(int argc, char** argv) {
  const auto argument = [&](int i, double otherwise) {
    return argc > i ? std::atof(argv[i]) : otherwise;
  };
  const auto n = static_cast<int64_t>(argument(1, 1'000'000));
  const auto plans = static_cast<int64_t>(argument(2, 1'000));
  const int rounds = static_cast<int>(argument(3, 10));
  const double seconds = argument(4, 4);
  const int writers = static_cast<int>(argument(5, 4));
  if (n < 1 || plans < 1 || rounds < 1 || seconds <= 0 || writers < 1) {
    Die("preview [N [PLANS [ROUNDS [SECONDS [WRITERS]]]]]");
  }
  SetLogLevel(LogLevel::kError);
  std::setvbuf(stdout, nullptr, _IOLBF, 0);
  Bench bench(n, plans);
  Alone(bench);
  InTurn(bench, rounds, seconds, writers);
  return 0;
}

}  // namespace
}  // namespace shirube

int main(int argc, char** argv) { return shirube::Main(argc, argv); }
