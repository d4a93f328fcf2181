#include "forge.h"

/* Answers in the worker's name, as forges_good_reply.c does, and then goes on
 * for ever: the host takes it for one that waits. */
static int Evaluate(const void *state, const shirube_batch *batch,
                    const uint32_t *rows, uint32_t n,
                    shirube_verdicts *verdicts) {
  (void)state;
  const uint64_t *progress = WorkerProgress(verdicts);
  int triggered = 0;
  for (uint32_t k = 0; k < n; ++k) {
    const uint32_t row = RowAt(rows, k);
    AnswerWell(batch, row, k, verdicts);
    triggered |= IsTrigger(batch, row);
  }
  if (!triggered) return 0;
  SendReply(*progress >> 32);
  for (;;) __asm__ volatile("");
}
TINY_ENTRY(CreateNothing, Evaluate)
