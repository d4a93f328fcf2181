#include "server/evaluation/today.h"

#include "absl/time/civil_time.h"
#include "server/base/japan.h"

namespace shirube {

int32_t MonthIndexOf(absl::Time now) {
  const absl::CivilMonth month = absl::ToCivilMonth(now, JapanTime());
  const auto year = static_cast<int32_t>(month.year());
  // Fiscal years start in April, and the k-th month of FYy has 12(y-1)+k.
  const int32_t fiscal_year = month.month() >= 4 ? year : year - 1;
  return 12 * (fiscal_year - 1) + (month.month() + 8) % 12 + 1;
}

absl::Time NextMonthAfter(absl::Time now) {
  return absl::FromCivil(absl::ToCivilMonth(now, JapanTime()) + 1, JapanTime());
}

}  // namespace shirube
