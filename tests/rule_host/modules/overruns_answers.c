#include "tiny.h"

/* Behind each column lies a page that is mapped by nobody. */
TINY_MODULE(for (uint32_t i = 0; i < 70000; ++i)
                verdicts->answer[i] = SHIRUBE_RAISED)
