#include "server/alerting/name_resolver.h"

#include <netdb.h>

#include <chrono>
#include <condition_variable>
#include <cstring>
#include <mutex>
#include <optional>
#include <thread>
#include <utility>

#include "absl/strings/str_cat.h"

namespace shirube {
namespace {

absl::Status TookTooLong(absl::Duration patience) {
  return absl::DeadlineExceededError(
      absl::StrCat("no answer within ", absl::FormatDuration(patience)));
}

}  // namespace

struct NameResolver::Shared {
  explicit Shared(Options from) : options(std::move(from)) {}

  const Options options;
  std::mutex mutex;
  std::condition_variable changed;
  int running = 0;
};

NameResolver::NameResolver(Options options)
    : shared_(std::make_shared<Shared>(std::move(options))) {}

absl::StatusOr<Addresses> NameResolver::Resolve(const std::string& host) {
  const std::shared_ptr<Shared> shared = shared_;
  const Options& options = shared->options;
  const auto until = std::chrono::steady_clock::now() +
                     absl::ToChronoMilliseconds(options.patience);
  auto answer = std::make_shared<std::optional<absl::StatusOr<Addresses>>>();
  std::unique_lock<std::mutex> lock(shared->mutex);
  if (!shared->changed.wait_until(
          lock, until, [&] { return shared->running < options.at_once; })) {
    return TookTooLong(options.patience);
  }
  ++shared->running;
  std::thread([shared, answer, host] {
    absl::StatusOr<Addresses> found = shared->options.lookup(host);
    const std::lock_guard<std::mutex> done(shared->mutex);
    *answer = std::move(found);
    --shared->running;
    shared->changed.notify_all();
  }).detach();
  if (!shared->changed.wait_until(lock, until,
                                  [&] { return answer->has_value(); })) {
    return TookTooLong(options.patience);
  }
  return **std::move(answer);
}

absl::StatusOr<Addresses> NameResolver::AskSystem(const std::string& host) {
  addrinfo hints{};
  hints.ai_socktype = SOCK_STREAM;
  addrinfo* found = nullptr;
  const int error = getaddrinfo(host.c_str(), nullptr, &hints, &found);
  if (error == EAI_NONAME || error == EAI_NODATA) {
    return absl::NotFoundError(gai_strerror(error));
  }
  if (error != 0) return absl::UnavailableError(gai_strerror(error));
  const std::unique_ptr<addrinfo, decltype(&freeaddrinfo)> list(found,
                                                                &freeaddrinfo);
  Addresses addresses;
  for (const addrinfo* one = found; one != nullptr; one = one->ai_next) {
    std::memcpy(&addresses.emplace_back(), one->ai_addr, one->ai_addrlen);
  }
  return addresses;
}

}  // namespace shirube
