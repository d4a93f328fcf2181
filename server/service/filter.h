// The subset of AIP-160 that lists take:
//   status = AT_RISK AND (owner = "財政課" OR NOT marks:STALE)
// Comparisons = != < <= > >= and `:` (has), with a literal or "quoted text" on
// the right; AND, OR (which binds tighter, as in AIP-160), NOT or `-`,
// parentheses. `*` at an end of a text matches anything there, alone it matches
// whatever is not empty. Adjacent comparisons without AND are refused.
#ifndef SHIRUBE_SERVER_SERVICE_FILTER_H_
#define SHIRUBE_SERVER_SERVICE_FILTER_H_

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "server/service/row_fields.h"

namespace shirube {

class Filter {
 public:
  // INVALID_ARGUMENT FILTER_INVALID says where it cannot be read (in
  // characters, from 1), or names the unknown field and those known.
  static absl::StatusOr<Filter> Parse(
      std::string_view text, const std::vector<std::string>& known_fields);

  // An empty filter matches every row.
  bool Matches(const RowReader& row) const;
  bool empty() const { return root_ == nullptr; }

  struct Node;

 private:
  std::shared_ptr<const Node> root_;
};

}  // namespace shirube

#endif  // SHIRUBE_SERVER_SERVICE_FILTER_H_
