// What the services need to know of rule modules. The rule host is no layer of
// theirs: `app` fills this in from it. Safe from any thread.
#ifndef SHIRUBE_SERVER_SERVICE_RULE_CATALOG_H_
#define SHIRUBE_SERVER_SERVICE_RULE_CATALOG_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "server/domain/ids.h"
#include "server/domain/resource.h"
#include "server/storage/records.h"
#include "shirube/v1/admin_service.pb.h"
#include "shirube/v1/rule.pb.h"

namespace shirube {

class RuleCatalog {
 public:
  virtual ~RuleCatalog() = default;

  // Looks at the rules folder again. May take as long as reading a new file.
  virtual void Rescan() = 0;

  // Every module of the folder, in use or in quarantine, with its state now; a
  // row a sha256, and one a file that was refused. Without etag, revision and
  // what the store knows.
  virtual std::vector<v1::RuleModule> Modules() const = 0;

  // What the manifest of a stored module says; its state is left open.
  virtual v1::RuleModule Describe(const RuleModuleRecord& record) const = 0;

  // A file of the rules folder, verified now, with its bytes; none of it ran.
  // FAILED_PRECONDITION with the load-time reason; HASH_MISMATCH where `sha256`
  // is given and is not the file's.
  virtual absl::StatusOr<RuleModuleRecord> Verify(
      const std::string& file, const std::string& sha256) = 0;

  // The file of the rules folder that is called like this module, verified
  // now. NOT_FOUND where there is none; else as Verify.
  virtual absl::StatusOr<RuleModuleRecord> VerifyModule(
      const std::string& module) = 0;

  // The set of these modules in this order. INVALID_ARGUMENT with a violation
  // at `modules` or `parameters.NAME` for each mistake.
  virtual absl::StatusOr<RuleSetRecord> Compose(
      const std::vector<RuleModuleRecord>& modules,
      const Parameters& parameters) const = 0;

  // Fills in the ABI version and how modules are confined.
  virtual void Describe(v1::ServerInfo* info) const = 0;
};

}  // namespace shirube

#endif  // SHIRUBE_SERVER_SERVICE_RULE_CATALOG_H_
