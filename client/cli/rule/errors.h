// Errors of the kit, which no server made: with a reason for programs and a
// text in the language of the output.
#ifndef SHIRUBE_CLIENT_CLI_RULE_ERRORS_H_
#define SHIRUBE_CLIENT_CLI_RULE_ERRORS_H_

#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "client/cli/context.h"
#include "server/rule_host/case_review.h"
#include "server/rule_host/lifecycle.h"

namespace shirube::cli {

absl::Status KitError(const Context& context, absl::StatusCode code,
                      const std::string& reason, const std::string& ja,
                      const std::string& en);

// What a module was refused for: NOT_FOUND, UNAVAILABLE (the worker program) or
// INVALID_ARGUMENT.
absl::Status RefusedModule(const Context& context, const std::string& path,
                           const ModuleProblem& problem);

// INVALID_ARGUMENT that lists all of them, each with its file and line.
absl::Status WrongCases(const Context& context,
                        const std::vector<CaseProblem>& problems);

// "cases/x.case:12".
std::string PlaceText(const std::string& file, int line);

}  // namespace shirube::cli

#endif  // SHIRUBE_CLIENT_CLI_RULE_ERRORS_H_
