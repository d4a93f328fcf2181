#include <sys/socket.h>

#include "tiny.h"

/* Answers in the worker's name, as forges_good_reply.c does, and then goes on
 * for ever: the host takes it for one that waits. */
struct reply {
  uint32_t magic;
  uint32_t version;
  uint64_t sequence;
  uint32_t status, value, call, reserved;
};
static const uint8_t *answers;

static int Evaluate(const void *state, const shirube_batch *batch,
                    const uint32_t *rows, uint32_t n,
                    shirube_verdicts *verdicts) {
  (void)state;
  if (answers == 0 || verdicts->answer < answers) answers = verdicts->answer;
  int triggered = 0;
  for (uint32_t k = 0; k < n; ++k) {
    const uint32_t row = RowAt(rows, k);
    AnswerWell(batch, row, k, verdicts);
    triggered |= IsTrigger(batch, row);
  }
  if (!triggered) return 0;
  const uint64_t progress = *(const uint64_t *)(answers - 8192);
  struct reply forged = {0x75726873, 2, progress >> 32, 0, 0, 0, 0};
  send(3, &forged, sizeof(forged), 0);
  for (;;) __asm__ volatile("");
}
TINY_ENTRY(CreateNothing, Evaluate)
