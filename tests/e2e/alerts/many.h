// A plan of thousands of indicators, of which two in three lag by a strict rule
// set and none by a lenient one; and what must hold of their alerts after a
// death anywhere.
#ifndef SHIRUBE_TESTS_E2E_ALERTS_MANY_H_
#define SHIRUBE_TESTS_E2E_ALERTS_MANY_H_

#include <string>
#include <vector>

#include "shirube/v1/plan_service.pb.h"
#include "tests/e2e/alerts/figures.h"

namespace shirube::e2e {

inline constexpr char kManyPlan[] = "plans/many";

// The whole plan in one document, with a figure for each indicator; `count` is
// a multiple of three.
v1::ApplyPlanRequest ManyFigures(int count);

// Waits until the alerts of every run published so far are made: they are
// before anything that is written after it counts as judged.
void AwaitAlerts(const AlertClients& clients);

// Published runs whose alerts are not all made, as the database says of a
// server that runs or has died.
int64_t RunsLeft(const std::string& database);

// What is wrong, a line each, when no run is left. `lagging`: how many lag.
std::vector<std::string> WrongAmongMany(const AlertClients& clients,
                                        const std::string& database,
                                        int* lagging);

}  // namespace shirube::e2e

#endif  // SHIRUBE_TESTS_E2E_ALERTS_MANY_H_
