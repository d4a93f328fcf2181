#include "server/evaluation/figure_alerts.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "rules/include/shirube/rule.h"
#include "server/base/status_macros.h"
#include "server/domain/publication.h"
#include "server/evaluation/alert_sentences.h"
#include "server/evaluation/alert_subject.h"
#include "server/evaluation/today.h"

namespace shirube {
namespace {

// What is known without any figure: the baseline is one, and a sum that starts
// in a year has none before it.
std::optional<int32_t> StartIndex(const shirube_batch& in, uint32_t row) {
  constexpr unsigned kAnyBaseline = SHIRUBE_HAS_BASELINE |
                                    SHIRUBE_BASELINE_UNREAD |
                                    SHIRUBE_BASELINE_OTHER_UNIT;
  const uint16_t present = in.present[row];
  if (in.kind[row] == SHIRUBE_KIND_CUMULATIVE &&
      (present & SHIRUBE_HAS_WINDOW_START) != 0) {
    return in.window_start_index[row] - 12;
  }
  const bool dated = (present & SHIRUBE_HAS_BASELINE_PERIOD) != 0;
  if (!dated || (present & kAnyBaseline) == 0) return std::nullopt;
  return in.baseline_index[row];
}

std::optional<Period> NewestFigure(const SelectionPart& part, uint32_t k) {
  const uint32_t points = part.points_count(k);
  if (points == 0) return std::nullopt;
  return part.point(k, points - 1).period;
}

AwaitedFigures AwaitedOf(const SelectionPart& part, uint32_t k) {
  const shirube_batch& in = part.columns();
  const uint32_t row = part.row(k);
  AwaitedFigures awaited;
  awaited.publication = {in.publication_month[row],
                         in.publication_lag_years[row]};
  awaited.known = StartIndex(in, row);
  if (const std::optional<Period> newest = NewestFigure(part, k)) {
    awaited.known =
        std::max(awaited.known.value_or(newest->index12()), newest->index12());
  }
  const uint16_t present = in.present[row];
  if ((present & SHIRUBE_HAS_TARGET_PERIOD) != 0 &&
      (present & SHIRUBE_TARGET_EVERY_YEAR) == 0) {
    awaited.last = in.target_index[row];
  }
  return awaited;
}

}  // namespace

absl::Status FigureAlerts::Start(StoreReader& reader) {
  SHIRUBE_ASSIGN_OR_RETURN(const std::vector<Alert> alerts,
                           UnresolvedAlerts(reader, AlertKind::kFigureOverdue));
  for (const Alert& alert : alerts) {
    if (!alert.period) continue;
    told_[{alert.plan, IndicatorId(alert.subject)}] = *alert.period;
  }
  return absl::OkStatus();
}

absl::StatusOr<std::vector<Observed>> FigureAlerts::Of(
    StoreReader& reader, const std::set<IndicatorKey>& keys, int32_t month) {
  said_.clear();
  const std::vector<IndicatorKey> ordered(keys.begin(), keys.end());
  const Selection selection = table_->SelectKeys(ordered);
  for (const SelectionPart& part : selection.parts) {
    for (uint32_t k = 0; k < part.size(); ++k) {
      if (!part.live(k)) continue;
      SHIRUBE_RETURN_IF_ERROR(Look(reader, part, k, month, &said_));
    }
  }
  return said_;
}

absl::Status FigureAlerts::Look(StoreReader& reader, const SelectionPart& part,
                                uint32_t k, int32_t month,
                                std::vector<Observed>* observed) {
  const IndicatorKey key = part.key(k);
  const AwaitedFigures awaited = AwaitedOf(part, k);
  const std::optional<Period> missing = OverdueFigure(awaited, month);
  const auto told = told_.find(key);
  if (!missing && told == told_.end()) return absl::OkStatus();
  const PlanContext* context = filler_->FindPlan(key.plan);
  SHIRUBE_ASSIGN_OR_RETURN(const auto indicator, reader.GetIndicator(key));
  if (context == nullptr || !indicator || indicator->stamp.deleted()) {
    return absl::OkStatus();
  }
  // What was late when the indicator came in is history that somebody enters.
  const int32_t came_in = MonthIndexOf(indicator->stamp.create_time);
  if (missing && told == told_.end() &&
      OverdueFigure(awaited, came_in) >= missing) {
    return absl::OkStatus();
  }
  Observed now;
  now.plan = key.plan;
  now.kind = AlertKind::kFigureOverdue;
  now.subject = key.indicator.value();
  now.subject_display_name = indicator->display_name;
  now.owner = OwnerOf(*indicator, *context);
  now.initiatives = InitiativesAbove(*indicator, *context);
  now.status = missing ? Status::kAtRisk : Status::kOnTrack;
  now.period = missing ? *missing : told->second;
  if (missing) {
    now.reason = "OVERDUE";
    now.severity = Severity::kWarning;
    now.sentence = OverdueText(indicator->display_name, *missing,
                               awaited.publication, NewestFigure(part, k));
    now.way_out = OverdueWayOut(*missing);
  } else {
    now.sentence = NotOverdueText(indicator->display_name, *now.period);
  }
  // It may be stored although whoever stores it hears otherwise.
  if (missing) told_[key] = *missing;
  observed->push_back(std::move(now));
  return absl::OkStatus();
}

void FigureAlerts::Keep() {
  for (const Observed& one : said_) {
    if (one.status != Status::kAtRisk) {
      told_.erase({one.plan, IndicatorId(one.subject)});
    }
  }
  said_.clear();
}

std::set<IndicatorKey> FigureAlerts::Told() const {
  std::set<IndicatorKey> keys;
  for (const auto& [key, period] : told_) keys.insert(key);
  return keys;
}

}  // namespace shirube
