#include "server/alerting/retry_after.h"

#include <curl/curl.h>

#include <algorithm>

#include "absl/strings/ascii.h"
#include "server/alerting/backoff.h"

namespace shirube {
namespace {

bool AllDigits(const std::string& text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) {
    return absl::ascii_isdigit(static_cast<unsigned char>(c));
  });
}

absl::Duration Bounded(absl::Duration wait) {
  return std::clamp(wait, absl::ZeroDuration(), kLongestBackoff);
}

}  // namespace

std::optional<absl::Duration> ParseRetryAfter(const std::string& text,
                                              absl::Time now) {
  const std::string bare(absl::StripAsciiWhitespace(text));
  if (AllDigits(bare)) {
    // More digits than a number holds are more than an hour anyway.
    if (bare.size() > 9) return kLongestBackoff;
    return Bounded(absl::Seconds(std::stol(bare)));
  }
  // curl reads more than HTTP allows ("12:00"); a date begins with its weekday.
  if (bare.find(',') == std::string::npos && bare.size() != 24) {
    return std::nullopt;
  }
  const time_t date = curl_getdate(bare.c_str(), nullptr);
  if (date < 0) return std::nullopt;
  return Bounded(absl::FromTimeT(date) - now);
}

}  // namespace shirube
