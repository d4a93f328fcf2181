#include "tiny.h"

TINY_MODULE(verdicts->answer[k] = SHIRUBE_RAISED;
            verdicts->reason[k] = REASON_UNSURE)
