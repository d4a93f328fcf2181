// Alerts and their transitions -> messages. They are never written by clients.
#ifndef SHIRUBE_SERVER_SERVICE_CONVERT_ALERT_H_
#define SHIRUBE_SERVER_SERVICE_CONVERT_ALERT_H_

#include <string>

#include "server/domain/alert.h"
#include "shirube/v1/alert.pb.h"

namespace shirube {

// What an alert says beside what is stored of it.
struct AlertView {
  std::string history;
  // Where people read more; `{alert}` is replaced by the alert's name, and
  // `{plan}` and `{subject}` likewise. Empty: no link.
  std::string link_template;
};

v1::Alert ToWire(const Alert& alert, const AlertView& view);
v1::AlertTransition ToWire(const AlertTransition& transition,
                           const AlertView& view);

v1::Alert::Kind ToWire(AlertKind kind);
v1::Alert::State ToWire(AlertState state);
v1::AlertTransition::Type ToWire(TransitionType type);

// "plans/p/alerts/a:3": what a receiver knows a transition by.
std::string IdempotencyKey(const Alert& alert);
// "plans/p/indicators/i", "plans/p/initiatives/i" or "ruleModules/m".
std::string SubjectName(const Alert& alert);

}  // namespace shirube

#endif  // SHIRUBE_SERVER_SERVICE_CONVERT_ALERT_H_
