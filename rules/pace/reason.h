// The reasons of the default judgement: one table of codes, shared by the three
// default modules. The numbers are part of stored verdicts: never reuse one.
#ifndef RULES_PACE_REASON_H_
#define RULES_PACE_REASON_H_

#include <cstdint>

namespace shirube::pace {

enum class Status : uint8_t { kNotEvaluated, kAchieved, kOnTrack, kAtRisk };

enum Reason : uint8_t {
  kNoReason = 0,
  // ACHIEVED
  kMetEarly = 1,
  kMetOnTime = 2,
  kMetLate = 3,
  kMetUndated = 4,
  // ON_TRACK
  kOnPace = 11,
  kNearlyOnPace = 12,
  kHolding = 13,
  // AT_RISK
  kBehind = 21,
  kFarBehind = 22,
  kRegressed = 23,
  kFellBack = 24,
  kMissed = 25,
  // NOT_EVALUATED
  kNoTarget = 31,
  kQualitativeTarget = 32,
  kNoData = 33,
  kAmbiguous = 34,
  kUnitMismatch = 35,
  kDirectionConflict = 36,
  kDirectionUnknown = 37,
  kNotDue = 38,
  kNoTargetPeriod = 39,
  kNoBaseline = 40,
  kNoBaselinePeriod = 41,
};

// Codes are below this, so that a table of answers can be indexed by them.
inline constexpr int kReasonSpace = 64;

// A reason belongs to one status.
constexpr Status StatusOf(Reason reason) {
  if (reason < 10) return Status::kAchieved;
  if (reason < 20) return Status::kOnTrack;
  if (reason < 30) return Status::kAtRisk;
  return Status::kNotEvaluated;
}

}  // namespace shirube::pace

#endif  // RULES_PACE_REASON_H_
