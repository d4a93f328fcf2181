// A small chart for the terminal: baseline, path, target and what was measured,
// over the years.
#ifndef SHIRUBE_CLIENT_CLI_VIEW_TREND_H_
#define SHIRUBE_CLIENT_CLI_VIEW_TREND_H_

#include <string>
#include <vector>

#include "client/cli/view/words.h"
#include "shirube/v1/derivation.pb.h"

namespace shirube::cli {

// The chart's lines with a legend below; none where the terminal is too narrow
// (under 50 columns) or nothing measured has a time. `status` colours what was
// measured. A width of 0 gives 72 columns.
std::vector<std::string> DrawTrend(const v1::Derivation& derivation,
                                   VerdictStatus status, const Look& look);

}  // namespace shirube::cli

#endif  // SHIRUBE_CLIENT_CLI_VIEW_TREND_H_
