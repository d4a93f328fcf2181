// The details of an error, as the server gave them.
#ifndef SHIRUBE_CLIENT_LIB_ERROR_H_
#define SHIRUBE_CLIENT_LIB_ERROR_H_

#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "google/rpc/status.pb.h"

namespace shirube::client {

struct FieldViolation {
  std::string field;
  std::string description;
};

struct Error {
  std::string reason;     // a word of shirube.v1.ErrorReason; empty: none given
  std::string message;    // in English
  std::string localized;  // in the language asked for; empty: none given
  std::vector<FieldViolation> violations;
  std::optional<absl::Duration> retry_after;
};

// What `status` says; reason is empty for an error without details.
Error ErrorOf(const absl::Status& status);

// A status that carries `details` for ErrorOf; what a Connection returns.
absl::Status MakeStatus(const google::rpc::Status& details);

// An error that this library finds itself, with its text in `language`.
absl::Status LocalError(absl::StatusCode code, const std::string& language,
                        const std::string& ja, const std::string& en);

}  // namespace shirube::client

#endif  // SHIRUBE_CLIENT_LIB_ERROR_H_
