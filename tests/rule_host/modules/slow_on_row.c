#include "tiny.h"

/* Answers, after some hundreds of milliseconds. */
TINY_MODULE(for (volatile uint32_t i = 0; i < 400000000; ++i)(void) 0)
