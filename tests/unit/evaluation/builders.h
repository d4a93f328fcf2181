// Small builders for indicators, observations and rows, in the planner's words.
#ifndef TESTS_UNIT_EVALUATION_BUILDERS_H_
#define TESTS_UNIT_EVALUATION_BUILDERS_H_

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/time/civil_time.h"
#include "absl/time/time.h"
#include "server/domain/era.h"
#include "server/domain/indicator.h"
#include "server/domain/observation.h"

namespace shirube::testing {

inline Decimal Dec(const std::string& text) { return *Decimal::Parse(text); }
// "R4", "2014年", "2020-03-31".
inline Period At(const std::string& text) { return *ParsePeriod(text); }

inline Value Number(const std::string& text) {
  Value value;
  value.number = Dec(text);
  return value;
}
inline Value Unread(const std::string& text) {
  Value value;
  value.unread = text;
  return value;
}

inline absl::Time MidnightInJapan(int year, int month, int day) {
  constexpr absl::Duration kAhead = absl::Hours(9);
  return absl::FromCivil(absl::CivilDay(year, month, day),
                         absl::UTCTimeZone()) -
         kAhead;
}

class IndicatorBuilder {
 public:
  explicit IndicatorBuilder(std::string unit, std::string id = "i-01",
                            std::string plan = "p") {
    indicator_.plan = PlanId(std::move(plan));
    indicator_.id = IndicatorId(std::move(id));
    indicator_.display_name = "指標";
    indicator_.unit = std::move(unit);
  }

  IndicatorBuilder& Baseline(const Value& value, const std::string& period) {
    struct Baseline baseline;
    baseline.value = value;
    if (!period.empty()) baseline.period = At(period);
    indicator_.baselines.push_back(baseline);
    return *this;
  }
  IndicatorBuilder& Baseline(const std::string& value,
                             const std::string& period) {
    return Baseline(Number(value), period);
  }
  IndicatorBuilder& Target(const std::string& value, const std::string& period,
                           Operator op = Operator::kNone) {
    struct Target target;
    target.value = Number(value);
    if (!period.empty()) target.period = At(period);
    target.op = op;
    indicator_.targets.push_back(target);
    return *this;
  }
  IndicatorBuilder& EffectiveFrom(const std::string& period) {
    indicator_.targets.back().effective_from = At(period);
    return *this;
  }
  IndicatorBuilder& EveryYear() {
    indicator_.targets.back().every_year = true;
    return *this;
  }
  IndicatorBuilder& Upper(const std::string& value) {
    indicator_.kind = IndicatorKind::kBand;
    indicator_.targets.back().upper = Number(value);
    return *this;
  }
  IndicatorBuilder& Words(const std::string& words) {
    struct Target target;
    target.words = words;
    indicator_.kind = IndicatorKind::kQualitative;
    indicator_.targets.push_back(target);
    return *this;
  }
  IndicatorBuilder& Milestone(const std::string& value,
                              const std::string& period) {
    indicator_.milestones.push_back({Number(value), At(period)});
    return *this;
  }
  IndicatorBuilder& CumulativeFrom(const std::string& period) {
    indicator_.kind = IndicatorKind::kCumulative;
    indicator_.window_start = At(period);
    return *this;
  }
  IndicatorBuilder& Kind(IndicatorKind kind) {
    indicator_.kind = kind;
    return *this;
  }
  IndicatorBuilder& Directed(Direction direction) {
    indicator_.direction = direction;
    return *this;
  }
  IndicatorBuilder& Parameter(const std::string& name,
                              const std::string& value) {
    indicator_.parameters[name] = Dec(value);
    return *this;
  }
  IndicatorBuilder& Link(const std::string& initiative) {
    indicator_.links.push_back(InitiativeId(initiative));
    return *this;
  }
  Indicator Build() const { return indicator_; }

 private:
  Indicator indicator_;
};

inline Observation Measured(const Indicator& indicator,
                            const std::string& period, const Value& value) {
  Observation observation;
  observation.plan = indicator.plan;
  observation.indicator = indicator.id;
  observation.period = At(period);
  observation.value = value;
  if (indicator.kind == IndicatorKind::kCumulative) {
    observation.basis = Basis::kToDate;
  }
  return observation;
}
inline Observation Measured(const Indicator& indicator,
                            const std::string& period,
                            const std::string& value) {
  return Measured(indicator, period, Number(value));
}

}  // namespace shirube::testing

#endif  // TESTS_UNIT_EVALUATION_BUILDERS_H_
