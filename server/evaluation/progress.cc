#include "server/evaluation/progress.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "server/domain/violation.h"

namespace shirube {
namespace {

absl::Status NotYet(Revision current, Revision wanted,
                    const std::string& held_up) {
  return MakeError(
      absl::StatusCode::kUnavailable, "NOT_YET_JUDGED",
      absl::StrCat("judged up to revision ", current, ", not yet ", wanted,
                   held_up.empty() ? "" : ": " + held_up, "; try again later"),
      absl::StrCat("判定は版", current, "まで済んでおり、版", wanted,
                   "にはまだ達していません。しばらくしてからもう一度"
                   "お試しください"),
      {{"judged_through", absl::StrCat(current)},
       {"wanted", absl::StrCat(wanted)},
       {"held_up", held_up}});
}

absl::Status Closed() {
  return absl::CancelledError("the evaluator has stopped");
}

}  // namespace

void Progress::SetApplied(Revision revision) {
  const std::lock_guard lock(mutex_);
  applied_ = std::max(applied_, revision);
  moved_.notify_all();
}

void Progress::SetJudged(Revision revision) {
  std::vector<std::function<void(absl::Status)>> done;
  {
    const std::lock_guard lock(mutex_);
    judged_ = std::max(judged_, revision);
    for (auto it = waiters_.begin(); it != waiters_.end();) {
      if (it->second.revision > judged_) {
        ++it;
        continue;
      }
      done.push_back(std::move(it->second.done));
      it = waiters_.erase(it);
    }
    moved_.notify_all();
  }
  for (auto& callback : done) callback(absl::OkStatus());
}

void Progress::SetHeldUp(const std::string& en) {
  const std::lock_guard lock(mutex_);
  held_up_ = en;
}

void Progress::Close() {
  std::map<uint64_t, Waiter> waiters;
  {
    const std::lock_guard lock(mutex_);
    closed_ = true;
    waiters.swap(waiters_);
    moved_.notify_all();
  }
  for (auto& [token, waiter] : waiters) waiter.done(Closed());
}

Revision Progress::applied() const {
  const std::lock_guard lock(mutex_);
  return applied_;
}

Revision Progress::judged() const {
  const std::lock_guard lock(mutex_);
  return judged_;
}

absl::Status Progress::Wait(const Revision& current, Revision revision,
                            absl::Time deadline) {
  std::unique_lock lock(mutex_);
  while (current < revision && !closed_) {
    const absl::Time now = absl::Now();
    if (now >= deadline) return NotYet(current, revision, held_up_);
    // Far deadlines do not fit every clock; an hour is waited at a time.
    const absl::Duration left = std::min(deadline - now, absl::Hours(1));
    moved_.wait_for(lock, absl::ToChronoMicroseconds(left));
  }
  return current < revision ? Closed() : absl::OkStatus();
}

absl::Status Progress::WaitApplied(Revision revision, absl::Time deadline) {
  return Wait(applied_, revision, deadline);
}

absl::Status Progress::WaitJudged(Revision revision, absl::Time deadline) {
  return Wait(judged_, revision, deadline);
}

uint64_t Progress::Notify(Revision revision,
                          std::function<void(absl::Status)> done) {
  absl::Status now = absl::OkStatus();
  uint64_t token = 0;
  {
    const std::lock_guard lock(mutex_);
    token = ++last_token_;
    if (judged_ < revision && !closed_) {
      waiters_[token] = {revision, std::move(done)};
      return token;
    }
    if (judged_ < revision) now = Closed();
  }
  done(std::move(now));
  return token;
}

void Progress::Cancel(uint64_t token) {
  const std::lock_guard lock(mutex_);
  waiters_.erase(token);
}

}  // namespace shirube
