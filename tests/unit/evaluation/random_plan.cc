#include "tests/unit/evaluation/random_plan.h"

#include <random>

#include "absl/strings/str_cat.h"
#include "tests/unit/evaluation/builders.h"

namespace shirube::testing {
namespace {

constexpr int kFirstYear = 2018;
constexpr int kLastYear = 2022;

class Maker {
 public:
  Maker(uint32_t seed, std::string plan)
      : random_(seed), plan_(std::move(plan)) {}

  // At least 0, below n.
  int Below(int n) {
    return static_cast<int>(std::uniform_int_distribution<>(0, n - 1)(random_));
  }
  bool Chance(int percent) { return Below(100) < percent; }

  Indicator MakeIndicator(int number);
  std::vector<Observation> Observe(const Indicator& indicator);

 private:
  std::string Value() { return absl::StrCat(Below(200), ".", Below(10)); }
  std::string Year(int year) {
    return absl::StrCat(year, calendar_ ? "年" : "年度");
  }

  std::mt19937 random_;
  const std::string plan_;
  bool calendar_ = false;
};

Indicator Maker::MakeIndicator(int number) {
  calendar_ = Chance(15);
  IndicatorBuilder builder("人", absl::StrCat("i-", 100 + number), plan_);
  const bool sum = Chance(15);
  if (sum) {
    builder.CumulativeFrom(Year(kFirstYear + 1)).Target("300", Year(2024));
  } else {
    builder.Baseline(Value(), Year(kFirstYear)).Target(Value(), Year(2024));
  }
  if (!sum && Chance(20)) builder.Upper("250");
  if (Chance(30)) {
    // The target was revised on the way.
    const int from = 2020 + Below(3);
    Indicator before = builder.Build();
    std::optional<::shirube::Value> upper;
    if (!before.targets.empty()) upper = before.targets[0].upper;
    builder.Target(Value(), Year(2024 + Below(3)));
    builder.EffectiveFrom(absl::StrCat(from, "年度"));
    if (upper) builder.Upper("250");
  }
  Indicator indicator = builder.Build();
  if (!sum && indicator.kind == IndicatorKind::kLevel && Chance(30)) {
    indicator.milestones.push_back({Number(Value()), At(Year(2021))});
  }
  if (Chance(20)) indicator.parameters["pace_threshold"] = Dec("0.9");
  if (Chance(70)) {
    indicator.links.push_back(InitiativeId(absl::StrCat("m-", Below(4))));
  } else {
    indicator.printed_under = InitiativeId("pillar");
  }
  indicator.order = Below(1000);
  return indicator;
}

std::vector<Observation> Maker::Observe(const Indicator& indicator) {
  std::vector<Observation> observations;
  for (int year = kFirstYear + 1; year <= kLastYear; ++year) {
    if (Chance(25)) continue;
    // A total to date never runs back.
    const bool sum = indicator.kind == IndicatorKind::kCumulative;
    const std::string total = absl::StrCat(40 * (year - kFirstYear), ".5");
    Observation one = Measured(indicator, Year(year), sum ? total : Value());
    if (Chance(10)) one.state = ObservationState::kProvisional;
    if (indicator.kind == IndicatorKind::kCumulative && Chance(50)) {
      one.basis = Basis::kPeriod;
    }
    observations.push_back(std::move(one));
  }
  return observations;
}

}  // namespace

RandomPlan::RandomPlan(uint32_t seed, const std::string& id, int n) : plan(id) {
  Maker maker(seed, id);
  if (seed % 2 == 0) parameters["behind_threshold"] = Dec("0.5");
  for (int i = 0; i < n; ++i) {
    indicators.push_back(maker.MakeIndicator(i));
    for (Observation& one : maker.Observe(indicators.back())) {
      observations.push_back(std::move(one));
    }
  }
}

void RandomPlan::AddTo(World& world) const {
  world.AddPlan(plan.value(), parameters);
  world.AddInitiative(plan.value(), "pillar");
  for (int m = 0; m < 4; ++m) {
    world.AddInitiative(plan.value(), absl::StrCat("m-", m),
                        m < 2 ? "pillar" : "");
  }
  for (const Indicator& indicator : indicators) world.Add(indicator);
  for (const Observation& observation : observations) {
    world.Record(observation);
  }
}

}  // namespace shirube::testing
