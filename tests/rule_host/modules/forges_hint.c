#include "forge.h"

/* Before it crashes it notes on the worker's page that it was in the first call
 * all the time. */
static int Evaluate(const void *state, const shirube_batch *batch,
                    const uint32_t *rows, uint32_t n,
                    shirube_verdicts *verdicts) {
  (void)state;
  volatile uint64_t *progress = WorkerProgress(verdicts);
  for (uint32_t k = 0; k < n; ++k) {
    const uint32_t row = RowAt(rows, k);
    AnswerWell(batch, row, k, verdicts);
    if (!IsTrigger(batch, row)) continue;
    *progress &= ~(uint64_t)UINT32_MAX;
    *(volatile int *)0 = 1;
  }
  return 0;
}
TINY_ENTRY(CreateNothing, Evaluate)
