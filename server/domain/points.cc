#include "server/domain/points.h"

#include <algorithm>
#include <array>
#include <map>

#include "absl/numeric/int128.h"
#include "server/domain/unit.h"

namespace shirube {
namespace {

constexpr int64_t kMaxUnits = 999'999'999'999'999'999;

Point::Kind ToPointKind(Figure::Kind kind) {
  switch (kind) {
    case Figure::Kind::kNumber:
      return Point::Kind::kNumber;
    case Figure::Kind::kOtherUnit:
      return Point::Kind::kOtherUnit;
    default:
      return Point::Kind::kUnread;
  }
}

// A sum of figures, and the weakest state among them.
class Sum {
 public:
  void Add(const Point& part) {
    // A text outweighs another unit: it is judged first.
    if (part.kind == Point::Kind::kUnread) kind_ = Point::Kind::kUnread;
    if (part.kind == Point::Kind::kOtherUnit && kind_ == Point::Kind::kNumber) {
      kind_ = Point::Kind::kOtherUnit;
    }
    total_ += part.units;
    provisional_ |= part.state == ObservationState::kProvisional;
    restated_ |= part.state == ObservationState::kRestated;
  }

  Point ToPoint(const Period& period, Basis basis) const {
    Point point;
    point.period = period;
    point.basis = basis;
    point.state = provisional_ ? ObservationState::kProvisional
                  : restated_  ? ObservationState::kRestated
                               : ObservationState::kFinal;
    const bool fits = total_ <= kMaxUnits && total_ >= -kMaxUnits;
    point.kind = fits ? kind_ : Point::Kind::kUnread;
    if (point.kind == Point::Kind::kNumber) {
      point.units = static_cast<int64_t>(total_);
    }
    return point;
  }

