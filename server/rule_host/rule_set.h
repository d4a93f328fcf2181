// A rule set (判定基準): which modules judge a plan, in which order and with
// which default parameters. Never changes, so that a hash can be its id. Made
// by ComposeRuleSet; a handle that RuleHost::Load gives keeps its modules
// running.
#ifndef SHIRUBE_SERVER_RULE_HOST_RULE_SET_H_
#define SHIRUBE_SERVER_RULE_HOST_RULE_SET_H_

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "server/domain/ids.h"
#include "server/domain/parameters.h"
#include "server/domain/verdict.h"
#include "server/rule_host/answers.h"
#include "server/rule_host/manifest.h"

namespace shirube {

struct RuleSetMember {
  std::shared_ptr<const Manifest> manifest;
  std::string sha256;  // of the file, lower-case hex
};

class RuleSet {
 public:
  // `parameters` are defaults instead of the manifests'; a manifest's own
  // default (of the first module that has one) holds for the others. Unchecked:
  // see ComposeRuleSet.
  RuleSet(std::vector<RuleSetMember> modules,
          std::map<std::string, int64_t> parameters);

  const RuleSetId& id() const { return id_; }  // "rs-" and 24 hex digits
  // The text the id is the hash of.
  const std::string& canonical() const { return canonical_; }
  const std::vector<RuleSetMember>& modules() const { return modules_; }
  const Manifest& manifest(size_t module) const {
    return *modules_[module].manifest;
  }
  // Every parameter of every module with the value that holds where nobody
  // overrides it, in millionths.
  const std::map<std::string, int64_t>& parameters() const {
    return parameters_;
  }
  // What the modules declare, by name, as the domain resolves and validates it:
  // defaults are the manifests', and where several declare one, what is allowed
  // lies in all of their ranges (AddDeclared).
  const std::vector<ParameterSpec>& parameter_specs() const { return specs_; }
  // nullptr if no module declares it.
  const ParameterSpec* parameter(std::string_view name) const;
  // Ids of the modules that declare it, in order.
  std::vector<std::string> modules_with(std::string_view parameter) const;

  // Position k of a module's answers, as domain's CombineAnswers takes it.
  ModuleAnswer Describe(size_t module, const ModuleAnswers& answers,
                        uint32_t k) const;

 private:
  std::vector<RuleSetMember> modules_;
  std::map<std::string, int64_t> parameters_;
  std::vector<ParameterSpec> specs_;
  std::string canonical_;
  RuleSetId id_;
};

}  // namespace shirube

#endif  // SHIRUBE_SERVER_RULE_HOST_RULE_SET_H_
