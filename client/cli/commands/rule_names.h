// What people type for a rule module or a rule set: its resource name, its id,
// or the beginning of it.
#ifndef SHIRUBE_CLIENT_CLI_COMMANDS_RULE_NAMES_H_
#define SHIRUBE_CLIENT_CLI_COMMANDS_RULE_NAMES_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "client/cli/context.h"

namespace shirube::cli {

// `achieved`, `achieved 1.0.0`, `achieved@1.0.0`, `achieved.so` (`.lua`) or the
// resource name: all versions that fit, as the server lists them. NOT_FOUND
// where none does.
absl::StatusOr<std::vector<v1::RuleModule>> FindModules(
    const Context& context, const std::string& text);

// `rs-…`, the beginning of it (with or without `rs-`) that only one set has,
// `default`, or a module's name: the set of that module alone, of the version
// registered last. Gives the resource name. An ambiguous one is an error of
// usage that lists the candidates.
absl::StatusOr<std::string> FindRuleSet(const Context& context,
                                        const std::string& text);

// --plan as "plans/…"; empty where it was not given.
absl::StatusOr<std::string> ScopeArgument(const Context& context);

}  // namespace shirube::cli

#endif  // SHIRUBE_CLIENT_CLI_COMMANDS_RULE_NAMES_H_
