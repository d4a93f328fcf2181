#include <unistd.h>

#include "tiny.h"

TINY_MODULE(if (fork() == 0) for (;;))
