#include "tiny.h"

static uint64_t Deeper(volatile uint64_t *above) {
  volatile uint64_t here[64];
  here[0] = *above + 1;
  return here[0] == 0 ? 0 : Deeper(here) + here[1];
}

TINY_MODULE(volatile uint64_t top = 1;
            verdicts->reason[k] += (uint16_t)Deeper(&top))
