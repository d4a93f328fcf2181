// The results of a module's cases as JUnit's XML, which continuous integration
// reads: a testsuite a file, a testcase an expectation. Pure.
#ifndef SHIRUBE_CLIENT_CLI_RULE_JUNIT_H_
#define SHIRUBE_CLIENT_CLI_RULE_JUNIT_H_

#include <string>
#include <vector>

#include "client/cli/context.h"
#include "server/rule_host/case_review.h"
#include "server/rule_host/case_trial.h"

namespace shirube::cli {

std::string JunitOf(const Context& context, const std::string& module,
                    const std::vector<CaseResult>& results);
// Of cases that were not asked because of what is wrong with them: each is an
// error.
std::string JunitOf(const Context& context, const std::string& module,
                    const std::vector<CaseProblem>& problems);

}  // namespace shirube::cli

#endif  // SHIRUBE_CLIENT_CLI_RULE_JUNIT_H_
