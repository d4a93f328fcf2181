// Days, months and fiscal years are meant in Japan, wherever the machine is.
#ifndef SHIRUBE_SERVER_BASE_JAPAN_H_
#define SHIRUBE_SERVER_BASE_JAPAN_H_

#include "absl/time/civil_time.h"
#include "absl/time/time.h"

namespace shirube {

// Nine hours ahead of UTC, without summer time.
inline absl::TimeZone JapanTime() { return absl::FixedTimeZone(9 * 60 * 60); }

inline absl::CivilDay DayInJapan(absl::Time time) {
  return absl::ToCivilDay(time, JapanTime());
}

}  // namespace shirube

#endif  // SHIRUBE_SERVER_BASE_JAPAN_H_
