// How each kind of sink tells a transition, and what the log says that it must
// be told.
#ifndef SHIRUBE_TESTS_E2E_ALERTS_SINKS_H_
#define SHIRUBE_TESTS_E2E_ALERTS_SINKS_H_

#include <string>
#include <vector>

#include "shirube/v1/alert.pb.h"
#include "tests/e2e/alerts/bad_receiver.h"
#include "tests/e2e/alerts/witness.h"

namespace shirube::e2e {

// A CloudEvent whose signature by `secret` must verify; its key is the
// webhook-id.
BadReceiver::Read ReadsWebhooks(std::string secret);
// A body of an Alertmanager's API has no key: what is told of an alert is its
// name, whether it fires and why. Equal ones are one.
BadReceiver::Read ReadsAsManager();
// What the client library hands out.
void NoteArrival(const v1::AlertTransition& transition, Witness* witness);

using Transitions = std::vector<v1::AlertTransition>;
// To webhooks and to whoever fetches; `log` in the order of each alert.
std::vector<Owed> OwedByKey(const Transitions& log);
std::vector<Owed> OwedToManager(const Transitions& log);

}  // namespace shirube::e2e

#endif  // SHIRUBE_TESTS_E2E_ALERTS_SINKS_H_
