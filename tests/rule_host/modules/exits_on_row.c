#include <unistd.h>

#include "tiny.h"

TINY_MODULE(_exit(0))
