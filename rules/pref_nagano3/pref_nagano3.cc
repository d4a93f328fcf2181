// The figure against the milestone published for its own year.
#include "shirube/rule.hpp"

namespace {

namespace rule = shirube::rule;

constexpr rule::Code kReached = 121;
constexpr rule::Code kNearlyReached = 122;
constexpr rule::Code kShort = 123;
enum Parameter : uint32_t { kNearlyFrom, kParametersCount };
enum Fact : uint32_t { kMilestone, kGap, kProgress, kFactsCount };

// How much of the way to the milestone, on which `due` is still missing.
rule::Answer ByProgress(const rule::Row& row, const rule::Point& actual,
                        int64_t due, rule::Facts* facts) {
  const std::optional<int64_t> start = row.start();
  if (!start) return rule::CannotTell(rule::kNoBaseline, actual);
  const int64_t at_start = row.missing(*start);
  // A milestone no nearer to the target than the start: no way to it.
  if (at_start <= due) return rule::Raise(kShort, actual);
  const rule::Ratio progress(at_start - row.missing(actual.value),
                             at_start - due);
  facts->Set(kProgress, progress);
  const bool nearly = progress >= row.parameter(kNearlyFrom);
  return rule::Raise(nearly ? kNearlyReached : kShort, actual);
}

rule::Answer Judge(const rule::Row& row, rule::Facts* facts) {
  if (const rule::Code why = row.obstacle()) return rule::CannotTell(why);
  const rule::Point actual = *row.latest();
  if (!row.has_way()) return rule::CannotTell(rule::kNotCovered, actual);
  const std::optional<int64_t> milestone = row.milestone_at(actual.index);
  if (milestone) {
    facts->Set(kMilestone, *milestone);
    facts->Set(kGap, rule::Int128{actual.value} - *milestone);
  }
  if (row.met(actual.value)) return rule::Raise(rule::kMet, actual);
  if (milestone) {
    const int64_t due = row.missing(*milestone);
    return row.missing(actual.value) <= due
               ? rule::Raise(kReached, actual)
               : ByProgress(row, actual, due, facts);
  }
  const std::optional<int32_t> target_index = row.target_index();
  if (!target_index || actual.index < *target_index) {
    return rule::CannotTell(rule::kNoMilestone, actual);
  }
  // From the target's year on the target is the milestone.
  return ByProgress(row, actual, 0, facts);
}

}  // namespace

SHIRUBE_RULE(Judge, kParametersCount, kFactsCount)
