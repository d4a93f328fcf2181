#include "tiny.h"

/* A code that only the host may give. */
TINY_MODULE(verdicts->answer[k] = SHIRUBE_CANNOT_TELL;
            verdicts->reason[k] = 0xFF00)
