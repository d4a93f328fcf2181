// Deliveries a second to a receiver on the same host:
//   deliveries [COUNT [ROUNDS]]
//
// Three ways for the same posts, in turn: a bare loop of libcurl's multi
// interface; the delivery engine over a log in memory; and the whole way, from
// a log in a SQLite store through the outbox until all is durably settled in
// that store. Bodies, signatures and headers of the bare loop are made before
// its time begins; the whole way reads, writes and signs them. The receiver is
// a process of its own. Ends with 1 where the whole way is below the goal.
#include <curl/curl.h>
#include <sys/resource.h>

#include <cstdio>
#include <cstdlib>
#include <functional>
#include <memory>
#include <vector>

#include "bench/alerting/alert_log.h"
#include "bench/alerting/bare_loop.h"
#include "bench/alerting/receiver_process.h"
#include "bench/measure.h"
#include "server/alerting/delivery_post.h"
#include "server/alerting/outbox.h"
#include "server/base/logging.h"
#include "server/service/alert_event.h"
#include "server/storage/sqlite/sqlite_store.h"
#include "tests/unit/alerting/fake_log.h"

namespace shirube {
namespace {

constexpr double kGoal = 0.7;

const int kConcurrency = EngineOptions().per_host;

// Of all threads of this process, in seconds.
double ProcessorTime() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  const auto seconds = [](const timeval& t) {
    return static_cast<double>(t.tv_sec) + static_cast<double>(t.tv_usec) / 1e6;
  };
  return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

// A way, and what its rounds came to.
struct Way {
  const char* name;
  std::vector<double> rates, micros;  // deliveries/s; processor time of one

  void Time(int count, const std::function<void()>& deliver) {
    const double cpu = ProcessorTime();
    const Clock::time_point start = Clock::now();
    deliver();
    rates.push_back(count / SecondsSince(start));
    micros.push_back(1e6 * (ProcessorTime() - cpu) / count);
  }
};

class PreparedLog : public FakeLog {
 public:
  explicit PreparedLog(const std::vector<Post>* posts) : posts_(posts) {}
  absl::StatusOr<std::string> Body(const Outgoing& outgoing) override {
    return (*posts_)[outgoing.position - 1].body;
  }

 private:
  const std::vector<Post>* const posts_;
};

class Bench {
 public:
  explicit Bench(int count)
      : store_(OrDie(OpenSqliteStore(folder_ / "shirube.db"))),
        ledger_(OrDie(Ledger::Start(store_.get(), Ledger::Options()))) {
    FillLog(ledger_.get(), PlanId("p"), count);
    subscription_ = WebhookTo("s", receiver_.url());
    config_.url = subscription_.url;
    config_.allow_private = true;
    config_.secrets = {{subscription_.secrets[0].secret}};
    Write(ledger_.get(), CreateSubscription{subscription_, true});
    transitions_ = ReadLog(store_.get());
    for (const AlertTransition& one : transitions_) {
      posts_.push_back(OrDie(
          MakePost(config_, TargetOf(config_), events_.Key(one),
                   events_.Body(subscription_, one, nullptr), absl::Now())));
    }
  }
  ~Bench() { ledger_->Shutdown(); }

  int count() const { return static_cast<int>(posts_.size()); }
  size_t bytes() const { return posts_.front().body.size(); }

  void Round(Way* bare, Way* engine, Way* whole) {
    bare->Time(count(), [&] { PostAll(posts_, kConcurrency); });
    ByEngine(engine);
    WholeWay(whole);
  }

 private:
  void ByEngine(Way* way) {
    PreparedLog log(&posts_);
    for (const AlertTransition& one : transitions_) {
      log.Append(events_.Name(one), one.time);
    }
    DeliveryEngine engine(&log, {});
    way->Time(count(), [&] {
      engine.Start();
      log.Serve(&engine, subscription_.id, config_);
      while (!log.AwaitAll(subscription_.id)) {
      }
    });
  }

  void WholeWay(Way* way) {
    SettlingLedger ledger(ledger_.get());
    std::unique_ptr<Outbox> outbox;
    way->Time(count(), [&] {
      outbox = OrDie(Outbox::Start(store_.get(), &ledger, &events_));
      ledger.Await(count());
    });
    outbox.reset();
    const auto reader = OrDie(store_->Snapshot());
    if (!OrDie(reader->ListDeliveries(subscription_.id, 0, 0)).empty()) {
      Die("not everything was delivered at the first attempt");
    }
    Write(ledger_.get(), SeekSubscription{subscription_.id, std::nullopt, 0});
  }

  const ReceiverProcess receiver_;  // first: it forks
  const BenchFolder folder_;
  const std::unique_ptr<Store> store_;
  const std::unique_ptr<Ledger> ledger_;
  const AlertEvents events_{"shirube.bench",
                            {"h", "https://plan.bench/?alert={alert}"}};
  Subscription subscription_;
  SinkConfig config_;
  std::vector<AlertTransition> transitions_;
  std::vector<Post> posts_;
};

// By rounds: what else the host does hits both of one round alike.
double Ratio(const Way& way, const Way& bare) {
  std::vector<double> ratios;
  for (size_t i = 0; i < bare.rates.size(); ++i) {
    ratios.push_back(way.rates[i] / bare.rates[i]);
  }
  return Median(ratios);
}

int Main(int count, int rounds) {
  if (count < 1000 || rounds < 1) Die("deliveries [COUNT [ROUNDS]]");
  SetLogLevel(LogLevel::kError);
  Bench bench(count);
  curl_global_init(CURL_GLOBAL_DEFAULT);
  Way bare{"bare loop"}, engine{"engine alone"}, whole{"whole way"};
  for (int round = 0; round < rounds; ++round) {
    bench.Round(&bare, &engine, &whole);
  }
  std::printf(
      "%d deliveries of %zu bytes, %d at a time, medians of %d rounds\n",
      bench.count(), bench.bytes(), kConcurrency, rounds);
  for (const Way* way : {&bare, &engine, &whole}) {
    std::printf(
        "%-12s %8.0f deliveries/s  ratio %4.2f  %6.1f us of processor time\n",
        way->name, Median(way->rates), Ratio(*way, bare), Median(way->micros));
  }
  const double ratio = Ratio(whole, bare);
  std::printf("ratio        %8.2f (goal: at least %.1f)\n", ratio, kGoal);
  return ratio >= kGoal ? 0 : 1;
}

}  // namespace
}  // namespace shirube

int main(int argc, char** argv) {
  const auto argument = [&](int i, int otherwise) {
    return argc > i ? std::atoi(argv[i]) : otherwise;
  };
  return shirube::Main(argument(1, 10'000), argument(2, 7));
}
