// Makes a rule set of what somebody asks for, or says everything that is wrong
// with it. Starts nothing; pure.
//
// The rule service composes what is registered; RuleHost::Load what it loads.
#ifndef SHIRUBE_SERVER_RULE_HOST_COMPOSE_H_
#define SHIRUBE_SERVER_RULE_HOST_COMPOSE_H_

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "server/domain/resource.h"
#include "server/rule_host/rule_set.h"

namespace shirube {

inline constexpr size_t kMaxRuleSetModules = 32;

// INVALID_ARGUMENT with a violation of `modules` or `parameters.NAME` for each
// mistake: 1 to 32 modules, each id once; a parameter that a module declares,
// of at most 6 decimals, within its range. Where modules declare one parameter
// with different ranges, what lies in all of them is allowed; a default outside
// of that has to be replaced. `at_most` holds for what comes out.
absl::StatusOr<RuleSet> ComposeRuleSet(std::vector<RuleSetMember> modules,
                                       const Parameters& parameters);

// The same of parameters in millionths.
absl::StatusOr<RuleSet> ComposeRuleSetOfMillionths(
    std::vector<RuleSetMember> modules,
    std::map<std::string, int64_t> parameters);

// 0.8 of 800000: without the zeros nobody wrote.
Decimal DecimalOfMillionths(int64_t millionths);

}  // namespace shirube

#endif  // SHIRUBE_SERVER_RULE_HOST_COMPOSE_H_
