// The part of the log that is being read: in pages, a few of them, so that ten
// subscriptions at about the same place read each row once. A row of the log
// never changes. Safe from any thread.
#ifndef SHIRUBE_SERVER_ALERTING_TRANSITION_CACHE_H_
#define SHIRUBE_SERVER_ALERTING_TRANSITION_CACHE_H_

#include <cstdint>
#include <list>
#include <memory>
#include <mutex>
#include <vector>

#include "absl/status/statusor.h"
#include "server/domain/alert.h"
#include "server/storage/store.h"

namespace shirube {

using TransitionRef = std::shared_ptr<const AlertTransition>;

class TransitionCache {
 public:
  explicit TransitionCache(Store* store) : store_(store) {}

  // Some of those beyond `after`, in order; none: it is the end of the log.
  absl::StatusOr<std::vector<TransitionRef>> After(int64_t after);
  // NOT_FOUND where the log does not reach so far, or not so far back.
  absl::StatusOr<TransitionRef> At(int64_t position);

 private:
  static constexpr int64_t kPageRows = 256;
  static constexpr size_t kPages = 8;
  struct Page {
    // Position of rows[0], unless that lay before the start of the log and is
    // gone.
    int64_t first = 0;
    std::vector<TransitionRef> rows;
  };

  Page* Find(int64_t first);

  Store* const store_;
  std::mutex mutex_;
  std::list<Page> pages_;  // the latest used first
};

}  // namespace shirube

#endif  // SHIRUBE_SERVER_ALERTING_TRANSITION_CACHE_H_
