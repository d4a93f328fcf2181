#include <unistd.h>

#include "tiny.h"

/* Hangs up and goes on. */
TINY_MODULE(close(3); for (;;) pause())
