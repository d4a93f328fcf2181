// What the services need to know of rule modules. The rule host is no layer of
// theirs: `app` fills this in from it. Safe from any thread.
#ifndef SHIRUBE_SERVER_SERVICE_RULE_CATALOG_H_
#define SHIRUBE_SERVER_SERVICE_RULE_CATALOG_H_

#include <string>
#include <vector>

#include "server/domain/ids.h"
#include "server/domain/parameters.h"
#include "server/service/convert_verdict.h"
#include "shirube/v1/rule.pb.h"

namespace shirube {

// Whether a rule set can be asked now.
struct RuleSetState {
  bool serves = false;
  Parameters parameters;       // where it serves
  std::string reason, en, ja;  // where it does not
};

class RuleCatalog {
 public:
  virtual ~RuleCatalog() = default;
  // Every module found, with its state now; without `revision`.
  virtual std::vector<v1::RuleModule> Modules() const = 0;
  virtual RuleSetState StateOf(const RuleSetId& id) const = 0;
};

// Versions of all modules that have a manifest.
ModuleVersions VersionsOf(const RuleCatalog& catalog);

// What the manifests declare, each parameter once.
std::vector<ParameterSpec> ParameterSpecsOf(const RuleCatalog& catalog);

}  // namespace shirube

#endif  // SHIRUBE_SERVER_SERVICE_RULE_CATALOG_H_
