#include "server/service/parameter_checks.h"

#include <algorithm>
#include <map>
#include <string>
#include <utility>

#include "server/base/status_macros.h"

namespace shirube {
namespace {

// A manifest's numbers are numbers; one that is none would stay 0.
Decimal Number(const std::string& text) {
  return Decimal::Parse(text).value_or(Decimal());
}

ParameterSpec SpecOf(const v1::RuleParameter& in) {
  ParameterSpec spec;
  spec.name = in.name();
  spec.default_value = Number(in.default_value());
  spec.min = Number(in.min());
  spec.max = Number(in.max());
  if (in.stricter() == "higher") spec.stricter = Stricter::kHigher;
  if (in.stricter() == "lower") spec.stricter = Stricter::kLower;
  return spec;
}

class Specs {
 public:
  // Modules of one set: what all of them allow.
  void AddMember(const v1::RuleModule& module) {
    for (const v1::RuleParameter& parameter : module.parameters()) {
      AddDeclared(SpecOf(parameter), &specs_);
    }
  }
  // Modules that do not judge: what nobody before declares.
  void AddOther(const v1::RuleModule& module) {
    for (const v1::RuleParameter& parameter : module.parameters()) {
      if (Find(parameter.name()) == nullptr) {
        specs_.push_back(SpecOf(parameter));
      }
    }
  }
  void SetDefaults(const Parameters& parameters) {
    for (const auto& [name, value] : parameters) {
      if (ParameterSpec* known = Find(name)) known->default_value = value;
    }
  }
  std::vector<ParameterSpec> Take() { return std::move(specs_); }

