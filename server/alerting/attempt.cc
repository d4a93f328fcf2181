#include "server/alerting/attempt.h"

#include "absl/strings/str_cat.h"

namespace shirube {

AttemptEnd Judge(const HttpReply& answer) {
  if (answer.way != WayEnd::kAnswered) return AttemptEnd::kRetry;
  if (answer.status >= 200 && answer.status < 300) {
    return AttemptEnd::kDelivered;
  }
  switch (answer.status) {
    case 400:
    case 413:
    case 415:
    case 422:
      return AttemptEnd::kDead;
    case 410:
      return AttemptEnd::kPause;
    default:
      return AttemptEnd::kRetry;
  }
}

std::string ErrorText(const HttpReply& answer) {
  switch (answer.way) {
    case WayEnd::kResolveFailed:
      return "RESOLVE_FAILED";
    case WayEnd::kConnectFailed:
      return "CONNECT_FAILED";
    case WayEnd::kAddressRefused:
      return "ADDRESS_REFUSED";
    case WayEnd::kTlsFailed:
      return "TLS_FAILED";
    case WayEnd::kTimedOut:
      return "TIMED_OUT";
    case WayEnd::kBroken:
      return "ANSWER_BROKEN";
    case WayEnd::kAnswered:
      break;
  }
  if (Judge(answer) == AttemptEnd::kDelivered) return "";
  return absl::StrCat("HTTP ", answer.status);
}

}  // namespace shirube
