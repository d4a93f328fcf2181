// From a figure to the webhook that tells of it:
//   alert_latency [RATE [SECONDS]]
//
// A real server; so many figures a second are recorded over gRPC, each of which
// makes an alert begin, and after that corrected, which makes it end. Measured
// from the start of the call to the arrival of the POST at a receiver on this
// machine; the first second of each is not counted. Ends with 1 where the goals
// are missed.
#include <cstdio>
#include <cstdlib>
#include <thread>
#include <vector>

#include "absl/strings/str_cat.h"
#include "bench/alerting/arrivals.h"
#include "bench/alerting/live_server.h"

namespace shirube {
namespace {

constexpr int kCallers = 16;
constexpr int kOfPlan = 1000;
constexpr double kGoalMiddle = 5, kGoalSlowest = 25;  // ms: p50, p99

std::string PlanOf(int i) { return absl::StrCat("p", i / kOfPlan); }

// Of one figure.
struct Trip {
  Clock::time_point called, answered, arrived;
};

void Call(const LiveServer& server, int i, Figure figure) {
  const v1::Observation observation = FigureOf(PlanOf(i), i % kOfPlan, figure);
  if (figure == Figure::kLagging) {
    v1::RecordObservationRequest record;
    record.set_parent(observation.indicator());
    *record.mutable_observation() = observation;
    OrDie(server.observations().RecordObservation(std::move(record)).status());
  } else {
    v1::CorrectObservationRequest correct;
    *correct.mutable_observation() = observation;
    OrDie(
        server.observations().CorrectObservation(std::move(correct)).status());
  }
}

// At a steady rate, whether or not those before have been answered, as long as
// a caller is free.
std::vector<Trip> Travel(const LiveServer& server, Arrivals* arrivals,
                         int count, int rate, Figure figure) {
  std::vector<Trip> trips(count);
  const Clock::time_point start = Clock::now();
  std::vector<std::thread> callers;
  for (int c = 0; c < kCallers; ++c) {
    callers.emplace_back([&, c] {
      for (int i = c; i < count; i += kCallers) {
        std::this_thread::sleep_until(
            start + std::chrono::nanoseconds(1'000'000'000) * i / rate);
        trips[i].called = Clock::now();
        Call(server, i, figure);
        trips[i].answered = Clock::now();
      }
    });
  }
  for (std::thread& caller : callers) caller.join();
  const int seq = figure == Figure::kLagging ? 1 : 2;
  for (int i = 0; i < count; ++i) {
    trips[i].arrived = arrivals->When(EventKey(PlanOf(i), i % kOfPlan, seq));
  }
  return trips;
}

void Print(const char* what, const std::vector<double>& millis) {
  std::printf("  %-26s p50 %6.2f  p90 %6.2f  p99 %6.2f  worst %6.2f ms\n", what,
              Median(millis), Quantile(millis, 0.9), Quantile(millis, 0.99),
              Quantile(millis, 1));
}

bool Report(const char* what, const std::vector<Trip>& trips, int rate) {
  std::vector<double> all, call, after;
  for (size_t i = rate; i < trips.size(); ++i) {
    const Trip& trip = trips[i];
    all.push_back(1e3 * SecondsBetween(trip.called, trip.arrived));
    call.push_back(1e3 * SecondsBetween(trip.called, trip.answered));
    after.push_back(1e3 * SecondsBetween(trip.answered, trip.arrived));
  }
  const double took = SecondsBetween(trips[rate].called, trips.back().called);
  std::printf("%s: %zu at %.0f a second\n", what, all.size(),
              static_cast<double>(all.size() - 1) / took);
  Print("record to webhook received", all);
  Print("the record call itself", call);
  Print("from its answer on", after);
  return Median(all) <= kGoalMiddle && Quantile(all, 0.99) <= kGoalSlowest;
}

int Main(int rate, int seconds) {
  if (rate < 1 || seconds < 2) Die("alert_latency [RATE [SECONDS]]");
  const int count = rate * seconds;
  Arrivals arrivals;
  LiveServer server;
  for (int i = 0; i < count; i += kOfPlan) server.AddPlan(PlanOf(i), kOfPlan);
  server.Subscribe("portal", arrivals.url());
  bool good = true;
  for (const Figure figure : {Figure::kLagging, Figure::kOnTrack}) {
    const double cpu = server.ProcessorTime();
    const auto trips = Travel(server, &arrivals, count, rate, figure);
    good &=
        Report(figure == Figure::kLagging ? "an alert begins" : "an alert ends",
               trips, rate);
    std::printf("  processor time of the server  %.2f ms each\n",
                1e3 * (server.ProcessorTime() - cpu) / count);
  }
  std::printf("goal: p50 at most %.0f ms, p99 at most %.0f ms\n", kGoalMiddle,
              kGoalSlowest);
  return good ? 0 : 1;
}

}  // namespace
}  // namespace shirube

int main(int argc, char** argv) {
  const auto argument = [&](int i, int otherwise) {
    return argc > i ? std::atoi(argv[i]) : otherwise;
  };
  return shirube::Main(argument(1, 200), argument(2, 16));
}
