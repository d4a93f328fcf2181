#include <sys/socket.h>

#include "tiny.h"

/* Speaks on the control socket, which is not its own. */
TINY_MODULE(send(3, "hello", 5, 0))
