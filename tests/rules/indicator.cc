#include "tests/rules/indicator.h"

#include <sstream>

namespace shirube::rules_test {
namespace {

// Stands where the ABI says that a value is undefined: nobody may read it.
constexpr int64_t kUndefined = 777777777777777777;
constexpr int32_t kUndefinedIndex = 7777;

uint16_t PresentBits(const Indicator& row) {
  int bits = 0;
  bits |= row.baseline ? SHIRUBE_HAS_BASELINE : 0;
  bits |= row.baseline_index ? SHIRUBE_HAS_BASELINE_PERIOD : 0;
  bits |= row.baseline_unread ? SHIRUBE_BASELINE_UNREAD : 0;
  bits |= row.baseline_other_unit ? SHIRUBE_BASELINE_OTHER_UNIT : 0;
  bits |= row.target ? SHIRUBE_HAS_TARGET : 0;
  bits |= row.target_index ? SHIRUBE_HAS_TARGET_PERIOD : 0;
  bits |= row.target_unread ? SHIRUBE_TARGET_UNREAD : 0;
  bits |= row.target_other_unit ? SHIRUBE_TARGET_OTHER_UNIT : 0;
  bits |= row.target_words ? SHIRUBE_TARGET_WORDS : 0;
  bits |= row.every_year ? SHIRUBE_TARGET_EVERY_YEAR : 0;
  bits |= row.window_start_index ? SHIRUBE_HAS_WINDOW_START : 0;
  return static_cast<uint16_t>(bits);
}

}  // namespace

Batch::Batch(const std::vector<Indicator>& rows, int32_t as_of_index) {
  for (const Indicator& row : rows) Append(row);
  parameters_[0] = {pace_threshold_.data(), 8, 0};
  parameters_[1] = {behind_threshold_.data(), 8, 0};
  batch_.struct_size = sizeof(batch_);
  batch_.rows_count = static_cast<uint32_t>(rows.size());
  batch_.kind = kind_.data();
  batch_.measure = measure_.data();
  batch_.direction = direction_.data();
  batch_.operator_ = operator_.data();
  batch_.scale = scale_.data();
  batch_.present = present_.data();
  batch_.baseline = baseline_.data();
  batch_.target = target_.data();
  batch_.target_upper = target_upper_.data();
  batch_.noise_band = noise_band_.data();
  batch_.baseline_index = baseline_index_.data();
  batch_.target_index = target_index_.data();
  batch_.window_start_index = window_start_index_.data();
  batch_.points_offset = points_offset_.data();
  batch_.points_count = points_count_.data();
  batch_.milestones_offset = milestones_offset_.data();
  batch_.milestones_count = milestones_count_.data();
  batch_.point_value = point_value_.data();
  batch_.point_index = point_index_.data();
  batch_.point_state = point_state_.data();
  batch_.milestone_value = milestone_value_.data();
  batch_.milestone_index = milestone_index_.data();
  batch_.parameters = parameters_;
  batch_.parameters_count = 2;
  batch_.as_of_index = as_of_index;
  batch_.publication_month = publication_month_.data();
  batch_.publication_lag_years = publication_lag_years_.data();
}

void Batch::Append(const Indicator& row) {
  kind_.push_back(row.kind);
  measure_.push_back(SHIRUBE_MEASURE_RATE);
  direction_.push_back(static_cast<int8_t>(row.direction));
  operator_.push_back(row.op);
  scale_.push_back(row.scale);
  present_.push_back(PresentBits(row));
  baseline_.push_back(row.baseline.value_or(kUndefined));
  target_.push_back(row.target.value_or(kUndefined));
  target_upper_.push_back(row.kind == SHIRUBE_KIND_BAND ? row.target_upper
                                                        : kUndefined);
  noise_band_.push_back(row.noise_band);
  publication_month_.push_back(row.publication_month);
  publication_lag_years_.push_back(row.publication_lag_years);
  baseline_index_.push_back(row.baseline_index.value_or(kUndefinedIndex));
  target_index_.push_back(row.target_index.value_or(kUndefinedIndex));
  window_start_index_.push_back(
      row.window_start_index.value_or(kUndefinedIndex));
  points_offset_.push_back(static_cast<uint32_t>(point_value_.size()));
  points_count_.push_back(static_cast<uint16_t>(row.points.size()));
  milestones_offset_.push_back(static_cast<uint32_t>(milestone_value_.size()));
  milestones_count_.push_back(static_cast<uint16_t>(row.milestones.size()));
  for (const PointIn& point : row.points) {
    const bool valued = point.state <= SHIRUBE_POINT_RESTATED;
    point_value_.push_back(valued ? point.value : kUndefined);
    point_index_.push_back(point.index);
    point_state_.push_back(point.state);
  }
  for (const MilestoneIn& milestone : row.milestones) {
    milestone_value_.push_back(milestone.value);
    milestone_index_.push_back(milestone.index);
  }
  pace_threshold_.push_back(row.pace_threshold);
  behind_threshold_.push_back(row.behind_threshold);
}

std::string Describe(const Indicator& x) {
  std::ostringstream out;
  const auto number = [&](const char* name, const auto& value) {
    if (value) out << " " << name << "=" << *value;
  };
  out << "kind=" << int{x.kind} << " direction=" << x.direction
      << " op=" << int{x.op};
  number("b", x.baseline);
  number("t_b", x.baseline_index);
  number("T", x.target);
  if (x.kind == SHIRUBE_KIND_BAND) out << ".." << x.target_upper;
  number("t_T", x.target_index);
  number("window", x.window_start_index);
  if (x.every_year) out << " every year";
  if (x.publication_month != 0) {
    out << " published in month " << int{x.publication_month} << " + "
        << int{x.publication_lag_years} << " years";
  }
  if (x.baseline_unread || x.target_unread) out << " unread b/T";
  if (x.baseline_other_unit || x.target_other_unit) out << " other unit b/T";
  if (x.target_words) out << " words";
  out << " noise=" << x.noise_band << " theta=" << x.pace_threshold
      << " beta=" << x.behind_threshold;
  for (const PointIn& p : x.points) {
    out << " point(" << p.index << ": " << p.value << ", " << int{p.state}
        << ")";
  }
  for (const MilestoneIn& m : x.milestones) {
    out << " milestone(" << m.index << ": " << m.value << ")";
  }
  return out.str();
}

}  // namespace shirube::rules_test
