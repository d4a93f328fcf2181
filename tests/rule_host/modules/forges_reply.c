#include <sys/socket.h>

#include "tiny.h"

/* Answers in the worker's name, with the right magic and version, and a guess
 * for the sequence that is never right. */
struct reply {
  uint32_t magic;
  uint32_t version;
  uint64_t sequence;
  uint32_t status, value, call, reserved;
};
TINY_MODULE(struct reply forged = {0x75726873, 2, 1ull << 40, 0, 0, 0, 0};
            send(3, &forged, sizeof(forged), 0))
