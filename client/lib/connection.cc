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

}  // namespace

absl::Status CallWithRetries(Connection& connection, const std::string& method,
                             const google::protobuf::Message& request,
                             google::protobuf::Message* response,
                             const Options& options) {
  const absl::Time deadline = absl::Now() + *options.timeout;
  for (int attempt = 0;; ++attempt) {
    Options left = options;
    left.timeout = deadline - absl::Now();
    absl::Status status = connection.Call(method, request, response, left);
    if (!absl::IsUnavailable(status) || attempt >= *options.retries) {
      return status;
    }
    absl::Duration pause = Pause(attempt);
    if (absl::Now() + pause >= deadline) return status;
    absl::SleepFor(pause);
  }
}

std::string NewRequestId() {
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::string id(32, '0');
  for (char& c : id) c = kDigits[Random()() % kDigits.size()];
  return id;
}

}  // namespace shirube::client
