#include <unistd.h>

#include "tiny.h"

/* Tries to hang up and go on. */
TINY_MODULE(close(3))
