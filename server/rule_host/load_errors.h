// What loading and releasing say when they fail, in both languages: which
// module, why, and what to do. Pure.
#ifndef SHIRUBE_SERVER_RULE_HOST_LOAD_ERRORS_H_
#define SHIRUBE_SERVER_RULE_HOST_LOAD_ERRORS_H_

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "server/rule_host/lifecycle.h"
#include "server/rule_host/module_file.h"
#include "server/rule_host/rule_host.h"
#include "server/rule_host/rule_set.h"

namespace shirube {

struct StartFailure {
  const ModuleFile* file;
  const ModuleProblem* problem;
};

// Why a file or kept bytes cannot be used: FAILED_PRECONDITION with the
// load-time reason.
absl::Status NotUsable(const std::string& file, const ModuleProblem& problem);

// RULE_SET_CANNOT_START; the metadata gives each module's reason by its id.
absl::Status CannotStart(const std::vector<StartFailure>& failures);

// MODULE_QUARANTINED; the metadata as above.
absl::Status InQuarantine(const std::vector<QuarantineNotice>& notices);

// NOT_QUARANTINED.
absl::Status NotInQuarantine(const std::string& sha256);

// A release that failed: FAILED_PRECONDITION with the load-time reason.
absl::Status StaysInQuarantine(const ModuleFile& file,
                               const ModuleProblem& problem);

// RULE_SET_NOT_SERVING: somebody asks a set that nobody holds.
absl::Status NotLoaded(const RuleSet& set, const RuleSetMember& member);

}  // namespace shirube

#endif  // SHIRUBE_SERVER_RULE_HOST_LOAD_ERRORS_H_
