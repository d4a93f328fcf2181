#include "tiny.h"

TINY_MODULE(verdicts->reason[k] = 77)
