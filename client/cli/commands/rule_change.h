// shirube rule register, activate, rollback, release: what changes by what
// plans are judged.
#ifndef SHIRUBE_CLIENT_CLI_COMMANDS_RULE_CHANGE_H_
#define SHIRUBE_CLIENT_CLI_COMMANDS_RULE_CHANGE_H_

#include <CLI/CLI.hpp>

#include "client/cli/commands/commands.h"

namespace shirube::cli {

void AddRuleChanges(CLI::App* group, Chosen& chosen);

}  // namespace shirube::cli

#endif  // SHIRUBE_CLIENT_CLI_COMMANDS_RULE_CHANGE_H_
