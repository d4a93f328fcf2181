/* Keeps state: what it answered before changes what it answers. */
#include "tiny.h"

static uint32_t calls;

static int Evaluate(const void *state, const shirube_batch *batch,
                    const uint32_t *rows, uint32_t n,
                    shirube_verdicts *verdicts) {
  (void)state;
  if (n > 0) ++calls;
  for (uint32_t k = 0; k < n; ++k) {
    AnswerWell(batch, RowAt(rows, k), k, verdicts);
    if (calls > 1 && verdicts->answer[k] == SHIRUBE_NOT_RAISED) {
      verdicts->answer[k] = SHIRUBE_CANNOT_TELL;
      verdicts->reason[k] = REASON_UNSURE;
    }
  }
  return 0;
}

TINY_ENTRY(CreateNothing, Evaluate)
