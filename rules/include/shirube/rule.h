/*
 * The ABI of Shirube's rule modules: the only header a module needs. C11.
 *
 * A module is a shared library that exports one function, shirube_rule_v0, and
 * carries its manifest and its cases as ELF notes, so that it can be identified
 * without being run. It is loaded by a confined worker process, one module a
 * process, and does nothing but answer, row by row, whether its status is
 * raised.
 *
 * Rules of the border:
 *  - The host owns all memory; nothing is allocated on one side and freed on
 * the other. Inputs are read-only maps: writing to them ends the worker.
 *  - A module keeps no state between calls, reads no clock and calls no system:
 *    the same rows give the same answers, in whatever order they come.
 *  - Every struct starts with struct_size and only ever grows at its end. Check
 * it before you read a field that a later minor version added.
 *  - While the major version is 0 the minor version must match exactly.
 */
#ifndef SHIRUBE_RULE_H_
#define SHIRUBE_RULE_H_

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define SHIRUBE_RULE_ABI_MAJOR 0
#define SHIRUBE_RULE_ABI_MINOR 2

/* ELF notes: owner name and types. */
#define SHIRUBE_NOTE_OWNER "shirube"
#define SHIRUBE_NOTE_MANIFEST 1
#define SHIRUBE_NOTE_CASES 2

enum shirube_kind {
  SHIRUBE_KIND_LEVEL = 0,
  SHIRUBE_KIND_CUMULATIVE = 1, /* points are totals to date; the base is 0 */
  SHIRUBE_KIND_MAINTAIN = 2,
  SHIRUBE_KIND_BAND = 3, /* target is the lower edge, target_upper the upper */
  SHIRUBE_KIND_QUALITATIVE = 4
};

enum shirube_measure {
  SHIRUBE_MEASURE_RATE = 0,
  SHIRUBE_MEASURE_AMOUNT = 1 /* points are already whole periods */
};

/* The indicator's explicit direction; 0 where nobody gave one. */
enum shirube_direction {
  SHIRUBE_DIRECTION_NONE = 0,
  SHIRUBE_DIRECTION_UP = 1,
  SHIRUBE_DIRECTION_DOWN = -1
};

enum shirube_operator {
  SHIRUBE_OP_NONE = 0,
  SHIRUBE_OP_AT_LEAST = 1, /* 以上 */
  SHIRUBE_OP_AT_MOST = 2,  /* 以下 */
  SHIRUBE_OP_BELOW = 3,    /* 未満 */
  SHIRUBE_OP_ABOVE = 4,    /* 超 */
  SHIRUBE_OP_AROUND = 5,   /* 程度 */
  SHIRUBE_OP_ABOUT = 6     /* 約 */
};

/* Presence bits. A value without its HAS bit is undefined: missing is a bit,
 * never 0. UNREAD: something is printed there that is not one number.
 * OTHER_UNIT: a number in a unit that cannot be converted to the indicator's.
 */
enum shirube_present {
  SHIRUBE_HAS_BASELINE = 1 << 0,
  SHIRUBE_HAS_BASELINE_PERIOD = 1 << 1,
  SHIRUBE_BASELINE_UNREAD = 1 << 2,
  SHIRUBE_BASELINE_OTHER_UNIT = 1 << 3,
  SHIRUBE_HAS_TARGET = 1 << 4, /* BAND: both edges */
  SHIRUBE_HAS_TARGET_PERIOD = 1 << 5,
  SHIRUBE_TARGET_UNREAD = 1 << 6,
  SHIRUBE_TARGET_OTHER_UNIT = 1 << 7,
  SHIRUBE_TARGET_WORDS = 1 << 8, /* the target is words */
  SHIRUBE_TARGET_EVERY_YEAR = 1 << 9,
  SHIRUBE_HAS_WINDOW_START = 1 << 10
};

/* What stands behind a point. Points that are NOT_AVAILABLE are not handed
 * over. */
enum shirube_point_state {
  SHIRUBE_POINT_FINAL = 0,
  SHIRUBE_POINT_PROVISIONAL = 1,
  SHIRUBE_POINT_RESTATED = 2,
  SHIRUBE_POINT_UNREAD = 3,     /* no value: not one number */
  SHIRUBE_POINT_OTHER_UNIT = 4, /* no value: another unit */
  SHIRUBE_POINT_GAP = 5         /* no value: a part of the sum is missing */
};

/* One parameter of the manifest, in its order, in millionths (0.80 is 800000).
 * The value for the k-th selected row is at (const char*)base + k * stride;
 * stride is 0 (one value for all rows) or 8. */
typedef struct shirube_parameter {
  const int64_t *base;
  uint32_t stride;
  uint32_t reserved;
} shirube_parameter;

