/* The ABI, compiled as C11 and frozen: a module built today must be readable by
 * every host of the same minor version. What fails here needs a new ABI
 * version, not a new number in this file. */
#include "shirube/rule.h"

#define AT(type, field, offset) \
  _Static_assert(offsetof(type, field) == (offset), #type "." #field " moved")
#define SIZE(type, size) \
  _Static_assert(sizeof(type) == (size), #type " changed its size")
#define VALUE(name, value) _Static_assert((name) == (value), #name " changed")

VALUE(SHIRUBE_RULE_ABI_MAJOR, 0);
VALUE(SHIRUBE_RULE_ABI_MINOR, 2);
VALUE(SHIRUBE_NOTE_MANIFEST, 1);
VALUE(SHIRUBE_NOTE_CASES, 2);
_Static_assert(sizeof(SHIRUBE_NOTE_OWNER) == 8, "the notes' owner changed");

SIZE(shirube_parameter, 16);
AT(shirube_parameter, base, 0);
AT(shirube_parameter, stride, 8);

SIZE(shirube_batch, 232);
AT(shirube_batch, struct_size, 0);
AT(shirube_batch, rows_count, 4);
AT(shirube_batch, kind, 8);
AT(shirube_batch, measure, 16);
AT(shirube_batch, direction, 24);
AT(shirube_batch, operator_, 32);
AT(shirube_batch, scale, 40);
AT(shirube_batch, present, 48);
AT(shirube_batch, baseline, 56);
AT(shirube_batch, target, 64);
AT(shirube_batch, target_upper, 72);
AT(shirube_batch, noise_band, 80);
AT(shirube_batch, baseline_index, 88);
AT(shirube_batch, target_index, 96);
AT(shirube_batch, window_start_index, 104);
AT(shirube_batch, points_offset, 112);
AT(shirube_batch, points_count, 120);
AT(shirube_batch, milestones_offset, 128);
AT(shirube_batch, milestones_count, 136);
AT(shirube_batch, point_value, 144);
AT(shirube_batch, point_index, 152);
AT(shirube_batch, point_state, 160);
AT(shirube_batch, milestone_value, 168);
AT(shirube_batch, milestone_index, 176);
AT(shirube_batch, parameters, 184);
AT(shirube_batch, parameters_count, 192);
AT(shirube_batch, as_of_index, 196);
AT(shirube_batch, want_facts, 200);
AT(shirube_batch, publication_month, 208);
AT(shirube_batch, publication_lag_years, 216);
AT(shirube_batch, today_index, 224);

SIZE(shirube_int128, 16);
AT(shirube_int128, low, 0);
AT(shirube_int128, high, 8);

SIZE(shirube_verdicts, 56);
AT(shirube_verdicts, struct_size, 0);
AT(shirube_verdicts, facts_count, 4);
AT(shirube_verdicts, answer, 8);
AT(shirube_verdicts, reason, 16);
AT(shirube_verdicts, judged_point, 24);
AT(shirube_verdicts, fact_numerator, 32);
AT(shirube_verdicts, fact_denominator, 40);
AT(shirube_verdicts, facts_stride, 48);

SIZE(shirube_rule, 40);
AT(shirube_rule, struct_size, 0);
AT(shirube_rule, abi_major, 4);
AT(shirube_rule, abi_minor, 8);
AT(shirube_rule, create, 16);
AT(shirube_rule, evaluate, 24);
AT(shirube_rule, destroy, 32);

VALUE(SHIRUBE_KIND_LEVEL, 0);
VALUE(SHIRUBE_KIND_CUMULATIVE, 1);
VALUE(SHIRUBE_KIND_MAINTAIN, 2);
VALUE(SHIRUBE_KIND_BAND, 3);
VALUE(SHIRUBE_KIND_QUALITATIVE, 4);
VALUE(SHIRUBE_MEASURE_AMOUNT, 1);
VALUE(SHIRUBE_DIRECTION_UP, 1);
VALUE(SHIRUBE_DIRECTION_DOWN, -1);
VALUE(SHIRUBE_OP_AT_LEAST, 1);
VALUE(SHIRUBE_OP_AT_MOST, 2);
VALUE(SHIRUBE_OP_BELOW, 3);
VALUE(SHIRUBE_OP_ABOVE, 4);
VALUE(SHIRUBE_OP_AROUND, 5);
VALUE(SHIRUBE_OP_ABOUT, 6);
VALUE(SHIRUBE_HAS_BASELINE, 1);
VALUE(SHIRUBE_HAS_BASELINE_PERIOD, 2);
VALUE(SHIRUBE_BASELINE_UNREAD, 4);
VALUE(SHIRUBE_BASELINE_OTHER_UNIT, 8);
VALUE(SHIRUBE_HAS_TARGET, 16);
VALUE(SHIRUBE_HAS_TARGET_PERIOD, 32);
VALUE(SHIRUBE_TARGET_UNREAD, 64);
VALUE(SHIRUBE_TARGET_OTHER_UNIT, 128);
VALUE(SHIRUBE_TARGET_WORDS, 256);
VALUE(SHIRUBE_TARGET_EVERY_YEAR, 512);
VALUE(SHIRUBE_HAS_WINDOW_START, 1024);
VALUE(SHIRUBE_POINT_FINAL, 0);
VALUE(SHIRUBE_POINT_PROVISIONAL, 1);
VALUE(SHIRUBE_POINT_RESTATED, 2);
VALUE(SHIRUBE_POINT_UNREAD, 3);
VALUE(SHIRUBE_POINT_OTHER_UNIT, 4);
VALUE(SHIRUBE_POINT_GAP, 5);
VALUE(SHIRUBE_UNSET, 0);
VALUE(SHIRUBE_RAISED, 1);
VALUE(SHIRUBE_NOT_RAISED, 2);
VALUE(SHIRUBE_CANNOT_TELL, 3);
VALUE(SHIRUBE_NO_POINT, 65535);

/* Read by rule_h_test.cc: C and C++ see one layout. */
const size_t kBatchSizeInC = sizeof(shirube_batch);
const size_t kVerdictsSizeInC = sizeof(shirube_verdicts);
