// `shirube compare`: rule sets side by side. Pure.
#ifndef SHIRUBE_CLIENT_CLI_VIEW_COMPARISON_H_
#define SHIRUBE_CLIENT_CLI_VIEW_COMPARISON_H_

#include <string>

#include "client/cli/output/table.h"
#include "client/cli/view/words.h"
#include "shirube/v1/evaluation_service.pb.h"

namespace shirube::cli {

// One row an indicator, one column a rule set, ≠ before those that are judged
// differently; below it the counts, and what each column is.
std::string ComparisonText(const v1::CompareRuleSetsResponse& comparison,
                           const Look& look);
// Per column status, reason, symbol: `cao_ab.status`.
Table ComparisonForPrograms(const v1::CompareRuleSetsResponse& comparison);

}  // namespace shirube::cli

#endif  // SHIRUBE_CLIENT_CLI_VIEW_COMPARISON_H_
