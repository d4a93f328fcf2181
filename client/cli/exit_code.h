// What the command's exit codes say to scripts.
#ifndef SHIRUBE_CLIENT_CLI_EXIT_CODE_H_
#define SHIRUBE_CLIENT_CLI_EXIT_CODE_H_

#include <string_view>

#include "absl/status/status.h"

namespace shirube::cli {

enum ExitCode : int {
  kDone = 0,
  kFailed = 1,
  kUsage = 2,
  kNotFound = 3,
  kDenied = 4,
  kConflict = 5,
  kUnavailable = 6,
  kPartlyDone = 7,
  kRefused = 8,  // the input was refused, nothing is stored
  kLagging = 10,
};

// A mistake of the command line: ExitCodeOf gives kUsage.
absl::Status UsageError(std::string_view message);

// The code of a call that ended with `status`.
ExitCode ExitCodeOf(const absl::Status& status);

}  // namespace shirube::cli

#endif  // SHIRUBE_CLIENT_CLI_EXIT_CODE_H_
