// `shirube flags PLAN -o html`: one file that can be opened, mailed and printed
// on A4. No scripts, nothing loaded from elsewhere.
#ifndef SHIRUBE_CLIENT_CLI_VIEW_FLAGS_HTML_H_
#define SHIRUBE_CLIENT_CLI_VIEW_FLAGS_HTML_H_

#include <map>
#include <string>

#include "client/cli/view/flags_tree.h"
#include "shirube/v1/evaluation_service.pb.h"
#include "shirube/v1/plan_service.pb.h"

namespace shirube::cli {

// Explanations by the indicator's name; one that is missing costs its sentence
// and its trend.
using Explanations = std::map<std::string, v1::ExplainVerdictResponse>;

std::string FlagsHtml(const v1::PlanTree& tree, const FlagsPage& page,
                      const Explanations& explanations, bool japanese);

}  // namespace shirube::cli

#endif  // SHIRUBE_CLIENT_CLI_VIEW_FLAGS_HTML_H_
