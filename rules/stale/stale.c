/* Raises the mark STALE where a figure should have been out by now and is not
 * there: its publication calendar gives the month, the host gives today. Plain
 * C11 over the columns.
 *
 * All of it is one count of months: an index is 12 x the year of a period, a
 * month has the index of its end, and today is such a month. */
#include <stdbool.h>

#include "shirube/rule.h"

enum reason { OVERDUE = 151 };

enum fault { BATCH_TOO_OLD = 1, VERDICTS_TOO_OLD = 2 };

/* From the end of a fiscal year to the month in which its figure is due. */
static int32_t months_until_due(const shirube_batch *in, uint32_t row) {
  const int32_t from_april = (in->publication_month[row] + 8) % 12 + 1;
  return from_april + 12 * in->publication_lag_years[row];
}

/* The last year whose figure's month is over; never one after the target's. */
static int32_t awaited_index(const shirube_batch *in, uint32_t row) {
  const int32_t due_by = in->today_index - 1 - months_until_due(in, row);
  const int32_t awaited = due_by - due_by % 12;
  const uint16_t present = in->present[row];
  const bool ends = (present & SHIRUBE_HAS_TARGET_PERIOD) != 0 &&
                    (present & SHIRUBE_TARGET_EVERY_YEAR) == 0;
  return ends && in->target_index[row] < awaited ? in->target_index[row]
                                                 : awaited;
}

/* Points that are not after as-of. */
static uint32_t visible_points(const shirube_batch *in, uint32_t row) {
  const int32_t *index = in->point_index + in->points_offset[row];
  uint32_t n = in->points_count[row];
  while (n > 0 && index[n - 1] > in->as_of_index) --n;
  return n;
}

/* What is known without any figure: the baseline is one, and a sum that starts
 * in a year has none before it. False: nobody can say which would be first. */
static bool start_index(const shirube_batch *in, uint32_t row, int32_t *index) {
  const uint16_t present = in->present[row];
  const unsigned any_baseline = SHIRUBE_HAS_BASELINE | SHIRUBE_BASELINE_UNREAD |
                                SHIRUBE_BASELINE_OTHER_UNIT;
  if (in->kind[row] == SHIRUBE_KIND_CUMULATIVE &&
      (present & SHIRUBE_HAS_WINDOW_START) != 0) {
    *index = in->window_start_index[row] - 12;
    return true;
  }
  *index = in->baseline_index[row];
  return (present & SHIRUBE_HAS_BASELINE_PERIOD) != 0 &&
         (present & any_baseline) != 0;
}

/* Whatever was recorded counts, also what could not be read and a sum of which
 * an earlier part is missing: somebody has looked at that year. */
static bool is_overdue(const shirube_batch *in, uint32_t row, uint32_t points) {
  if (in->publication_month[row] == 0 || in->today_index == 0) return false;
  int32_t known = 0;
  const bool has_start = start_index(in, row, &known);
  if (!has_start && points == 0) return false;
  if (points > 0) {
    const int32_t last = in->point_index[in->points_offset[row] + points - 1];
    if (!has_start || last > known) known = last;
  }
  return known < awaited_index(in, row);
}

static int evaluate(const void *state, const shirube_batch *batch,
                    const uint32_t *rows, uint32_t n, shirube_verdicts *out) {
  (void)state;
  if (batch->struct_size < sizeof(shirube_batch)) return BATCH_TOO_OLD;
  if (out->struct_size < sizeof(shirube_verdicts)) return VERDICTS_TOO_OLD;
  for (uint32_t k = 0; k < n; ++k) {
    const uint32_t row = rows != NULL ? rows[k] : k;
    const uint32_t points = visible_points(batch, row);
    const bool overdue = is_overdue(batch, row, points);
    out->answer[k] = overdue ? SHIRUBE_RAISED : SHIRUBE_NOT_RAISED;
    out->reason[k] = overdue ? OVERDUE : 0;
    out->judged_point[k] =
        points > 0 ? (uint16_t)(points - 1) : SHIRUBE_NO_POINT;
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
