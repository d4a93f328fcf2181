#include "server/evaluation/retries.h"

#include <algorithm>
#include <utility>

namespace shirube {

bool Retries::TakeInto(Clock::time_point now, std::set<IndicatorKey>* due) {
  if (waiting_.empty() || now < next_) return false;
  due->insert(waiting_.begin(), waiting_.end());
  taken_.merge(waiting_);
  waiting_.clear();
  next_ = Clock::time_point::max();
  return std::exchange(module_out_, false);
}

// Whether it failed for the first time since it changed.
bool Retries::NoteFault(const IndicatorKey& key, bool endless) {
  int& tries = tries_[key];
  tries = taken_.erase(key) > 0 ? tries + 1 : 1;
  module_out_ |= endless;
  if (endless || tries <= kMostTries) waiting_.insert(key);
  return tries == 1;
}

void Retries::Note(Clock::time_point now, const std::set<IndicatorKey>& judged,
                   const FaultedRows& faulted) {
  bool is_new = false;
  for (const IndicatorKey& key : judged) {
    const auto fault = faulted.find(key);
    if (fault != faulted.end()) {
      is_new |= NoteFault(key, fault->second);
      continue;
    }
    waiting_.erase(key);
    taken_.erase(key);
    tries_.erase(key);
  }
  if (is_new) delay_ = first_;
  if (waiting_.empty()) {
    next_ = Clock::time_point::max();
  } else if (is_new || next_ == Clock::time_point::max()) {
    next_ = std::min(next_, now + delay_);
    delay_ = std::min(2 * delay_, kLongest);
  }
}

}  // namespace shirube
