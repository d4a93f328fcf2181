#include "server/rule_host/case_columns.h"

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "absl/strings/str_cat.h"
#include "rules/cases/case_batch.h"
#include "server/rule_host/frame/slot_layout.h"

namespace shirube {
namespace {

std::vector<cases::Parameter> DeclaredBy(const Manifest& manifest) {
  std::vector<cases::Parameter> parameters;
  for (const ManifestParameter& parameter : manifest.parameters) {
    parameters.push_back({parameter.name, parameter.default_millionths});
  }
  return parameters;
}

}  // namespace

std::unique_ptr<CaseColumns> CaseColumns::Fill(
    const std::vector<cases::Case>& cases, const Manifest& manifest,
    std::string* error) {
  std::unique_ptr<CaseColumns> columns(new CaseColumns(manifest));
  columns->file_ = frame::CreateMemoryFile("shirube-cases", frame::kSlotBytes);
  if (columns->file_.valid()) {
    columns->map_ = frame::Map(columns->file_.get(), frame::kSlotBytes,
                               frame::Access::kReadWrite);
  }
  if (!columns->map_.valid() ||
      !frame::SealMemoryFile(columns->file_.get(),
                             frame::Seal::kNoNewWriters)) {
    *error = absl::StrCat("no memory for its cases: ", std::strerror(errno));
    return nullptr;
  }
  const std::vector<cases::Parameter> parameters = DeclaredBy(manifest);
  for (const cases::Case& one : cases) {
    const cases::CaseBatch batch(one, parameters);
    const bool fits = batch.error().empty() && columns->Append(*batch.batch());
    if (fits) continue;
    *error = absl::StrCat("case \"", one.name, "\" (line ", one.line, "): ",
                          batch.error().empty()
                              ? "there are too many cases, or values in them"
                              : batch.error());
    return nullptr;
  }
  return columns;
}

bool CaseColumns::Append(const shirube_batch& row) {
  const uint32_t points = *row.points_count;
  const uint32_t milestones = *row.milestones_count;
  if (size_ == frame::kSlotRows || points > frame::kSlotPoints - points_ ||
      milestones > frame::kSlotMilestones - milestones_) {
    return false;
  }
  void* slot = map_.base();
  const auto put = [&](const frame::Column& column, const auto& value) {
    using T = std::decay_t<decltype(value)>;
    *frame::At<T>(slot, column, size_) = value;
  };
  const auto put_all = [&](const frame::Column& column, uint32_t first,
                           const auto* values, uint32_t n) {
    using T = std::decay_t<decltype(*values)>;
    std::copy_n(values, n, frame::At<T>(slot, column, first));
  };
  put(frame::kKind, *row.kind);
  put(frame::kMeasure, *row.measure);
  put(frame::kDirection, *row.direction);
  put(frame::kOperator, *row.operator_);
  put(frame::kScale, *row.scale);
  put(frame::kPresent, *row.present);
  put(frame::kBaseline, *row.baseline);
  put(frame::kTarget, *row.target);
  put(frame::kTargetUpper, *row.target_upper);
  put(frame::kNoiseBand, *row.noise_band);
  put(frame::kBaselineIndex, *row.baseline_index);
  put(frame::kTargetIndex, *row.target_index);
  put(frame::kWindowStartIndex, *row.window_start_index);
  put(frame::kPublicationMonth, *row.publication_month);
  put(frame::kPublicationLagYears, *row.publication_lag_years);
  put(frame::kPointsOffset, points_);
  put(frame::kPointsCount, *row.points_count);
  put(frame::kMilestonesOffset, milestones_);
  put(frame::kMilestonesCount, *row.milestones_count);
  put_all(frame::kPointValue, points_, row.point_value, points);
  put_all(frame::kPointIndex, points_, row.point_index, points);
  put_all(frame::kPointState, points_, row.point_state, points);
  put_all(frame::kMilestoneValue, milestones_, row.milestone_value, milestones);
  put_all(frame::kMilestoneIndex, milestones_, row.milestone_index, milestones);
  std::vector<int64_t>& parameters = parameters_.emplace_back();
  for (uint32_t p = 0; p < row.parameters_count; ++p) {
    parameters.push_back(*row.parameters[p].base);
  }
  points_ += points;
  milestones_ += milestones;
  ++size_;
  return true;
}

shirube_batch CaseColumns::AsOf(int32_t index) const {
  shirube_batch batch = frame::BindRows(map_.base(), 0, size_);
  batch.as_of_index = index;
  return batch;
}

Exchange::Parameters CaseColumns::ParametersOf(
    const std::vector<uint32_t>& rows) const {
  Exchange::Parameters differing;
  for (size_t p = 0; p < manifest_.parameters.size(); ++p) {
    const ManifestParameter& parameter = manifest_.parameters[p];
    std::vector<int64_t> column;
    for (const uint32_t row : rows) column.push_back(parameters_[row][p]);
    if (std::any_of(column.begin(), column.end(), [&](int64_t value) {
          return value != parameter.default_millionths;
        })) {
      differing[parameter.name] = std::move(column);
    }
  }
  return differing;
}

}  // namespace shirube
