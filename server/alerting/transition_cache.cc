#include "server/alerting/transition_cache.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "server/base/status_macros.h"

namespace shirube {

TransitionCache::Page* TransitionCache::Find(int64_t first) {
  const auto found =
      std::find_if(pages_.begin(), pages_.end(),
                   [&](const Page& page) { return page.first == first; });
  if (found != pages_.end()) {
    pages_.splice(pages_.begin(), pages_, found);
  } else {
    if (pages_.size() == kPages) pages_.pop_back();
    pages_.push_front(Page{first, {}});
  }
  return &pages_.front();
}

absl::StatusOr<std::vector<TransitionRef>> TransitionCache::After(
    int64_t after) {
  const int64_t first = after / kPageRows * kPageRows + 1;
  std::lock_guard lock(mutex_);
  Page* const page = Find(first);
  const auto last = [&] {
    return page->rows.empty() ? first - 1 : page->rows.back()->position;
  };
  std::vector<TransitionRef> beyond;  // of this page, before the log's start
  // What is asked for may have been appended since the page was read.
  if (last() <= after) {
    SHIRUBE_ASSIGN_OR_RETURN(const auto reader, store_->Snapshot());
    SHIRUBE_ASSIGN_OR_RETURN(
        std::vector<AlertTransition> read,
        reader->ListTransitions(
            last(), static_cast<int>(kPageRows - page->rows.size())));
    for (AlertTransition& one : read) {
      const bool here = one.position < first + kPageRows;
      (here ? page->rows : beyond)
          .push_back(std::make_shared<const AlertTransition>(std::move(one)));
    }
  }
  const auto begin = std::find_if(
      page->rows.begin(), page->rows.end(),
      [after](const TransitionRef& row) { return row->position > after; });
  if (begin == page->rows.end()) return beyond;
  return std::vector<TransitionRef>(begin, page->rows.end());
}

absl::StatusOr<TransitionRef> TransitionCache::At(int64_t position) {
  {
    std::lock_guard lock(mutex_);
    const Page* const page = Find((position - 1) / kPageRows * kPageRows + 1);
    // Where the log begins within the page, its rows are not numbered through.
    const auto found =
        std::lower_bound(page->rows.begin(), page->rows.end(), position,
                         [](const TransitionRef& row, int64_t at) {
                           return row->position < at;
                         });
    if (found != page->rows.end() && (*found)->position == position) {
      return *found;
    }
  }
  SHIRUBE_ASSIGN_OR_RETURN(const auto rows, After(position - 1));
  if (rows.empty() || rows.front()->position != position) {
    return absl::NotFoundError(
        absl::StrCat("the log of alerts has nothing at ", position));
  }
  return rows.front();
}

}  // namespace shirube
