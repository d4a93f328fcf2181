// What people type for something to be judged by: a rule set, or a module,
// stored or only in the server's rules folder; and for the periods to judge.
#ifndef SHIRUBE_CLIENT_CLI_COMMANDS_YARDSTICK_NAMES_H_
#define SHIRUBE_CLIENT_CLI_COMMANDS_YARDSTICK_NAMES_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "client/cli/context.h"

namespace shirube::cli {

// The modules that the server knows, asked for once a command.
using KnownModules = std::vector<v1::RuleModule>;

// `default`, `rs-…` or the beginning of it: "ruleSets/…"; a module's name (x,
// x@1.0.0, x.lua): "ruleModules/x", which stands for the set of it alone.
// NOT_FOUND lists what there is.
absl::StatusOr<std::string> FindYardstick(const Context& context,
                                          const KnownModules& modules,
                                          const std::string& text);

// Warns of modules named without a version that are tried as they were
// registered, while another file of theirs lies in the rules folder.
void WarnOfOtherFiles(const Context& context, const KnownModules& modules,
                      const std::vector<std::string>& names);

// "fy2022", "R4", "R1..R4" (every year from the one to the other), by commas:
// period ids, in the order typed. An error of usage otherwise.
absl::StatusOr<std::vector<std::string>> PeriodsArgument(
    const Context& context, const std::vector<std::string>& texts);

// NAME=VALUE, as typed after --parameter; an error of usage otherwise.
absl::StatusOr<std::vector<std::pair<std::string, std::string>>>
ParametersArgument(const Context& context,
                   const std::vector<std::string>& texts);

}  // namespace shirube::cli

#endif  // SHIRUBE_CLIENT_CLI_COMMANDS_YARDSTICK_NAMES_H_
