/* Goes by which process it is asked in. */
#include <unistd.h>

#include "tiny.h"

static uint64_t process;

static int CreateHere(void **state) {
  *state = 0;
  process = (uint64_t)getpid();
  return 0;
}

static int Evaluate(const void *state, const shirube_batch *batch,
                    const uint32_t *rows, uint32_t n,
                    shirube_verdicts *verdicts) {
  (void)state;
  for (uint32_t k = 0; k < n; ++k) {
    const uint32_t row = RowAt(rows, k);
    AnswerWell(batch, row, k, verdicts);
    uint64_t mixed = (process + row) * 0x9E3779B97F4A7C15u;
    mixed ^= mixed >> 29;
    if ((mixed * 0xBF58476D1CE4E5B9u) >> 63) {
      verdicts->answer[k] = SHIRUBE_CANNOT_TELL;
      verdicts->reason[k] = REASON_UNSURE;
    }
  }
  return 0;
}

TINY_ENTRY(CreateHere, Evaluate)
