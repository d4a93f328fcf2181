// The rule host as the services see it.
#ifndef SHIRUBE_SERVER_APP_HOST_CATALOG_H_
#define SHIRUBE_SERVER_APP_HOST_CATALOG_H_

#include <vector>

#include "server/rule_host/rule_host.h"
#include "server/service/rule_catalog.h"

namespace shirube {

class HostCatalog final : public RuleCatalog {
 public:
  // `host` outlives it.
  explicit HostCatalog(const RuleHost* host) : host_(*host) {}

  std::vector<v1::RuleModule> Modules() const override;
  RuleSetState StateOf(const RuleSetId& id) const override;

 private:
  const RuleHost& host_;
};

v1::RuleModule ToWire(const ModuleInfo& module);

}  // namespace shirube

#endif  // SHIRUBE_SERVER_APP_HOST_CATALOG_H_
