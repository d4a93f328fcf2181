/* A where the progress made is at least the share of time that has passed, B
 * where it is not; F without a number to reach, N without a figure yet. Plain
 * C11 over the columns: an example of a module without any wrapper.
 *
 * Widths: values have at most 18 digits and an index distance at most 5, so
 * every product here fits 128 bits. */
#include <stdbool.h>

#include "shirube/rule.h"

__extension__ typedef __int128 wide;

enum reason {
  MET = 5,
  NO_TARGET = 31,
  QUALITATIVE_TARGET = 32,
  NO_DATA = 33,
  AMBIGUOUS = 34,
  UNIT_MISMATCH = 35,
  DIRECTION_CONFLICT = 36,
  DIRECTION_UNKNOWN = 37,
  NOT_DUE = 38,
  NO_TARGET_PERIOD = 39,
  NO_BASELINE = 40,
  NO_BASELINE_PERIOD = 41,
  NOT_COVERED = 42,
  RATED_A = 101,
  RATED_B = 102
};

enum fact { PROGRESS, TIME_SHARE, FACTS_COUNT };

enum fault { BATCH_TOO_OLD = 1, VERDICTS_TOO_OLD = 2 };

/* A fraction; a denominator of 0: not given. */
struct share {
  wide numerator, denominator;
};

/* One row in the words of the method. */
struct terms {
  uint8_t kind, op;
  uint16_t present;
  int direction; /* 1: more is better, -1: less is; 0: not known, or a band */
  bool direction_conflict, has_start, has_start_index, has_target_index;
  int64_t start, target, target_top; /* of a sum the start is 0 */
  int32_t start_index, target_index;
  uint16_t point; /* the latest not after as-of, or SHIRUBE_NO_POINT */
  uint8_t state;
  int64_t actual;
  int32_t actual_index;
};

struct result {
  uint16_t reason;
  struct share facts[FACTS_COUNT];
};

static int direction_of(uint8_t op) {
  const bool up = op == SHIRUBE_OP_AT_LEAST || op == SHIRUBE_OP_ABOVE;
  const bool down = op == SHIRUBE_OP_AT_MOST || op == SHIRUBE_OP_BELOW;
  return up - down;
}

static void load_start(const shirube_batch *in, uint32_t row, struct terms *t) {
  if (t->kind == SHIRUBE_KIND_CUMULATIVE) {
    t->has_start = true;
    t->has_start_index = (t->present & SHIRUBE_HAS_WINDOW_START) != 0;
    t->start_index = t->has_start_index ? in->window_start_index[row] - 12 : 0;
    return;
  }
  t->has_start = (t->present & SHIRUBE_HAS_BASELINE) != 0;
  t->has_start_index = (t->present & SHIRUBE_HAS_BASELINE_PERIOD) != 0;
  t->start = t->has_start ? in->baseline[row] : 0;
  t->start_index = in->baseline_index[row];
}

static void load_point(const shirube_batch *in, uint32_t row, struct terms *t) {
  const uint32_t offset = in->points_offset[row];
  uint32_t n = in->points_count[row];
  while (n > 0 && in->point_index[offset + n - 1] > in->as_of_index) --n;
  t->point = n > 0 ? (uint16_t)(n - 1) : SHIRUBE_NO_POINT;
  if (n == 0) return;
  t->state = in->point_state[offset + n - 1];
  t->actual = in->point_value[offset + n - 1];
  t->actual_index = in->point_index[offset + n - 1];
}

static void load_direction(const shirube_batch *in, uint32_t row,
                           struct terms *t) {
  if (t->kind == SHIRUBE_KIND_BAND) return;
  const int given = in->direction[row], of_operator = direction_of(t->op);
  const bool both = t->has_start && (t->present & SHIRUBE_HAS_TARGET) != 0;
  const int sign = both ? (t->target > t->start) - (t->target < t->start) : 0;
  t->direction = given != 0 ? given : of_operator != 0 ? of_operator : sign;
  t->direction_conflict = given * of_operator < 0;
}

static struct terms load(const shirube_batch *in, uint32_t row) {
  struct terms t = {0};
  t.kind = in->kind[row];
  t.op = in->operator_[row];
  t.present = in->present[row];
  t.target = in->target[row];
  t.target_top = t.kind == SHIRUBE_KIND_BAND ? in->target_upper[row] : t.target;
  t.has_target_index = (t.present & SHIRUBE_HAS_TARGET_PERIOD) != 0 &&
                       (t.present & SHIRUBE_TARGET_EVERY_YEAR) == 0;
  t.target_index = in->target_index[row];
  load_start(in, row, &t);
  load_point(in, row, &t);
  load_direction(in, row, &t);
  return t;
}

static bool met(const struct terms *t, int64_t x) {
  if (t->kind == SHIRUBE_KIND_BAND) return t->target <= x && x <= t->target_top;
  switch (t->op) {
    case SHIRUBE_OP_AT_MOST:
      return x <= t->target;
    case SHIRUBE_OP_BELOW:
      return x < t->target;
    case SHIRUBE_OP_ABOVE:
      return x > t->target;
    default:
      return t->direction * (x - t->target) >= 0;
  }
}

