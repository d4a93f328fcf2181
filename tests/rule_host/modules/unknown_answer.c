#include "tiny.h"

TINY_MODULE(verdicts->answer[k] = 9)
