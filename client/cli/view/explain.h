// `shirube explain INDICATOR`: the sentence, the numbers behind it, the trend,
// where the status would flip, and what each coming period must bring.
#ifndef SHIRUBE_CLIENT_CLI_VIEW_EXPLAIN_H_
#define SHIRUBE_CLIENT_CLI_VIEW_EXPLAIN_H_

#include <string>

#include "client/cli/output/table.h"
#include "client/cli/view/words.h"
#include "shirube/v1/evaluation_service.pb.h"

namespace shirube::cli {

// The whole page, for a terminal of look.width columns (0: nothing is wrapped).
std::string Explanation(const v1::ExplainVerdictResponse& response,
                        const Look& look);

// The numbers alone: item, value, period, remark.
Table NumbersTable(const v1::ExplainVerdictResponse& response, bool japanese);

// "2,119人以上" for a status' flip point; the reason where there is none.
std::string FlipText(const v1::FlipPoint& flip,
                     const v1::Derivation& derivation, bool japanese);

}  // namespace shirube::cli

#endif  // SHIRUBE_CLIENT_CLI_VIEW_EXPLAIN_H_
