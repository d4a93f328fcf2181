// From an event and a sink to the request that tells the one to the other.
// Pure.
#ifndef SHIRUBE_SERVER_ALERTING_DELIVERY_POST_H_
#define SHIRUBE_SERVER_ALERTING_DELIVERY_POST_H_

#include <string>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "server/alerting/curl_transfer.h"
#include "server/alerting/sink_config.h"

namespace shirube {

// INVALID_ARGUMENT: the configuration is not one that may be sent to.
absl::StatusOr<Post> MakePost(const SinkConfig& sink, const std::string& key,
                              std::string body, absl::Time now);

// `host:port` of what is connected to; empty where the URL is not usable.
std::string HostOf(const SinkConfig& sink);

}  // namespace shirube

#endif  // SHIRUBE_SERVER_ALERTING_DELIVERY_POST_H_
