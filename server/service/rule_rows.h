// Rule modules and rule sets as clients see them: what the store keeps, in the
// state that the rule host has it in now.
#ifndef SHIRUBE_SERVER_SERVICE_RULE_ROWS_H_
#define SHIRUBE_SERVER_SERVICE_RULE_ROWS_H_

#include <map>
#include <set>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "server/service/backend.h"

namespace shirube {

// Modules of the folder, in use, in quarantine or registered: a row a sha256,
// and one a file that was refused; by file name (a registered module without a
// file: by its id), then version, then registration.
absl::StatusOr<std::vector<v1::RuleModule>> ModuleRows(const Backend& backend,
                                                       Snapshot* snapshot);

// Of the rows with this id (and version, unless it is empty) the one that a
// name means: in quarantine, else in use, else registered last, else any.
// nullptr where there is none.
const v1::RuleModule* FindModuleRow(const std::vector<v1::RuleModule>& rows,
                                    const std::string& module,
                                    const std::string& version);

// What rule sets are rows of: read once for all of them.
class RuleSetRows {
 public:
  static absl::StatusOr<RuleSetRows> Read(const Backend& backend,
                                          Snapshot* snapshot);

  v1::RuleSet RowOf(const RuleSetRecord& record) const;
  // What stands for `ruleSets/default` as long as nothing was ever activated:
  // it says why.
  v1::RuleSet NoDefault() const;
  const RuleSetId& default_set() const { return default_set_; }

  RuleSetRows(RuleSetRows&&) = default;
  RuleSetRows(const RuleSetRows&) = delete;

 private:
  RuleSetRows() = default;
  // The members as they are now; names those out of service.
  struct OutOfService {
    std::string en, ja;
  };
  OutOfService FillMembers(const RuleSetRecord& record, bool active,
                           v1::RuleSet* row) const;

  const Backend* backend_ = nullptr;
  std::string revision_;
  RuleSetId default_set_;
  std::set<RuleSetId> active_;                // in any scope
  std::map<RuleSetId, absl::Time> switched_;  // last made or unmade active
  std::vector<v1::RuleModule> modules_;
  std::map<std::string, const v1::RuleModule*> by_hash_;  // into modules_
};

v1::RuleSetActivation ToWire(const Backend& backend,
                             const ActivationRecord& activation);

}  // namespace shirube

#endif  // SHIRUBE_SERVER_SERVICE_RULE_ROWS_H_
