// `shirube verdicts PLAN`: verdicts as rows of a table. Pure.
#ifndef SHIRUBE_CLIENT_CLI_VIEW_VERDICT_ROWS_H_
#define SHIRUBE_CLIENT_CLI_VIEW_VERDICT_ROWS_H_

#include <map>
#include <string>
#include <vector>

#include "client/cli/output/table.h"
#include "client/cli/view/tree_rows.h"
#include "shirube/v1/indicator.pb.h"
#include "shirube/v1/verdict.pb.h"

namespace shirube::cli {

// By resource name; one that is missing costs its row the target.
using IndicatorsByName = std::map<std::string, v1::Indicator>;

// Below the table stand the NoteLines of `notes` (WaitingNotes).
Table VerdictsForPeople(const std::vector<v1::Verdict>& verdicts,
                        const IndicatorsByName& indicators, const Notes& notes,
                        bool japanese);
// Bare words, period ids and plain decimals.
Table VerdictsForPrograms(const std::vector<v1::Verdict>& verdicts,
                          const IndicatorsByName& indicators);

}  // namespace shirube::cli

#endif  // SHIRUBE_CLIENT_CLI_VIEW_VERDICT_ROWS_H_
