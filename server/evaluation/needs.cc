// The way that is left: the next periods, and what each of them must bring.
#include "server/evaluation/derivation.h"
#include "server/evaluation/numbers.h"

namespace shirube {
namespace {

constexpr int kMostNeeds = 100;

std::optional<Period> Ok(absl::StatusOr<Period> period) {
  if (!period.ok()) return std::nullopt;
  return *std::move(period);
}

bool IsBetter(const Ratio& value, const Ratio& than, bool down) {
  return down ? value < than : value > than;
}

// `value` at `scale`, rounded away from what would not suffice.
std::optional<Decimal> SafeSide(const Ratio& value, int scale, bool down) {
  absl::int128 power = 1;
  for (int i = 0; i < scale; ++i) power *= 10;
  const absl::int128 scaled = value.numerator() * power;
  absl::int128 units = scaled / value.denominator();
  const absl::int128 rest = scaled % value.denominator();
  if (rest > 0 && !down) ++units;
  if (rest < 0 && down) --units;
  const absl::StatusOr<Decimal> made =
      Decimal::Make(static_cast<int64_t>(units), scale);
  if (!made.ok()) return std::nullopt;
  return Trimmed(made->units(), made->scale());
}

// The target that has to be reached: the nearer edge of a band, one step beyond
// a bound that excludes itself.
Ratio Goal(const Derivation& d, Operator op) {
  const Ratio target = ToRatio(d.target->value);
  const Ratio step = ToRatio(*Decimal::Make(1, d.scale));
  if (d.kind == IndicatorKind::kBand && d.target_upper) {
    const Ratio upper = ToRatio(d.target_upper->value);
    return ToRatio(d.actual->value) > upper ? upper : target;
  }
  if (op == Operator::kBelow) return target - step;
  if (op == Operator::kAbove) return target + step;
  return target;
}

std::vector<Period> PeriodsBetween(const Period& actual, const Period& target) {
  std::vector<Period> periods;
  const bool calendar = target.is_calendar_year();
  int year = actual.index12() / 12 + 1;
  for (; static_cast<int>(periods.size()) < kMostNeeds; ++year) {
    if (12 * year >= target.index12()) break;
    const auto period =
        Ok(calendar ? Period::CalendarYear(year) : Period::FiscalYear(year));
    if (!period) break;
    periods.push_back(*period);
  }
  periods.push_back(target);
  return periods;
}

}  // namespace

std::optional<Period> YearBefore(const Period& start) {
  const int year = start.index12() / 12 - 1;
  if (start.is_calendar_year()) return Ok(Period::CalendarYear(year));
  return Ok(Period::FiscalYear(start.fiscal_year() - 1));
}

std::optional<Period> PeriodAfter(const Period& period) {
  const int year = period.year();
  switch (period.kind()) {
    case PeriodKind::kFiscalYear:
      return Ok(Period::FiscalYear(year + 1));
    case PeriodKind::kCalendarYear:
      return Ok(Period::CalendarYear(year + 1));
    case PeriodKind::kFiscalQuarter:
      return period.quarter() == 4
                 ? Ok(Period::FiscalQuarter(year + 1, 1))
                 : Ok(Period::FiscalQuarter(year, period.quarter() + 1));
    case PeriodKind::kMonth:
      return period.month() == 12 ? Ok(Period::Month(year + 1, 1))
                                  : Ok(Period::Month(year, period.month() + 1));
    case PeriodKind::kDate:
      break;
  }
  // 29 February has no day a year later.
  const int day = period.month() == 2 && period.day() == 29 ? 28 : period.day();
  return Ok(Period::Date(year + 1, period.month(), day));
}

std::vector<Need> NeedsOf(const Derivation& d, Operator op) {
  std::vector<Need> needs;
  if (!d.actual || !d.actual->period || !d.target || !d.target->period) {
    return needs;
  }
  const int32_t from = d.actual->period->index12();
  const int32_t to = d.target->period->index12();
  if (d.met || to <= from) return needs;
  const Ratio actual = ToRatio(d.actual->value);
  const Ratio goal = Goal(d, op);
  const bool down = IsBetter(goal, actual, /*down=*/true);
  Ratio before = actual;
  for (const Period& period :
       PeriodsBetween(*d.actual->period, *d.target->period)) {
    const Ratio value =
        actual + (goal - actual) * Ratio(period.index12() - from, to - from);
    const auto rounded = SafeSide(value, d.scale, down);
    if (!rounded) break;
    needs.push_back({period, *rounded, value - before});
    before = value;
  }
  return needs;
}

}  // namespace shirube
