// Rule parameters of plans, initiatives and indicators, when they are written:
// names and ranges as the modules declare them, and no two links that give an
// indicator different values of what has no stricter one.
#ifndef SHIRUBE_SERVER_SERVICE_PARAMETER_CHECKS_H_
#define SHIRUBE_SERVER_SERVICE_PARAMETER_CHECKS_H_

#include <vector>

#include "absl/status/statusor.h"
#include "server/domain/parameters.h"
#include "server/service/backend.h"

namespace shirube {

// Of the set that judges `plan` (an unknown or empty one: of the default); then
// what other registered modules declare, the latest first; then those of the
// rules folder. So a parameter can be set before the module that reads it
// judges. Of a set's modules that declare one parameter, what all allow.
absl::StatusOr<std::vector<ParameterSpec>> ParameterSpecsOf(
    const Backend& backend, StoreReader* reader, const PlanId& plan);

// Adds what is wrong with `parameters` of a resource of `plan`.
void CheckParameters(const Backend& backend, const PlanId& plan,
                     const Parameters& parameters, const FieldReader& reader);

// Adds a violation of `links` where the indicator's links would give it two
// values of one parameter without `stricter`.
void CheckLinks(const Backend& backend, const Indicator& indicator,
                const FieldReader& reader);
// The same for every indicator of the plan, as it would be with `initiative`;
// a violation of `parameters`.
void CheckLinks(const Backend& backend, const Initiative& initiative,
                const FieldReader& reader);

}  // namespace shirube

#endif  // SHIRUBE_SERVER_SERVICE_PARAMETER_CHECKS_H_
