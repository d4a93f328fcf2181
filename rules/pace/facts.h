// The numbers behind a judgement, each an exact fraction in lowest terms. Asked
// for only where somebody reads them, so clarity goes before speed here.
#ifndef RULES_PACE_FACTS_H_
#define RULES_PACE_FACTS_H_

#include <cstdint>

#include "rules/pace/pace.h"
#include "rules/pace/reason.h"
#include "rules/pace/terms.h"
#include "shirube/rule.h"

namespace shirube::pace {

// The order of the manifests.
enum Fact : uint32_t {
  kExpected,  // the path's value at t_a (a level to keep: the target); unit
  kGap,       // a - expected; unit
  kProgress,  // P
  kExpectedShare,  // X
  kTimeShare,      // of the time from baseline to target, at most 1
  kPaceRatio,      // P / X; not given when met, nor where X <= 0
  kFactsCount
};

// A denominator of 0: not given.
struct Fraction {
  Int128 numerator = 0;
  Int128 denominator = 0;
};

struct Facts {
  Fraction of[kFactsCount];
};

inline Fraction Reduced(Int128 numerator, Int128 denominator) {
  if (denominator == 0) return {};
  if (denominator < 0) numerator = -numerator, denominator = -denominator;
  Int128 x = numerator < 0 ? -numerator : numerator, y = denominator;
  while (y != 0) {
    const Int128 rest = x % y;
    x = y;
    y = rest;
  }
  return {numerator / x, denominator / x};
}

namespace internal {

inline void AddShares(const Terms& t, int64_t a, int64_t t_a, bool met,
                      Facts* facts) {
  const int64_t g_a = Missing(t, a), g_b = Missing(t, t.b);
  facts->of[kProgress] = Reduced(g_b - g_a, g_b);
  if (!t.has_t_T) return;
  const PathValue m = PathAt(t, t_a);
  if (!m.exists || !t.has_t_b) return;
  // Without milestones this is the share of time, by the same formula.
  const Int128 due =
      Int128{g_b} * m.denominator - MissingTimesDenominator(t, m);
  facts->of[kExpectedShare] = Reduced(due, Int128{g_b} * m.denominator);
  if (!met && due > 0) {
    facts->of[kPaceRatio] = Reduced(Int128{g_b - g_a} * m.denominator, due);
  }
}

}  // namespace internal

// The facts of a row that was judged; none for NOT_EVALUATED.
inline Facts FactsOf(const shirube_batch* batch, uint32_t row,
                     const Judgement& judgement) {
  Facts facts;
  if (StatusOf(judgement.reason) == Status::kNotEvaluated) return facts;
  const Terms t = LoadTerms(batch, row);
  const uint32_t p = batch->points_offset[row] + judgement.point;
  const int64_t a = batch->point_value[p];
  const int64_t t_a = batch->point_index[p];
  if (t.has_t_b && t.has_t_T && t_a >= t.t_b && t.t_T > t.t_b) {
    facts.of[kTimeShare] = Reduced(std::min(t_a, t.t_T) - t.t_b, t.t_T - t.t_b);
  }
  const bool b_met = t.has_b && Met(t, t.b);
  const bool to_keep = t.kind == SHIRUBE_KIND_MAINTAIN ||
                       (t.kind == SHIRUBE_KIND_CUMULATIVE && b_met);
  // From a baseline that had met the target no path leads to it.
  PathValue m = to_keep ? PathValue{true, t.T, 1}
                : b_met ? PathValue{}
                        : PathAt(t, t_a);
  if (t.kind == SHIRUBE_KIND_BAND && !t.has_b) m = {};  // to which edge?
  if (m.exists) {
    facts.of[kExpected] = Reduced(m.numerator, m.denominator);
    facts.of[kGap] =
        Reduced(Int128{a} * m.denominator - m.numerator, m.denominator);
  }
  if (!to_keep && t.has_b && Missing(t, t.b) > 0) {
    internal::AddShares(t, a, t_a, Met(t, a), &facts);
  }
  return facts;
}

}  // namespace shirube::pace

#endif  // RULES_PACE_FACTS_H_
