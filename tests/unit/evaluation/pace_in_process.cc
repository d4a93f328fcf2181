#include "tests/unit/evaluation/pace_in_process.h"

#include <array>
#include <string_view>
#include <utility>

#include "rules/pace/facts.h"
#include "rules/pace/pace.h"
#include "server/evaluation/derivation.h"
#include "server/evaluation/marks.h"
#include "server/evaluation/sentence.h"

namespace shirube::testing {
namespace {

constexpr std::array<std::pair<pace::Reason, std::string_view>, 23> kWords = {{
    {pace::kMetEarly, "MET_EARLY"},
    {pace::kMetOnTime, "MET_ON_TIME"},
    {pace::kMetLate, "MET_LATE"},
    {pace::kMetUndated, "MET_UNDATED"},
    {pace::kOnPace, "ON_PACE"},
    {pace::kNearlyOnPace, "NEARLY_ON_PACE"},
    {pace::kHolding, "HOLDING"},
    {pace::kBehind, "BEHIND"},
    {pace::kFarBehind, "FAR_BEHIND"},
    {pace::kRegressed, "REGRESSED"},
    {pace::kFellBack, "FELL_BACK"},
    {pace::kMissed, "MISSED"},
    {pace::kNoTarget, "NO_TARGET"},
    {pace::kQualitativeTarget, "QUALITATIVE_TARGET"},
    {pace::kNoData, "NO_DATA"},
    {pace::kAmbiguous, "AMBIGUOUS"},
    {pace::kUnitMismatch, "UNIT_MISMATCH"},
    {pace::kDirectionConflict, "DIRECTION_CONFLICT"},
    {pace::kDirectionUnknown, "DIRECTION_UNKNOWN"},
    {pace::kNotDue, "NOT_DUE"},
    {pace::kNoTargetPeriod, "NO_TARGET_PERIOD"},
    {pace::kNoBaseline, "NO_BASELINE"},
    {pace::kNoBaselinePeriod, "NO_BASELINE_PERIOD"},
}};

constexpr std::array<std::pair<std::string_view, std::string_view>,
                     pace::kFactsCount>
    kFacts = {{{"expected", "unit"},
               {"gap", "unit"},
               {"progress", "ratio"},
               {"expected_share", "ratio"},
               {"time_share", "ratio"},
               {"pace_ratio", "ratio"}}};

Status DomainStatus(pace::Reason reason) {
  switch (pace::StatusOf(reason)) {
    case pace::Status::kAchieved:
      return Status::kAchieved;
    case pace::Status::kOnTrack:
      return Status::kOnTrack;
    case pace::Status::kAtRisk:
      return Status::kAtRisk;
    case pace::Status::kNotEvaluated:
      break;
  }
  return Status::kNotEvaluated;
}

// A batch of the one row, and the memory behind it.
struct OneRow {
  explicit OneRow(const RowInput& row) : r(row) {
    for (const RowPoint& point : row.points) {
      values.push_back(point.units);
      indexes.push_back(point.period.index12());
      states.push_back(point.point_state);
    }
    for (const RowMilestone& milestone : row.milestones) {
      milestone_values.push_back(milestone.units);
      milestone_indexes.push_back(milestone.index);
    }
    points_count = static_cast<uint16_t>(values.size());
    milestones_count = static_cast<uint16_t>(milestone_values.size());
  }

  shirube_batch Batch() const {
    shirube_batch batch{};
    batch.struct_size = sizeof batch;
    batch.rows_count = 1;
    batch.kind = &r.kind;
    batch.measure = &r.measure;
    batch.direction = &r.direction;
    batch.operator_ = &r.operator_;
    batch.scale = &r.scale;
    batch.present = &r.present;
    batch.baseline = &r.baseline;
    batch.target = &r.target;
    batch.target_upper = &r.target_upper;
    batch.noise_band = &r.noise_band;
    batch.baseline_index = &r.baseline_index;
    batch.target_index = &r.target_index;
    batch.window_start_index = &r.window_start_index;
    batch.points_offset = &zero;
    batch.points_count = &points_count;
    batch.milestones_offset = &zero;
    batch.milestones_count = &milestones_count;
    batch.point_value = values.data();
    batch.point_index = indexes.data();
    batch.point_state = states.data();
    batch.milestone_value = milestone_values.data();
    batch.milestone_index = milestone_indexes.data();
    batch.as_of_index = INT32_MAX;
    batch.publication_month = &r.publication_month;
    batch.publication_lag_years = &r.publication_lag_years;
    batch.want_facts = 1;
    return batch;
  }

