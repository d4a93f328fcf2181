#include "tiny.h"

TINY_MODULE(verdicts->answer[k] = SHIRUBE_UNSET)