 private:
  ParameterSpec* Find(const std::string& name) {
    for (ParameterSpec& spec : specs_) {
      if (spec.name == name) return &spec;
    }
    return nullptr;
  }
  std::vector<ParameterSpec> specs_;
};

absl::StatusOr<RuleSetId> ActiveSet(StoreReader* reader, const PlanId& plan) {
  if (!plan.empty()) {
    SHIRUBE_ASSIGN_OR_RETURN(const auto found, reader->GetPlan(plan));
    if (found && !found->rule_set.empty()) return found->rule_set;
  }
  SHIRUBE_ASSIGN_OR_RETURN(const auto active, reader->GetActivation(PlanId()));
  return active ? active->rule_set : RuleSetId();
}

bool KnowsAll(const std::vector<ParameterSpec>& specs,
              const Parameters& parameters) {
  return std::all_of(parameters.begin(), parameters.end(),
                     [&](const auto& parameter) {
                       return std::any_of(specs.begin(), specs.end(),
                                          [&](const ParameterSpec& spec) {
                                            return spec.name == parameter.first;
                                          });
                     });
}

// Whether anything of the plan can differ at all: most plans set nothing, and
// then no indicator has to be read.
bool SetsAny(const Parameters& parameters,
             const std::vector<ParameterSpec>& specs) {
  return std::any_of(specs.begin(), specs.end(), [&](const ParameterSpec& s) {
    return !s.stricter && parameters.count(s.name) > 0;
  });
}

// The initiatives of a plan by id, one of them replaced; empty where none sets
// a parameter that links may not differ in.
using Initiatives = std::map<InitiativeId, Initiative>;

absl::StatusOr<Initiatives> InitiativesThatMatter(
    StoreReader* reader, const PlanId& plan, const Initiative* replaced,
    const std::vector<ParameterSpec>& specs) {
  ListQuery query;
  query.plan = plan;
  SHIRUBE_ASSIGN_OR_RETURN(auto rows, reader->ListInitiatives(query));
  Initiatives found;
  for (Initiative& row : rows) found[row.id] = std::move(row);
  if (replaced != nullptr) found[replaced->id] = *replaced;
  const bool matter =
      std::any_of(found.begin(), found.end(), [&](const auto& entry) {
        return SetsAny(entry.second.parameters, specs);
      });
  return matter ? found : Initiatives();
}

InitiativeFinder FinderIn(const Initiatives& initiatives) {
  return [&initiatives](const InitiativeId& id) -> const Initiative* {
    const auto found = initiatives.find(id);
    return found == initiatives.end() ? nullptr : &found->second;
  };
}

}  // namespace

absl::StatusOr<std::vector<ParameterSpec>> ParameterSpecsOf(
    const Backend& backend, StoreReader* reader, const PlanId& plan) {
  SHIRUBE_ASSIGN_OR_RETURN(const auto records, reader->ListRuleModules());
  std::map<std::string, const RuleModuleRecord*> by_hash;
  for (const RuleModuleRecord& record : records) {
    by_hash[record.sha256] = &record;
  }
  Specs specs;
  SHIRUBE_ASSIGN_OR_RETURN(const RuleSetId active, ActiveSet(reader, plan));
  if (!active.empty()) {
    SHIRUBE_ASSIGN_OR_RETURN(const auto set, reader->GetRuleSet(active));
    for (const RuleSetModule& member :
         set ? set->modules : std::vector<RuleSetModule>()) {
      const auto found = by_hash.find(member.sha256);
      if (found == by_hash.end()) continue;
      specs.AddMember(backend.rules->Describe(*found->second));
    }
    if (set) specs.SetDefaults(set->parameters);
  }
  std::vector<const RuleModuleRecord*> latest;
  for (const RuleModuleRecord& record : records) latest.push_back(&record);
  std::stable_sort(latest.begin(), latest.end(),
                   [](auto* a, auto* b) { return a->revision > b->revision; });
  for (const RuleModuleRecord* record : latest) {
    specs.AddOther(backend.rules->Describe(*record));
  }
  for (const v1::RuleModule& module : backend.rules->Modules()) {
    specs.AddOther(module);
  }
  return specs.Take();
}

void CheckParameters(const Backend& backend, const PlanId& plan,
                     const Parameters& parameters, const FieldReader& reader) {
  if (parameters.empty()) return;
  const auto snapshot = TakeSnapshot(backend);
  if (!snapshot.ok()) return;  // whoever writes next meets the same error
  auto specs = ParameterSpecsOf(backend, snapshot->reader.get(), plan);
  if (specs.ok() && !KnowsAll(*specs, parameters)) {
    // Its module may have been put into the folder just now.
    backend.rules->Rescan();
    specs = ParameterSpecsOf(backend, snapshot->reader.get(), plan);
  }
  // Where no manifest can be read nothing is known.
  if (!specs.ok() || specs->empty()) return;
  ValidateParameters(parameters, *specs, reader.prefix(), reader.violations());
}

void CheckLinks(const Backend& backend, const Indicator& indicator,
                const FieldReader& reader) {
  if (indicator.links.size() < 2) return;
  const auto snapshot = TakeSnapshot(backend);
  if (!snapshot.ok()) return;
  StoreReader* stored = snapshot->reader.get();
  const auto specs = ParameterSpecsOf(backend, stored, indicator.plan);
  if (!specs.ok()) return;
  const auto initiatives =
      InitiativesThatMatter(stored, indicator.plan, nullptr, *specs);
  if (!initiatives.ok() || initiatives->empty()) return;
  ValidateParameterLinks(indicator, FinderIn(*initiatives), *specs,
                         reader.prefix(), reader.violations());
}

void CheckLinks(const Backend& backend, const Initiative& initiative,
                const FieldReader& reader) {
  const auto snapshot = TakeSnapshot(backend);
  if (!snapshot.ok()) return;
  StoreReader* stored = snapshot->reader.get();
  const auto specs = ParameterSpecsOf(backend, stored, initiative.plan);
  if (!specs.ok()) return;
  const auto initiatives =
      InitiativesThatMatter(stored, initiative.plan, &initiative, *specs);
  if (!initiatives.ok() || initiatives->empty()) return;
  ListQuery query;
  query.plan = initiative.plan;
  const auto indicators = stored->ListIndicators(query);
  if (!indicators.ok()) return;
  for (const Indicator& indicator : *indicators) {
    Violations found;
    ValidateParameterLinks(indicator, FinderIn(*initiatives), *specs, "",
                           &found);
    if (found.empty()) continue;
    Violation& first = found.front();
    reader.violations()->push_back({reader.Path("parameters"), first.reason,
                                    indicator.display_name + ": " + first.en,
                                    indicator.display_name + ": " + first.ja});
    return;
  }
}

}  // namespace shirube
