// The mean change of the last six points, carried on to the target's year:
// where would it end?
#include "shirube/rule.hpp"

namespace {

namespace rule = shirube::rule;

constexpr rule::Code kMetMovingAway = 141;
constexpr rule::Code kOnCourse = 142;
constexpr rule::Code kSmallMiss = 143;
constexpr rule::Code kLargeMiss = 144;
constexpr rule::Code kNotApproaching = 145;
enum Fact : uint32_t { kYearlyChange, kExtrapolated, kMissShare, kFactsCount };

constexpr int32_t kYear = 12;
constexpr uint32_t kPointsUsed = 6, kPointsNeeded = 4;

// The fiscal year in which a period ends.
int32_t YearOf(const rule::Point& point) {
  return (point.index + kYear - 1) / kYear;
}

// Per unit of index, from the first to the last of the last six points that
// have a value, the latest of each year; nothing where there are fewer than
// four.
std::optional<rule::Ratio> MeanChange(const rule::List<rule::Point>& points) {
  uint32_t found = 0;
  rule::Point first;
  for (uint32_t i = points.size(); i-- > 0 && found < kPointsUsed;) {
    if (!points[i].has_value()) continue;
    if (found > 0 && YearOf(points[i]) == YearOf(first)) continue;
    first = points[i];
    ++found;
  }
  if (found < kPointsNeeded) return std::nullopt;
  const rule::Point last = points.back();
  return rule::Ratio(rule::Int128{last.value} - first.value,
                     last.index - first.index);
}

// Unmet and moving towards the target: how much of what is left would still be
// missing in the target's year.
rule::Answer ByMiss(const rule::Row& row, const rule::Point& actual,
                    const rule::Ratio& change, rule::Facts* facts) {
  if (!row.target_index())
    return rule::CannotTell(rule::kNoTargetPeriod, actual);
  const rule::Ratio extrapolated =
      actual.value + change * rule::Ratio(*row.target_index() - actual.index);
  facts->Set(kExtrapolated, extrapolated);
  // Exactly on a target that has to be passed (未満, 超): all of it is missing.
  if (*row.target() == actual.value) return rule::Raise(kLargeMiss, actual);
  const rule::Ratio miss = (*row.target() - extrapolated) /
                           rule::Ratio(*row.target() - actual.value);
  facts->Set(kMissShare, miss);
  if (miss < rule::Ratio(5, 100)) return rule::Raise(kOnCourse, actual);
  const bool small = miss <= rule::Ratio(20, 100);
  return rule::Raise(small ? kSmallMiss : kLargeMiss, actual);
}

rule::Answer Judge(const rule::Row& row, rule::Facts* facts) {
  if (const rule::Code why = row.obstacle()) return rule::CannotTell(why);
  const rule::Point actual = *row.latest();
  if (row.kind() == SHIRUBE_KIND_BAND || !row.has_way())
    return rule::CannotTell(rule::kNotCovered, actual);
  const std::optional<rule::Ratio> change = MeanChange(row.points());
  if (!change) return rule::CannotTell(rule::kTooFewPoints, actual);
  facts->Set(kYearlyChange, *change * kYear);
  const rule::Ratio toward = *change * row.direction();
  if (row.met(actual.value)) {
    return rule::Raise(toward < 0 ? kMetMovingAway : rule::kMet, actual);
  }
  if (toward <= 0) return rule::Raise(kNotApproaching, actual);
  return ByMiss(row, actual, *change, facts);
}

}  // namespace

SHIRUBE_RULE(Judge, /*parameters=*/0, kFactsCount)
