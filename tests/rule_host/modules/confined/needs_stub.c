#include "../tiny.h"

int shirube_stub(void);

TINY_MODULE(verdicts->reason[k] = (uint16_t)shirube_stub())
