#include "rules/cases/case_batch.h"

#include <algorithm>

namespace shirube::cases {
namespace {

constexpr int64_t kTooLarge = 1000000000000000000;

int LargestScale(const Case& source) {
  int scale =
      std::max({source.baseline.number.scale, source.target.number.scale,
                source.target_upper.scale, source.noise_band.scale});
  for (const Point& point : source.points)
    scale = std::max(scale, point.value.number.scale);
  for (const Milestone& milestone : source.milestones) {
    scale = std::max(scale, milestone.value.scale);
  }
  return scale;
}

}  // namespace

CaseBatch::CaseBatch(const Case& source,
                     const std::vector<Parameter>& parameters)
    : kind_(source.kind),
      measure_(source.measure),
      operator_(source.op),
      scale_(static_cast<uint8_t>(LargestScale(source))),
      direction_(static_cast<int8_t>(source.direction)) {
  FillValues(source);
  FillPresence(source);
  FillParameters(source, parameters);
  PointToColumns();
}

int64_t CaseBatch::AtScale(const Number& number) {
  int64_t units = number.units;
  for (int scale = number.scale; scale < scale_; ++scale) {
    if (units >= kTooLarge / 10 || units <= -kTooLarge / 10) {
      error_ = "a value has more than 18 digits at the scale of the case";
      return 0;
    }
    units *= 10;
  }
  return units;
}

void CaseBatch::FillValues(const Case& source) {
  baseline_ = AtScale(source.baseline.number);
  target_ = AtScale(source.target.number);
  target_upper_ = AtScale(source.target_upper);
  noise_band_ = AtScale(source.noise_band);
  baseline_index_ = source.baseline_index.value_or(0);
  target_index_ = source.target_index.value_or(0);
  window_start_index_ = source.window_start_index.value_or(0);
  publication_month_ = static_cast<uint8_t>(source.publication_month);
  publication_lag_years_ = static_cast<uint8_t>(source.publication_lag_years);
  for (const Point& point : source.points) {
    point_value_.push_back(AtScale(point.value.number));
    point_index_.push_back(point.index);
    point_state_.push_back(static_cast<uint8_t>(point.state));
  }
  for (const Milestone& milestone : source.milestones) {
    milestone_value_.push_back(AtScale(milestone.value));
    milestone_index_.push_back(milestone.index);
  }
  const auto check = [this](size_t n, const char* what) {
    if (n <= UINT16_MAX) return;
    error_ = "the case has " + std::to_string(n) + " " + what +
             "; a row has at most " + std::to_string(UINT16_MAX);
  };
  check(point_value_.size(), "points");
  check(milestone_value_.size(), "milestones");
  points_count_ = static_cast<uint16_t>(point_value_.size());
  milestones_count_ = static_cast<uint16_t>(milestone_value_.size());
}

void CaseBatch::FillPresence(const Case& source) {
  const auto set = [this](bool holds, int bit) {
    if (holds) present_ = static_cast<uint16_t>(present_ | bit);
  };
  set(source.baseline.given == Given::kNumber, SHIRUBE_HAS_BASELINE);
  set(source.baseline.given == Given::kUnread, SHIRUBE_BASELINE_UNREAD);
  set(source.baseline.given == Given::kOtherUnit, SHIRUBE_BASELINE_OTHER_UNIT);
  set(source.baseline_index.has_value(), SHIRUBE_HAS_BASELINE_PERIOD);
  set(source.target.given == Given::kNumber, SHIRUBE_HAS_TARGET);
  set(source.target.given == Given::kUnread, SHIRUBE_TARGET_UNREAD);
  set(source.target.given == Given::kOtherUnit, SHIRUBE_TARGET_OTHER_UNIT);
  set(source.target.given == Given::kWords, SHIRUBE_TARGET_WORDS);
  set(source.target_index.has_value(), SHIRUBE_HAS_TARGET_PERIOD);
  set(source.every_year, SHIRUBE_TARGET_EVERY_YEAR);
  set(source.window_start_index.has_value(), SHIRUBE_HAS_WINDOW_START);
}

void CaseBatch::FillParameters(const Case& source,
                               const std::vector<Parameter>& parameters) {
  for (const Parameter& parameter : parameters) {
    parameter_values_.push_back(parameter.default_millionths);
  }
  for (const ParameterValue& value : source.parameters) {
    const auto found =
        std::find_if(parameters.begin(), parameters.end(),
                     [&](const Parameter& p) { return p.name == value.name; });
    if (found == parameters.end()) {
      error_ = "line " + std::to_string(value.line) +
               ": the module has no parameter `" + value.name + "`";
    } else {
      parameter_values_[found - parameters.begin()] = value.millionths;
    }
  }
  for (const int64_t& value : parameter_values_)
    parameters_.push_back({&value, 0, 0});
}

void CaseBatch::PointToColumns() {
  batch_.struct_size = sizeof(shirube_batch);
  batch_.rows_count = 1;
  batch_.kind = &kind_;
  batch_.measure = &measure_;
  batch_.direction = &direction_;
  batch_.operator_ = &operator_;
  batch_.scale = &scale_;
  batch_.present = &present_;
  batch_.baseline = &baseline_;
  batch_.target = &target_;
  batch_.target_upper = &target_upper_;
  batch_.noise_band = &noise_band_;
  batch_.baseline_index = &baseline_index_;
  batch_.target_index = &target_index_;
  batch_.window_start_index = &window_start_index_;
  batch_.points_offset = &offset_;
  batch_.points_count = &points_count_;
  batch_.milestones_offset = &offset_;
  batch_.milestones_count = &milestones_count_;
  batch_.point_value = point_value_.data();
  batch_.point_index = point_index_.data();
  batch_.point_state = point_state_.data();
  batch_.milestone_value = milestone_value_.data();
  batch_.milestone_index = milestone_index_.data();
  batch_.parameters = parameters_.data();
  batch_.parameters_count = static_cast<uint32_t>(parameters_.size());
  batch_.as_of_index = INT32_MAX;
  batch_.publication_month = &publication_month_;
  batch_.publication_lag_years = &publication_lag_years_;
}

}  // namespace shirube::cases
