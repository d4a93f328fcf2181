#include "bench/alerting/arrivals.h"

#include <utility>

namespace shirube {
namespace {

constexpr std::chrono::seconds kPatience{60};

}  // namespace

Arrivals::Arrivals(std::function<void(const Request&)> look)
    : look_(std::move(look)),
      receiver_([this](const Request& request) { return Take(request); }) {}

Reply Arrivals::Take(const Request& request) {
  const Clock::time_point now = Clock::now();
  if (look_) look_(request);
  const auto key = request.headers.find("webhook-id");
  if (key == request.headers.end()) return Reply{.status = 400};
  const std::lock_guard lock(mutex_);
  if (!came_.emplace(key->second, now).second) ++repeated_;
  last_ = now;
  changed_.notify_all();
  return Reply{};
}

Clock::time_point Arrivals::When(const std::string& key) {
  std::unique_lock lock(mutex_);
  if (!changed_.wait_for(lock, kPatience,
                         [&] { return came_.count(key) != 0; })) {
    Die(key + " did not come");
  }
  return came_.at(key);
}

bool Arrivals::Await(size_t count) {
  std::unique_lock lock(mutex_);
  while (came_.size() < count) {
    const size_t before = came_.size();
    if (!changed_.wait_for(lock, kPatience,
                           [&] { return came_.size() > before; })) {
      return false;
    }
  }
  return true;
}

size_t Arrivals::count() const {
  const std::lock_guard lock(mutex_);
  return came_.size();
}

int Arrivals::repeated() const {
  const std::lock_guard lock(mutex_);
  return repeated_;
}

Clock::time_point Arrivals::last() const {
  const std::lock_guard lock(mutex_);
  return last_;
}

}  // namespace shirube
