// shirube rule preview: what another rule set would change, before it counts.
#ifndef SHIRUBE_CLIENT_CLI_COMMANDS_RULE_PREVIEW_H_
#define SHIRUBE_CLIENT_CLI_COMMANDS_RULE_PREVIEW_H_

#include "client/cli/commands/commands.h"

namespace shirube::cli {

void AddRulePreview(CLI::App* group, Chosen& chosen);

}  // namespace shirube::cli

#endif  // SHIRUBE_CLIENT_CLI_COMMANDS_RULE_PREVIEW_H_
