// Verdicts that wait for a module that is out of service: set aside, or not to
// be started. They keep what was last known and say since when. Pure.
//
// A module that merely failed on a row is another matter: that row is
// INDETERMINATE, because nothing says that it is as it was.
#ifndef SHIRUBE_SERVER_EVALUATION_WAITING_H_
#define SHIRUBE_SERVER_EVALUATION_WAITING_H_

#include <string>
#include <string_view>

#include "server/domain/verdict.h"
#include "server/rule_host/rule_set.h"

namespace shirube {

// The words of faults of a module that was not asked at all.
inline constexpr std::string_view kQuarantinedWord = "QUARANTINED";
inline constexpr std::string_view kNotRunningWord = "NOT_RUNNING";

bool IsOutOfService(const ModuleFault& fault);

// Whether `verdict`, as judged by `set`, is INDETERMINATE for no other reason
// than that modules are out of service. A mark module never matters.
bool WaitsForModules(const Verdict& verdict, const RuleSet& set);

// What stands instead of `fresh` until its modules are back: `before` as it
// is, where it is a status that the same set gave, else `fresh`; waiting since
// `before` was, or since now.
Verdict KeepLast(Verdict fresh, const Verdict* before);

}  // namespace shirube

#endif  // SHIRUBE_SERVER_EVALUATION_WAITING_H_
