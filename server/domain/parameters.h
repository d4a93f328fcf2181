// Rule parameters: what a rule set declares, what plans, initiatives and
// indicators set, and which of it applies. Pure.
#ifndef SHIRUBE_SERVER_DOMAIN_PARAMETERS_H_
#define SHIRUBE_SERVER_DOMAIN_PARAMETERS_H_

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "server/domain/indicator.h"
#include "server/domain/initiative.h"
#include "server/domain/resource.h"
#include "server/domain/violation.h"

namespace shirube {

// Of two values, which asks for more.
enum class Stricter : uint8_t { kHigher, kLower };

// A parameter as a module's manifest declares it.
struct ParameterSpec {
  std::string name;
  Decimal default_value;
  Decimal min, max;
  std::optional<Stricter> stricter;
  std::string at_most = {};  // another parameter that it may not exceed
};

// Adds a parameter as one more module of a rule set declares it. Of several
// that declare one: the range that all of them allow (min is above max where
// there is none), the default of the first, and `stricter` and `at_most` of the
// first that says them.
void AddDeclared(const ParameterSpec& declared,
                 std::vector<ParameterSpec>* specs);

enum class ParameterScope : uint8_t {
  kIndicator,
  kInitiative,
  kPlan,
  kRuleSet,
  kDefault,  // of the manifest
};

struct ResolvedParameter {
  Decimal value;
  ParameterScope scope = ParameterScope::kDefault;
  InitiativeId initiative;  // of kInitiative: where it is set
  // Linked initiatives say different things; `value` is the stricter one.
  bool differs = false;
};

// Finds an initiative of the indicator's plan; nullptr when there is none.
using InitiativeFinder = std::function<const Initiative*(const InitiativeId&)>;

// Precedence: indicator, nearest linked initiative upwards, plan, rule set,
// default. Where linked initiatives differ, the stricter value applies; of a
// parameter without `stricter` (ValidateParameterLinks refuses the difference)
// the value by the first link.
ResolvedParameter ResolveParameter(const ParameterSpec& spec,
                                   const Indicator& indicator,
                                   const InitiativeFinder& initiatives,
                                   const Parameters& plan,
                                   const Parameters& rule_set);

// What a resource sets: known names only, within min and max, at most 6
// decimals, behind_threshold at most pace_threshold. Where only one of these
// two is set the other is taken from `inherited` (what applies without this
// resource), else it is the default.
void ValidateParameters(const Parameters& parameters,
                        const std::vector<ParameterSpec>& specs,
                        std::string_view prefix, Violations* out,
                        const Parameters& inherited = {});

// PARAMETER_DIFFERS where the indicator's links give one parameter different
// values and nothing says which is stricter.
void ValidateParameterLinks(const Indicator& indicator,
                            const InitiativeFinder& initiatives,
                            const std::vector<ParameterSpec>& specs,
                            std::string_view prefix, Violations* out);

}  // namespace shirube

#endif  // SHIRUBE_SERVER_DOMAIN_PARAMETERS_H_
