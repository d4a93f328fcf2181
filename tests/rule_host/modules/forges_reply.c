#include "forge.h"

/* Answers in the worker's name, with the right magic and version, and a guess
 * for the sequence that is never right. */
TINY_MODULE(SendReply(1ull << 40))
