#include "tiny.h"

TINY_MODULE(for (volatile int forever = 1; forever;)(void) 0)
