#include "server/evaluation/derivation.h"

#include <algorithm>

#include "rules/include/shirube/rule.h"
#include "server/domain/points.h"
#include "server/evaluation/numbers.h"

namespace shirube {
namespace {

bool Has(const RowInput& row, uint16_t bits) {
  return (row.present & bits) == bits;
}

bool HasNumber(const RowPoint& point) {
  return point.point_state <= SHIRUBE_POINT_RESTATED;
}

Ratio InUnit(int64_t units, int scale) {
  return ToRatio(*Decimal::Make(units, scale));
}

const Observation* BehindPoint(const std::vector<Observation>& observations,
                               const RowPoint& point) {
  for (const Observation& observation : observations) {
    if (observation.period == point.period &&
        observation.basis == point.basis &&
        observation.state != ObservationState::kNotAvailable) {
      return &observation;
    }
  }
  return nullptr;
}

TrendPoint ActualPoint(const DerivationInput& input, const RowPoint& point) {
  const Observation* observation = BehindPoint(*input.observations, point);
  TrendPoint result;
  result.role = TrendPoint::Role::kActual;
  result.value = AsPrinted(point.units, input.row->scale,
                           observation ? &observation->value : nullptr);
  result.period = point.period;
  result.state = point.state;
  return result;
}

void AddBaseline(const DerivationInput& input, Derivation* d) {
  const RowInput& row = *input.row;
  TrendPoint point;
  point.role = TrendPoint::Role::kBaseline;
  if (d->kind == IndicatorKind::kCumulative) {
    if (!input.indicator->window_start) return;
    point.period = YearBefore(*input.indicator->window_start);
  } else {
    if (!Has(row, SHIRUBE_HAS_BASELINE) || input.baseline == nullptr) return;
    point.value = AsPrinted(row.baseline, row.scale, &input.baseline->value);
    point.period = input.baseline->period;
  }
  d->baseline = point;
}

void AddTarget(const DerivationInput& input, Derivation* d) {
  const RowInput& row = *input.row;
  if (!Has(row, SHIRUBE_HAS_TARGET) || input.target == nullptr) return;
  TrendPoint point;
  point.role = TrendPoint::Role::kTarget;
  point.value = AsPrinted(row.target, row.scale, &input.target->value);
  if (!input.target->every_year) point.period = input.target->period;
  d->target = point;
  if (d->kind != IndicatorKind::kBand || !input.target->upper) return;
  point.value = AsPrinted(row.target_upper, row.scale, &*input.target->upper);
  d->target_upper = point;
}

void AddPath(const DerivationInput& input, Derivation* d) {
  if (d->baseline) d->path.push_back(*d->baseline);
  for (const RowMilestone& milestone : input.row->milestones) {
    TrendPoint point;
    point.role = TrendPoint::Role::kMilestone;
    point.value = Trimmed(milestone.units, input.row->scale);
    for (const Milestone& given : input.indicator->milestones) {
      if (given.period.index12() != milestone.index) continue;
      point.period = given.period;
      point.value = AsPrinted(milestone.units, input.row->scale, &given.value);
    }
    d->path.push_back(point);
  }
  d->by_milestones = !input.row->milestones.empty();
  if (d->target) d->path.push_back(*d->target);
}

void AddTrend(const DerivationInput& input, Derivation* d) {
  for (const RowPoint& point : input.row->points) {
    if (HasNumber(point)) d->trend.push_back(ActualPoint(input, point));
  }
  if (!input.judged || *input.judged >= input.row->points.size()) return;
  const RowPoint& point = input.row->points[*input.judged];
  if (HasNumber(point)) d->actual = ActualPoint(input, point);
}

bool Met(const DerivationInput& input, Direction direction, int64_t units) {
  const RowInput& row = *input.row;
  if (row.operator_ == SHIRUBE_OP_BELOW) return units < row.target;
  if (row.operator_ == SHIRUBE_OP_ABOVE) return units > row.target;
  if (row.kind != SHIRUBE_KIND_BAND && row.operator_ != SHIRUBE_OP_AT_MOST &&
      direction == Direction::kUnspecified) {
    return false;
  }
  return MissingUnits(row, direction, units) == 0;
}

void AddMissing(const DerivationInput& input, Derivation* d) {
  const RowInput& row = *input.row;
  const bool band = d->kind == IndicatorKind::kBand;
  if (!d->target || (!band && d->direction == Direction::kUnspecified)) return;
  if (d->baseline) {
    const int64_t base =
        d->kind == IndicatorKind::kCumulative ? 0 : row.baseline;
    d->missing_at_baseline =
        InUnit(MissingUnits(row, d->direction, base), row.scale);
  }
  if (!d->actual) return;
  const int64_t actual = row.points[*input.judged].units;
  d->missing_at_actual =
      InUnit(MissingUnits(row, d->direction, actual), row.scale);
  d->met = Met(input, d->direction, actual);
}

void AddFacts(const DerivationInput& input, Derivation* d) {
  for (const ModuleFact& fact : input.facts) {
    // Any module may have a fact of such a name: in another unit it is another
    // thing.
    const auto set = [&](std::string_view name, std::string_view other,
                         std::optional<Ratio>* to) {
      if (fact.fact.name != name || fact.unit == other) return;
      if (!to->has_value()) *to = fact.fact.value;
    };
    set("expected", "ratio", &d->expected);
    set("progress", "unit", &d->progress);
    set("expected_share", "unit", &d->expected_share);
    set("pace_ratio", "unit", &d->pace_ratio);
    set("time_share", "unit", &d->time_share);
  }
  if (!d->expected || !d->actual) return;
  // Positive is better: of a band what is missing less than expected.
  if (d->kind == IndicatorKind::kBand) {
    if (d->missing_at_baseline && d->missing_at_actual && d->expected_share) {
      d->gap = *d->missing_at_baseline * (Ratio(1, 1) - *d->expected_share) -
               *d->missing_at_actual;
    }
    return;
  }
  const Ratio actual = ToRatio(d->actual->value);
  d->gap = d->direction == Direction::kDown ? *d->expected - actual
                                            : actual - *d->expected;
}

}  // namespace

Decimal Trimmed(int64_t units, int scale) {
  while (scale > 0 && units % 10 == 0) {
    units /= 10;
    --scale;
  }
  const absl::StatusOr<Decimal> value = Decimal::Make(units, scale);
  return value.ok() ? *value : Decimal();
}

Decimal AsPrinted(int64_t units, int scale, const Value* given) {
  const Decimal held = Trimmed(units, scale);
  if (given != nullptr && given->number && *given->number == held) {
    return *given->number;
  }
  return held;
}

Direction DirectionOf(const RowInput& row, std::string* from) {
  const auto result = [&](int sign, const char* word) {
    if (from != nullptr) *from = word;
    return sign > 0 ? Direction::kUp : Direction::kDown;
  };
  if (from != nullptr) from->clear();
  if (row.kind == SHIRUBE_KIND_BAND) return Direction::kUnspecified;
  if (row.direction != 0) return result(row.direction, "EXPLICIT");
  switch (row.operator_) {
    case SHIRUBE_OP_AT_LEAST:
    case SHIRUBE_OP_ABOVE:
      return result(1, "OPERATOR");
    case SHIRUBE_OP_AT_MOST:
    case SHIRUBE_OP_BELOW:
      return result(-1, "OPERATOR");
    default:
      break;
  }
  const bool cumulative = row.kind == SHIRUBE_KIND_CUMULATIVE;
  if (!Has(row, SHIRUBE_HAS_TARGET) ||
      (!cumulative && !Has(row, SHIRUBE_HAS_BASELINE))) {
    return Direction::kUnspecified;
  }
  const int64_t base = cumulative ? 0 : row.baseline;
  if (row.target == base) return Direction::kUnspecified;
  return result(row.target > base ? 1 : -1, "DIFFERENCE");
}

int64_t MissingUnits(const RowInput& row, Direction direction, int64_t units) {
  if (row.kind == SHIRUBE_KIND_BAND) {
    return std::max({row.target - units, units - row.target_upper, int64_t{0}});
  }
  const int64_t way =
      direction == Direction::kDown ? units - row.target : row.target - units;
  return std::max(way, int64_t{0});
}

Derivation MakeDerivation(const DerivationInput& input) {
  Derivation d;
  d.kind = input.indicator->kind;
  d.unit = UnitOf(*input.indicator);
  d.scale = input.row->scale;
  AddBaseline(input, &d);
  AddTarget(input, &d);
  AddPath(input, &d);
  AddTrend(input, &d);
  d.direction = DirectionOf(*input.row, &d.direction_from);
  AddMissing(input, &d);
  AddFacts(input, &d);
  return d;
}

}  // namespace shirube
