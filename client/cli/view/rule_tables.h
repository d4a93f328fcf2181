// Rule modules, rule sets and the server as tables and text. Pure.
#ifndef SHIRUBE_CLIENT_CLI_VIEW_RULE_TABLES_H_
#define SHIRUBE_CLIENT_CLI_VIEW_RULE_TABLES_H_

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "client/cli/output/table.h"
#include "client/cli/view/words.h"
#include "shirube/v1/admin_service.pb.h"
#include "shirube/v1/flag.pb.h"
#include "shirube/v1/rule.pb.h"

namespace shirube::cli {

// What judges one scope: a plan, or everything that names no set of its own.
struct ScopeView {
  std::string plan;  // "plans/demo"; empty: the default
  std::string title;
  v1::RuleSet set;
  std::optional<v1::RuleSetActivation> last;  // how it came to be active
};

// "既定", "default", or the plan's id.
std::string ScopeName(const std::string& plan, bool japanese);

// Modules that may be used, then below them what needs somebody: files that
// were refused and modules that were set aside, each with what to do.
std::string ModulesText(const std::vector<v1::RuleModule>& modules,
                        const std::vector<ScopeView>& scopes, const Look& look);
// What judges now, since when and by whom, and what judged before.
std::string ScopesText(const std::vector<ScopeView>& scopes, const Look& look);
// Every field a script may want, one row a module.
Table ModulesForPrograms(const std::vector<v1::RuleModule>& modules,
                         const std::vector<ScopeView>& scopes);

Table SetsForPeople(const std::vector<v1::RuleSet>& sets, bool japanese);
Table SetsForPrograms(const std::vector<v1::RuleSet>& sets);

// Figures under each other, modules side by side, as many as the width takes.
std::string StatisticsText(const std::vector<v1::RuleModule>& modules,
                           const Look& look);
// What those that serve were last seen to fail with; empty where none did.
std::string FailuresText(const std::vector<v1::RuleModule>& modules,
                         const Look& look);
Table StatisticsForPrograms(const std::vector<v1::RuleModule>& modules);

// By status: what was before, what is now.
Table CountsBeforeAndAfter(const v1::StatusCounts& before,
                           const v1::StatusCounts& after, bool japanese);

std::string ServerText(const v1::ServerInfo& info, const Look& look);
Table ServerForPrograms(const v1::ServerInfo& info);

}  // namespace shirube::cli

#endif  // SHIRUBE_CLIENT_CLI_VIEW_RULE_TABLES_H_
