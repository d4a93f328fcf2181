#include "tiny.h"

static int Evaluate(const void *state, const shirube_batch *batch,
                    const uint32_t *rows, uint32_t n,
                    shirube_verdicts *verdicts) {
  (void)state, (void)batch, (void)rows, (void)verdicts;
  return n == 0 ? 3 : 0;
}
TINY_ENTRY(CreateNothing, Evaluate)
