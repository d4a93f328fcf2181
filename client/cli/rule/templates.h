// The files that `shirube rule new` writes, as they lay in the source tree when
// the command was built: templates/, and the headers of rules/include.
#ifndef SHIRUBE_CLIENT_CLI_RULE_TEMPLATES_H_
#define SHIRUBE_CLIENT_CLI_RULE_TEMPLATES_H_

#include <map>
#include <string_view>

namespace shirube::cli {

// By name: "cpp/Makefile", "include/shirube/rule.h".
const std::map<std::string_view, std::string_view>& Templates();

}  // namespace shirube::cli

#endif  // SHIRUBE_CLIENT_CLI_RULE_TEMPLATES_H_
