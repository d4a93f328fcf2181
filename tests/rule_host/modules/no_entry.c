/* A library with a manifest and nothing to call. */
int shirube_tiny_nothing(void);
int shirube_tiny_nothing(void) { return 0; }
