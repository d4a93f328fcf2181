// A bad import: every indicator of many plans begins to lag within moments:
//   alert_storm [PLANS [WINDOW_SECONDS]]
//
// A real server with PLANS plans of 1,000 indicators, one batch of figures for
// each, one after the other. Four webhooks: `digested` wants one digest for
// what is more than 20 in a window; `all` everything; `quiet` only what is of
// another plan; `away` cannot be reached. Ends with 1 where something is lost
// or the digests do not add up.
#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <cstdio>
#include <cstdlib>
#include <mutex>
#include <nlohmann/json.hpp>
#include <thread>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "bench/alerting/arrivals.h"
#include "bench/alerting/live_server.h"
#include "bench/alerting/nobody_home.h"

namespace shirube {
namespace {

constexpr int kOfPlan = 1000;
constexpr int kQuiet = 1000;  // indicators of the other plan
constexpr int kDigestOver = 20;
constexpr char kOther[] = "quiet";

std::string PlanOf(int p) { return absl::StrCat("p", p); }

// What came to the one that wants digests.
class DigestCount {
 public:
  void Look(const Request& request) {
    const auto event = nlohmann::json::parse(request.body, nullptr, false);
    if (event.is_discarded()) return;
    const std::lock_guard lock(mutex_);
    if (event["type"] == "shirube.alert.digest.v1") {
      ++digests_;
      gathered_ += event["data"]["digestCount"].get<int>();
      bytes_ = std::max(bytes_, request.body.size());
    } else {
      ++alone_;
    }
    changed_.notify_all();
  }
  // Until it has been told of so many alerts, one way or the other.
  bool Await(size_t alerts, std::chrono::seconds patience) {
    std::unique_lock lock(mutex_);
    return changed_.wait_for(lock, patience, [&] {
      return static_cast<size_t>(alone_ + gathered_) >= alerts;
    });
  }
  bool Holds(size_t alerts) {
    const std::lock_guard lock(mutex_);
    return static_cast<size_t>(alone_ + gathered_) == alerts;
  }
  void Print(int window) {
    const std::lock_guard lock(mutex_);
    std::printf(
        "digested  %d events by themselves, %d digests of %d alerts (one each "
        "%d s), %zu bytes at most\n",
        alone_, digests_, gathered_, window, bytes_);
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  int alone_ = 0, digests_ = 0, gathered_ = 0;
  size_t bytes_ = 0;  // of the largest digest
};

// From the commit of an alert to its arrival.
class Lateness {
 public:
  void Look(const Request& request) {
    const auto event = nlohmann::json::parse(request.body, nullptr, false);
    absl::Time committed;
    if (event.is_discarded() ||
        !absl::ParseTime(absl::RFC3339_full, event["time"].get<std::string>(),
                         &committed, nullptr)) {
      return;
    }
    const std::lock_guard lock(mutex_);
    millis_.push_back(absl::ToDoubleMilliseconds(absl::Now() - committed));
  }
  std::vector<double> millis() const {
    const std::lock_guard lock(mutex_);
    return millis_;
  }

