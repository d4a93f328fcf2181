// `order_by` of a list: fields, each with an optional `desc`.
#ifndef SHIRUBE_SERVER_SERVICE_ORDER_BY_H_
#define SHIRUBE_SERVER_SERVICE_ORDER_BY_H_

#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "server/service/row_fields.h"

namespace shirube {

class OrderBy {
 public:
  // INVALID_ARGUMENT ORDER_BY_INVALID names what cannot be read, or the unknown
  // field and those known.
  static absl::StatusOr<OrderBy> Parse(
      std::string_view text, const std::vector<std::string>& known_fields);

  bool empty() const { return terms_.empty(); }
  // Whether `a` comes before `b`; empty values come last in either direction.
  bool Before(const RowReader& a, const RowReader& b) const;

 private:
  struct Term {
    std::string field;
    bool descending = false;
  };
  std::vector<Term> terms_;
};

}  // namespace shirube

#endif  // SHIRUBE_SERVER_SERVICE_ORDER_BY_H_
