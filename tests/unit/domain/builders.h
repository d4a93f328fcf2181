// Small builders of domain values for the tests of this folder.
#ifndef SHIRUBE_TESTS_UNIT_DOMAIN_BUILDERS_H_
#define SHIRUBE_TESTS_UNIT_DOMAIN_BUILDERS_H_

#include <string>
#include <string_view>

#include "server/domain/indicator.h"
#include "server/domain/initiative.h"
#include "server/domain/observation.h"

namespace shirube {

inline Decimal D(std::string_view text) { return *Decimal::Parse(text); }
inline Period P(std::string_view id) { return *Period::ParseId(id); }

inline Value Number(std::string_view text, std::string_view unit = "") {
  Value value;
  value.number = D(text);
  value.unit = unit;
  return value;
}

inline Value Unread(std::string_view text) {
  Value value;
  value.unread = text;
  return value;
}

// 1,619 people in FY2019, to be 2,400 in FY2024.
inline Indicator People() {
  Indicator indicator;
  indicator.plan = PlanId("plan");
  indicator.id = IndicatorId("people");
  indicator.display_name = "防災士の認証登録者数";
  indicator.unit = "人";
  indicator.baselines = {{Number("1619"), P("fy2019"), std::nullopt}};
  Target target;
  target.value = Number("2400");
  target.period = P("fy2024");
  indicator.targets = {target};
  return indicator;
}

// 120億円 over FY2021 to FY2024.
inline Indicator Savings() {
  Indicator indicator = People();
  indicator.id = IndicatorId("savings");
  indicator.unit = "億円";
  indicator.kind = IndicatorKind::kCumulative;
  indicator.baselines.clear();
  indicator.targets[0].value = Number("120");
  indicator.window_start = P("fy2021");
  return indicator;
}

inline Observation Observed(std::string_view period, Value value,
                            Basis basis = Basis::kNone) {
  Observation observation;
  observation.plan = PlanId("plan");
  observation.indicator = IndicatorId("people");
  observation.period = P(period);
  observation.value = std::move(value);
  observation.basis = basis;
  return observation;
}

inline Initiative Measure(std::string_view id, std::string_view parent = "") {
  Initiative initiative;
  initiative.plan = PlanId("plan");
  initiative.id = InitiativeId(std::string(id));
  initiative.parent = InitiativeId(std::string(parent));
  initiative.kind = InitiativeKind::kMeasure;
  initiative.display_name = "施策";
  return initiative;
}

}  // namespace shirube

#endif  // SHIRUBE_TESTS_UNIT_DOMAIN_BUILDERS_H_
