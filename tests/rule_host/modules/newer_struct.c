#include "tiny.h"

/* Its manifest says what the server speaks; what it was built with is newer. */
static int Evaluate(const void *state, const shirube_batch *batch,
                    const uint32_t *rows, uint32_t n,
                    shirube_verdicts *verdicts) {
  (void)state, (void)batch, (void)rows, (void)n, (void)verdicts;
  return 0;
}

const shirube_rule *shirube_rule_v0(void) {
  static const shirube_rule rule = {sizeof(shirube_rule),
                                    SHIRUBE_RULE_ABI_MAJOR,
                                    SHIRUBE_RULE_ABI_MINOR + 1,
                                    0,
                                    CreateNothing,
                                    Evaluate,
                                    0};
  return &rule;
}
