#include "server/evaluation/preview_pace.h"

#include <algorithm>

namespace shirube {
namespace {

constexpr size_t kFirstRows = 256;
constexpr size_t kFewestRows = 32;
// Longer than this nobody else should wait for a question to be answered.
constexpr absl::Duration kLongQuestion = absl::Milliseconds(20);
// Longer than this a batch should not take, with and without writers.
constexpr absl::Duration kLongBatchBusy = absl::Milliseconds(20);
constexpr absl::Duration kLongBatch = absl::Milliseconds(200);
// Writers are there as long as they wrote within this.
constexpr absl::Duration kWriting = absl::Milliseconds(250);
// While they are: for each share of work so many of rest.
constexpr int kRests = 15;

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

PreviewPace::PreviewPace(size_t most_rows)
    : most_rows_(most_rows), rows_(std::min(most_rows, kFirstRows)) {}

bool PreviewPace::IsBusy(absl::Time now, Revision applied) {
  if (asked_ && applied > applied_) last_write_ = now;
  asked_ = true;
  applied_ = applied;
  busy_ = now - last_write_ <= kWriting;
  return busy_;
}

absl::Duration PreviewPace::Note(absl::Duration work, absl::Duration asking,
                                 size_t questions) {
  const absl::Duration question =
      asking / static_cast<int64_t>(std::max<size_t>(questions, 1));
  const absl::Duration most = busy_ ? kLongBatchBusy : kLongBatch;
  if (work > most || question > kLongQuestion) {
    rows_ = std::max(rows_ / 2, std::min(kFewestRows, most_rows_));
  } else if (work < most / 3 && question < kLongQuestion / 3) {
    rows_ = std::min(rows_ * 2, most_rows_);
  }
  return busy_ ? work * kRests : absl::ZeroDuration();
}

}  // namespace shirube
