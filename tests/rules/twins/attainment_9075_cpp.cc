// Progress alone, against two fixed limits; time plays no part.
#include "shirube/rule.hpp"

namespace {

namespace rule = shirube::rule;

constexpr rule::Code kGreen = 111;
constexpr rule::Code kYellow = 112;
constexpr rule::Code kRed = 113;
enum Parameter : uint32_t { kGreenFrom, kYellowFrom, kParametersCount };
enum Fact : uint32_t { kProgress, kFactsCount };

rule::Answer Judge(const rule::Row& row, rule::Facts* facts) {
  if (const rule::Code why = row.obstacle()) return rule::CannotTell(why);
  const rule::Point actual = *row.latest();
  if (!row.has_way()) return rule::CannotTell(rule::kNotCovered, actual);
  const bool met = row.met(actual.value);
  const std::optional<int64_t> start = row.start();
  if (!start) {
    return met ? rule::Raise(rule::kMet, actual)
               : rule::CannotTell(rule::kNoBaseline, actual);
  }
  const int64_t at_start = row.missing(*start);
  // Nothing was missing at the start: no share of it can be told.
  if (at_start == 0) return rule::Raise(met ? rule::kMet : kRed, actual);
  const rule::Ratio progress(at_start - row.missing(actual.value), at_start);
  facts->Set(kProgress, progress);
  if (met) return rule::Raise(rule::kMet, actual);
  if (progress >= row.parameter(kGreenFrom)) return rule::Raise(kGreen, actual);
  const bool yellow = progress >= row.parameter(kYellowFrom);
  return rule::Raise(yellow ? kYellow : kRed, actual);
}

}  // namespace

SHIRUBE_RULE(Judge, kParametersCount, kFactsCount)
