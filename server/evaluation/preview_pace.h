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
  explicit PreviewPace(size_t most_rows);

  // How many rows to judge next: few at first, so that the first answer comes
  // soon.
  size_t rows() const { return rows_; }
  // Whether data is being written, `applied` being the last revision that is in
  // the table. To be asked once before the first batch.
  bool IsBusy(absl::Time now, Revision applied);
  // That a batch took `work`, `asking` of it for so many questions to modules,
  // one after the other. How long to rest from it.
  absl::Duration Note(absl::Duration work, absl::Duration asking,
                      size_t questions);

 private:
  const size_t most_rows_;
  size_t rows_;
  bool asked_ = false;
  bool busy_ = false;
  Revision applied_ = 0;
  absl::Time last_write_ = absl::InfinitePast();
};

}  // namespace shirube

#endif  // SHIRUBE_SERVER_EVALUATION_PREVIEW_PACE_H_
