// From an event and a sink to the request that tells the one to the other.
// Pure.
#ifndef SHIRUBE_SERVER_ALERTING_DELIVERY_POST_H_
#define SHIRUBE_SERVER_ALERTING_DELIVERY_POST_H_

#include <string>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "server/alerting/curl_transfer.h"
#include "server/alerting/sink_config.h"
#include "server/alerting/sink_url.h"

namespace shirube {

// Where the posts of a sink go. INVALID_ARGUMENT: it may not be sent to.
absl::StatusOr<SinkUrl> TargetOf(const SinkConfig& sink);

// `target` is the sink's, which is worked out once; its error is the answer.
absl::StatusOr<Post> MakePost(const SinkConfig& sink,
                              const absl::StatusOr<SinkUrl>& target,
                              const std::string& key, std::string body,
                              absl::Time now);

}  // namespace shirube

#endif  // SHIRUBE_SERVER_ALERTING_DELIVERY_POST_H_
