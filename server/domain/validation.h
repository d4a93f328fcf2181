// The rules a resource must keep when it is written; all violations at once.
// The list of refusals in the product's table is complete: anything else is
// stored and judged.
#ifndef SHIRUBE_SERVER_DOMAIN_VALIDATION_H_
#define SHIRUBE_SERVER_DOMAIN_VALIDATION_H_

#include <string_view>
#include <vector>

#include "server/domain/assessment.h"
#include "server/domain/indicator.h"
#include "server/domain/initiative.h"
#include "server/domain/observation.h"
#include "server/domain/plan.h"
#include "server/domain/violation.h"

namespace shirube {

// `prefix` is the field path of the resource in the request ("indicator",
// "document.indicators[3]").
void ValidatePlan(const Plan& plan, std::string_view prefix, Violations* out);
void ValidateInitiative(const Initiative& initiative, std::string_view prefix,
                        Violations* out);
// Target period not after the baseline's; a milestone not strictly between or
// two in one period; lo >= hi; CUMULATIVE without window_start or with a
// printed baseline other than 0; values that do not fit in 18 digits at the
// indicator's largest scale (also against `observations`).
void ValidateIndicator(const Indicator& indicator,
                       const std::vector<Observation>& observations,
                       std::string_view prefix, Violations* out);
// Against its indicator: basis present exactly for CUMULATIVE, scale fits, a
// value or NOT_AVAILABLE.
void ValidateObservation(const Indicator& indicator,
                         const Observation& observation,
                         std::string_view prefix, Violations* out);
void ValidateAssessment(const Assessment& assessment, std::string_view prefix,
                        Violations* out);

// The largest scale among the indicator's values and its observations': all are
// held at it.
int ScaleOf(const Indicator& indicator,
            const std::vector<Observation>& observations);

}  // namespace shirube

#endif  // SHIRUBE_SERVER_DOMAIN_VALIDATION_H_
