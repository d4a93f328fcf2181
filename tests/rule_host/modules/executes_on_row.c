#include <unistd.h>

#include "tiny.h"

TINY_MODULE(execl("/bin/sh", "sh", "-c", "true", (char *)0))
