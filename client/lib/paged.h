// All rows of a list method, page by page, as a range:
//   for (absl::StatusOr<v1::Verdict>& verdict : client.ListVerdicts(request)) …
// The first error ends the range. One pass, one thread.
#ifndef SHIRUBE_CLIENT_LIB_PAGED_H_
#define SHIRUBE_CLIENT_LIB_PAGED_H_

#include <cstddef>
#include <functional>
#include <iterator>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"

namespace shirube::client {

template <typename T>
class Paged {
 public:
  struct Page {
    std::vector<T> rows;
    std::string next_page_token;  // empty on the last page
  };
  using Fetch =
      std::function<absl::StatusOr<Page>(const std::string& page_token)>;

  explicit Paged(Fetch fetch) : fetch_(std::move(fetch)) {}

  class Iterator {
   public:
    using value_type = absl::StatusOr<T>;
    using difference_type = std::ptrdiff_t;

    explicit Iterator(Paged* paged) : paged_(paged) {}
    value_type& operator*() const { return paged_->current_; }
    value_type* operator->() const { return &paged_->current_; }
    Iterator& operator++() {
      paged_->Advance();
      return *this;
    }
    void operator++(int) { ++*this; }
    bool operator==(std::default_sentinel_t) const { return paged_->end_; }

   private:
    Paged* paged_;
  };

  Iterator begin() {
    Advance();
    return Iterator(this);
  }
  std::default_sentinel_t end() const { return {}; }

  // All rows, or the first error.
  absl::StatusOr<std::vector<T>> All() {
    std::vector<T> rows;
    for (absl::StatusOr<T>& row : *this) {
      if (!row.ok()) return row.status();
      rows.push_back(*std::move(row));
    }
    return rows;
  }

 private:
  void Advance() {
    while (!failed_ && position_ == page_.rows.size() && !last_page_) {
      absl::StatusOr<Page> page = fetch_(page_.next_page_token);
      if (!page.ok()) {
        failed_ = true;
        current_ = page.status();
        return;
      }
      page_ = *std::move(page);
      position_ = 0;
      last_page_ = page_.next_page_token.empty();
    }
    if (failed_ || position_ == page_.rows.size()) {
      end_ = true;
    } else {
      current_ = std::move(page_.rows[position_++]);
    }
  }

  Fetch fetch_;
  Page page_;
  size_t position_ = 0;
  bool last_page_ = false, failed_ = false, end_ = false;
  absl::StatusOr<T> current_ = absl::UnknownError("begin() was not called");
};

}  // namespace shirube::client

#endif  // SHIRUBE_CLIENT_LIB_PAGED_H_
