// What alerts that go out cost those who write:
//   alert_commits [ROUNDS [SECONDS [RATE]]]
//
// Four writers correct figures through the ledger of a server without its
// service, over a real SQLite store, with confined workers; nearly each figure
// makes an alert begin or end. In turn: without any subscription; with a good
// receiver; with one that cannot be reached; with one that cannot be reached
// and 100,000 transitions waiting for it; with a good one that 100,000 go out
// to meanwhile. Each of these is compared with the rounds without before and
// after it. First at RATE commits a second, then as fast as it goes.
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "absl/strings/str_cat.h"
#include "bench/alerting/alert_log.h"
#include "bench/alerting/nobody_home.h"
#include "bench/alerting/receiver_process.h"
#include "bench/judging.h"
#include "bench/measure.h"
#include "server/alerting/outbox.h"
#include "server/base/logging.h"
#include "server/service/alert_event.h"
#include "server/storage/sqlite/sqlite_store.h"

namespace shirube {
namespace {

constexpr int kWriters = 4;
constexpr int kIndicators = 1000;
constexpr int kWaiting = 100'000;
constexpr double kGoal = 10;  // per cent
const PlanId kPlan("live");

Value Number(int64_t number) {
  Value value;
  value.number = OrDie(Decimal::Make(number, 0));
  return value;
}

// From 0 in 2020 to 2,000 in 2040: on pace with 200 in 2022.
Indicator IndicatorOf(int i) {
  Indicator indicator;
  indicator.plan = kPlan;
  indicator.id = IndicatorId(absl::StrCat("i-", i));
  indicator.display_name = absl::StrCat("指標 ", i);
  indicator.unit = "人";
  Baseline baseline;
  baseline.value = Number(0);
  baseline.period = *Period::FiscalYear(2020);
  indicator.baselines = {baseline};
  Target target;
  target.value = Number(2000);
  target.period = *Period::FiscalYear(2040);
  indicator.targets = {target};
  return indicator;
}

Observation FigureOf(int i) {
  Observation figure;
  figure.plan = kPlan;
  figure.indicator = IndicatorOf(i).id;
  figure.period = *Period::FiscalYear(2022);
  figure.value = Number(400);
  return figure;
}

// Latencies of commits in one turn, in milliseconds.
struct Turn {
  double middle = 0, slowest = 0, rate = 0;  // p50, p99, commits a second
};

class Bench {
 public:
  Bench() : store_(OrDie(OpenSqliteStore(folder_ / "shirube.db"))) {
    const Clock::time_point start = Clock::now();
    {
      const auto ledger = OrDie(Ledger::Start(store_.get(), Ledger::Options()));
      FillLog(ledger.get(), PlanId("old"), kWaiting);
      AddLivePlan(ledger.get());
    }
    judging_ = std::make_unique<Judging>(store_.get());
    outbox_ = OrDie(Outbox::Start(store_.get(), judging_->ledger(), &events_));
    std::printf("store     a log of %zu transitions, made in %.0f s\n",
                ReadLog(store_.get()).size(), SecondsSince(start));
  }
  ~Bench() { outbox_.reset(); }

  const std::string& good() const { return receiver_.url(); }
  const std::string& away() const { return nobody_.url(); }

  // `rate` 0: as fast as it goes.
  Turn Write(double seconds, int rate) {
    judging_->Settle();
    std::vector<double> millis[kWriters];
    std::vector<std::thread> writers;
    const Clock::time_point start = Clock::now();
    for (int w = 0; w < kWriters; ++w) {
      writers.emplace_back([&, w] {
        for (int n = 0; SecondsSince(start) < seconds; ++n) {
          if (rate > 0) Pace(start, n * kWriters + w, rate);
          const Clock::time_point called = Clock::now();
          Correct(w, next_[w]++);
          millis[w].push_back(MillisecondsSince(called));
        }
      });
    }
    for (std::thread& writer : writers) writer.join();
    const double took = SecondsSince(start);
    std::vector<double> all;
    for (const auto& one : millis)
      all.insert(all.end(), one.begin(), one.end());
    return {Median(all), Quantile(all, 0.99),
            static_cast<double>(all.size()) / took};
  }

  // While `url` is subscribed; `from_start`: the whole log waits for it.
  Turn WriteTelling(const std::string& url, bool from_start, double seconds,
                    int rate) {
    judging_->Settle();
    const Subscription made =
        WebhookTo(absl::StrCat("s-", ++subscriptions_), url);
    shirube::Write(judging_->ledger(), CreateSubscription{made, from_start});
    const Turn turn = Write(seconds, rate);
    delivered_ = outbox_->Statistics(made.id).delivered;
    shirube::Write(judging_->ledger(), DeleteSubscription{made.id});
    return turn;
  }
  int64_t delivered() const { return delivered_; }  // in the last such turn

