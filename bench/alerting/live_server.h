// A real server for the measurements of alerting: the program of this build on
// a database that goes away, filled with plans whose indicators are on track.
#ifndef SHIRUBE_BENCH_ALERTING_LIVE_SERVER_H_
#define SHIRUBE_BENCH_ALERTING_LIVE_SERVER_H_

#include <memory>
#include <string>

#include "bench/measure.h"
#include "client/lib/alert_client.h"
#include "tests/e2e/process.h"

namespace shirube {

class LiveServer {
 public:
  LiveServer();

  // `plans/{plan}` with indicators i-0 … of which the figure of fiscal year
  // 2022 is on track. Judged when it returns.
  void AddPlan(const std::string& plan, int indicators);
  // A webhook; `more` has whatever else is wanted of it.
  void Subscribe(const std::string& id, const std::string& url,
                 v1::Subscription more = {});
  v1::Subscription::Statistics StatisticsOf(const std::string& id);

  client::Options options() const;
  const client::ObservationClient& observations() const {
    return observations_;
  }

  // Of the server's process, in MiB: what it holds now, what of that is its own
  // and not the shared table, and the most it held since ForgetPeak.
  struct Memory {
    double now = 0, own = 0, peak = 0;
  };
  Memory memory() const;
  void ForgetPeak() const;
  // That the server's process has used, without its workers, in seconds.
  double ProcessorTime() const;

 private:
  const BenchFolder folder_;
  const std::unique_ptr<e2e::Server> server_;
  const std::shared_ptr<client::Connection> connection_;
  const client::PlanClient plans_;
  const client::ObservationClient observations_;
  const client::EvaluationClient evaluation_;
  const client::AlertClient alerts_;
};

// A figure of fiscal year 2023 of indicator i-{i}: one that lags, or one that
// does not.
enum class Figure { kLagging, kOnTrack };
v1::Observation FigureOf(const std::string& plan, int i, Figure figure);
// The key of the `seq`-th event about it.
std::string EventKey(const std::string& plan, int i, int seq);

}  // namespace shirube

#endif  // SHIRUBE_BENCH_ALERTING_LIVE_SERVER_H_
