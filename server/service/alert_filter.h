// The filter of a subscription: which alerts somebody is told of.
//   plan = "plans/reform" AND severity = CRITICAL AND NOT kind = FIGURE_OVERDUE
// An initiative stands for everything under it: `initiative = "plans/reform/
// initiatives/p1"`.
#ifndef SHIRUBE_SERVER_SERVICE_ALERT_FILTER_H_
#define SHIRUBE_SERVER_SERVICE_ALERT_FILTER_H_

#include <string_view>
#include <utility>

#include "absl/status/statusor.h"
#include "server/domain/alert.h"
#include "server/service/filter.h"

namespace shirube {

class AlertFilter {
 public:
  // INVALID_ARGUMENT FILTER_INVALID, as of lists. An empty one matches all.
  static absl::StatusOr<AlertFilter> Parse(std::string_view text);
  bool Matches(const Alert& alert) const;

 private:
  explicit AlertFilter(Filter filter) : filter_(std::move(filter)) {}
  Filter filter_;
};

}  // namespace shirube

#endif  // SHIRUBE_SERVER_SERVICE_ALERT_FILTER_H_
