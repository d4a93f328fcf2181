/* What the tiny modules of these tests share: the good answer for a row, and
 * the entry point around an evaluate that does something else. A row misbehaves
 * when its target is TRIGGER. Manifest: manifest.json.in. */
#ifndef TESTS_RULE_HOST_MODULES_TINY_H_
#define TESTS_RULE_HOST_MODULES_TINY_H_

#include "shirube/rule.h"

#define TRIGGER 666
#define REASON_MET 1    /* RAISED */
#define REASON_UNSURE 2 /* CANNOT_TELL */

static inline uint32_t RowAt(const uint32_t *rows, uint32_t k) {
  return rows ? rows[k] : k;
}

static inline int IsTrigger(const shirube_batch *batch, uint32_t row) {
  return batch->target[row] == TRIGGER;
}

/* Raised where the latest point reaches the target. Facts: that point, and the
 * parameter `floor` in millionths. */
static inline void AnswerWell(const shirube_batch *batch, uint32_t row,
                              uint32_t k, shirube_verdicts *verdicts) {
  const uint32_t offset = batch->points_offset[row];
  uint32_t n = batch->points_count[row];
  while (n > 1 && batch->point_index[offset + n - 1] > batch->as_of_index) --n;
  const int64_t value = batch->point_value[offset + n - 1];
  const int met = value >= batch->target[row];
  verdicts->answer[k] = met ? SHIRUBE_RAISED : SHIRUBE_NOT_RAISED;
  verdicts->reason[k] = met ? REASON_MET : 0;
  verdicts->judged_point[k] = (uint16_t)(n - 1);
  if (!batch->want_facts) return;
  const shirube_parameter *floor = &batch->parameters[0];
  const int64_t millionths = *(const int64_t *)((const char *)floor->base +
                                                (uint64_t)k * floor->stride);
  const int64_t facts[2] = {value, millionths};
  for (uint32_t f = 0; f < 2; ++f) {
    const uint64_t at = f * verdicts->facts_stride + k;
    verdicts->fact_numerator[at].low = (uint64_t)facts[f];
    verdicts->fact_numerator[at].high = facts[f] < 0 ? -1 : 0;
    verdicts->fact_denominator[at].low = 1;
    verdicts->fact_denominator[at].high = 0;
  }
}

typedef int (*evaluate_fn)(const void *, const shirube_batch *,
                           const uint32_t *, uint32_t, shirube_verdicts *);

static inline int CreateNothing(void **state) {
  *state = 0;
  return 0;
}

/* A module that does something (statements; they see batch, row, k, verdicts)
 * for rows that trigger it, after the good answer. */
#define TINY_MODULE(...)                                             \
  static int Evaluate(const void *state, const shirube_batch *batch, \
                      const uint32_t *rows, uint32_t n,              \
                      shirube_verdicts *verdicts) {                  \
    (void)state;                                                     \
    for (uint32_t k = 0; k < n; ++k) {                               \
      const uint32_t row = RowAt(rows, k);                           \
      AnswerWell(batch, row, k, verdicts);                           \
      if (IsTrigger(batch, row)) {                                   \
        __VA_ARGS__;                                                 \
      }                                                              \
    }                                                                \
    return 0;                                                        \
  }                                                                  \
  TINY_ENTRY(CreateNothing, Evaluate)

#define TINY_ENTRY(CREATE, EVALUATE)                          \
  const shirube_rule *shirube_rule_v0(void) {                 \
    static const shirube_rule rule = {sizeof(shirube_rule),   \
                                      SHIRUBE_RULE_ABI_MAJOR, \
                                      SHIRUBE_RULE_ABI_MINOR, \
                                      0,                      \
                                      CREATE,                 \
                                      EVALUATE,               \
                                      0};                     \
    return &rule;                                             \
  }

#endif
