#include <sys/socket.h>

#include "tiny.h"

/* One message that is larger than any that is expected. */
static char message[65536];
TINY_MODULE(send(3, message, sizeof(message), 0))
