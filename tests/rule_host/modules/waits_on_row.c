#include <linux/futex.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "tiny.h"

/* Hangs without using the CPU: waits for a word that nobody changes. */
static int word;
TINY_MODULE(for (;;) syscall(SYS_futex, &word, FUTEX_WAIT_PRIVATE, 0, 0, 0, 0))
