// The month it is, in Japan: what a rule module that requires "today" is told,
// and when the next one begins. Pure.
#ifndef SHIRUBE_SERVER_EVALUATION_TODAY_H_
#define SHIRUBE_SERVER_EVALUATION_TODAY_H_

#include <cstdint>

#include "absl/time/time.h"

namespace shirube {

// As Period::index12 of that month.
int32_t MonthIndexOf(absl::Time now);

absl::Time NextMonthAfter(absl::Time now);

}  // namespace shirube

#endif  // SHIRUBE_SERVER_EVALUATION_TODAY_H_
