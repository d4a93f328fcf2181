#include "../tiny.h"

int shirube_rule_v1(void);
int shirube_rule_v1(void) { return 1; }

TINY_MODULE((void)0)
