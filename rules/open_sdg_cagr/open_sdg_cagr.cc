// The yearly growth since the baseline as a share of the yearly growth that
// reaches the target on time. Roots: doubles, not exact.
#include <cmath>

#include "shirube/rule.hpp"

namespace {

namespace rule = shirube::rule;

constexpr rule::Code kOnTrack = 131;
constexpr rule::Code kAccelerationNeeded = 132;
constexpr rule::Code kLimited = 133;
constexpr rule::Code kDeterioration = 134;
enum Parameter : uint32_t { kOnTrackFrom, kModerateFrom, kParametersCount };
enum Fact : uint32_t {
  kObservedGrowth,
  kRequiredGrowth,
  kGrowthRatio,
  kFactsCount
};

constexpr int32_t kYear = 12;

// The method cannot start from 0 or grow to it and takes 0.001 of the unit.
double NotZero(int64_t units, int scale) {
  return units != 0 ? static_cast<double>(units) : 0.001 * std::pow(10, scale);
}

double YearlyGrowth(double from, double to, int32_t index_distance) {
  const double years = static_cast<double>(index_distance) / kYear;
  return std::expm1(std::log(to / from) / years);
}

void SetRounded(rule::Facts* facts, Fact fact, double value) {
  constexpr int64_t kDenominator = 1000000000;
  if (!(std::fabs(value) < 1e9)) return;
  facts->Set(fact, {std::llround(value * kDenominator), kDenominator});
}

rule::Answer ByGrowth(const rule::Row& row, const rule::Point& actual,
                      double observed, double required, rule::Facts* facts) {
  const double toward = row.direction() * (*row.start() < 0 ? -1 : 1);
  // A target equal to the baseline asks for no growth: only its loss counts.
  const double ratio = required != 0 ? toward * observed / std::fabs(required)
                       : toward * observed < 0 ? -HUGE_VAL
                                               : 0;
  SetRounded(facts, kObservedGrowth, observed);
  SetRounded(facts, kRequiredGrowth, required);
  SetRounded(facts, kGrowthRatio, ratio);
  if (ratio >= row.parameter(kOnTrackFrom).approximate())
    return rule::Raise(kOnTrack, actual);
  if (ratio >= row.parameter(kModerateFrom).approximate())
    return rule::Raise(kAccelerationNeeded, actual);
  return rule::Raise(ratio >= 0 ? kLimited : kDeterioration, actual);
}

rule::Answer Judge(const rule::Row& row, rule::Facts* facts) {
  if (const rule::Code why = row.obstacle()) return rule::CannotTell(why);
  const rule::Point actual = *row.latest();
  if (row.kind() != SHIRUBE_KIND_LEVEL)
    return rule::CannotTell(rule::kNotCovered, actual);
  if (row.met(actual.value)) return rule::Raise(rule::kMet, actual);
  if (!row.target_index())
    return rule::CannotTell(rule::kNoTargetPeriod, actual);
  if (!row.baseline()) return rule::CannotTell(rule::kNoBaseline, actual);
  if (!row.baseline_index())
    return rule::CannotTell(rule::kNoBaselinePeriod, actual);
  const int32_t since = actual.index - *row.baseline_index();
  if (since < kYear) return rule::CannotTell(rule::kNotDue, actual);
  const double from = NotZero(*row.baseline(), row.scale());
  const double to = NotZero(*row.target(), row.scale());
  const double at = static_cast<double>(actual.value);
  if (from * to < 0 || from * at < 0)
    return rule::CannotTell(rule::kSignChanges, actual);
  return ByGrowth(
      row, actual, YearlyGrowth(from, at, since),
      YearlyGrowth(from, to, *row.target_index() - *row.baseline_index()),
      facts);
}

}  // namespace

SHIRUBE_RULE(Judge, kParametersCount, kFactsCount)
