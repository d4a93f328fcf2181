// What `rule test` and `rule coverage` print.
#ifndef SHIRUBE_CLIENT_CLI_RULE_CASE_REPORT_H_
#define SHIRUBE_CLIENT_CLI_RULE_CASE_REPORT_H_

#include <optional>
#include <string>
#include <vector>

#include "client/cli/context.h"
#include "server/rule_host/case_trial.h"
#include "server/rule_host/module_file.h"

namespace shirube::cli {

struct CaseReport {
  std::string path;  // of the module
  const ModuleFile* file;
  std::vector<CaseResult> results;
  // What several rows did together and none of them alone.
  std::optional<ModuleOutcome> together;

  int64_t passed() const;
  bool well() const;
};

void PrintTests(const Context& context, const CaseReport& report);

// A declared reason, and how many expectations came out with it.
struct ReasonCoverage {
  const ManifestReason* reason;
  int64_t expectations = 0;
  bool by_server = false;  // all of them the server's own answers
};
std::vector<ReasonCoverage> CoverageOf(const CaseReport& report);
void PrintCoverage(const Context& context, const CaseReport& report,
                   const std::vector<ReasonCoverage>& coverage);

}  // namespace shirube::cli

#endif  // SHIRUBE_CLIENT_CLI_RULE_CASE_REPORT_H_
