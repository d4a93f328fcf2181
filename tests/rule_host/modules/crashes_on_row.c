#include "tiny.h"

TINY_MODULE(*(volatile int *)0 = 1)
