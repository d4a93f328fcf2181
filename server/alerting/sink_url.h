// The URL of a sink, checked when a subscription is written and again before
// each request. http and https only; no user name or password in it; plain http
// only with `allow_private`, which loopback needs as well, since there the
// receiver is on the same host or in the same network. Where a proxy is
// configured it resolves the names, so that of the target only an address
// written out is judged. ParseSinkUrl is pure.
#ifndef SHIRUBE_SERVER_ALERTING_SINK_URL_H_
#define SHIRUBE_SERVER_ALERTING_SINK_URL_H_

#include <string>

#include "absl/status/statusor.h"
#include "server/alerting/name_resolver.h"

namespace shirube {

struct SinkUrl {
  std::string url;   // normalised
  std::string host;  // "example.jp:443": what concurrency is counted by
};

// INVALID_ARGUMENT says what is wrong and what to write instead, in both
// languages.
absl::StatusOr<SinkUrl> ParseSinkUrl(const std::string& text,
                                     bool allow_private);

// Resolves its name as well, which may take as long as `resolver` has patience:
// for whoever writes a subscription. INVALID_ARGUMENT.
absl::Status CheckSinkReachable(const std::string& text, bool allow_private,
                                NameResolver* resolver);

// INVALID_ARGUMENT unless `pem` holds certificates, all of which can be read: a
// request would find out only when it is made. Pure.
absl::Status CheckCaPem(const std::string& pem);

}  // namespace shirube

#endif  // SHIRUBE_SERVER_ALERTING_SINK_URL_H_
