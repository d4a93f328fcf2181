/* Answers otherwise where facts are asked for. */
#include "tiny.h"

static int Evaluate(const void *state, const shirube_batch *batch,
                    const uint32_t *rows, uint32_t n,
                    shirube_verdicts *verdicts) {
  (void)state;
  for (uint32_t k = 0; k < n; ++k) {
    AnswerWell(batch, RowAt(rows, k), k, verdicts);
    if (batch->want_facts && verdicts->answer[k] == SHIRUBE_RAISED) {
      verdicts->answer[k] = SHIRUBE_CANNOT_TELL;
      verdicts->reason[k] = REASON_UNSURE;
    }
  }
  return 0;
}

TINY_ENTRY(CreateNothing, Evaluate)
