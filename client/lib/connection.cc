#include "client/lib/connection.h"

#include <algorithm>
#include <random>
#include <string_view>

#include "absl/time/clock.h"

namespace shirube::client {
namespace {

constexpr absl::Duration kFirstPause = absl::Milliseconds(50);
constexpr absl::Duration kLongestPause = absl::Seconds(2);

std::mt19937_64& Random() {
  thread_local std::mt19937_64 random{std::random_device{}()};
  return random;
}

// Between half and the whole of a pause that doubles with every try.
absl::Duration Pause(int attempt) {
  absl::Duration whole =
      std::min(kLongestPause, kFirstPause * (1 << std::min(attempt, 10)));
  return whole * std::uniform_real_distribution<>(0.5, 1.0)(Random());
}

// Calls `attempt` until it succeeds, fails with something else than
// UNAVAILABLE, or has begun to answer.
template <typename Attempt>
absl::Status Retrying(const Options& options, const Attempt& attempt) {
  const absl::Time deadline = absl::Now() + *options.timeout;
  bool begun = false;
  for (int tries = 0;; ++tries) {
    Options left = options;
    left.timeout = deadline - absl::Now();
    absl::Status status = attempt(left, &begun);
    if (!absl::IsUnavailable(status) || begun || tries >= *options.retries) {
      return status;
    }
    absl::Duration pause = Pause(tries);
    if (absl::Now() + pause >= deadline) return status;
    absl::SleepFor(pause);
  }
}

}  // namespace

absl::Status CallWithRetries(Connection& connection, const std::string& method,
                             const google::protobuf::Message& request,
                             google::protobuf::Message* response,
                             const Options& options) {
  return Retrying(options, [&](const Options& left, bool*) {
    return connection.Call(method, request, response, left);
  });
}

absl::StatusOr<std::unique_ptr<Exchange>> Connection::Open(const std::string&,
                                                           const Options&) {
  return absl::UnimplementedError("this connection has no calls both ways");
}

absl::Status Connection::Stream(const std::string& method,
                                const google::protobuf::Message&,
                                google::protobuf::Message*,
                                const std::function<bool()>&, const Options&) {
  return absl::UnimplementedError("this connection does not stream (" + method +
                                  ")");
}

absl::Status StreamWithRetries(Connection& connection,
                               const std::string& method,
                               const google::protobuf::Message& request,
                               google::protobuf::Message* message,
                               const std::function<bool()>& take,
                               const Options& options) {
  return Retrying(options, [&](const Options& left, bool* begun) {
    const auto taking = [&take, begun] {
      *begun = true;
      return take();
    };
    return connection.Stream(method, request, message, taking, left);
  });
}

std::string NewRequestId() {
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::string id(32, '0');
  for (char& c : id) c = kDigits[Random()() % kDigits.size()];
  return id;
}

}  // namespace shirube::client
