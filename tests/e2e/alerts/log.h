// The server's own log of transitions, read through the API, and what must hold
// in it whatever happened.
#ifndef SHIRUBE_TESTS_E2E_ALERTS_LOG_H_
#define SHIRUBE_TESTS_E2E_ALERTS_LOG_H_

#include <string>
#include <vector>

#include "client/lib/alert_client.h"
#include "client/lib/clients.h"
#include "shirube/v1/alert.pb.h"

namespace shirube::e2e {

// Every alert of all plans, resolved ones too.
std::vector<v1::Alert> ReadAlerts(const client::AlertClient& alerts);
// Every transition, in the order of each alert.
std::vector<v1::AlertTransition> ReadLog(const client::AlertClient& alerts);

// What is wrong with the log alone, a line each: numbers with gaps, states that
// do not follow each other, two rows of one key.
std::vector<std::string> WrongInLog(
    const std::vector<v1::AlertTransition>& log);
// Where alerts of indicators and verdicts do not belong to each other: what
// lags has exactly one that is not resolved (unless by hand), what does not lag
// has none. `verdicts` and `alerts` of one state.
std::vector<std::string> WrongAlerts(const std::vector<v1::Verdict>& verdicts,
                                     const std::vector<v1::Alert>& alerts);

}  // namespace shirube::e2e

#endif  // SHIRUBE_TESTS_E2E_ALERTS_LOG_H_
