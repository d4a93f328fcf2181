// What `rule check` prints: the list of checks, and what was found.
#ifndef SHIRUBE_CLIENT_CLI_RULE_CHECK_REPORT_H_
#define SHIRUBE_CLIENT_CLI_RULE_CHECK_REPORT_H_

#include <string>
#include <vector>

#include "client/cli/context.h"
#include "server/rule_host/case_review.h"
#include "server/rule_host/examination.h"
#include "server/rule_host/lifecycle.h"
#include "server/rule_host/module_file.h"

namespace shirube::cli {

struct CheckReport {
  std::string path;
  const ModuleFile* file;
  uint64_t seed = 0;
  std::vector<CheckResult> checks;

  bool well() const;
};

// What the server's verification looks at, in its order, up to `problem`.
std::vector<CheckResult> VerificationChecks(const ModuleFile& file,
                                            const ModuleProblem& problem);
CheckResult CasesCheck(int cases, const std::vector<CaseProblem>& problems);

void PrintChecks(const Context& context, const CheckReport& report);

}  // namespace shirube::cli

#endif  // SHIRUBE_CLIENT_CLI_RULE_CHECK_REPORT_H_
