// The answers of one module for one ask, in columns by position, copied out of
// the worker's memory and then validated: everything in here may be relied on.
#ifndef SHIRUBE_SERVER_RULE_HOST_ANSWERS_H_
#define SHIRUBE_SERVER_RULE_HOST_ANSWERS_H_

#include <cstdint>
#include <vector>

#include "absl/numeric/int128.h"
#include "server/rule_host/outcome.h"

namespace shirube {

// `answer` holds these, or kAnswerFault: the module gave no answer.
inline constexpr uint8_t kAnswerFault = 0;
inline constexpr uint8_t kAnswerRaised = 1;
inline constexpr uint8_t kAnswerNotRaised = 2;
inline constexpr uint8_t kAnswerCannotTell = 3;

// Reasons the host itself gives (with CANNOT_TELL): for rows that lack what the
// manifest requires, and for rows that a module left unanswered. A manifest's
// own codes are below these.
inline constexpr uint16_t kReasonNone = 0;
inline constexpr uint16_t kFirstHostReason = 0xFF00;
inline constexpr uint16_t kReasonNoTarget = 0xFF00;
inline constexpr uint16_t kReasonQualitativeTarget = 0xFF01;
inline constexpr uint16_t kReasonNoData = 0xFF02;
inline constexpr uint16_t kReasonAmbiguous = 0xFF03;
inline constexpr uint16_t kReasonUnitMismatch = 0xFF04;
inline constexpr uint16_t kReasonUnanswered = 0xFF05;

inline constexpr uint16_t kNoPoint = 0xFFFF;

struct ModuleAnswers {
  std::vector<uint8_t> answer;
  std::vector<uint16_t> reason;        // kReasonNone for NOT_RAISED and faults
  std::vector<uint16_t> judged_point;  // kNoPoint where none

  // Only with want_facts: fact f of position k at [f * size + k]; a denominator
  // of 0 says that the row does not have it.
  std::vector<absl::int128> fact_numerator;
  std::vector<absl::int128> fact_denominator;

  // What went wrong, each outcome once: empty almost always. Then `fault[k]` is
  // 0, or 1 + the number of the outcome in `faults` that cost position k its
  // answer.
  std::vector<ModuleOutcome> faults;
  std::vector<uint16_t> fault;

  uint32_t size() const { return static_cast<uint32_t>(answer.size()); }
  // nullptr where position k has an answer.
  const ModuleOutcome* fault_at(uint32_t k) const {
    if (fault.empty() || fault[k] == 0) return nullptr;
    return &faults[fault[k] - 1];
  }
};

}  // namespace shirube

#endif  // SHIRUBE_SERVER_RULE_HOST_ANSWERS_H_
