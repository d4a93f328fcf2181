// shirube rule new, check, test, coverage: for whoever writes a module. They
// contact no server; client/cli/rule has them.
#ifndef SHIRUBE_CLIENT_CLI_COMMANDS_RULE_KIT_H_
#define SHIRUBE_CLIENT_CLI_COMMANDS_RULE_KIT_H_

#include <CLI/CLI.hpp>

#include "client/cli/commands/commands.h"

namespace shirube::cli {

void AddRuleKit(CLI::App* group, Chosen& chosen);

}  // namespace shirube::cli

#endif  // SHIRUBE_CLIENT_CLI_COMMANDS_RULE_KIT_H_
