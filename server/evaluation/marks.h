// Marks that evaluation itself gives, from what stands behind the point judged
// (modules give STALE, CombineAnswers gives CONFLICT), and the texts of all.
// Pure.
#ifndef SHIRUBE_SERVER_EVALUATION_MARKS_H_
#define SHIRUBE_SERVER_EVALUATION_MARKS_H_

#include <optional>
#include <string_view>
#include <vector>

#include "server/domain/indicator.h"
#include "server/domain/verdict.h"
#include "server/evaluation/explanation.h"
#include "server/table/row_input.h"

namespace shirube {

// Which kinds of year the baseline, target and milestones of an indicator are
// in: what it takes to see 年 and 年度 mixed without the indicator at hand.
struct YearKinds {
  bool baseline_calendar = false, baseline_fiscal = false;
  bool target_calendar = false, target_fiscal = false;
  // No calendar year at all: the usual indicator, for which nothing is kept.
  bool plain() const { return !baseline_calendar && !target_calendar; }
};
YearKinds YearKindsOf(const Indicator& indicator, const Baseline* baseline,
                      const Target* target);

// Adds PROVISIONAL, RESTATED, ASSUMED_TO_DATE and MIXED_YEAR_KIND of the point
// judged to `verdict` (none without one).
void AddPointMarks(const RowPoint& judged, const YearKinds& kinds,
                   Verdict* verdict);

// In the verdict's order; the last ones name modules that failed although the
// status stands.
std::vector<MarkText> TextsOfMarks(const Verdict& verdict,
                                   const Indicator& indicator);

}  // namespace shirube

#endif  // SHIRUBE_SERVER_EVALUATION_MARKS_H_
