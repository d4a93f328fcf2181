#include <stdlib.h>

#include "tiny.h"

TINY_MODULE(abort())
