// How a subscription is told.
#ifndef SHIRUBE_SERVER_ALERTING_SINK_CONFIG_H_
#define SHIRUBE_SERVER_ALERTING_SINK_CONFIG_H_

#include <string>
#include <vector>

#include "absl/time/time.h"

namespace shirube {

enum class SinkKind { kWebhook, kAlertmanager };

struct SinkConfig {
  SinkKind kind = SinkKind::kWebhook;
  // Of an Alertmanager the base; `/api/v2/alerts` is added.
  std::string url;
  bool allow_private = false;
  std::string ca_pem;  // empty: the system's authorities
  std::string proxy;   // empty: none, whatever the environment says
  std::vector<std::string> secrets;  // newest first, at most two
  absl::Duration retry_for = absl::Hours(24 * 14);
  int digest_over = 0;
  absl::Duration digest_window = absl::Minutes(1);
  bool paused = false;
};

}  // namespace shirube

#endif  // SHIRUBE_SERVER_ALERTING_SINK_CONFIG_H_
