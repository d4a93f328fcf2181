// What became of one attempt to deliver. Pure.
#ifndef SHIRUBE_SERVER_ALERTING_ATTEMPT_H_
#define SHIRUBE_SERVER_ALERTING_ATTEMPT_H_

#include <string>

namespace shirube {

// How the exchange ended, as far as the way to the receiver goes.
enum class WayEnd {
  kAnswered,
  kResolveFailed,
  kConnectFailed,
  kAddressRefused,
  kTlsFailed,
  kTimedOut,
  kBroken,  // the connection ended before the answer did
};

struct HttpReply {
  WayEnd way = WayEnd::kBroken;
  int status = 0;           // 0: no status line arrived
  std::string retry_after;  // as the receiver wrote it
  std::string text;         // the first bytes of its answer's body
};

enum class AttemptEnd {
  kDelivered,
  kRetry,
  // The receiver will never take this body.
  kDead,
  // The receiver is gone for good.
  kPause,
};

AttemptEnd Judge(const HttpReply& answer);

// `HTTP 503`, `TLS_FAILED` …; empty where it was delivered.
std::string ErrorText(const HttpReply& answer);

}  // namespace shirube

#endif  // SHIRUBE_SERVER_ALERTING_ATTEMPT_H_
