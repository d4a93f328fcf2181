// The default judgement: which status and reason a row of a batch has. Pure, no
// state, exact (128-bit cross-multiplication, no division); called by the three
// default modules for every row, from any thread.
//
// Judge() is the whole of it. DecideGeneral() is the table from top to bottom,
// in the table's order; Judge() answers the one row shape that makes up nearly
// all of a table without branching on its outcome, and leaves every other row
// to it.
#ifndef RULES_PACE_PACE_H_
#define RULES_PACE_PACE_H_

#include <cstdint>

#include "rules/pace/reason.h"
#include "rules/pace/terms.h"
#include "shirube/rule.h"

namespace shirube::pace {

inline constexpr int64_t kMillion = 1000000;

// In millionths; behind is at most pace.
struct Thresholds {
  int64_t pace = 800000;
  int64_t behind = 600000;
};

struct Judgement {
  Reason reason;
  uint16_t point;  // within the row's points, or SHIRUBE_NO_POINT
};

// The latest point not after as_of; but once the target period's own
// observation met the target, that one.
inline uint16_t ChoosePoint(const Terms& t) {
  const shirube_batch* batch = t.batch;
  const uint32_t offset = batch->points_offset[t.row];
  uint32_t n = batch->points_count[t.row];
  while (n > 0 && batch->point_index[offset + n - 1] > batch->as_of_index) --n;
  if (n == 0) return SHIRUBE_NO_POINT;
  constexpr uint32_t kNoNumber =
      SHIRUBE_TARGET_UNREAD | SHIRUBE_TARGET_OTHER_UNIT;
  const bool has_number =
      (t.present & SHIRUBE_HAS_TARGET) && !(t.present & kNoNumber);
  if (!t.has_t_T || !has_number) return static_cast<uint16_t>(n - 1);
  for (uint32_t i = n; i-- > 0 && batch->point_index[offset + i] >= t.t_T;) {
    if (batch->point_index[offset + i] == t.t_T &&
        HasValue(batch->point_state[offset + i]) &&
        Met(t, batch->point_value[offset + i])) {
      return static_cast<uint16_t>(i);
    }
  }
  return static_cast<uint16_t>(n - 1);
}

// The first row of the table: what makes judging impossible, or kNoReason.
inline Reason WhyNotJudged(const Terms& t, uint16_t point) {
  constexpr uint32_t kAnyTarget = SHIRUBE_HAS_TARGET | SHIRUBE_TARGET_UNREAD |
                                  SHIRUBE_TARGET_OTHER_UNIT |
                                  SHIRUBE_TARGET_WORDS;
  if (!(t.present & kAnyTarget)) return kNoTarget;
  if (t.kind >= SHIRUBE_KIND_QUALITATIVE ||
      (t.present & SHIRUBE_TARGET_WORDS)) {
    return kQualitativeTarget;
  }
  if (point == SHIRUBE_NO_POINT) return kNoData;
  const uint8_t state =
      t.batch->point_state[t.batch->points_offset[t.row] + point];
  if (state == SHIRUBE_POINT_GAP) return kNoData;
  // Also of a CUMULATIVE: a printed baseline that nobody can read may not be 0.
  if (state == SHIRUBE_POINT_UNREAD ||
      (t.present & (SHIRUBE_BASELINE_UNREAD | SHIRUBE_TARGET_UNREAD))) {
    return kAmbiguous;
  }
  if (!HasValue(state) ||
      (t.present & (SHIRUBE_BASELINE_OTHER_UNIT | SHIRUBE_TARGET_OTHER_UNIT))) {
    return kUnitMismatch;
  }
  if (t.kind == SHIRUBE_KIND_BAND) return kNoReason;
  if (t.direction_conflict) return kDirectionConflict;
  return t.direction == 0 ? kDirectionUnknown : kNoReason;
}

// Progress P against the expected share X, both as shares of g(b) > 0: P is
// done / whole and X is due / whole.
inline Reason DecidePace(Int128 done, Int128 due,
                         const Thresholds& thresholds) {
  if (done >= due) return kOnPace;
  if (done * kMillion >= due * thresholds.pace) return kNearlyOnPace;
  return done * kMillion >= due * thresholds.behind ? kBehind : kFarBehind;
}

// MAINTAIN, and CUMULATIVE with a ceiling: there is no path, only a level to
// keep.
inline Reason DecideLevelToKeep(const Terms& t, int64_t t_a, bool met,
                                bool b_met) {
  const bool due = t.has_t_T && t_a >= t.t_T;
  if (met) return !due ? kHolding : t_a == t.t_T ? kMetOnTime : kMetLate;
  return t.kind == SHIRUBE_KIND_MAINTAIN && !due && b_met ? kFellBack : kMissed;
}

// The table below its first row, for the value a at t_a.
inline Reason Decide(const Terms& t, int64_t a, int64_t t_a,
                     const Thresholds& thresholds) {
  const bool cumulative = t.kind == SHIRUBE_KIND_CUMULATIVE;
  // t_b of a CUMULATIVE is the end of the year before its window: before it,
  // too.
  if (t.has_t_b && (cumulative ? t_a <= t.t_b : t_a < t.t_b)) return kNotDue;
  const bool met = Met(t, a);
  const bool b_met = t.has_b && Met(t, t.b);
  if (t.kind == SHIRUBE_KIND_MAINTAIN || (cumulative && b_met)) {
    return DecideLevelToKeep(t, t_a, met, b_met);
  }
  if (met) {
    if (!t.has_t_T) return kMetUndated;
    return t_a < t.t_T ? kMetEarly : t_a == t.t_T ? kMetOnTime : kMetLate;
  }
  if (t.has_t_T && t_a >= t.t_T) return kMissed;
  if (t.has_t_b && t_a == t.t_b) return kNotDue;
  if (b_met) return kFellBack;

  const int64_t g_a = Missing(t, a);
  const int64_t g_b = t.has_b ? Missing(t, t.b) : 0;
  const PathValue m = t.milestones != 0 ? PathAt(t, t_a) : PathValue{};
  const Int128 g_m = m.exists ? MissingTimesDenominator(t, m) : Int128{0};
  const bool worse_than_path = !m.exists || Int128{g_a} * m.denominator > g_m;
  if (t.has_b && g_a - g_b > t.batch->noise_band[t.row] && g_a > g_b &&
      worse_than_path) {
    return kRegressed;
  }
  if (!t.has_t_T) return kNoTargetPeriod;
  if (!t.has_b) {
    if (t.milestones == 0 || t.kind == SHIRUBE_KIND_BAND) return kNoBaseline;
    if (!m.exists) return kNotDue;
    return worse_than_path ? kBehind : kOnPace;
  }
  if (!t.has_t_b) return kNoBaselinePeriod;
  if (g_b == 0) return kFarBehind;  // T = b, and the operator wants it passed
  if (m.exists) {
    return DecidePace(Int128{g_b - g_a} * m.denominator,
                      Int128{g_b} * m.denominator - g_m, thresholds);
  }
  return DecidePace(Int128{g_b - g_a} * (t.t_T - t.t_b),
                    Int128{g_b} * (t_a - t.t_b), thresholds);
}

// Any row. Kept out of line so that Judge() stays small.
__attribute__((noinline)) inline Judgement JudgeGeneral(
    const shirube_batch* batch, uint32_t row, Thresholds thresholds) {
  const Terms t = LoadTerms(batch, row);
  const uint16_t point = ChoosePoint(t);
  const Reason reason = WhyNotJudged(t, point);
  if (reason != kNoReason) return {reason, point};
  const uint32_t p = batch->points_offset[row] + point;
  return {Decide(t, batch->point_value[p], batch->point_index[p], thresholds),
          point};
}

// By (met, P>=X, P>=theta X, P>=beta X), the first being the highest bit.
inline constexpr Reason kOutcome[16] = {
    kFarBehind, kBehind,   kNearlyOnPace, kNearlyOnPace, kOnPace,   kOnPace,
    kOnPace,    kOnPace,   kMetEarly,     kMetEarly,     kMetEarly, kMetEarly,
    kMetEarly,  kMetEarly, kMetEarly,     kMetEarly};

// `columns` is a copy of *batch that a caller in a loop keeps where the
// compiler knows that nobody writes to it.
__attribute__((always_inline)) inline Judgement Judge(
    const shirube_batch& columns, uint32_t row, Thresholds thresholds,
    const shirube_batch* batch) {
  // The usual row: a level with baseline and target, both with period, no
  // milestones, judged between the two, not worse than at the start. Its
  // outcome is as good as random to the branch predictor, so it is computed,
  // not branched.
  constexpr uint16_t kWhole = SHIRUBE_HAS_BASELINE |
                              SHIRUBE_HAS_BASELINE_PERIOD | SHIRUBE_HAS_TARGET |
                              SHIRUBE_HAS_TARGET_PERIOD;
  const uint32_t points = columns.points_count[row];
  const bool plain = columns.kind[row] == SHIRUBE_KIND_LEVEL &&
                     columns.present[row] == kWhole &&
                     columns.milestones_count[row] == 0 && points != 0;
  if (__builtin_expect(!plain, 0)) return JudgeGeneral(batch, row, thresholds);

  const uint32_t last = columns.points_offset[row] + points - 1;
  const int64_t b = columns.baseline[row], T = columns.target[row];
  const int64_t a = columns.point_value[last];
  const int32_t t_a = columns.point_index[last];
  const int64_t elapsed = int64_t{t_a} - columns.baseline_index[row];
  const int64_t whole =
      int64_t{columns.target_index[row]} - columns.baseline_index[row];
  const uint8_t op = columns.operator_[row];
  const int given = columns.direction[row];
  const int of_operator = OperatorDirection(op);
  const int wanted = given != 0 ? given : of_operator;
  // -1 for down, else 0; with T = b and no direction g_b below is 0: not judged
  // here.
  const int64_t down = (wanted != 0 ? int64_t{wanted} : T - b) >> 63;
  const int64_t strict = IsStrict(op);
  const int64_t g_a = ((T - a) ^ down) - down;  // negative beyond T
  const int64_t g_b = ((T - b) ^ down) - down;
  const bool judged = (t_a <= columns.as_of_index) &
                      HasValue(columns.point_state[last]) &
                      (given * of_operator >= 0) & (g_b > 0) & (g_a <= g_b) &
                      (elapsed > 0) & (elapsed < whole);
  if (__builtin_expect(!judged, 0)) return JudgeGeneral(batch, row, thresholds);

  const Int128 done = Int128{g_b - g_a} * (whole * kMillion);
  const unsigned outcome =
      static_cast<unsigned>(g_a <= -strict) << 3 |
      static_cast<unsigned>(done >= Int128{g_b} * (elapsed * kMillion)) << 2 |
      static_cast<unsigned>(done >= Int128{g_b} * (elapsed * thresholds.pace))
          << 1 |
      static_cast<unsigned>(done >=
                            Int128{g_b} * (elapsed * thresholds.behind));
  return {kOutcome[outcome], static_cast<uint16_t>(points - 1)};
}

inline Judgement Judge(const shirube_batch* batch, uint32_t row,
                       Thresholds thresholds) {
  return Judge(*batch, row, thresholds, batch);
}

}  // namespace shirube::pace

#endif  // RULES_PACE_PACE_H_
