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
  // 127.0.0.1:8471. Whatever is not on this machine is spoken to by TLS only.
  std::optional<std::string> server;
  // PEM file of the authorities that may vouch for the server; naming it asks
  // for TLS on this machine, too. Environment: SHIRUBE_TLS_CA. Default: what
  // the machine trusts.
  std::optional<std::string> tls_ca;
  // PEM files of the caller's own certificate, with its chain, and key; both or
  // neither, and both from the same place. Read again when they change.
  // Environment: SHIRUBE_TLS_CERT, SHIRUBE_TLS_KEY.
  std::optional<std::string> tls_cert, tls_key;
  // File that holds a token and nothing else, read again when it changes; no
  // option takes the token itself. Environment: SHIRUBE_TOKEN_FILE.
  std::optional<std::string> token_file;
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
// every field is set afterwards; of a file, "" stands for none.
Options Resolve(const Options& call, const Options& client);

// What the variables SHIRUBE_… say, and nothing else.
Options FromEnvironment();

// `options`, and what it leaves open from `fallback`; a certificate and its key
// are one thing.
Options Merge(const Options& options, const Options& fallback);

// On this machine: a unix socket, or an address or name of the loopback.
bool IsLocal(const std::string& server);
// Whether the server of `options`, which is resolved, is spoken to by TLS:
// wherever it is not on this machine, and where tls_ca or tls_cert is given.
bool WantsTls(const Options& options);

}  // namespace shirube::client

#endif  // SHIRUBE_CLIENT_LIB_OPTIONS_H_
