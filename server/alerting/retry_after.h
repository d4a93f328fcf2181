// The Retry-After header: seconds, or an HTTP date in any of its three forms.
// Pure.
#ifndef SHIRUBE_SERVER_ALERTING_RETRY_AFTER_H_
#define SHIRUBE_SERVER_ALERTING_RETRY_AFTER_H_

#include <optional>
#include <string>

#include "absl/time/time.h"

namespace shirube {

// From `now`; never negative, at most an hour: a receiver's slip must not
// silence it for a year. Empty where `text` is neither form.
std::optional<absl::Duration> ParseRetryAfter(const std::string& text,
                                              absl::Time now);

}  // namespace shirube

#endif  // SHIRUBE_SERVER_ALERTING_RETRY_AFTER_H_
