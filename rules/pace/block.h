// The usual row again (see Judge in pace.h), 64 rows at a time and without a
// branch, so that the compiler can use vectors: what a bulk run over millions
// of rows consists of. Exact as everything here: a row whose products might not
// fit 64 bits is left to Judge(), like every row that is not usual.
//
// Called by the default modules' evaluate() for whole columns; pure.
#ifndef RULES_PACE_BLOCK_H_
#define RULES_PACE_BLOCK_H_

#include <cstdint>

#include "rules/pace/pace.h"
#include "shirube/rule.h"

// One copy for each kind of processor, chosen when the module is loaded.
#if defined(PACE_FOR_EACH_PROCESSOR)  // as a test wants it
#elif defined(__x86_64__) && defined(__GNUC__) && !defined(__clang__)
#define PACE_FOR_EACH_PROCESSOR \
  __attribute__((target_clones("default", "avx2", "arch=x86-64-v4")))
#else
#define PACE_FOR_EACH_PROCESSOR
#endif

namespace shirube::pace {

inline constexpr uint32_t kBlockRows = 64;

// What a module answers for each outcome of a usual row.
struct BlockAnswers {
  struct Answer {
    uint8_t answer, reason;
  };
  Answer met, on_pace, nearly, behind, far_behind;
};

struct BlockOut {
  uint8_t* answer;
  uint16_t* reason;
  uint16_t* judged_point;
};

// Answers for rows [first, first + kBlockRows). True where that is not all:
// usual[i] is 0 where row first + i is to be asked of Judge() instead.
PACE_FOR_EACH_PROCESSOR __attribute__((optimize("O3"), noinline)) static bool
JudgeBlock(const shirube_batch& columns, uint32_t first, Thresholds thresholds,
           const BlockAnswers& answers, const BlockOut& out,
           uint8_t* __restrict usual) {
  constexpr uint16_t kWhole = SHIRUBE_HAS_BASELINE |
                              SHIRUBE_HAS_BASELINE_PERIOD | SHIRUBE_HAS_TARGET |
                              SHIRUBE_HAS_TARGET_PERIOD;
  // Differences below 2^31 times index distances below 2^11 times a million
  // stay below 2^62; a parameter is at most a million, or the row is not usual.
  constexpr int64_t kMaxDifference = int64_t{1} << 31;
  constexpr int64_t kMaxDistance = int64_t{1} << 11;
  const int64_t pace = thresholds.pace, behind = thresholds.behind;
  const bool fits =
      pace >= 0 && pace <= kMillion && behind >= 0 && behind <= kMillion;
  const int32_t as_of = columns.as_of_index;

  // Bytes and halves by themselves: more of them fit a vector.
  uint16_t plain[kBlockRows];
  int8_t wanted[kBlockRows], strict[kBlockRows];
  uint8_t agree[kBlockRows];
  const uint16_t* present = columns.present + first;
  const uint16_t* milestones = columns.milestones_count + first;
  const uint16_t* counts = columns.points_count + first;
  for (uint32_t i = 0; i < kBlockRows; ++i) {
    plain[i] =
        static_cast<uint16_t>((present[i] == kWhole) & (milestones[i] == 0) &
                              (counts[i] != 0) & fits);
  }
  const uint8_t* kind = columns.kind + first;
  const uint8_t* operators = columns.operator_ + first;
  const int8_t* given = columns.direction + first;
  for (uint32_t i = 0; i < kBlockRows; ++i) {
    const uint8_t op = operators[i];
    const auto up = static_cast<int8_t>((op == SHIRUBE_OP_AT_LEAST) |
                                        (op == SHIRUBE_OP_ABOVE));
    const auto down = static_cast<int8_t>((op == SHIRUBE_OP_AT_MOST) |
                                          (op == SHIRUBE_OP_BELOW));
    const int8_t of_operator = static_cast<int8_t>(up - down);
    const int8_t set = given[i];
    strict[i] = static_cast<int8_t>((op == SHIRUBE_OP_BELOW) |
                                    (op == SHIRUBE_OP_ABOVE));
    wanted[i] = set != 0 ? set : of_operator;
    agree[i] = static_cast<uint8_t>(
        (kind[i] == SHIRUBE_KIND_LEVEL) & (op <= SHIRUBE_OP_ABOUT) &
        !((set > 0) & (down != 0)) & !((set < 0) & (up != 0)));
  }

  // The latest point; of a row without any, the first of the slot, unused.
  int32_t last[kBlockRows];
  int64_t value[kBlockRows];
  int32_t index[kBlockRows];
  uint8_t state[kBlockRows];
  const uint32_t* offsets = columns.points_offset + first;
  for (uint32_t i = 0; i < kBlockRows; ++i) {
    const auto end = static_cast<int32_t>(offsets[i] + counts[i]);
    last[i] = counts[i] != 0 ? end - 1 : 0;
  }
  for (uint32_t i = 0; i < kBlockRows; ++i) {
    value[i] = columns.point_value[last[i]];
  }
  for (uint32_t i = 0; i < kBlockRows; ++i) {
    index[i] = columns.point_index[last[i]];
  }
  for (uint32_t i = 0; i < kBlockRows; ++i) {
    state[i] = columns.point_state[last[i]];
  }

  uint8_t met[kBlockRows], level[kBlockRows];
  uint8_t answer[kBlockRows], reason[kBlockRows];
  const int64_t* baseline = columns.baseline + first;
  const int64_t* target = columns.target + first;
  const int32_t* baseline_index = columns.baseline_index + first;
  const int32_t* target_index = columns.target_index + first;
  for (uint32_t i = 0; i < kBlockRows; ++i) {
    const int64_t b = baseline[i], T = target[i], a = value[i];
    const int64_t elapsed = int64_t{index[i]} - baseline_index[i];
    const int64_t whole = int64_t{target_index[i]} - baseline_index[i];
    const int64_t direction = wanted[i] != 0 ? int64_t{wanted[i]} : T - b;
    const int64_t down = direction < 0 ? -1 : 0;
    const int64_t g_a = ((T - a) ^ down) - down;
    const int64_t g_b = ((T - b) ^ down) - down;
    const int64_t progress = g_b - g_a;
    const bool is_usual =
        (plain[i] != 0) & (agree[i] != 0) &
        (state[i] <= SHIRUBE_POINT_RESTATED) & (index[i] <= as_of) & (g_b > 0) &
        (progress >= 0) & (g_b < kMaxDifference) & (progress < kMaxDifference) &
        (elapsed > 0) & (elapsed < whole) & (whole < kMaxDistance);
    // As unsigned numbers: what an unusual row overflows to is not looked at.
    const auto done =
        static_cast<int64_t>(static_cast<uint64_t>(progress) *
                             static_cast<uint64_t>(whole) * uint64_t{kMillion});
    const auto due =
        static_cast<uint64_t>(g_b) * static_cast<uint64_t>(elapsed);
    const auto reaches = [done, due](int64_t share) {
      return done >= static_cast<int64_t>(due * static_cast<uint64_t>(share));
    };
    const int by_pace = reaches(pace) ? 2 : reaches(behind) ? 1 : 0;
    met[i] = g_a <= -int64_t{strict[i]};
    level[i] = static_cast<uint8_t>(reaches(kMillion) ? 3 : by_pace);
    usual[i] = is_usual;
  }

  uint8_t unusual = 0;
  for (uint32_t i = 0; i < kBlockRows; ++i) {
    const auto choose = [&](uint8_t BlockAnswers::Answer::*part) {
      uint8_t chosen = answers.far_behind.*part;
      chosen = level[i] >= 1 ? answers.behind.*part : chosen;
      chosen = level[i] >= 2 ? answers.nearly.*part : chosen;
      chosen = level[i] >= 3 ? answers.on_pace.*part : chosen;
      return met[i] != 0 ? answers.met.*part : chosen;
    };
    answer[i] = choose(&BlockAnswers::Answer::answer);
    reason[i] = choose(&BlockAnswers::Answer::reason);
    unusual |= usual[i] ^ 1;
  }
  __builtin_memcpy(out.answer + first, answer, kBlockRows);
  uint16_t* __restrict const reasons = out.reason + first;
  for (uint32_t i = 0; i < kBlockRows; ++i) reasons[i] = reason[i];
  uint16_t* __restrict const points = out.judged_point + first;
  for (uint32_t i = 0; i < kBlockRows; ++i) {
    points[i] = static_cast<uint16_t>(counts[i] - 1);
  }
  return unusual != 0;
}

}  // namespace shirube::pace

#endif  // RULES_PACE_BLOCK_H_
