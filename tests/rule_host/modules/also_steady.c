#include "tiny.h"

TINY_MODULE((void)0)