  const RowInput& r;
  uint32_t zero = 0;
  uint16_t points_count = 0, milestones_count = 0;
  std::vector<int64_t> values, milestone_values;
  std::vector<int32_t> indexes, milestone_indexes;
  std::vector<uint8_t> states;
};

absl::int128 FromModule(pace::Int128 value) {
  return absl::MakeInt128(static_cast<int64_t>(value >> 64),
                          static_cast<uint64_t>(value));
}

}  // namespace

PaceAnswer JudgeInProcess(const RowInput& row, int64_t pace_millionths,
                          int64_t behind_millionths) {
  const OneRow one(row);
  const shirube_batch batch = one.Batch();
  const pace::Judgement judgement =
      pace::Judge(&batch, 0, {pace_millionths, behind_millionths});
  PaceAnswer answer;
  answer.verdict.indicator = row.key;
  answer.verdict.status = DomainStatus(judgement.reason);
  for (const auto& [reason, word] : kWords) {
    if (reason == judgement.reason) answer.verdict.reason = word;
  }
  if (judgement.point != SHIRUBE_NO_POINT) {
    answer.judged_point = judgement.point;
    answer.verdict.period = row.points[judgement.point].period;
  }
  absl::int128 power = 1;
  for (int i = 0; i < row.scale; ++i) power *= 10;
  const pace::Facts facts = pace::FactsOf(&batch, 0, judgement);
  for (size_t f = 0; f < kFacts.size(); ++f) {
    if (facts.of[f].denominator == 0) continue;
    Ratio value(FromModule(facts.of[f].numerator),
                FromModule(facts.of[f].denominator));
    if (kFacts[f].second == "unit") value = value / Ratio(power, 1);
    answer.facts.push_back({"on_track",
                            std::string(kFacts[f].second),
                            {std::string(kFacts[f].first), value}});
  }
  return answer;
}

Explanation ExplainInProcess(const Indicator& indicator,
                             const std::vector<Observation>& observations) {
  const Baseline* baseline = BaselineAsOf(indicator, std::nullopt);
  const Target* target = TargetAsOf(indicator, std::nullopt);
  const RowInput row = *BuildRow(indicator, observations, {}, std::nullopt, 1);
  PaceAnswer answer = JudgeInProcess(row);
  if (answer.judged_point) {
    AddPointMarks(row.points[*answer.judged_point],
                  YearKindsOf(indicator, baseline, target), &answer.verdict);
  }
  Explanation e;
  e.indicator = indicator;
  e.verdict = answer.verdict;
  e.facts = answer.facts;
  DerivationInput derived;
  derived.indicator = &indicator;
  derived.observations = &observations;
  derived.baseline = baseline;
  derived.target = target;
  derived.row = &row;
  derived.judged = answer.judged_point;
  derived.facts = answer.facts;
  e.derivation = MakeDerivation(derived);
  e.needs = NeedsOf(e.derivation, target ? target->op : Operator::kNone);
  e.marks = TextsOfMarks(e.verdict, indicator);
  SentenceInput input;
  input.indicator = &indicator;
  input.baseline = baseline;
  input.target = target;
  input.derivation = &e.derivation;
  input.verdict = &e.verdict;
  input.marks = e.marks;
  input.latest = observations.empty() ? nullptr : &observations.back();
  input.sum_has_gap =
      !row.points.empty() && row.points.back().point_state == SHIRUBE_POINT_GAP;
  input.facts = e.facts;
  e.sentence = WriteSentence(input);
  e.status_text = StatusText(e.verdict, std::nullopt);
  return e;
}

}  // namespace shirube::testing
