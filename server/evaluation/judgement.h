// A verdict in the words of the rule set that gave it. Pure.
#ifndef SHIRUBE_SERVER_EVALUATION_JUDGEMENT_H_
#define SHIRUBE_SERVER_EVALUATION_JUDGEMENT_H_

#include "server/domain/verdict.h"
#include "server/evaluation/comparison.h"
#include "server/rule_host/rule_set.h"

namespace shirube {

// What the deciding module's manifest says of the verdict's reason; nullptr
// where no module decided, or its manifest does not declare the reason (those
// of the host).
const ManifestReason* ReasonOf(const RuleSet& rule_set, const Verdict& verdict);

Judgement JudgementOf(const RuleSet& rule_set, const Verdict& verdict);

}  // namespace shirube

#endif  // SHIRUBE_SERVER_EVALUATION_JUDGEMENT_H_
