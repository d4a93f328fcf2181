#include "tiny.h"

/* Stands one row at a time. */
static int Evaluate(const void *state, const shirube_batch *batch,
                    const uint32_t *rows, uint32_t n,
                    shirube_verdicts *verdicts) {
  (void)state;
  if (n > 1) *(volatile int *)0 = 1;
  for (uint32_t k = 0; k < n; ++k) {
    AnswerWell(batch, RowAt(rows, k), k, verdicts);
  }
  return 0;
}
TINY_ENTRY(CreateNothing, Evaluate)
