// The plan that the tests of alerts write into, and what people do to it: they
// record figures that lag and figures that do not, correct them, go on to the
// next year, change who answers, acknowledge, put aside, settle.
#ifndef SHIRUBE_TESTS_E2E_ALERTS_FIGURES_H_
#define SHIRUBE_TESTS_E2E_ALERTS_FIGURES_H_

#include <random>
#include <string>
#include <vector>

#include "client/lib/alert_client.h"
#include "client/lib/clients.h"
#include "tests/e2e/alerts/killer.h"

namespace shirube::e2e {

// One connection for all services; no call is repeated.
struct AlertClients {
  explicit AlertClients(const client::Options& options)
      : AlertClients(client::Connect(options), options) {}
  AlertClients(std::shared_ptr<client::Connection> connection,
               const client::Options& options)
      : plans(connection, options),
        observations(connection, options),
        evaluation(connection, options),
        alerts(connection, options) {}
  client::PlanClient plans;
  client::ObservationClient observations;
  client::EvaluationClient evaluation;
  client::AlertClient alerts;
};

inline constexpr char kFiguresPlan[] = "plans/p";
inline constexpr int kFigureWriters = 2;
inline constexpr int kFiguresEach = 6;

// `plans/p`: 12 indicators, in turns printed under `m0` and `m1`.
void MakeFigures(const AlertClients& clients);
std::string FigureName(int indicator);

// One writer of its own indicators; its numbers only ever grow, so that no two
// figures are alike. Used by one thread at a time.
class FigureWriter {
 public:
  FigureWriter(int writer, uint64_t seed, Killer* killer);
  // `steps` changes, or until the server is gone; what else is refused fails
  // the test.
  void Write(const AlertClients& clients, int steps);

 private:
  struct Figure {
    std::string indicator;
    int year = 1;  // since the baseline
    int written = 0;
  };
  absl::Status Step(const AlertClients& clients);
  absl::Status Measure(const AlertClients& clients, Figure* figure, int year);
  absl::Status MeasureAll(const AlertClients& clients);
  absl::Status HandOver(const AlertClients& clients, const Figure& figure);
  absl::Status Settle(const AlertClients& clients, const Figure& figure);
  std::string Value(Figure* figure, int year);
  // What was recorded: the moment for a death.
  absl::Status Recorded(absl::Status status);

  Killer* const killer_;
  std::mt19937_64 random_;
  std::vector<Figure> figures_;
};

}  // namespace shirube::e2e

#endif  // SHIRUBE_TESTS_E2E_ALERTS_FIGURES_H_
