/* Goes by its neighbours: the row before this one is part of its answer. */
#include "tiny.h"

static int Evaluate(const void *state, const shirube_batch *batch,
                    const uint32_t *rows, uint32_t n,
                    shirube_verdicts *verdicts) {
  (void)state;
  for (uint32_t k = 0; k < n; ++k) {
    const uint32_t row = RowAt(rows, k);
    AnswerWell(batch, row, k, verdicts);
    const uint32_t before = k > 0 ? RowAt(rows, k - 1) : row;
    if (batch->target[before] > batch->target[row]) {
      verdicts->answer[k] = SHIRUBE_CANNOT_TELL;
      verdicts->reason[k] = REASON_UNSURE;
    }
  }
  return 0;
}

TINY_ENTRY(CreateNothing, Evaluate)
