// Why no call got through, in words that name the file and the fix: the texts
// of the TLS library are for those who write one.
#ifndef SHIRUBE_CLIENT_LIB_TLS_ERROR_H_
#define SHIRUBE_CLIENT_LIB_TLS_ERROR_H_

#include <string>

#include "absl/status/status.h"
#include "client/lib/options.h"

namespace shirube::client {

// UNAVAILABLE. `what` is what the transport said, `options` is resolved and of
// the connection.
absl::Status Unreachable(const std::string& what, const Options& options,
                         const std::string& language);

}  // namespace shirube::client

#endif  // SHIRUBE_CLIENT_LIB_TLS_ERROR_H_