 private:
  static void AddLivePlan(Ledger* ledger) {
    Plan plan;
    plan.id = kPlan;
    plan.display_name = "計画";
    shirube::Write(ledger, Create<Plan>{plan, "plan"});
    BatchRecord figures;
    for (int i = 0; i < kIndicators; ++i) {
      shirube::Write(ledger, Create<Indicator>{IndicatorOf(i), "indicator"});
      figures.observations.push_back(FigureOf(i));
    }
    shirube::Write(ledger, std::move(figures));
  }

  static void Pace(Clock::time_point start, int64_t n, int rate) {
    std::this_thread::sleep_until(
        start + std::chrono::nanoseconds(1'000'000'000) * n / rate);
  }

  // The n-th figure of a writer: all of its indicators begin to lag one after
  // the other, then all of them end.
  void Correct(int writer, int64_t n) {
    constexpr int kOwn = kIndicators / kWriters;
    const Observation figure =
        FigureOf(static_cast<int>(n % kOwn) * kWriters + writer);
    const bool lags = n / kOwn % 2 == 0;
    CorrectObservation body;
    body.key = {figure.indicator_key(), figure.id()};
    body.patch = [lags, n](Observation& observation) {
      observation.value = Number((lags ? 100 : 1000) + n / kOwn % 50);
      return absl::OkStatus();
    };
    body.prefix = "observation";
    shirube::Write(judging_->ledger(), std::move(body));
  }

  const ReceiverProcess receiver_;  // first: it forks
  const NobodyHome nobody_;
  const BenchFolder folder_;
  const AlertEvents events_{"shirube.bench",
                            {"h", "https://plan.bench/?alert={alert}"}};
  const std::unique_ptr<Store> store_;
  std::unique_ptr<Judging> judging_;
  std::unique_ptr<Outbox> outbox_;
  int64_t next_[kWriters] = {};  // each is its writer's
  int subscriptions_ = 0;
  int64_t delivered_ = 0;
};

// One kind of receiver, compared with none.
struct Arm {
  const char* name;
  bool good = false, from_start = false;
  std::vector<double> middles, slowest, rates, delivered;
  std::vector<double> changed, changed_slowest;  // per cent, by rounds

  void Add(const Turn& turn, const Turn& before, const Turn& after) {
    middles.push_back(turn.middle);
    slowest.push_back(turn.slowest);
    rates.push_back(turn.rate);
    changed.push_back(Change(before.middle, turn.middle, after.middle));
    changed_slowest.push_back(
        Change(before.slowest, turn.slowest, after.slowest));
  }
  static double Change(double before, double now, double after) {
    return 100 * (now / ((before + after) / 2) - 1);
  }
  void Print() const {
    std::printf(
        "  %-20s %6.0f/s  p50 %6.3f ms (%+6.1f %%, half of the rounds %+.1f to "
        "%+.1f)  p99 %7.3f ms (%+6.1f %%)  %5.0f delivered\n",
        name, Median(rates), Median(middles), Median(changed),
        Quantile(changed, 0.25), Quantile(changed, 0.75), Median(slowest),
        Median(changed_slowest), Median(delivered));
  }
};

bool InTurn(Bench& bench, int rounds, double seconds, int rate) {
  Arm by_itself{"no subscription"};
  std::vector<Arm> arms = {{"good", true},
                           {"away"},
                           {"away, 100,000 wait", false, true},
                           {"good, 100,000 go out", true, true}};
  Turn before = bench.Write(seconds, rate);
  for (int round = 0; round < rounds; ++round) {
    for (Arm& arm : arms) {
      const Turn with =
          bench.WriteTelling(arm.good ? bench.good() : bench.away(),
                             arm.from_start, seconds, rate);
      arm.delivered.push_back(static_cast<double>(bench.delivered()));
      const Turn after = bench.Write(seconds, rate);
      arm.Add(with, before, after);
      by_itself.Add(after, before, before);
      before = after;
    }
  }
  by_itself.Print();
  bool held = true;
  for (const Arm& arm : arms) {
    arm.Print();
    held &= Median(arm.changed) < kGoal;
  }
  return held;
}

int Main(int rounds, double seconds, int rate) {
  if (rounds < 1 || seconds <= 0 || rate < 1) {
    Die("alert_commits [ROUNDS [SECONDS [RATE]]]");
  }
  SetLogLevel(LogLevel::kError);
  std::setvbuf(stdout, nullptr, _IOLBF, 0);
  Bench bench;
  std::printf("at %d commits a second by %d writers:\n", rate, kWriters);
  bool held = InTurn(bench, rounds, seconds, rate);
  std::printf("as fast as it goes:\n");
  held &= InTurn(bench, rounds, seconds, 0);
  std::printf("goal: p50 changes by less than %.0f %%\n", kGoal);
  return held ? 0 : 1;
}

}  // namespace
}  // namespace shirube

int main(int argc, char** argv) {
  const auto argument = [&](int i, double otherwise) {
    return argc > i ? std::atof(argv[i]) : otherwise;
  };
  return shirube::Main(static_cast<int>(argument(1, 5)), argument(2, 1.2),
                       static_cast<int>(argument(3, 200)));
}