/*
 * Columns of one slot, each 64-byte aligned and indexed by row.
 *
 * Values are integers in units of 10^-scale of the row (all values of a row
 * have one scale), at most 18 digits. An index is 12 x the year of the period:
 * FYy and CYy are 12y, the k-th quarter of FYy is 12(y-1)+3k, its k-th month
 * 12(y-1)+k, a date counts as its fiscal year.
 */
typedef struct shirube_batch {
  uint32_t struct_size;
  uint32_t rows_count; /* rows in use; every selected row is below it */

  const uint8_t *kind;      /* enum shirube_kind */
  const uint8_t *measure;   /* enum shirube_measure */
  const int8_t *direction;  /* enum shirube_direction */
  const uint8_t *operator_; /* enum shirube_operator */
  const uint8_t *scale;     /* 0 to 18 */
  const uint16_t *present;  /* enum shirube_present */

  const int64_t *baseline;
  const int64_t *target;
  const int64_t *target_upper; /* BAND only */
  const int64_t *noise_band;   /* 0 where none is set */
  const int32_t *baseline_index;
  const int32_t *target_index;
  const int32_t *window_start_index; /* of the first year counted */

  /* The points of a row: [points_offset, points_offset + points_count) of the
   * shared arrays, by index, each index once; likewise its milestones. */
  const uint32_t *points_offset;
  const uint16_t *points_count;
  const uint32_t *milestones_offset;
  const uint16_t *milestones_count;
  const int64_t *point_value;
  const int32_t *point_index;
  const uint8_t *point_state; /* enum shirube_point_state */
  const int64_t *milestone_value;
  const int32_t *milestone_index;

  const shirube_parameter *parameters;
  uint32_t parameters_count;

  int32_t as_of_index; /* judge by points not after it; INT32_MAX: the latest */
  uint8_t want_facts;
  uint8_t reserved[7];

  /* When figures of a row come out: in the month of this number (1 to 12; 0:
   * nobody said), first after the end of their fiscal year, or so many years
   * later. The figure of index t is due at index
   * t + (month + 8) % 12 + 1 + 12 x lag_years. */
  const uint8_t *publication_month;
  const uint8_t *publication_lag_years;
  /* The month in which is judged, as the index of that month; as_of_index where
   * that is earlier. 0 for a module that does not require "today". */
  int32_t today_index;
  uint32_t reserved_too;
} shirube_batch;

enum shirube_answer {
  SHIRUBE_UNSET = 0, /* filled in by the host; left so, it means UNANSWERED */
  SHIRUBE_RAISED = 1,
  SHIRUBE_NOT_RAISED = 2,
  SHIRUBE_CANNOT_TELL = 3
};

#define SHIRUBE_NO_POINT UINT16_MAX

/* A 128-bit integer in two's complement. */
typedef struct shirube_int128 {
  uint64_t low;
  int64_t high;
} shirube_int128;

/*
 * Where the answers go: columns indexed by k, the position in the selection.
 * reason is a code of the manifest, of a reason that fits the answer; it is 0
 * for NOT_RAISED. judged_point is the number of the point judged, within the
 * row's points, or SHIRUBE_NO_POINT.
 *
 * Facts only where want_facts is set: fact f of position k is the fraction
 * fact_numerator[f * facts_stride + k] / fact_denominator[same], in units of
 * the row or as a ratio, as the manifest says. A denominator of 0 (as the host
 * leaves it) says that the row does not have this fact.
 */
typedef struct shirube_verdicts {
  uint32_t struct_size;
  uint32_t facts_count;
  uint8_t *answer; /* enum shirube_answer */
  uint16_t *reason;
  uint16_t *judged_point;
  shirube_int128 *fact_numerator;
  shirube_int128 *fact_denominator;
  uint64_t facts_stride;
} shirube_verdicts;

typedef struct shirube_rule {
  uint32_t struct_size;
  uint32_t abi_major; /* SHIRUBE_RULE_ABI_MAJOR of the header built with */
  uint32_t abi_minor;
  uint32_t reserved;

  /* Called once after loading. *state belongs to the module and is handed back
   * to the other two; it must not change afterwards. Returns 0, or anything
   * else to refuse to start. */
  int (*create)(void **state);

  /* Answers for n rows: rows[k], or k itself where rows is NULL. Returns 0;
   * anything else is a fault and no answer of the call counts. */
  int (*evaluate)(const void *state, const shirube_batch *batch,
                  const uint32_t *rows, uint32_t n, shirube_verdicts *verdicts);

  void (*destroy)(void *state);
} shirube_rule;

#define SHIRUBE_RULE_EXPORT __attribute__((visibility("default")))

/* The one exported function. What it returns lives as long as the library. */
SHIRUBE_RULE_EXPORT const shirube_rule *shirube_rule_v0(void);

#ifdef __cplusplus
}
#endif

#endif /* SHIRUBE_RULE_H_ */
