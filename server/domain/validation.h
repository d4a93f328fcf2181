// The rules a resource must keep when it is written; all violations at once.
// What breaks none of them is stored, however odd: saying what is odd about it
// is the judgement's task.
#ifndef SHIRUBE_SERVER_DOMAIN_VALIDATION_H_
#define SHIRUBE_SERVER_DOMAIN_VALIDATION_H_

#include <string_view>
#include <vector>

#include "server/domain/assessment.h"
#include "server/domain/indicator.h"
#include "server/domain/initiative.h"
#include "server/domain/observation.h"
#include "server/domain/plan.h"
#include "server/domain/subscription.h"
#include "server/domain/violation.h"

namespace shirube {

// `prefix` is the field path of the resource in the request ("indicator",
// "document.indicators[3]").
void ValidatePlan(const Plan& plan, std::string_view prefix, Violations* out);
void ValidateInitiative(const Initiative& initiative, std::string_view prefix,
                        Violations* out);
// The target must come later than the baseline, milestones one a period in
// between, a band's lower end below its upper one; a CUMULATIVE indicator needs
// a window_start and no baseline but 0. Every value has to fit in 18 digits at
// the largest scale of the indicator and its `observations`.
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

// The form alone: who can reach its URL is not asked.
void ValidateSubscription(const Subscription& subscription,
                          std::string_view prefix, Violations* out);
// Why somebody did something to an alert; it is required.
void ValidateAlertReason(std::string_view text, std::string_view field,
                         Violations* out);

// The largest scale among the indicator's values and its observations': all are
// held at it.
int ScaleOf(const Indicator& indicator,
            const std::vector<Observation>& observations);

}  // namespace shirube

#endif  // SHIRUBE_SERVER_DOMAIN_VALIDATION_H_
