#include <unistd.h>

#include "tiny.h"

/* Hangs without using the CPU. */
TINY_MODULE(for (;;) pause())
