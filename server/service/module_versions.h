// Which version of a module judged: a verdict names its rule set and a module's
// id, and the set says the version. Sets never change, so what was read once
// holds. Any thread.
#ifndef SHIRUBE_SERVER_SERVICE_MODULE_VERSIONS_H_
#define SHIRUBE_SERVER_SERVICE_MODULE_VERSIONS_H_

#include <map>
#include <memory>
#include <mutex>
#include <string>

#include "server/domain/ids.h"
#include "server/storage/store.h"

namespace shirube {

// Versions of modules by id.
using ModuleVersions = std::map<std::string, std::string>;

class RuleSetVersions {
 public:
  explicit RuleSetVersions(Store* store) : store_(store) {}  // outlives it

  // Lives as long as this object; empty for a set that is not stored.
  const ModuleVersions& Of(const RuleSetId& rule_set);

 private:
  Store* const store_;
  std::mutex mutex_;
  std::map<RuleSetId, std::unique_ptr<const ModuleVersions>> known_;
};

}  // namespace shirube

#endif  // SHIRUBE_SERVER_SERVICE_MODULE_VERSIONS_H_
