// From observations to the finished points a rule judges: one an index, amounts
// summed, cumulative ones to date. Pure; called by whatever fills the columns
// and by whatever explains them, so that both see the same.
#ifndef SHIRUBE_SERVER_DOMAIN_POINTS_H_
#define SHIRUBE_SERVER_DOMAIN_POINTS_H_

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "server/domain/indicator.h"
#include "server/domain/observation.h"
#include "server/domain/period.h"

namespace shirube {

// A printed value in the indicator's unit.
struct Figure {
  enum class Kind : uint8_t {
    kNone,       // nothing printed
    kNumber,     // `units`
    kUnread,     // text, or too large to be held
    kOtherUnit,  // no power of ten of the indicator's unit
  };
  Kind kind = Kind::kNone;
  int64_t units = 0;  // of 10^-scale; of a kNumber
  friend bool operator==(const Figure&, const Figure&) = default;
};

// The unit of the indicator: its own, else the one that its latest target or
// baseline is printed with.
std::string_view UnitOf(const Indicator& indicator);

// `value` in `unit` at `scale` (of ScaleOf).
Figure FigureOf(const Value& value, std::string_view unit, int scale);

struct Point {
  enum class Kind : uint8_t {
    kNumber,
    kUnread,     // AMBIGUOUS when judged
    kOtherUnit,  // UNIT_MISMATCH when judged
    kGap,  // cumulative: a period before it is missing; NO_DATA when judged
  };
  Period period;
  Basis basis = Basis::kNone;  // kPeriod: a sum of such
  bool assumed_to_date = false;
  ObservationState state = ObservationState::kFinal;  // of a sum: the weakest
  Kind kind = Kind::kNumber;
  int64_t units = 0;  // of a kNumber, of 10^-scale
  friend bool operator==(const Point&, const Point&) = default;
};

// The points by index, one an index: of two observations with one index the
// longer period counts (of a year 年度 before 年, of dates the later). What is
// NOT_AVAILABLE is skipped.
//
// An AMOUNT has points only for whole periods of the length of `target_period`
// (none, or a date: a year); months and quarters are summed when complete, a
// value printed for the whole period goes before the sum. A CUMULATIVE has its
// TO_DATE values, and where there is none the sum of the PERIOD ones from
// `window_start`, which may end in a quarter or a month.
std::vector<Point> FinishedPoints(const Indicator& indicator,
                                  const std::vector<Observation>& observations,
                                  std::optional<Period> target_period,
                                  int scale);

}  // namespace shirube

#endif  // SHIRUBE_SERVER_DOMAIN_POINTS_H_