/* How much is still missing at x. */
static int64_t missing(const struct terms *t, int64_t x) {
  const int64_t below = t->target - x, above = x - t->target_top;
  const bool band = t->kind == SHIRUBE_KIND_BAND;
  const int64_t gap = band ? (below > above ? below : above)
                           : (t->direction > 0 ? below : above);
  return gap > 0 ? gap : 0;
}

/* Why there is nothing to compare, or 0. */
static uint16_t obstacle(const struct terms *t) {
  const unsigned any_target = SHIRUBE_HAS_TARGET | SHIRUBE_TARGET_UNREAD |
                              SHIRUBE_TARGET_OTHER_UNIT | SHIRUBE_TARGET_WORDS;
  const unsigned unread = SHIRUBE_BASELINE_UNREAD | SHIRUBE_TARGET_UNREAD;
  const unsigned other =
      SHIRUBE_BASELINE_OTHER_UNIT | SHIRUBE_TARGET_OTHER_UNIT;
  if ((t->present & any_target) == 0) return NO_TARGET;
  if (t->kind >= SHIRUBE_KIND_QUALITATIVE ||
      (t->present & SHIRUBE_TARGET_WORDS) != 0)
    return QUALITATIVE_TARGET;
  if (t->point == SHIRUBE_NO_POINT || t->state == SHIRUBE_POINT_GAP)
    return NO_DATA;
  if (t->state == SHIRUBE_POINT_UNREAD || (t->present & unread) != 0)
    return AMBIGUOUS;
  if (t->state > SHIRUBE_POINT_RESTATED || (t->present & other) != 0)
    return UNIT_MISMATCH;
  if (t->kind == SHIRUBE_KIND_BAND) return 0;
  if (t->direction_conflict) return DIRECTION_CONFLICT;
  return t->direction == 0 ? DIRECTION_UNKNOWN : 0;
}

/* Progress against the share of time, both as numbers above 0. */
static uint16_t rate(const struct terms *t, int64_t at_start,
                     struct result *result) {
  const int64_t done = at_start - missing(t, t->actual);
  const int64_t whole = (int64_t)t->target_index - t->start_index;
  const int64_t elapsed = (int64_t)t->actual_index - t->start_index;
  result->facts[PROGRESS] = (struct share){done, at_start};
  result->facts[TIME_SHARE] = (struct share){elapsed, whole};
  return (wide)done * whole >= (wide)elapsed * at_start ? RATED_A : RATED_B;
}

static uint16_t decide(const struct terms *t, struct result *result) {
  const uint16_t why_not = obstacle(t);
  if (why_not != 0) return why_not;
  /* A level to keep, and the ceiling of a sum, have no way to be made. */
  if (t->kind == SHIRUBE_KIND_MAINTAIN ||
      (t->kind == SHIRUBE_KIND_CUMULATIVE && met(t, 0)))
    return NOT_COVERED;
  if (met(t, t->actual)) return MET;
  if (!t->has_target_index) return NO_TARGET_PERIOD;
  if (!t->has_start) return NO_BASELINE;
  if (!t->has_start_index) return NO_BASELINE_PERIOD;
  if (t->actual_index <= t->start_index) return NOT_DUE;
  const int64_t at_start = missing(t, t->start);
  /* Nothing was missing at the start, and now something is. */
  return at_start == 0 ? RATED_B : rate(t, at_start, result);
}

static uint8_t answer_of(uint16_t reason) {
  return reason == MET || reason >= RATED_A ? SHIRUBE_RAISED
                                            : SHIRUBE_CANNOT_TELL;
}

static shirube_int128 to_abi(wide x) {
  return (shirube_int128){(uint64_t)x, (int64_t)(x >> 64)};
}

static void write_facts(const struct result *result, uint32_t k,
                        shirube_verdicts *out) {
  for (uint32_t f = 0; f < FACTS_COUNT && f < out->facts_count; ++f) {
    const uint64_t at = f * out->facts_stride + k;
    out->fact_numerator[at] = to_abi(result->facts[f].numerator);
    out->fact_denominator[at] = to_abi(result->facts[f].denominator);
  }
}

static int evaluate(const void *state, const shirube_batch *batch,
                    const uint32_t *rows, uint32_t n, shirube_verdicts *out) {
  (void)state;
  if (batch->struct_size < sizeof(shirube_batch)) return BATCH_TOO_OLD;
  if (out->struct_size < sizeof(shirube_verdicts)) return VERDICTS_TOO_OLD;
  for (uint32_t k = 0; k < n; ++k) {
    const struct terms t = load(batch, rows != NULL ? rows[k] : k);
    struct result result = {0};
    result.reason = decide(&t, &result);
    out->answer[k] = answer_of(result.reason);
    out->reason[k] = result.reason;
    out->judged_point[k] = t.point;
    if (batch->want_facts) write_facts(&result, k, out);
  }
  return 0;
}

static int create(void **state) {
  *state = NULL;
  return 0;
}

static void destroy(void *state) { (void)state; }

const shirube_rule *shirube_rule_v0(void) {
  static const shirube_rule rule = {sizeof(shirube_rule),
                                    SHIRUBE_RULE_ABI_MAJOR,
                                    SHIRUBE_RULE_ABI_MINOR,
                                    0,
                                    create,
                                    evaluate,
                                    destroy};
  return &rule;
}
