#include <sys/socket.h>

#include "tiny.h"

TINY_MODULE(socket(AF_INET, SOCK_STREAM, 0))
