#include <stdlib.h>

#include "tiny.h"

/* Takes memory until there is none, and uses what it did not get. */
TINY_MODULE(for (;;) {
  volatile char *chunk = malloc(1 << 20);
  for (uint32_t i = 0; i < 1 << 20; i += 4096) chunk[i] = 1;
})
