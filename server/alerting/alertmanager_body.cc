#include "server/alerting/alertmanager_body.h"

#include <algorithm>
#include <nlohmann/json.hpp>

namespace shirube {
namespace {

using nlohmann::json;

constexpr absl::Duration kFiring = absl::Hours(24 * 3652);

std::string Rfc3339(absl::Time time) {
  return absl::FormatTime("%Y-%m-%dT%H:%M:%E3SZ", time, absl::UTCTimeZone());
}

// An Alertmanager takes an empty label for a missing one.
json Labels(const AlertmanagerLabels& labels) {
  return {{"alertname", labels.alertname}, {"plan", labels.plan},
          {"subject", labels.subject},     {"kind", labels.kind},
          {"severity", labels.severity},   {"owner", labels.owner}};
}

json One(const AlertmanagerAlert& alert, const AlertmanagerLabels& labels,
         bool ended) {
  // It must not end before it starts.
  const absl::Time end =
      ended ? std::max(alert.now, alert.starts + absl::Milliseconds(1))
            : alert.starts + kFiring;
  json one = {{"labels", Labels(labels)},
              {"annotations",
               {{"summary", alert.summary},
                {"description", alert.description},
                {"way_out", alert.way_out},
                {"alert", alert.alert_name},
                {"reason", alert.reason}}},
              {"startsAt", Rfc3339(alert.starts)},
              {"endsAt", Rfc3339(end)}};
  if (!alert.link.empty()) one["generatorURL"] = alert.link;
  return one;
}

}  // namespace

std::string AlertmanagerBody(const AlertmanagerAlert& alert) {
  json body = json::array();
  if (alert.labels_before.has_value() && *alert.labels_before != alert.labels) {
    body.push_back(One(alert, *alert.labels_before, true));
  }
  body.push_back(One(alert, alert.labels, alert.resolved));
  return body.dump(-1, ' ', false, json::error_handler_t::replace);
}

}  // namespace shirube
