// How a client talks to the server. Each setting is taken from the call, then
// the client, then the environment, then the default.
#ifndef SHIRUBE_CLIENT_LIB_OPTIONS_H_
#define SHIRUBE_CLIENT_LIB_OPTIONS_H_

#include <optional>
#include <string>

#include "absl/time/time.h"

namespace shirube::client {

struct Options {
  // "host:port" or "unix:/path". Environment: SHIRUBE_SERVER. Default:
  // 127.0.0.1:8471.
  std::optional<std::string> server;
  // For one call with all its retries. Default: 30 s.
  std::optional<absl::Duration> timeout;
  // Who makes the change, recorded as claimed. Environment: SHIRUBE_ACTOR.
  // Default: the name of the user running the program, where there is one.
  std::optional<std::string> actor;
  // Of error texts: "ja" or "en". Environment: SHIRUBE_LANGUAGE, then LC_ALL,
  // LC_MESSAGES, LANG. Default: en.
  std::optional<std::string> language;
  // Tries after the first one, for calls that may be repeated. Default: 4.
  std::optional<int> retries;
};

// `call`, and what it leaves open from `client`, the environment, the default:
// every field is set afterwards.
Options Resolve(const Options& call, const Options& client);

}  // namespace shirube::client

#endif  // SHIRUBE_CLIENT_LIB_OPTIONS_H_
