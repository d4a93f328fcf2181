// The rule host as the services see it.
#ifndef SHIRUBE_SERVER_APP_HOST_CATALOG_H_
#define SHIRUBE_SERVER_APP_HOST_CATALOG_H_

#include <string>
#include <vector>

#include "server/rule_host/rule_host.h"
#include "server/service/rule_catalog.h"

namespace shirube {

class HostCatalog final : public RuleCatalog {
 public:
  // `host` outlives it and was made with `options`.
  HostCatalog(RuleHost* host, const RuleHostOptions& options)
      : host_(*host), options_(options) {}

  void Rescan() override { host_.Rescan(); }
  std::vector<v1::RuleModule> Modules() const override;
  v1::RuleModule Describe(const RuleModuleRecord& record) const override;
  absl::StatusOr<RuleModuleRecord> Verify(const std::string& file,
                                          const std::string& sha256) override;
  absl::StatusOr<RuleModuleRecord> VerifyModule(
      const std::string& module) override;
  absl::StatusOr<RuleSetRecord> Compose(
      const std::vector<RuleModuleRecord>& modules,
      const Parameters& parameters) const override;
  void Describe(v1::ServerInfo* info) const override;

 private:
  RuleHost& host_;
  const RuleHostOptions options_;
};

v1::RuleModule ToWire(const ModuleInfo& module);

}  // namespace shirube

#endif  // SHIRUBE_SERVER_APP_HOST_CATALOG_H_
