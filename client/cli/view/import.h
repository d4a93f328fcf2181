// What `shirube import` shows: what was understood, what was not, and what it
// changes. Pure: messages in, text out.
#ifndef SHIRUBE_CLIENT_CLI_VIEW_IMPORT_H_
#define SHIRUBE_CLIENT_CLI_VIEW_IMPORT_H_

#include <string>
#include <vector>

#include "client/cli/context.h"
#include "client/report/report.h"

namespace shirube::cli {

// Sources, plan, counts, and the indicators as read.
void PrintUnderstood(const Context& context, const v1::PlanDocument& document);
// Refusals and warnings, source line by line.
void PrintFindings(const Context& context, const report::ImportResult& result);
// New things counted, changed ones one by one; held ones with what they need.
void PrintDifference(const Context& context,
                     const std::vector<v1::Change>& difference);

// {"document":…, "refusals":[…], "warnings":[…]}, and with `response`
// "difference" and "revision".
std::string ImportJson(const Context& context,
                       const report::ImportResult& result,
                       const v1::ApplyPlanResponse* response);

}  // namespace shirube::cli

#endif  // SHIRUBE_CLIENT_CLI_VIEW_IMPORT_H_
