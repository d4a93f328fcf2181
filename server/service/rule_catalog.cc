#include "server/service/rule_catalog.h"

#include <set>
#include <utility>

namespace shirube {
namespace {

// The catalog's texts come from numbers; one that is none stays 0.
Decimal Number(const std::string& text) {
  return Decimal::Parse(text).value_or(Decimal());
}

}  // namespace

ModuleVersions VersionsOf(const RuleCatalog& catalog) {
  ModuleVersions versions;
  for (const v1::RuleModule& module : catalog.Modules()) {
    if (!module.version().empty()) {
      versions[module.module()] = module.version();
    }
  }
  return versions;
}

std::vector<ParameterSpec> ParameterSpecsOf(const RuleCatalog& catalog) {
  std::vector<ParameterSpec> specs;
  std::set<std::string> seen;
  for (const v1::RuleModule& module : catalog.Modules()) {
    for (const v1::RuleParameter& in : module.parameters()) {
      if (!seen.insert(in.name()).second) continue;
      ParameterSpec spec;
      spec.name = in.name();
      spec.default_value = Number(in.default_value());
      spec.min = Number(in.min());
      spec.max = Number(in.max());
      if (in.stricter() == "higher") spec.stricter = Stricter::kHigher;
      if (in.stricter() == "lower") spec.stricter = Stricter::kLower;
      specs.push_back(std::move(spec));
    }
  }
  return specs;
}

}  // namespace shirube
