// `shirube flags PLAN`: the plan's tree with what stands where, what lags
// first.
#ifndef SHIRUBE_CLIENT_CLI_VIEW_FLAGS_TREE_H_
#define SHIRUBE_CLIENT_CLI_VIEW_FLAGS_TREE_H_

#include <string>

#include "client/cli/view/tree_rows.h"
#include "client/cli/view/words.h"
#include "shirube/v1/plan_service.pb.h"

namespace shirube::cli {

// The whole page, for a terminal of look.width columns (0: nothing is wrapped).
std::string FlagsTree(const v1::PlanTree& tree, const FlagsPage& page,
                      const Look& look);

// "◎ 達成 2   ○ 順調 5   ▲ 要改善 0   ― 判定なし 0"; 判定不能 only where there
// is one. Statuses with none are dimmed. In as many lines as the width asks
// for.
std::string CountsLines(const v1::StatusCounts& counts, const Look& look);

}  // namespace shirube::cli

#endif  // SHIRUBE_CLIENT_CLI_VIEW_FLAGS_TREE_H_
