// shirube alert tail, a part of shirube alert.
#ifndef SHIRUBE_CLIENT_CLI_COMMANDS_ALERT_TAIL_H_
#define SHIRUBE_CLIENT_CLI_COMMANDS_ALERT_TAIL_H_

#include <CLI/CLI.hpp>

#include "client/cli/commands/commands.h"

namespace shirube::cli {

void AddAlertTail(CLI::App& group, Chosen& chosen);

}  // namespace shirube::cli

#endif  // SHIRUBE_CLIENT_CLI_COMMANDS_ALERT_TAIL_H_
