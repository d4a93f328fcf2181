// A rule module that raises exactly one status of the default judgement. Each
// default module is ModuleFor<its status>() behind the one exported function.
// No state; refuses with a fault (nothing is answered) a batch it cannot read.
#ifndef RULES_PACE_MODULE_H_
#define RULES_PACE_MODULE_H_

#include <algorithm>
#include <cstdint>

#include "rules/pace/block.h"
#include "rules/pace/facts.h"
#include "rules/pace/pace.h"
#include "rules/pace/reason.h"
#include "shirube/rule.h"

namespace shirube::pace {

// What evaluate() returns when it refuses; 0 is success.
enum Fault : int {
  kBatchTooOld = 1,
  kVerdictsTooOld = 2,
  kParametersMissing = 3
};

// The order of the manifests.
enum Parameter : uint32_t {
  kPaceThreshold,
  kBehindThreshold,
  kParametersCount
};

// Answer (low byte) and reason (high byte) by what the judgement returned.
struct AnswerTable {
  uint16_t of[kReasonSpace] = {};
};

constexpr AnswerTable AnswersFor(Status mine) {
  AnswerTable table;
  for (int code = 1; code < kReasonSpace; ++code) {
    const Status status = StatusOf(static_cast<Reason>(code));
    const int answer = status == mine                    ? SHIRUBE_RAISED
                       : status == Status::kNotEvaluated ? SHIRUBE_CANNOT_TELL
                                                         : SHIRUBE_NOT_RAISED;
    const int reason = answer == SHIRUBE_NOT_RAISED ? 0 : code;
    table.of[code] = static_cast<uint16_t>(answer | reason << 8);
  }
  return table;
}

constexpr BlockAnswers BlockAnswersFor(const AnswerTable& table) {
  const auto of = [&table](Reason reason) {
    return BlockAnswers::Answer{static_cast<uint8_t>(table.of[reason]),
                                static_cast<uint8_t>(table.of[reason] >> 8)};
  };
  return {of(kMetEarly), of(kOnPace), of(kNearlyOnPace), of(kBehind),
          of(kFarBehind)};
}

inline int64_t ParameterAt(const shirube_parameter& parameter, uint32_t k) {
  const char* base = reinterpret_cast<const char*>(parameter.base);
  return *reinterpret_cast<const int64_t*>(base +
                                           uint64_t{k} * parameter.stride);
}

inline shirube_int128 ToAbi(Int128 x) {
  return {static_cast<uint64_t>(x), static_cast<int64_t>(x >> 64)};
}

// Out of line: bulk runs ask for no facts, and their loop stays small.
__attribute__((noinline)) inline void WriteFacts(const shirube_batch* batch,
                                                 uint32_t row,
                                                 Judgement judgement,
                                                 uint32_t k,
                                                 shirube_verdicts* verdicts) {
  const Facts facts = FactsOf(batch, row, judgement);
  const uint32_t n = std::min<uint32_t>(verdicts->facts_count, kFactsCount);
  for (uint32_t f = 0; f < n; ++f) {
    const uint64_t at = f * verdicts->facts_stride + k;
    verdicts->fact_numerator[at] = ToAbi(facts.of[f].numerator);
    verdicts->fact_denominator[at] = ToAbi(facts.of[f].denominator);
  }
}

template <Status kMine>
int Evaluate(const void* /*state*/, const shirube_batch* batch,
             const uint32_t* rows, uint32_t n, shirube_verdicts* verdicts) {
  if (batch->struct_size < sizeof(shirube_batch)) return kBatchTooOld;
  if (verdicts->struct_size < sizeof(shirube_verdicts)) return kVerdictsTooOld;
  if (batch->parameters_count < kParametersCount) return kParametersMissing;
  static constexpr AnswerTable kAnswers = AnswersFor(kMine);
  static constexpr BlockAnswers kBlockAnswers = BlockAnswersFor(kAnswers);
  // Copies whose addresses do not leave, so that writing answers reloads
  // nothing.
  const shirube_batch in = *batch;
  const shirube_parameter pace = in.parameters[kPaceThreshold];
  const shirube_parameter behind = in.parameters[kBehindThreshold];
  const bool want_facts = in.want_facts != 0;
  uint8_t* const answer = verdicts->answer;
  uint16_t* const reason = verdicts->reason;
  uint16_t* const judged_point = verdicts->judged_point;
  const auto judge_row = [&](uint32_t k) {
    const uint32_t row = rows != nullptr ? rows[k] : k;
    const Thresholds thresholds = {ParameterAt(pace, k),
                                   ParameterAt(behind, k)};
    const Judgement judgement = Judge(in, row, thresholds, batch);
    const uint16_t packed = kAnswers.of[judgement.reason];
    answer[k] = static_cast<uint8_t>(packed);
    reason[k] = packed >> 8;
    judged_point[k] = judgement.point;
    if (want_facts) WriteFacts(batch, row, judgement, k, verdicts);
  };
  uint32_t k = 0;
  const bool whole_columns = rows == nullptr && !want_facts && n >= kBlockRows;
  if (whole_columns && pace.stride == 0 && behind.stride == 0) {
    const Thresholds thresholds = {ParameterAt(pace, 0),
                                   ParameterAt(behind, 0)};
    uint8_t usual[kBlockRows];
    for (; k + kBlockRows <= n; k += kBlockRows) {
      if (!JudgeBlock(in, k, thresholds, kBlockAnswers,
                      {answer, reason, judged_point}, usual)) {
        continue;
      }
      for (uint32_t i = 0; i < kBlockRows; ++i) {
        if (usual[i] == 0) judge_row(k + i);
      }
    }
  }
  for (; k < n; ++k) judge_row(k);
  return 0;
}

inline int Create(void** state) {
  *state = nullptr;
  return 0;
}

inline void Destroy(void* /*state*/) {}

template <Status kMine>
const shirube_rule* ModuleFor() {
  static constexpr shirube_rule kRule = {sizeof(shirube_rule),
                                         SHIRUBE_RULE_ABI_MAJOR,
                                         SHIRUBE_RULE_ABI_MINOR,
                                         0,
                                         Create,
                                         Evaluate<kMine>,
                                         Destroy};
  return &kRule;
}

}  // namespace shirube::pace

#endif  // RULES_PACE_MODULE_H_
