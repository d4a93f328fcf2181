/* Tries whatever a test has written into it: one system call with any
 * arguments, or a death, in a constructor, in shirube_rule_v0, in create or in
 * evaluate, as WHERE says. The test finds `attempt` in the file by its mark and
 * changes it. Afterwards it is a good module. */
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "../tiny.h"

#define IN_CONSTRUCTOR 1
#define IN_ENTRY 2
#define IN_CREATE 3
#define IN_EVALUATE 4

/* Numbers that are no system call. */
#define DO_NOTHING -1
#define DO_CRASH -2
#define DO_SPIN -3
#define DO_ABORT -4
#define DO_EXIT -5
#define DO_OLD_CALL -6 /* the 32-bit way in */
#define DO_ALLOCATE -7
#define DO_OVERFLOW -8
#define DO_HIDE -9 /* memory that is filled and made read-only */
/* An argument that stands for the address of `text`. */
#define TEXT_ADDRESS 0x7465787461646472

static volatile struct {
  char mark[16];
  int64_t call;
  int64_t arguments[6];
  char text[256];
} attempt = {"attempt-is-here", DO_NOTHING, {0, 0, 0, 0, 0, 0}, ""};

static int64_t Argument(int i) {
  const int64_t argument = attempt.arguments[i];
  return argument == TEXT_ADDRESS ? (int64_t)(intptr_t)attempt.text : argument;
}

/* More memory than there is, touched. */
static void Allocate(void) {
  for (;;) {
    char *memory = malloc(1 << 20);
    memset(memory, 1, 1 << 20);
    __asm__ volatile("" : : "r"(memory) : "memory");
  }
}

/* Up to 512 MiB of it, or a death where there is no more. */
static void Hide(void) {
  const size_t bytes = 8 << 20;
  for (int i = 0; i < 64; ++i) {
    char *memory = mmap(0, bytes, PROT_READ | PROT_WRITE,
                        MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    memset(memory, 1, bytes);
    mprotect(memory, bytes, PROT_READ);
  }
}

static int Overflow(volatile char *below) {
  volatile char here[4096];
  here[0] = below[0];
  return Overflow(here) + here[0];
}

static void OldCall(void) {
#ifdef __x86_64__
  long result;
  __asm__ volatile("int $0x80" : "=a"(result) : "a"(20) : "memory");
#endif
}

static void Try(void) {
  switch (attempt.call) {
    case DO_NOTHING:
      return;
    case DO_CRASH:
      *(volatile int *)8 = 1;
      return;
    case DO_SPIN:
      for (;;) __asm__ volatile("");
      return;
    case DO_ABORT:
      abort();
    case DO_EXIT:
      exit((int)attempt.arguments[0]);
    case DO_OLD_CALL:
      OldCall();
      return;
    case DO_ALLOCATE:
      Allocate();
      return;
    case DO_HIDE:
      Hide();
      return;
    case DO_OVERFLOW: {
      volatile char first = 0;
      Overflow(&first);
      return;
    }
    default:
      syscall((long)attempt.call, Argument(0), Argument(1), Argument(2),
              Argument(3), Argument(4), Argument(5));
  }
}

#if WHERE == IN_CONSTRUCTOR
__attribute__((constructor)) static void Construct(void) { Try(); }
#endif

static int Create(void **state) {
  *state = 0;
#if WHERE == IN_CREATE
  Try();
#endif
  return 0;
}

static int Evaluate(const void *state, const shirube_batch *batch,
                    const uint32_t *rows, uint32_t n,
                    shirube_verdicts *verdicts) {
  (void)state;
#if WHERE == IN_EVALUATE
  Try();
#endif
  for (uint32_t k = 0; k < n; ++k) {
    AnswerWell(batch, RowAt(rows, k), k, verdicts);
  }
  return 0;
}

const shirube_rule *shirube_rule_v0(void) {
  static const shirube_rule rule = {sizeof(shirube_rule),
                                    SHIRUBE_RULE_ABI_MAJOR,
                                    SHIRUBE_RULE_ABI_MINOR,
                                    0,
                                    Create,
                                    Evaluate,
                                    0};
#if WHERE == IN_ENTRY
  Try();
#else
  (void)Try;
#endif
  return &rule;
}
