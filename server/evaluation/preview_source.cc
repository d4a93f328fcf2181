#include "server/evaluation/preview_source.h"

#include <algorithm>
#include <utility>

#include "server/base/status_macros.h"
#include "server/evaluation/plan_view.h"

namespace shirube {

absl::Status PreviewSource::OpenNextPlan(StoreReader& reader) {
  SHIRUBE_ASSIGN_OR_RETURN(std::optional<PlanContext> context,
                           LoadPlanContext(reader, setup_.plans[next_plan_++]));
  if (!context) return absl::OkStatus();
  plan_ = std::make_shared<PreviewPlan>(*std::move(context), setup_.periods);
  after_.clear();
  read_all_ = false;
  return absl::OkStatus();
}

absl::Status PreviewSource::ReadOn(StoreReader& reader) {
  ListQuery query;
  query.plan = plan_->context.plan.id;
  query.after = after_;
  query.limit = static_cast<int>(setup_.read_rows);
  SHIRUBE_ASSIGN_OR_RETURN(std::vector<Indicator> read,
                           reader.ListIndicators(query));
  read_all_ = read.size() < setup_.read_rows;
  if (!read.empty()) after_ = read.back().id.value();
  std::sort(read.begin(), read.end(), HasPrintedOrder);
  std::move(read.begin(), read.end(), std::back_inserter(read_));
  return absl::OkStatus();
}

absl::StatusOr<PreviewRow> PreviewSource::RowOf(Indicator indicator) const {
  PreviewRow row;
  row.plan = plan_;
  row.counted_by = plan_->flags.CountedBy(indicator);
  row.numeric_target = HasNumericTarget(indicator);
  if (plan_->sets_parameters || !indicator.parameters.empty()) {
    SHIRUBE_ASSIGN_OR_RETURN(
        row.before, OverridesOf(indicator, plan_->context, *setup_.before));
    SHIRUBE_ASSIGN_OR_RETURN(
        row.after, OverridesOf(indicator, plan_->context, *setup_.after));
  }
  row.indicator = std::move(indicator);
  return row;
}

absl::StatusOr<PreviewBatch> PreviewSource::Next(Store& store, size_t most) {
  PreviewBatch batch;
  std::unique_ptr<StoreReader> reader;  // only where something must be read
  while (batch.rows.size() + batch.complete.size() < most) {
    if (!read_.empty()) {
      SHIRUBE_ASSIGN_OR_RETURN(PreviewRow row, RowOf(std::move(read_.front())));
      read_.pop_front();
      batch.rows.push_back(std::move(row));
    } else if (plan_ != nullptr && read_all_) {
      batch.complete.push_back(std::exchange(plan_, nullptr));
    } else if (plan_ == nullptr && next_plan_ == setup_.plans.size()) {
      break;
    } else {
      if (reader == nullptr) {
        SHIRUBE_ASSIGN_OR_RETURN(reader, store.Snapshot());
      }
      SHIRUBE_RETURN_IF_ERROR(plan_ == nullptr ? OpenNextPlan(*reader)
                                               : ReadOn(*reader));
    }
  }
  if (read_.empty() && plan_ != nullptr && read_all_) {
    batch.complete.push_back(std::exchange(plan_, nullptr));
  }
  return batch;
}

}  // namespace shirube
