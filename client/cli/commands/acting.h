// What commands that carry out one thing have in common.
#ifndef SHIRUBE_CLIENT_CLI_COMMANDS_ACTING_H_
#define SHIRUBE_CLIENT_CLI_COMMANDS_ACTING_H_

#include <CLI/CLI.hpp>

#include "absl/status/status.h"
#include "client/cli/commands/commands.h"

namespace shirube::cli {

// Has `command` run `act`, which gives an absl::Status.
template <typename Act>
void RunBy(CLI::App* command, Chosen& chosen, Act act) {
  command->callback([&chosen, act] {
    chosen.run = [act](Context& context) {
      const absl::Status status = act(context);
      return status.ok() ? static_cast<int>(kDone) : Fail(context, status);
    };
  });
}

// The same for what asks no server: it works whatever was saved about one.
template <typename Act>
void RunHere(CLI::App* command, Chosen& chosen, Act act) {
  RunBy(command, chosen, act);
  command->parse_complete_callback([&chosen] { chosen.here = true; });
}

}  // namespace shirube::cli

#endif  // SHIRUBE_CLIENT_CLI_COMMANDS_ACTING_H_
