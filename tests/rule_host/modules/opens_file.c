#include <fcntl.h>

#include "tiny.h"

TINY_MODULE(open("/etc/passwd", O_RDONLY))
