// shirube rule list and stats; declares the group `rule`.
#include <memory>

#include "client/cli/commands/resource.h"
#include "client/cli/commands/rule_change.h"
#include "client/cli/commands/rule_kit.h"
#include "client/cli/commands/rule_names.h"
#include "client/cli/commands/rule_preview.h"
#include "client/cli/view/rule_tables.h"
#include "server/base/status_macros.h"

namespace shirube::cli {
namespace {

constexpr std::string_view kDefaultSet = "ruleSets/default";

Look LookOf(const Context& context) {
  return {context.width, context.color, context.japanese};
}

absl::StatusOr<ScopeView> FetchScope(const Context& context,
                                     const std::string& plan,
                                     const std::string& set) {
  ScopeView scope;
  scope.plan = plan;
  v1::GetRuleSetRequest get;
  get.set_name(set);
  SHIRUBE_ASSIGN_OR_RETURN(scope.set, context.rules().GetRuleSet(get));
  v1::ListRuleSetActivationsRequest list;
  list.set_parent(plan);
  list.set_page_size(1);
  SHIRUBE_ASSIGN_OR_RETURN(v1::ListRuleSetActivationsResponse last,
                           context.rules().ListRuleSetActivations(list));
  if (!last.activations().empty()) scope.last = last.activations(0);
  return scope;
}

// The default, and every plan that names a set of its own.
absl::StatusOr<std::vector<ScopeView>> FetchScopes(const Context& context) {
  std::vector<ScopeView> scopes;
  SHIRUBE_ASSIGN_OR_RETURN(ScopeView all,
                           FetchScope(context, "", std::string(kDefaultSet)));
  scopes.push_back(std::move(all));
  for (auto& plan : context.plans().AllPlans({})) {
    if (!plan.ok()) return plan.status();
    if (plan->rule_set().empty() || plan->rule_set() == kDefaultSet) continue;
    SHIRUBE_ASSIGN_OR_RETURN(
        ScopeView scope, FetchScope(context, plan->name(), plan->rule_set()));
    scope.title = plan->display_name();
    scopes.push_back(std::move(scope));
  }
  return scopes;
}

absl::Status ListModules(const Context& context) {
  SHIRUBE_ASSIGN_OR_RETURN(const std::vector<v1::RuleModule> rows,
                           context.rules().AllRuleModules({}).All());
  std::vector<ScopeView> scopes;
  if (context.format == Format::kTable || context.format == Format::kCsv) {
    SHIRUBE_ASSIGN_OR_RETURN(scopes, FetchScopes(context));
  }
  if (context.format == Format::kTable) {
    context.out << ModulesText(rows, scopes, LookOf(context)) << '\n'
                << ScopesText(scopes, LookOf(context));
    return absl::OkStatus();
  }
  PrintList<v1::RuleModule>(context, "ruleModules", rows,
                            [&] { return ModulesForPrograms(rows, scopes); });
  return absl::OkStatus();
}

absl::Status ListSets(const Context& context) {
  SHIRUBE_ASSIGN_OR_RETURN(const std::vector<v1::RuleSet> rows,
                           context.rules().AllRuleSets({}).All());
  PrintList<v1::RuleSet>(context, "ruleSets", rows, [&] {
    return context.format == Format::kCsv
               ? SetsForPrograms(rows)
               : SetsForPeople(rows, context.japanese);
  });
  return absl::OkStatus();
}

// Those that were asked anything, or are asked now; of a module named, all its
// versions.
absl::StatusOr<std::vector<v1::RuleModule>> ModulesWithFigures(
    const Context& context, const std::string& module) {
  if (!module.empty()) return FindModules(context, module);
  SHIRUBE_ASSIGN_OR_RETURN(std::vector<v1::RuleModule> rows,
                           context.rules().AllRuleModules({}).All());
  std::erase_if(rows, [](const v1::RuleModule& row) {
    return row.statistics().batches() == 0 &&
           row.statistics().faults().empty() &&
           row.state() != v1::RuleModule::STATE_ACTIVE;
  });
  return rows;
}

absl::Status Stats(const Context& context, const std::string& module) {
  SHIRUBE_ASSIGN_OR_RETURN(const std::vector<v1::RuleModule> rows,
                           ModulesWithFigures(context, module));
  if (context.format == Format::kTable) {
    if (rows.empty()) {
      context.out << context.Say("まだ何も判定していません。",
                                 "Nothing was judged yet.")
                  << '\n';
      return absl::OkStatus();
    }
    context.out << StatisticsText(rows, LookOf(context))
                << FailuresText(rows, LookOf(context))
                << context.Painted(
                       context.Say("サーバーの起動からの累計",
                                   "Counted since the server started."),
                       Tone::kDim)
                << '\n';
    return absl::OkStatus();
  }
  PrintList<v1::RuleModule>(context, "ruleModules", rows,
                            [&] { return StatisticsForPrograms(rows); });
  return absl::OkStatus();
}

}  // namespace

void AddRule(CLI::App& app, Chosen& chosen) {
  auto* group = app.add_subcommand("rule", "Rule modules (判定モジュール)");
  group->require_subcommand(1);
  struct Typed {
    bool sets = false;
    std::string module;
  };
  auto typed = std::make_shared<Typed>();
  auto* list = group->add_subcommand(
      "list", "Modules, what is wrong with them, and what judges now");
  list->add_flag("--sets", typed->sets, "The rule sets stored instead");
  list->callback([typed, &chosen] {
    chosen.run = [typed](Context& context) {
      const absl::Status status =
          typed->sets ? ListSets(context) : ListModules(context);
      return status.ok() ? static_cast<int>(kDone) : Fail(context, status);
    };
  });
  auto* stats = group->add_subcommand(
      "stats", "What each module answered, how fast, and how it failed");
  stats->add_option("MODULE", typed->module, "Only this one");
  stats->callback([typed, &chosen] {
    chosen.run = [typed](Context& context) {
      const absl::Status status = Stats(context, typed->module);
      return status.ok() ? static_cast<int>(kDone) : Fail(context, status);
    };
  });
  AddRulePreview(group, chosen);
  AddRuleChanges(group, chosen);
  AddRuleKit(group, chosen);
}

}  // namespace shirube::cli
