/* A library that a module must not need. */
int shirube_stub(void);
int shirube_stub(void) { return 1; }
