#include "tiny.h"

TINY_MODULE(if (batch->want_facts) verdicts->fact_denominator[k].high = -1)