 private:
  absl::int128 total_ = 0;
  Point::Kind kind_ = Point::Kind::kNumber;
  bool provisional_ = false, restated_ = false;
};

// What can be judged at all, by period and then by basis.
std::vector<Point> Readable(const Indicator& indicator,
                            const std::vector<Observation>& observations,
                            int scale) {
  const std::string_view unit = UnitOf(indicator);
  std::vector<Point> points;
  for (const Observation& observation : observations) {
    if (observation.state == ObservationState::kNotAvailable ||
        observation.stamp.deleted()) {
      continue;
    }
    const Figure figure = FigureOf(observation.value, unit, scale);
    if (figure.kind == Figure::Kind::kNone) continue;
    Point point;
    point.period = observation.period;
    point.basis = observation.basis;
    point.assumed_to_date = observation.assumed_to_date;
    point.state = observation.state;
    point.kind = ToPointKind(figure.kind);
    point.units = figure.units;
    points.push_back(point);
  }
  std::sort(points.begin(), points.end(), [](const Point& a, const Point& b) {
    if (auto by = a.period <=> b.period; by != 0) return by < 0;
    return a.basis < b.basis;
  });
  return points;
}

// By index; of one index the last, which is the longest.
std::vector<Point> OneAnIndex(const std::vector<Point>& sorted) {
  std::vector<Point> points;
  for (const Point& point : sorted) {
    if (!points.empty() &&
        points.back().period.index12() == point.period.index12()) {
      points.back() = point;
    } else {
      points.push_back(point);
    }
  }
  return points;
}

// ---- Amounts. ----

using ByPeriod = std::map<Period, Point>;

// The periods that make up `period`; empty of a month.
std::vector<Period> PartsOf(const Period& period) {
  std::vector<Period> parts;
  const int year = period.year();
  const auto add = [&](absl::StatusOr<Period> part) {
    if (part.ok()) parts.push_back(*part);
  };
  switch (period.kind()) {
    case PeriodKind::kFiscalYear:
      for (int k = 1; k <= 4; ++k) add(Period::FiscalQuarter(year, k));
      break;
    case PeriodKind::kCalendarYear:
      add(Period::FiscalQuarter(year - 1, 4));
      for (int k = 1; k <= 3; ++k) add(Period::FiscalQuarter(year, k));
      break;
    case PeriodKind::kFiscalQuarter: {
      const int first = period.quarter() == 4 ? 1 : 1 + 3 * period.quarter();
      for (int m = first; m < first + 3; ++m) {
        add(Period::Month(period.quarter() == 4 ? year + 1 : year, m));
      }
      break;
    }
    case PeriodKind::kMonth:
    case PeriodKind::kDate:
      break;
  }
  // At the edges of the calendar a part may be missing; then none will do.
  const size_t whole = period.kind() == PeriodKind::kFiscalQuarter ? 3 : 4;
  if (parts.size() != whole) parts.clear();
  return parts;
}

// The value printed for `period`, else the sum of its parts when all are there.
std::optional<Point> AmountOf(const Period& period, const ByPeriod& printed) {
  if (auto found = printed.find(period); found != printed.end()) {
    return found->second;
  }
  const std::vector<Period> parts = PartsOf(period);
  if (parts.empty()) return std::nullopt;
  Sum sum;
  for (const Period& part : parts) {
    const std::optional<Point> point = AmountOf(part, printed);
    if (!point) return std::nullopt;
    sum.Add(*point);
  }
  return sum.ToPoint(period, Basis::kNone);
}

// The whole period of `kind` in which `part` lies; none when `part` is longer
// or has no length.
std::optional<Period> WholeAround(const Period& part, PeriodKind kind) {
  absl::StatusOr<Period> whole = absl::NotFoundError("");
  const bool month = part.kind() == PeriodKind::kMonth;
  if (!month && part.kind() != PeriodKind::kFiscalQuarter) return std::nullopt;
  if (kind == PeriodKind::kFiscalYear) {
    whole = Period::FiscalYear(part.fiscal_year());
  } else if (kind == PeriodKind::kCalendarYear) {
    whole = Period::CalendarYear(!month && part.quarter() == 4 ? part.year() + 1
                                                               : part.year());
  } else if (kind == PeriodKind::kFiscalQuarter && month) {
    whole = Period::FiscalQuarter(part.fiscal_year(),
                                  (part.month() + 8) % 12 / 3 + 1);
  }
  if (!whole.ok()) return std::nullopt;
  return *whole;
}

std::vector<Point> AmountPoints(const std::vector<Point>& readable,
                                std::optional<Period> target_period) {
  PeriodKind kind = PeriodKind::kFiscalYear;
  if (target_period && target_period->kind() != PeriodKind::kDate) {
    kind = target_period->kind();
  }
  const bool years =
      kind == PeriodKind::kFiscalYear || kind == PeriodKind::kCalendarYear;
  ByPeriod printed;
  for (const Point& point : readable) printed[point.period] = point;
  ByPeriod whole;
  for (const Point& point : readable) {
    const bool is_year = point.period.length_months() == 12;
    if (years ? is_year : point.period.kind() == kind) {
      whole[point.period] = point;
    } else if (auto around = WholeAround(point.period, kind)) {
      if (auto amount = AmountOf(*around, printed)) whole[*around] = *amount;
    }
  }
  std::vector<Point> sorted;
  for (const auto& [period, point] : whole) sorted.push_back(point);
  return OneAnIndex(sorted);
}

// ---- Sums over a window. ----

// The sums from the window's start to every index that can be reached over
// PERIOD values without a gap. Of two ways to one index the one whose last step
// is longer counts.
std::map<int32_t, Sum> SumsFrom(int32_t start, std::vector<Point> periods) {
  const auto begin = [](const Point& p) {
    return p.period.index12() - p.period.length_months();
  };
  std::map<int32_t, Sum> sums;
  sums[start] = Sum();
  // Later in the total order counts: a fiscal year before a calendar year.
  std::reverse(periods.begin(), periods.end());
  std::stable_sort(
      periods.begin(), periods.end(),
      [&](const Point& a, const Point& b) { return begin(a) < begin(b); });
  for (const Point& point : periods) {
    const auto from = sums.find(begin(point));
    if (point.period.length_months() == 0 || from == sums.end()) continue;
    Sum sum = from->second;
    sum.Add(point);
    sums.try_emplace(point.period.index12(), sum);
  }
  return sums;
}

std::vector<Point> CumulativePoints(const Indicator& indicator,
                                    const std::vector<Point>& readable) {
  std::vector<Point> to_date, periods;
  for (const Point& point : readable) {
    (point.basis == Basis::kPeriod ? periods : to_date).push_back(point);
  }
  std::map<int32_t, Point> by_index;
  std::map<int32_t, Sum> sums;
  const std::optional<Period>& window = indicator.window_start;
  const int32_t start =
      window ? window->index12() - window->length_months() : 0;
  if (window) sums = SumsFrom(start, periods);
  for (const Point& point : periods) {
    const int32_t index = point.period.index12();
    if (window && index <= start) {  // before the window: not due anyway
      by_index[index] = point;
      continue;
    }
    const auto sum = sums.find(index);
    Point gap = point;
    gap.kind = Point::Kind::kGap;
    gap.units = 0;
    by_index[index] = sum == sums.end()
                          ? gap
                          : sum->second.ToPoint(point.period, Basis::kPeriod);
  }
  for (const Point& point : to_date) by_index[point.period.index12()] = point;
  std::vector<Point> points;
  for (const auto& [index, point] : by_index) points.push_back(point);
  return points;
}

}  // namespace

std::string_view UnitOf(const Indicator& indicator) {
  if (!indicator.unit.empty()) return indicator.unit;
  const Target* target = TargetAsOf(indicator, std::nullopt);
  if (target != nullptr && !target->value.unit.empty()) {
    return target->value.unit;
  }
  const Baseline* baseline = BaselineAsOf(indicator, std::nullopt);
  return baseline != nullptr ? std::string_view(baseline->value.unit)
                             : std::string_view();
}

Figure FigureOf(const Value& value, std::string_view unit, int scale) {
  Figure figure;
  if (!value.present()) return figure;
  figure.kind = Figure::Kind::kUnread;
  if (!value.number) return figure;
  const std::optional<int> power = PowerOfTenBetween(value.unit, unit);
  if (!power) {
    figure.kind = Figure::Kind::kOtherUnit;
    return figure;
  }
  absl::int128 units = value.number->units();
  int exponent = scale - value.number->scale() + *power;
  for (; exponent > 0 && units <= kMaxUnits && units >= -kMaxUnits;
       --exponent) {
    if (units == 0) break;
    units *= 10;
  }
  for (; exponent < 0 && units % 10 == 0 && units != 0; ++exponent) units /= 10;
  const bool exact = exponent == 0 || units == 0;
  if (!exact || units > kMaxUnits || units < -kMaxUnits) return figure;
  figure.kind = Figure::Kind::kNumber;
  figure.units = static_cast<int64_t>(units);
  return figure;
}

std::vector<Point> FinishedPoints(const Indicator& indicator,
                                  const std::vector<Observation>& observations,
                                  std::optional<Period> target_period,
                                  int scale) {
  const std::vector<Point> readable = Readable(indicator, observations, scale);
  if (indicator.kind == IndicatorKind::kCumulative) {
    return CumulativePoints(indicator, readable);
  }
  if (indicator.kind == IndicatorKind::kLevel &&
      indicator.quantity == Quantity::kAmount) {
    return AmountPoints(readable, target_period);
  }
  return OneAnIndex(readable);
}

}  // namespace shirube
