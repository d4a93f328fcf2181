// What reads of verdicts and flags have in common: which observations are
// judged, and a plan together with what was judged of it.
#ifndef SHIRUBE_SERVER_SERVICE_EVALUATION_READS_H_
#define SHIRUBE_SERVER_SERVICE_EVALUATION_READS_H_

#include <map>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "server/evaluation/evaluator.h"
#include "server/service/backend.h"
#include "server/service/convert_verdict.h"

namespace shirube {

// INVALID_ARGUMENT AS_KNOWN_AT_UNSUPPORTED where it is asked for.
absl::Status RefuseAsKnownAt(const std::string& as_known_at);

// `as_of` and `allow_future` of a request; a bad period is a violation.
ReadOptions ReadAsOf(const FieldReader& reader, const std::string& as_of,
                     bool allow_future);

// A plan as it is printed, with its verdicts and flags.
struct JudgedPlan {
  Plan plan;
  std::vector<Initiative> initiatives;  // in tree order
  std::vector<Indicator> indicators;    // as printed
  std::map<IndicatorId, Verdict> verdicts;
  std::map<InitiativeId, Flag> flags;
  StatusCounts counts;
  // Indicators that count at an initiative, as printed.
  std::map<InitiativeId, std::vector<IndicatorId>> below;
  Revision revision = 0;  // read at
  std::string as_of;
};

// Which parts to read: without them a tree needs no judgement.
enum class Judged { kYes, kVerdictsOnly, kNo };

// NOT_FOUND where there is no such plan.
absl::StatusOr<JudgedPlan> ReadJudgedPlan(const Backend& backend,
                                          const PlanId& plan,
                                          const ReadOptions& options,
                                          Judged judged);

v1::Verdict VerdictToWire(const Backend& backend, const JudgedPlan& plan,
                          const Indicator& indicator);
v1::Flag FlagToWire(const Backend& backend, const JudgedPlan& plan,
                    const Initiative& initiative);

// Adds the modules' facts to verdicts of `plan`, all judged in one go, where
// what is judged now is what was judged then. Best effort: without an answer of
// the modules the verdicts stay as they are.
void AddFacts(const Backend& backend, const PlanId& plan,
              const ReadOptions& options, std::vector<v1::Verdict*> verdicts);

void Count(v1::Verdict::Status status, v1::StatusCounts* counts);

}  // namespace shirube

#endif  // SHIRUBE_SERVER_SERVICE_EVALUATION_READS_H_
