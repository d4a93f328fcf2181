// One row of a batch in the words of the judgement: baseline b, target T (a
// band: lower and upper edge), their indexes, the direction d, the point judged
// a, and the path from baseline to target. Pure; read-only on the batch; any
// thread.
//
// Widths: values are at most 10^18 in amount, so a difference fits 64 bits and
// a difference times an index distance (36,000 for 3,000 years) times a
// parameter in millionths is below 10^30, far inside 128 bits.
#ifndef RULES_PACE_TERMS_H_
#define RULES_PACE_TERMS_H_

#include <algorithm>
#include <cstdint>

#include "shirube/rule.h"

namespace shirube::pace {

__extension__ using Int128 = __int128;

struct Terms {
  const shirube_batch* batch;
  uint32_t row;
  uint8_t kind;
  uint8_t op;
  uint32_t present;
  int direction;  // d: 1 up, -1 down, 0 unknown (a BAND has none)
  bool direction_conflict;
  bool has_b;
  bool has_t_b;  // only with b
  bool has_t_T;
  int64_t b;
  int64_t T;      // BAND: the lower edge
  int64_t T_top;  // BAND: the upper edge; else T
  int64_t t_b;
  int64_t t_T;
  uint32_t milestones;
};

// A value of the path, numerator / denominator in the row's unit.
struct PathValue {
  bool exists;
  Int128 numerator;
  int64_t denominator;
};

inline constexpr int8_t kOperatorDirection[8] = {0, 1, -1, -1, 1, 0, 0, 0};

inline int OperatorDirection(uint8_t op) { return kOperatorDirection[op & 7]; }

inline bool IsStrict(uint8_t op) {
  return op == SHIRUBE_OP_BELOW || op == SHIRUBE_OP_ABOVE;
}

inline int Sign(int64_t x) { return (x > 0) - (x < 0); }

inline bool HasValue(uint8_t point_state) {
  return point_state <= SHIRUBE_POINT_RESTATED;
}

inline Terms LoadTerms(const shirube_batch* batch, uint32_t row) {
  Terms t{};
  t.batch = batch;
  t.row = row;
  t.kind = batch->kind[row];
  t.op = batch->operator_[row];
  t.present = batch->present[row];
  t.milestones = batch->milestones_count[row];
  t.T = batch->target[row];
  t.T_top = t.kind == SHIRUBE_KIND_BAND ? batch->target_upper[row] : t.T;
  t.t_T = batch->target_index[row];
  // Every year: there is no year from which on it would be achieved.
  t.has_t_T = (t.present & SHIRUBE_HAS_TARGET_PERIOD) != 0 &&
              !(t.present & SHIRUBE_TARGET_EVERY_YEAR);
  if (t.kind == SHIRUBE_KIND_CUMULATIVE) {
    t.has_b = true;  // 0 at the end of the year before the window
    t.has_t_b = (t.present & SHIRUBE_HAS_WINDOW_START) != 0;
    t.t_b = int64_t{batch->window_start_index[row]} - 12;
  } else {
    t.has_b = (t.present & SHIRUBE_HAS_BASELINE) != 0;
    t.has_t_b = t.has_b && (t.present & SHIRUBE_HAS_BASELINE_PERIOD) != 0;
    t.b = t.has_b ? batch->baseline[row] : 0;
    t.t_b = batch->baseline_index[row];
  }
  if (t.kind != SHIRUBE_KIND_BAND) {
    const int given = batch->direction[row];
    const int of_operator = OperatorDirection(t.op);
    t.direction_conflict = given * of_operator < 0;
    t.direction = given != 0         ? given
                  : of_operator != 0 ? of_operator
                  : t.has_b          ? Sign(t.T - t.b)
                                     : 0;
  }
  return t;
}

inline bool Met(const Terms& t, int64_t x) {
  if (t.kind == SHIRUBE_KIND_BAND) return t.T <= x && x <= t.T_top;
  switch (t.op) {
    case SHIRUBE_OP_AT_MOST:
      return x <= t.T;
    case SHIRUBE_OP_BELOW:
      return x < t.T;
    case SHIRUBE_OP_ABOVE:
      return x > t.T;
    default:
      return t.direction != 0 && t.direction * (x - t.T) >= 0;
  }
}

// g: what is still missing at x.
inline int64_t Missing(const Terms& t, int64_t x) {
  if (t.kind == SHIRUBE_KIND_BAND)
    return std::max({t.T - x, x - t.T_top, int64_t{0}});
  return std::max(int64_t{0}, t.direction * (t.T - x));
}

// g of a value of the path, times its denominator.
inline Int128 MissingTimesDenominator(const Terms& t, const PathValue& m) {
  const Int128 below = Int128{t.T} * m.denominator - m.numerator;
  const Int128 above = m.numerator - Int128{t.T_top} * m.denominator;
  if (t.kind == SHIRUBE_KIND_BAND) return std::max({below, above, Int128{0}});
  return std::max(Int128{0}, t.direction > 0 ? below : above);
}

// The value at t_a on the line through baseline, milestones and target. It
// exists only with a target period, and from the baseline's or the first
// milestone's period on; after the target period it is the target.
inline PathValue PathAt(const Terms& t, int64_t t_a) {
  if (!t.has_t_T) return {};
  const int64_t edge =
      t.kind == SHIRUBE_KIND_BAND && t.b > t.T_top ? t.T_top : t.T;
  if (t_a >= t.t_T) return {true, edge, 1};
  bool started = t.has_t_b && t.t_b <= t_a;
  int64_t from = t.t_b, from_value = t.b;
  int64_t to = t.t_T, to_value = edge;
  const uint32_t offset =
      t.milestones != 0 ? t.batch->milestones_offset[t.row] : 0;
  for (uint32_t i = 0; i < t.milestones; ++i) {
    const int64_t index = t.batch->milestone_index[offset + i];
    const int64_t value = t.batch->milestone_value[offset + i];
    if (index > t_a) {
      if (index < to) to = index, to_value = value;
      break;
    }
    started = true;
    from = index;
    from_value = value;
  }
  if (!started) return {};
  const int64_t span = to - from;
  return {
      true,
      Int128{from_value} * span + Int128{to_value - from_value} * (t_a - from),
      span};
}

}  // namespace shirube::pace

#endif  // RULES_PACE_TERMS_H_
