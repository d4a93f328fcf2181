// Rule modules and rule sets -> messages.
#ifndef SHIRUBE_SERVER_SERVICE_CONVERT_RULE_H_
#define SHIRUBE_SERVER_SERVICE_CONVERT_RULE_H_

#include <string>
#include <vector>

#include "server/domain/parameters.h"
#include "server/rule_host/rule_host.h"
#include "server/service/convert_verdict.h"
#include "server/storage/records.h"
#include "shirube/v1/rule.pb.h"

namespace shirube {

v1::RuleModule ToWire(const ModuleInfo& module, const std::string& revision);

// Versions of all modules that have a manifest.
ModuleVersions VersionsOf(const std::vector<ModuleInfo>& modules);

// What the manifests declare, each parameter once.
std::vector<ParameterSpec> ParameterSpecsOf(
    const std::vector<ModuleInfo>& modules);

// A parameter's value, at most 6 decimals, without trailing zeros.
Decimal FromMillionths(int64_t millionths);

}  // namespace shirube

#endif  // SHIRUBE_SERVER_SERVICE_CONVERT_RULE_H_
