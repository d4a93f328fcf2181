// How fast a preview goes. With nobody writing, as fast as it can; while data
// is being written and judged it takes small bites and long rests, so that the
// writers hardly notice. Of one thread, but for Stop.
#ifndef SHIRUBE_SERVER_EVALUATION_PREVIEW_PACE_H_
#define SHIRUBE_SERVER_EVALUATION_PREVIEW_PACE_H_

#include <condition_variable>
#include <cstddef>
#include <mutex>

#include "absl/time/time.h"
#include "server/domain/ids.h"

namespace shirube {

// Ends the rests of all previews of an evaluator; any thread.
class PreviewStop {
 public:
  void Stop();
  bool stopped() const;
  // True when it was stopped.
  bool WaitFor(absl::Duration duration) const;

 private:
  mutable std::mutex mutex_;
  mutable std::condition_variable came_;
  bool stopped_ = false;
};

class PreviewPace {
 public:
  explicit PreviewPace(size_t most_rows)
      : most_rows_(most_rows), rows_(most_rows) {}

  // How many rows to judge next.
  size_t rows() const { return rows_; }
  // That judging them took `busy` for so many questions, one after the other.
  void NoteTurns(absl::Duration busy, size_t turns);
  // Whether data is being written, `applied` being the last revision that is in
  // the table.
  bool IsBusy(absl::Time now, Revision applied);
  // How long to rest after so much work where it is.
  absl::Duration RestAfter(absl::Duration busy) const;

 private:
  const size_t most_rows_;
  size_t rows_;
  Revision applied_ = -1;
  absl::Time last_write_ = absl::InfinitePast();
};

}  // namespace shirube

#endif  // SHIRUBE_SERVER_EVALUATION_PREVIEW_PACE_H_
