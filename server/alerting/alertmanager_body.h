// One alert as an Alertmanager's v2 API takes it. Pure.
//
// Labels are what an Alertmanager knows an alert by. Severity and owner are
// among them, since people route by them; when one of them changes, the body
// ends the alert under its old labels as well. `endsAt` is always given, ten
// years on while it is firing, so that the Alertmanager's resolve_timeout does
// not end what nobody has resolved. An Alertmanager keeps alerts in memory
// alone: after its restart they come back by Seek, or by redelivery.
#ifndef SHIRUBE_SERVER_ALERTING_ALERTMANAGER_BODY_H_
#define SHIRUBE_SERVER_ALERTING_ALERTMANAGER_BODY_H_

#include <optional>
#include <string>

#include "absl/time/time.h"

namespace shirube {

struct AlertmanagerLabels {
  std::string alertname;  // `LaggingIndicator`
  std::string plan;
  std::string subject;
  std::string kind;
  std::string severity;
  std::string owner;
  friend bool operator==(const AlertmanagerLabels&,
                         const AlertmanagerLabels&) = default;
};

struct AlertmanagerAlert {
  AlertmanagerLabels labels;
  // Of the transition before; unset: there was none.
  std::optional<AlertmanagerLabels> labels_before;
  std::string summary;      // the subject's name
  std::string description;  // the sentence
  std::string way_out;
  std::string alert_name;  // `plans/…/alerts/…`
  std::string reason;
  std::string link;  // generatorURL; empty: none
  absl::Time starts;
  absl::Time now;  // the transition's time
  bool resolved = false;
};

std::string AlertmanagerBody(const AlertmanagerAlert& alert);

}  // namespace shirube

#endif  // SHIRUBE_SERVER_ALERTING_ALERTMANAGER_BODY_H_
