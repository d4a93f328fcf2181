// What `rule check`, `test` and `coverage` are about: a module's file,
// verified, and its cases, from the files of a folder or from the module
// itself.
#ifndef SHIRUBE_CLIENT_CLI_RULE_SUBJECT_H_
#define SHIRUBE_CLIENT_CLI_RULE_SUBJECT_H_

#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "client/cli/context.h"
#include "rules/cases/case_file.h"
#include "server/rule_host/case_review.h"
#include "server/rule_host/module_file.h"
#include "server/rule_host/workbench.h"

namespace shirube::cli {

struct Subject {
  std::string path;                     // of the module's file
  std::vector<std::string> case_files;  // empty: the module's own
  std::vector<std::string> warnings;  // the build is older than its sources …
};

// `text` is a folder or a module's file; `module` a file to be taken with the
// cases of a folder, or empty. NOT_FOUND says where it was looked for.
absl::StatusOr<Subject> FindSubject(const Context& context,
                                    const std::string& text,
                                    const std::string& module);

// The program that runs modules: `typed`, or the one beside this command.
absl::StatusOr<std::string> FindWorker(const Context& context,
                                       const std::string& typed);

// The cases of the subject, each with its file and lines as people find them.
// What is wrong with them is in `problems`: then nothing should be asked.
std::vector<cases::Case> ReadCases(const Subject& subject,
                                   const ModuleFile& file,
                                   std::vector<CaseProblem>* problems);

}  // namespace shirube::cli

#endif  // SHIRUBE_CLIENT_CLI_RULE_SUBJECT_H_