 private:
  mutable std::mutex mutex_;
  std::vector<double> millis_;
};

// Seconds that it took.
double Import(const LiveServer& server, int plans) {
  const Clock::time_point start = Clock::now();
  for (int p = 0; p < plans; ++p) {
    v1::BatchRecordObservationsRequest batch;
    batch.set_parent("plans/" + PlanOf(p));
    for (int i = 0; i < kOfPlan; ++i) {
      *batch.add_observations() = FigureOf(PlanOf(p), i, Figure::kLagging);
    }
    OrDie(server.observations()
              .BatchRecordObservations(std::move(batch))
              .status());
  }
  return SecondsSince(start);
}

// One figure of the other plan after the other, until `stop`: from its call to
// the arrival of its alert, in seconds.
std::vector<double> Others(const LiveServer& server, Arrivals* arrivals,
                           const std::atomic<bool>& stop) {
  std::vector<double> took;
  for (int i = 0; i < kQuiet && !stop; ++i) {
    const Clock::time_point start = Clock::now();
    v1::RecordObservationRequest record;
    *record.mutable_observation() = FigureOf(kOther, i, Figure::kLagging);
    record.set_parent(record.observation().indicator());
    OrDie(server.observations().RecordObservation(std::move(record)).status());
    took.push_back(
        SecondsBetween(start, arrivals->When(EventKey(kOther, i, 1))));
    std::this_thread::sleep_for(std::chrono::milliseconds(100));
  }
  return took;
}

void PrintMemory(const char* when, const LiveServer& server) {
  const LiveServer::Memory memory = server.memory();
  std::printf("memory    %-7s %.0f MiB, its own %.0f, at most %.0f\n", when,
              memory.now, memory.own, memory.peak);
}

void PrintOthers(const std::vector<double>& took,
                 const std::vector<double>& since_commit) {
  std::printf(
      "%-9s %zu alerts meanwhile: from the record call on p50 %.0f ms, worst "
      "%.0f ms; from their commit on p50 %.1f ms, worst %.1f ms\n",
      kOther, took.size(), 1e3 * Median(took), 1e3 * Quantile(took, 1),
      Median(since_commit), Quantile(since_commit, 1));
}

class Storm {
 public:
  Storm(int plans, int window) : plans_(plans), window_(window) {
    const Clock::time_point start = Clock::now();
    for (int p = 0; p < plans; ++p) server_.AddPlan(PlanOf(p), kOfPlan);
    server_.AddPlan(kOther, kQuiet);
    std::printf("store     %d indicators, imported in %.0f s\n",
                plans * kOfPlan + kQuiet, SecondsSince(start));
    // What is above the indicators lags too.
    v1::Subscription all, digested, quiet;
    all.set_filter("kind = LAGGING_INDICATOR");
    digested.set_filter(all.filter());
    digested.set_digest_over(kDigestOver);
    digested.mutable_digest_window()->set_seconds(window);
    quiet.set_filter(
        absl::StrCat(all.filter(), " AND plan = \"plans/", kOther, "\""));
    server_.Subscribe("digested", digested_.url(), digested);
    server_.Subscribe("all", all_.url(), all);
    server_.Subscribe("quiet", quiet_.url(), quiet);
    server_.Subscribe("away", nobody_.url());
  }

  bool Rage() {
    PrintMemory("before", server_);
    server_.ForgetPeak();
    const Clock::time_point start = Clock::now();
    std::atomic<bool> over = false;
    std::vector<double> others;
    std::thread other([&] { others = Others(server_, &quiet_, over); });
    std::printf("import    %d figures in %.1f s\n", plans_ * kOfPlan,
                Import(server_, plans_));
    all_.Await(static_cast<size_t>(plans_) * kOfPlan);
    over = true;
    other.join();
    events_ = static_cast<size_t>(plans_) * kOfPlan + others.size();
    const bool complete = all_.Await(events_);
    std::printf(
        "all       %zu of %zu events, the last after %.1f s, %d twice\n",
        all_.count(), events_, SecondsBetween(start, all_.last()),
        all_.repeated());
    PrintOthers(others, lateness_.millis());
    PrintMemory("then", server_);
    return complete;
  }

  bool Digests() {
    digest_.Await(events_, std::chrono::seconds(window_ + 30));
    digest_.Print(window_);
    const auto away = server_.StatisticsOf("away");
    std::printf("away      %lld attempts, %lld wait (10,000 are counted)\n",
                static_cast<long long>(away.attempts()),
                static_cast<long long>(away.waiting()));
    PrintMemory("after", server_);
    return digest_.Holds(events_);
  }

 private:
  const int plans_, window_;
  DigestCount digest_;
  Arrivals digested_{[this](const Request& r) { digest_.Look(r); }};
  Arrivals all_;
  Lateness lateness_;
  Arrivals quiet_{[this](const Request& r) { lateness_.Look(r); }};
  const NobodyHome nobody_;
  LiveServer server_;
  size_t events_ = 0;
};

int Main(int plans, int window) {
  if (plans < 1 || window < 1) Die("alert_storm [PLANS [WINDOW_SECONDS]]");
  std::setvbuf(stdout, nullptr, _IOLBF, 0);
  Storm storm(plans, window);
  const bool complete = storm.Rage();
  const bool adds_up = storm.Digests();
  return complete && adds_up ? 0 : 1;
}

}  // namespace
}  // namespace shirube

int main(int argc, char** argv) {
  const auto argument = [&](int i, int otherwise) {
    return argc > i ? std::atoi(argv[i]) : otherwise;
  };
  return shirube::Main(argument(1, 100), argument(2, 60));
}
