#include "tiny.h"

TINY_MODULE(return 7)
