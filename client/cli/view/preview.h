// `shirube rule preview`: what another rule set would change, as lines that can
// be printed while more is still being judged. Pure.
#ifndef SHIRUBE_CLIENT_CLI_VIEW_PREVIEW_H_
#define SHIRUBE_CLIENT_CLI_VIEW_PREVIEW_H_

#include <string>
#include <vector>

#include "client/cli/output/table.h"
#include "client/cli/view/words.h"
#include "shirube/v1/rule_service.pb.h"

namespace shirube::cli {

// What all lines of one preview share.
struct PreviewLook {
  Look look;
  bool periods = false;  // several: each line names its own
  bool plans = false;    // of all plans: each line names its own
};

// "○ 順調 → ▲ 要改善 赤      オンライン手続の件数".
std::string ChangeLine(const v1::VerdictChange& change,
                       const PreviewLook& look);
std::string ChangeLine(const v1::FlagChange& change, const PreviewLook& look);

// "指標11件のうち4件の判定が変わります", from what to what, and the flags; with
// the counts before and after where it is the only period.
std::string SummaryText(const v1::PreviewSummary& summary,
                        const PreviewLook& look);

// "判定中 1,200 / 10,000(12%) 変わる判定 34件".
std::string ProgressText(const v1::PreviewProgress& progress, bool japanese);

// One row a change, in CSV.
Table ChangesForPrograms(const std::vector<v1::VerdictChange>& changes);

}  // namespace shirube::cli

#endif  // SHIRUBE_CLIENT_CLI_VIEW_PREVIEW_H_
