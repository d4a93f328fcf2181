#include "client/cli/view/plot.h"

#include <algorithm>
#include <cmath>

#include "client/cli/view/words.h"
#include "server/domain/era.h"

namespace shirube::cli {
namespace {

std::optional<double> ValueOf(const v1::Point& point) {
  std::optional<Ratio> value = ParseNumber(point.value());
  if (!value) return std::nullopt;
  return Approximate(*value);
}

// Years; from the period where no index is given.
std::optional<double> TimeOf(const v1::Point& point) {
  if (std::optional<Ratio> index = NumberOf(point.index())) {
    return Approximate(*index);
  }
  absl::StatusOr<Period> period = Period::ParseId(point.period());
  if (!period.ok()) return std::nullopt;
  return period->index12() / 12.0;
}

std::optional<PlotPoint> PointOf(const v1::Point& point) {
  std::optional<double> x = TimeOf(point), y = ValueOf(point);
  if (!x || !y) return std::nullopt;
  return PlotPoint{*x, *y, point.role()};
}

void AddAll(const google::protobuf::RepeatedPtrField<v1::Point>& from,
            std::vector<PlotPoint>* to) {
  for (const v1::Point& point : from) {
    if (auto placed = PointOf(point)) to->push_back(*placed);
  }
}

void AddLevel(const v1::Derivation& derivation, const v1::Point& point,
              v1::Point::Role role, bool japanese, Plot* plot) {
  std::optional<double> y = ValueOf(point);
  if (!y) return;
  plot->levels.push_back(
      {*y, Quantity(point.value(), derivation.unit(), japanese), role});
}

void AddLevels(const v1::Derivation& derivation, bool japanese, Plot* plot) {
  if (derivation.has_actual()) {
    AddLevel(derivation, derivation.actual(), v1::Point::ROLE_ACTUAL, japanese,
             plot);
  }
  if (derivation.has_target()) {
    AddLevel(derivation, derivation.target(), v1::Point::ROLE_TARGET, japanese,
             plot);
  }
  if (derivation.has_target_upper()) {
    AddLevel(derivation, derivation.target_upper(), v1::Point::ROLE_TARGET,
             japanese, plot);
  }
  if (derivation.has_baseline()) {
    AddLevel(derivation, derivation.baseline(), v1::Point::ROLE_BASELINE,
             japanese, plot);
  }
}

// Symbols, those drawn over others last.
void AddMarks(const v1::Derivation& derivation, Plot* plot) {
  auto add = [plot](const v1::Point& point, v1::Point::Role role) {
    if (auto placed = PointOf(point)) {
      placed->role = role;
      plot->marks.push_back(*placed);
    }
  };
  for (const v1::Point& point : derivation.path()) {
    if (point.role() == v1::Point::ROLE_MILESTONE) add(point, point.role());
  }
  if (derivation.has_baseline()) {
    add(derivation.baseline(), v1::Point::ROLE_BASELINE);
  }
  if (derivation.has_target()) {
    add(derivation.target(), v1::Point::ROLE_TARGET);
  }
  if (derivation.has_target_upper()) {
    add(derivation.target_upper(), v1::Point::ROLE_TARGET);
  }
  for (const v1::Point& point : derivation.trend()) {
    add(point, v1::Point::ROLE_ACTUAL);
  }
  if (derivation.has_actual()) {
    add(derivation.actual(), v1::Point::ROLE_ACTUAL);
  }
}

// What was measured, from the baseline on, by time.
void AddMeasured(const v1::Derivation& derivation, Plot* plot) {
  AddAll(derivation.trend(), &plot->measured);
  if (derivation.has_actual() && plot->measured.empty()) {
    if (auto actual = PointOf(derivation.actual())) {
      plot->measured.push_back(*actual);
    }
  }
  std::stable_sort(
      plot->measured.begin(), plot->measured.end(),
      [](const PlotPoint& a, const PlotPoint& b) { return a.x < b.x; });
  if (!derivation.has_baseline() || plot->measured.empty()) return;
  auto baseline = PointOf(derivation.baseline());
  if (baseline && baseline->x < plot->measured.front().x) {
    plot->measured.insert(plot->measured.begin(), *baseline);
  }
}

void SetRange(Plot* plot) {
  std::vector<double> xs, ys;
  for (const auto* points : {&plot->path, &plot->measured, &plot->marks}) {
    for (const PlotPoint& point : *points) {
      xs.push_back(point.x);
      ys.push_back(point.y);
    }
  }
  for (const PlotLevel& level : plot->levels) ys.push_back(level.y);
  auto [x0, x1] = std::minmax_element(xs.begin(), xs.end());
  auto [y0, y1] = std::minmax_element(ys.begin(), ys.end());
  plot->x0 = *x0;
  plot->x1 = *x1;
  plot->y0 = *y0;
  plot->y1 = *y1;
  if (plot->x1 - plot->x0 < 1e-9) {  // one moment: a year before and after
    plot->x0 -= 1;
    plot->x1 += 1;
  }
  if (plot->y1 - plot->y0 < 1e-9 * (1 + std::abs(plot->y1))) {
    double room = std::max(1e-3, std::abs(plot->y1) * 0.1);
    plot->y0 -= room;
    plot->y1 += room;
  }
}

// Calendar years where everything is dated by them, else fiscal years.
bool InCalendarYears(const v1::Derivation& derivation) {
  bool calendar = false;
  for (const auto* points : {&derivation.path(), &derivation.trend()}) {
    for (const v1::Point& point : *points) {
      absl::StatusOr<Period> period = Period::ParseId(point.period());
      if (!period.ok()) continue;
      if (!period->is_calendar_year()) return false;
      calendar = true;
    }
  }
  return calendar;
}

void AddTicks(const v1::Derivation& derivation, bool japanese, Plot* plot) {
  bool calendar = InCalendarYears(derivation);
  int first = static_cast<int>(std::ceil(plot->x0 - 1e-9));
  int last = static_cast<int>(std::floor(plot->x1 + 1e-9));
  for (int year = first; year <= last; ++year) {
    std::string label = std::to_string(year);
    if (absl::StatusOr<Period> period = Period::FiscalYear(year);
        !calendar && period.ok()) {
      label = japanese ? ShortJapanese(*period) : English(*period);
    }
    plot->ticks.push_back({static_cast<double>(year), label});
  }
}

}  // namespace

std::optional<Plot> PlotOf(const v1::Derivation& derivation, bool japanese) {
  Plot plot;
  AddMeasured(derivation, &plot);
  if (plot.measured.empty()) return std::nullopt;
  AddAll(derivation.path(), &plot.path);
  AddMarks(derivation, &plot);
  AddLevels(derivation, japanese, &plot);
  SetRange(&plot);
  AddTicks(derivation, japanese, &plot);
  return plot;
}

std::vector<PlotTick> TicksThatFit(const Plot& plot, double room,
                                   double label_width) {
  std::vector<PlotTick> fitting;
  double a_year = room / (plot.x1 - plot.x0);
  size_t step = 1;
  for (size_t wider : {1, 2, 5, 10, 20, 50, 100, 1000}) {
    step = wider;
    if (a_year * static_cast<double>(step) >= label_width) break;
  }
  for (size_t back = 0; back < plot.ticks.size(); back += step) {
    fitting.push_back(plot.ticks[plot.ticks.size() - 1 - back]);
  }
  std::reverse(fitting.begin(), fitting.end());
  return fitting;
}

}  // namespace shirube::cli
