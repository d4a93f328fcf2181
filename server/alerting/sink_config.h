// How a subscription is told.
#ifndef SHIRUBE_SERVER_ALERTING_SINK_CONFIG_H_
#define SHIRUBE_SERVER_ALERTING_SINK_CONFIG_H_

#include <string>
#include <vector>

#include "absl/time/time.h"
#include "server/domain/subscription.h"

namespace shirube {

struct SinkSecret {
  std::string text;
  absl::Time until = absl::InfiniteFuture();  // it signs no more from then on
};

struct SinkConfig {
  SinkKind kind = SinkKind::kWebhook;
  // Of an Alertmanager the base; `/api/v2/alerts` is added.
  std::string url;
  bool allow_private = false;
  std::string ca_pem;  // empty: the system's authorities
  std::string proxy;   // empty: none, whatever the environment says
  std::vector<SinkSecret> secrets;  // newest first, at most two
  absl::Duration retry_for = absl::Hours(24 * 14);
  int digest_over = 0;
  absl::Duration digest_window = absl::Minutes(1);
  bool paused = false;
  // Whatever the owner of the log wants to see in `Settled`.
  int64_t epoch = 0;
};

}  // namespace shirube

#endif  // SHIRUBE_SERVER_ALERTING_SINK_CONFIG_H_
