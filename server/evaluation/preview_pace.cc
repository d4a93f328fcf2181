#include "server/evaluation/preview_pace.h"

#include <algorithm>

#include "absl/time/clock.h"

namespace shirube {
namespace {

// Longer than this nobody else should wait for a question to be answered, and
// from this on asking costs more than being asked.
constexpr absl::Duration kLongTurn = absl::Milliseconds(20);
constexpr absl::Duration kShortTurn = absl::Milliseconds(5);
constexpr size_t kFewestRows = 64;
// Writers are there as long as they wrote within this.
constexpr absl::Duration kWriting = absl::Milliseconds(200);
// While they are: for each share of work so many of rest.
constexpr int kRests = 19;

}  // namespace

void PreviewStop::Stop() {
  const std::lock_guard lock(mutex_);
  stopped_ = true;
  came_.notify_all();
}

bool PreviewStop::stopped() const {
  const std::lock_guard lock(mutex_);
  return stopped_;
}

bool PreviewStop::WaitFor(absl::Duration duration) const {
  std::unique_lock lock(mutex_);
  return came_.wait_for(lock, absl::ToChronoNanoseconds(duration),
                        [&] { return stopped_; });
}

void PreviewPace::NoteTurns(absl::Duration busy, size_t turns) {
  if (turns == 0) return;
  const absl::Duration turn = busy / static_cast<int64_t>(turns);
  if (turn > kLongTurn) {
    rows_ = std::max(rows_ / 2, std::min(kFewestRows, most_rows_));
  } else if (turn < kShortTurn) {
    rows_ = std::min(rows_ * 2, most_rows_);
  }
}

bool PreviewPace::IsBusy(absl::Time now, Revision applied) {
  if (applied_ >= 0 && applied > applied_) last_write_ = now;
  applied_ = applied;
  return now - last_write_ <= kWriting;
}

absl::Duration PreviewPace::RestAfter(absl::Duration busy) const {
  return busy * kRests;
}

}  // namespace shirube
