#include "server/table/row_input.h"

#include <algorithm>
#include <string_view>
#include <utility>

#include "absl/strings/str_cat.h"
#include "rules/include/shirube/rule.h"
#include "server/domain/points.h"
#include "server/domain/validation.h"

namespace shirube {
namespace {

// The ABI counts like the domain; these hold that in place.
static_assert(static_cast<int>(IndicatorKind::kQualitative) ==
              SHIRUBE_KIND_QUALITATIVE);
static_assert(static_cast<int>(IndicatorKind::kCumulative) ==
              SHIRUBE_KIND_CUMULATIVE);
static_assert(static_cast<int>(IndicatorKind::kMaintain) ==
              SHIRUBE_KIND_MAINTAIN);
static_assert(static_cast<int>(IndicatorKind::kBand) == SHIRUBE_KIND_BAND);
static_assert(static_cast<int>(Quantity::kAmount) == SHIRUBE_MEASURE_AMOUNT);
static_assert(static_cast<int>(Operator::kAtLeast) == SHIRUBE_OP_AT_LEAST);
static_assert(static_cast<int>(Operator::kAtMost) == SHIRUBE_OP_AT_MOST);
static_assert(static_cast<int>(Operator::kBelow) == SHIRUBE_OP_BELOW);
static_assert(static_cast<int>(Operator::kAbove) == SHIRUBE_OP_ABOVE);
static_assert(static_cast<int>(Operator::kAround) == SHIRUBE_OP_AROUND);
static_assert(static_cast<int>(Operator::kAbout) == SHIRUBE_OP_ABOUT);

// How the values of one row are read.
struct Reading {
  std::string_view unit;
  int scale;
  Figure operator()(const Value& value) const {
    return FigureOf(value, unit, scale);
  }
};

void AddBaseline(const Baseline* baseline, const Reading& read, RowInput* row) {
  if (baseline == nullptr) return;
  const Figure figure = read(baseline->value);
  switch (figure.kind) {
    case Figure::Kind::kNumber:
      row->present |= SHIRUBE_HAS_BASELINE;
      row->baseline = figure.units;
      break;
    case Figure::Kind::kUnread:
      row->present |= SHIRUBE_BASELINE_UNREAD;
      break;
    case Figure::Kind::kOtherUnit:
      row->present |= SHIRUBE_BASELINE_OTHER_UNIT;
      break;
    case Figure::Kind::kNone:
      break;
  }
  if (baseline->period.has_value()) {
    row->present |= SHIRUBE_HAS_BASELINE_PERIOD;
    row->baseline_index = baseline->period->index12();
  }
}

// The numbers of a target; of a band both edges or none.
void AddTargetValue(const Target& target, const Reading& read, RowInput* row) {
  const Figure lower = read(target.value);
  const bool band = row->kind == SHIRUBE_KIND_BAND;
  const Figure upper = !band                      ? lower
                       : target.upper.has_value() ? read(*target.upper)
                                                  : Figure();
  const auto either = [&](Figure::Kind kind) {
    return lower.kind == kind || upper.kind == kind;
  };
  if (either(Figure::Kind::kUnread)) {
    row->present |= SHIRUBE_TARGET_UNREAD;
  } else if (either(Figure::Kind::kOtherUnit)) {
    row->present |= SHIRUBE_TARGET_OTHER_UNIT;
  } else if (!either(Figure::Kind::kNone)) {
    row->present |= SHIRUBE_HAS_TARGET;
    row->target = lower.units;
    row->target_upper = band ? upper.units : 0;
  }
}

void AddTarget(const Target* target, const Reading& read, RowInput* row) {
  if (target == nullptr) return;
  AddTargetValue(*target, read, row);
  const bool any = (row->present & (SHIRUBE_HAS_TARGET | SHIRUBE_TARGET_UNREAD |
                                    SHIRUBE_TARGET_OTHER_UNIT)) != 0;
  if (!target->words.empty() &&
      (row->kind == SHIRUBE_KIND_QUALITATIVE || !any)) {
    row->present |= SHIRUBE_TARGET_WORDS;
  }
  row->operator_ = static_cast<uint8_t>(target->op);
  if (target->every_year) row->present |= SHIRUBE_TARGET_EVERY_YEAR;
  if (target->period.has_value()) {
    row->present |= SHIRUBE_HAS_TARGET_PERIOD;
    row->target_index = target->period->index12();
  }
}

void AddMilestones(const Indicator& indicator, const Reading& read,
                   RowInput* row) {
  for (const Milestone& milestone : indicator.milestones) {
    const Figure figure = read(milestone.value);
    // One that is no number gives the path no point to go through.
    if (figure.kind != Figure::Kind::kNumber) continue;
    row->milestones.push_back({milestone.period.index12(), figure.units});
  }
  std::sort(row->milestones.begin(), row->milestones.end(),
            [](const RowMilestone& a, const RowMilestone& b) {
              return a.index < b.index;
            });
}

uint8_t PointState(const Point& point) {
  switch (point.kind) {
    case Point::Kind::kUnread:
      return SHIRUBE_POINT_UNREAD;
    case Point::Kind::kOtherUnit:
      return SHIRUBE_POINT_OTHER_UNIT;
    case Point::Kind::kGap:
      return SHIRUBE_POINT_GAP;
    case Point::Kind::kNumber:
      break;
  }
  switch (point.state) {
    case ObservationState::kProvisional:
      return SHIRUBE_POINT_PROVISIONAL;
    case ObservationState::kRestated:
      return SHIRUBE_POINT_RESTATED;
    default:
      return SHIRUBE_POINT_FINAL;
  }
}

void AddPoints(const std::vector<Point>& points, RowInput* row) {
  row->points.reserve(points.size());
  for (const Point& point : points) {
    row->points.push_back({.period = point.period,
                           .basis = point.basis,
                           .assumed_to_date = point.assumed_to_date,
                           .state = point.state,
                           .point_state = PointState(point),
                           .units = point.units});
  }
}

}  // namespace

absl::StatusOr<RowInput> BuildRow(const Indicator& indicator,
                                  const std::vector<Observation>& observations,
                                  Overrides overrides,
                                  std::optional<Period> as_of,
                                  Revision input_revision) {
  RowInput row;
  row.key = indicator.key();
  row.input_revision = input_revision;
  row.overrides = std::move(overrides);
  const Reading read = {UnitOf(indicator), ScaleOf(indicator, observations)};
  row.kind = static_cast<uint8_t>(indicator.kind);
  row.measure = static_cast<uint8_t>(indicator.quantity);
  row.direction = indicator.direction == Direction::kUp     ? 1
                  : indicator.direction == Direction::kDown ? -1
                                                            : 0;
  row.scale = static_cast<uint8_t>(read.scale);
  const Target* target = TargetAsOf(indicator, as_of);
  AddBaseline(BaselineAsOf(indicator, as_of), read, &row);
  AddTarget(target, read, &row);
  AddMilestones(indicator, read, &row);
  if (indicator.window_start.has_value()) {
    row.present |= SHIRUBE_HAS_WINDOW_START;
    row.window_start_index = indicator.window_start->index12();
  }
  if (indicator.publication.has_value()) {
    row.publication_month = static_cast<uint8_t>(indicator.publication->month);
    row.publication_lag_years =
        static_cast<uint8_t>(indicator.publication->lag_years);
  }
  if (indicator.noise_band.has_value()) {
    const auto noise = indicator.noise_band->Rescaled(read.scale);
    if (!noise.ok()) {
      return absl::InternalError(
          absl::StrCat("indicator ", indicator.id.value(), " of plan ",
                       indicator.plan.value(),
                       ": noise_band does not fit at scale ", read.scale));
    }
    row.noise_band = noise->units();
  }
  AddPoints(FinishedPoints(indicator, observations,
                           target != nullptr ? target->period : std::nullopt,
                           read.scale),
            &row);
  return row;
}

}  // namespace shirube
