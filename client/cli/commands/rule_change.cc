#include "client/cli/commands/rule_change.h"

#include <algorithm>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "client/cli/commands/acting.h"
#include "client/cli/commands/rule_names.h"
#include "client/cli/commands/yardstick_names.h"
#include "client/cli/names.h"
#include "client/cli/output/messages.h"
#include "client/cli/view/rule_tables.h"
#include "client/cli/view/rule_words.h"
#include "server/base/status_macros.h"

namespace shirube::cli {
namespace {

// Everything is judged before the answer comes.
constexpr absl::Duration kPatience = absl::Minutes(10);

struct RegisterTyped {
  std::vector<std::string> files, parameters;
  std::string sha256;
  bool dry_run = false, module_only = false;
};

client::Options Patient(const Context& context) {
  client::Options options = context.options;
  if (!context.timeout_typed) options.timeout = kPatience;
  return options;
}

void Say(const Context& context, const std::string& ja, const std::string& en) {
  context.out << context.Say(ja, en) << '\n';
}

std::string PlanOption(const std::string& parent) {
  return parent.empty() ? "" : " --plan " + IdOf(parent);
}

// A name in the rules folder has an extension or is no module's id.
bool NamesAFile(const std::string& text) {
  return text.find('.') != std::string::npos &&
         text.find('@') == std::string::npos &&
         text.find(' ') == std::string::npos &&
         !text.starts_with("ruleModules/");
}

// The server reads its own folder only.
absl::Status RefusePath(const Context& context, const std::string& text) {
  if (text.find('/') == std::string::npos || text.starts_with("ruleModules/")) {
    return absl::OkStatus();
  }
  const std::string name = text.substr(text.rfind('/') + 1);
  return UsageError(context.Say(
      "「" + text +
          "」: サーバーの判定モジュールのフォルダー(--rules)に置き、名前だけを"
          "指定してください: " +
          name,
      "\"" + text +
          "\": put the file into the server's rules folder (--rules) and give "
          "its name alone: " +
          name));
}

absl::StatusOr<v1::RuleModule> RegisterFile(const Context& context,
                                            const std::string& file,
                                            const RegisterTyped& typed) {
  v1::RegisterRuleModuleRequest request;
  request.set_file(file);
  request.set_sha256(typed.sha256);
  request.set_validate_only(typed.dry_run);
  return context.rules().RegisterRuleModule(request);
}

// Of several versions registered, the server takes the last where none is
// named; so does this.
absl::StatusOr<v1::RuleModule> RegisteredModule(const Context& context,
                                                const std::string& text) {
  SHIRUBE_ASSIGN_OR_RETURN(const std::vector<v1::RuleModule> rows,
                           FindModules(context, text));
  const v1::RuleModule* found = nullptr;
  for (const v1::RuleModule& row : rows) {
    if (!row.registered()) continue;
    if (found == nullptr ||
        found->create_time().seconds() <= row.create_time().seconds()) {
      found = &row;
    }
  }
  if (found != nullptr) return *found;
  const std::string file =
      rows.front().file().empty() ? "FILE" : rows.front().file();
  return absl::FailedPreconditionError(std::string(
      context.Say("モジュール「" + text +
                      "」はまだ登録されていません。shirube rule register " +
                      file + " で登録してください。",
                  "module \"" + text +
                      "\" is not registered yet; register its file: shirube "
                      "rule register " +
                      file)));
}

absl::StatusOr<std::vector<v1::RuleModule>> RegisterModules(
    const Context& context, const RegisterTyped& typed) {
  std::vector<v1::RuleModule> modules;
  for (const std::string& text : typed.files) {
    SHIRUBE_RETURN_IF_ERROR(RefusePath(context, text));
  }
  for (const std::string& text : typed.files) {
    absl::StatusOr<v1::RuleModule> module =
        NamesAFile(text) ? RegisterFile(context, text, typed)
                         : RegisteredModule(context, text);
    if (!module.ok()) return module.status();
    modules.push_back(*std::move(module));
    if (context.format == Format::kTable) {
      const std::string name = ModuleText(modules.back().name());
      Say(context,
          (typed.dry_run ? "検証しました: " : "登録済み: ") + name + "  " +
              modules.back().title().ja(),
          (typed.dry_run ? "verified: " : "registered: ") + name + "  " +
              modules.back().title().en());
    }
  }
  return modules;
}

void PrintSet(const Context& context, const v1::RuleSet& set, bool dry_run) {
  if (context.format != Format::kTable) {
    PrintOne(context, set, [&] { return SetsForPrograms({set}); });
    return;
  }
  const std::string id = IdOf(set.name());
  if (dry_run) {
    Say(context,
        "判定基準 " + id + " として登録できます(まだ何も登録していません)。",
        "can be registered as rule set " + id + "; nothing was stored");
    return;
  }
  Say(context,
      "判定基準 " + id + " を登録しました(まだ判定には使われていません)。",
      "rule set " + id + " is stored; it judges nothing yet");
  Say(context, "次へ: shirube rule activate " + id + PlanOption(context.plan),
      "next: shirube rule activate " + id + PlanOption(context.plan));
}

absl::Status Register(const Context& context, const RegisterTyped& typed) {
  if (!typed.sha256.empty() && typed.files.size() != 1) {
    return UsageError(context.Say("--sha256 は FILE が1つのときに使えます。",
                                  "--sha256 goes with one FILE"));
  }
  v1::RegisterRuleSetRequest request;
  request.set_validate_only(typed.dry_run);
  SHIRUBE_ASSIGN_OR_RETURN(const auto parameters,
                           ParametersArgument(context, typed.parameters));
  for (const auto& [name, value] : parameters) {
    (*request.mutable_parameters())[name] = value;
  }
  SHIRUBE_ASSIGN_OR_RETURN(const std::vector<v1::RuleModule> modules,
                           RegisterModules(context, typed));
  const bool all_stored =
      std::all_of(modules.begin(), modules.end(),
                  [](const v1::RuleModule& m) { return m.registered(); });
  if (typed.module_only || !all_stored) {
    if (context.format != Format::kTable) {
      PrintList<v1::RuleModule>(context, "ruleModules", modules, [&] {
        return ModulesForPrograms(modules, {});
      });
    } else if (typed.dry_run) {
      Say(context, "まだ何も登録していません。", "nothing was stored");
    }
    return absl::OkStatus();
  }
  for (const v1::RuleModule& module : modules) {
    request.add_modules(module.name());
  }
  SHIRUBE_ASSIGN_OR_RETURN(const v1::RuleSet set,
                           context.rules().RegisterRuleSet(request));
  PrintSet(context, set, typed.dry_run);
  return absl::OkStatus();
}

// What is judged in a scope, by status: a plan, or all plans that name no set
// of their own.
absl::StatusOr<v1::StatusCounts> CountScope(const Context& context,
                                            const std::string& parent,
                                            const std::string& revision) {
  std::vector<std::string> plans = {parent};
  if (parent.empty()) {
    plans.clear();
    for (auto& plan : context.plans().AllPlans({})) {
      if (!plan.ok()) return plan.status();
      if (plan->rule_set().empty() || plan->rule_set() == "ruleSets/default") {
        plans.push_back(plan->name());
      }
    }
  }
  v1::StatusCounts sum;
  for (const std::string& plan : plans) {
    v1::ListVerdictsRequest request;
    request.set_parent(plan);
    request.set_page_size(1);
    request.set_min_revision(revision);
    SHIRUBE_ASSIGN_OR_RETURN(const v1::ListVerdictsResponse page,
                             context.evaluation().ListVerdicts(request));
    const v1::StatusCounts& counts = page.counts();
    sum.set_total(sum.total() + counts.total());
    sum.set_evaluated(sum.evaluated() + counts.evaluated());
    sum.set_achieved(sum.achieved() + counts.achieved());
    sum.set_on_track(sum.on_track() + counts.on_track());
    sum.set_at_risk(sum.at_risk() + counts.at_risk());
    sum.set_not_evaluated(sum.not_evaluated() + counts.not_evaluated());
    sum.set_indeterminate(sum.indeterminate() + counts.indeterminate());
  }
  return sum;
}

Table ActivationTable(const v1::RuleSetActivation& activation) {
  Table table;
  for (const char* key : {"plan", "rule_set", "previous_rule_set", "actor",
                          "evaluated_count", "changed_count", "revision"}) {
    table.columns.push_back({key, key});
  }
  table.rows.push_back({activation.parent(), activation.rule_set(),
                        activation.previous_rule_set(), activation.actor(),
                        std::to_string(activation.evaluated_count()),
                        std::to_string(activation.changed_count()),
                        activation.revision()});
  return table;
}

void PrintActivated(const Context& context,
                    const v1::RuleSetActivation& activation,
                    const v1::StatusCounts& before,
                    const v1::StatusCounts& after) {
  const std::string id = IdOf(activation.rule_set());
  const std::string scope = ScopeName(activation.parent(), context.japanese);
  Say(context, "判定基準 " + id + " を有効にしました(" + scope + ")。",
      "rule set " + id + " judges from now on (" + scope + ")");
  const std::string evaluated =
      Grouped(std::to_string(activation.evaluated_count()));
  const std::string changed =
      Grouped(std::to_string(activation.changed_count()));
  Say(context,
      "判定し直した指標 " + evaluated + "件、判定・理由が変わったもの " +
          changed + "件",
      evaluated + " indicators judged, " + changed +
          " with another status or reason");
  const Table counts = CountsBeforeAndAfter(before, after, context.japanese);
  if (!counts.rows.empty()) {
    counts.PrintText(context.out, context.width, context.color);
  }
  if (activation.previous_rule_set().empty()) return;
  Say(context,
      "元に戻すには: shirube rule rollback" + PlanOption(activation.parent()) +
          "(" + IdOf(activation.previous_rule_set()) + " に戻ります)",
      "to go back to " + IdOf(activation.previous_rule_set()) +
          ": shirube rule rollback" + PlanOption(activation.parent()));
}

// Which set judges a scope now; empty where that cannot be said.
std::string ActiveSet(const Context& context, const std::string& parent) {
  if (parent.empty()) {
    v1::GetRuleSetRequest request;
    request.set_name("ruleSets/default");
    const auto set = context.rules().GetRuleSet(request);
    return set.ok() ? set->name() : "";
  }
  v1::GetPlanRequest request;
  request.set_name(parent);
  const auto plan = context.plans().GetPlan(request);
  return plan.ok() ? plan->rule_set() : "";
}

// Calls `change` and shows what it changed.
template <typename Change>
absl::Status ChangeActive(const Context& context, const std::string& parent,
                          const Change& change) {
  const bool for_people = context.format == Format::kTable;
  v1::StatusCounts before;
  std::string active;
  if (for_people) {
    SHIRUBE_ASSIGN_OR_RETURN(before, CountScope(context, parent, ""));
    active = ActiveSet(context, parent);
    if (context.progress) {
      context.err << context.Say("すべての指標を判定しています…\n",
                                 "judging everything…\n");
    }
  }
  SHIRUBE_ASSIGN_OR_RETURN(const v1::RuleSetActivation activation, change());
  if (context.format == Format::kName) {
    context.out << activation.rule_set() << '\n';
    return absl::OkStatus();
  }
  if (!for_people) {
    PrintOne(context, activation, [&] { return ActivationTable(activation); });
    return absl::OkStatus();
  }
  if (active == activation.rule_set() && activation.evaluated_count() == 0) {
    Say(context,
        "判定基準 " + IdOf(active) + " はすでに有効です。何も変えていません。",
        "rule set " + IdOf(active) + " is active already; nothing changed");
    return absl::OkStatus();
  }
  SHIRUBE_ASSIGN_OR_RETURN(
      const v1::StatusCounts after,
      CountScope(context, parent,
                 context.no_wait ? "" : activation.revision()));
  PrintActivated(context, activation, before, after);
  return absl::OkStatus();
}

absl::Status Activate(const Context& context, const std::string& set,
                      const std::string& expected) {
  v1::ActivateRuleSetRequest request;
  SHIRUBE_ASSIGN_OR_RETURN(const std::string parent, ScopeArgument(context));
  request.set_parent(parent);
  SHIRUBE_ASSIGN_OR_RETURN(const std::string name, FindRuleSet(context, set));
  request.set_rule_set(name);
  if (!expected.empty()) {
    SHIRUBE_ASSIGN_OR_RETURN(const std::string seen,
                             FindRuleSet(context, expected));
    request.set_expected_rule_set(seen);
  }
  return ChangeActive(context, parent, [&] {
    return context.rules().ActivateRuleSet(request, Patient(context));
  });
}

absl::Status Rollback(const Context& context, const std::string& expected) {
  v1::RollbackRuleSetRequest request;
  SHIRUBE_ASSIGN_OR_RETURN(const std::string parent, ScopeArgument(context));
  request.set_parent(parent);
  if (!expected.empty()) {
    SHIRUBE_ASSIGN_OR_RETURN(const std::string seen,
                             FindRuleSet(context, expected));
    request.set_expected_rule_set(seen);
  }
  return ChangeActive(context, parent, [&] {
    return context.rules().RollbackRuleSet(request, Patient(context));
  });
}

// Of several versions the one that is in quarantine.
absl::StatusOr<v1::RuleModule> ModuleToRelease(const Context& context,
                                               const std::string& text) {
  SHIRUBE_ASSIGN_OR_RETURN(const std::vector<v1::RuleModule> rows,
                           FindModules(context, text));
  std::vector<const v1::RuleModule*> aside;
  for (const v1::RuleModule& row : rows) {
    if (row.state() == v1::RuleModule::STATE_QUARANTINED) {
      aside.push_back(&row);
    }
  }
  if (aside.empty()) return rows.front();  // the server says how it stands
  if (aside.size() == 1) return *aside.front();
  std::string message(context.Say(
      "「" + text + "」は複数の版が隔離中です。版まで指定してください:",
      "several versions of \"" + text + "\" are in quarantine; name one:"));
  for (const v1::RuleModule* row : aside) {
    message += "\n  " + row->module() + "@" + row->version();
  }
  return UsageError(message);
}

absl::Status Release(const Context& context, const std::string& text) {
  SHIRUBE_ASSIGN_OR_RETURN(const v1::RuleModule module,
                           ModuleToRelease(context, text));
  v1::ReleaseQuarantineRequest request;
  request.set_name(module.name());
  SHIRUBE_ASSIGN_OR_RETURN(
      const v1::RuleModule released,
      context.rules().ReleaseQuarantine(request, Patient(context)));
  if (!context.no_wait) {
    v1::ListVerdictsRequest judged;
    judged.set_parent("plans/-");
    judged.set_page_size(1);
    judged.set_min_revision(released.revision());
    SHIRUBE_RETURN_IF_ERROR(
        context.evaluation().ListVerdicts(judged, Patient(context)).status());
  }
  if (context.format != Format::kTable) {
    PrintOne(context, released,
             [&] { return ModulesForPrograms({released}, {}); });
    return absl::OkStatus();
  }
  const std::string name = ModuleText(released.name());
  Say(context,
      "モジュール " + name + " の隔離を解きました(" +
          StateName(released.state(), true) +
          ")。待っていた指標を判定し直しました。",
      "module " + name + " is out of quarantine (" +
          StateName(released.state(), false) +
          "); what waited for it is judged again");
  return absl::OkStatus();
}

}  // namespace

void AddRuleChanges(CLI::App* group, Chosen& chosen) {
  auto add = std::make_shared<RegisterTyped>();
  auto* command = group->add_subcommand(
      "register", "Store modules, and the rule set of them in this order");
  command
      ->add_option(
          "FILE", add->files,
          "File of the server's rules folder (x.so, x.lua), or a registered "
          "module (x, x@1.0.0)")
      ->required();
  command
      ->add_option("--parameter", add->parameters,
                   "Default of the rule set, instead of the module's own")
      ->allow_extra_args(false)
      ->type_name("NAME=VALUE");
  command->add_option("--sha256", add->sha256,
                      "The file must have this SHA-256");
  command->add_flag("--dry-run", add->dry_run, "Verify and store nothing");
  command->add_flag("--module-only", add->module_only,
                    "Only the modules, no rule set");
  RunBy(command, chosen,
        [add](const Context& context) { return Register(context, *add); });

  struct Typed {
    std::string subject, expected;
  };
  auto activate = std::make_shared<Typed>();
  command = group->add_subcommand(
      "activate", "Judge by a rule set from now on, everywhere or in --plan");
  command
      ->add_option("SET", activate->subject,
                   "Rule set (rs-…, or the beginning of it), default, or a "
                   "module: the set of it alone")
      ->required();
  command->add_option("--expect", activate->expected,
                      "Only if this set is active now");
  RunBy(command, chosen, [activate](const Context& context) {
    return Activate(context, activate->subject, activate->expected);
  });

  auto back = std::make_shared<Typed>();
  command =
      group->add_subcommand("rollback", "Judge by the rule set before again");
  command->add_option("--expect", back->expected,
                      "Only if this set is active now");
  RunBy(command, chosen, [back](const Context& context) {
    return Rollback(context, back->expected);
  });

  auto release = std::make_shared<Typed>();
  command = group->add_subcommand("release",
                                  "Have a module in quarantine asked again");
  command->add_option("MODULE", release->subject, "Module, or x@1.0.0")
      ->required();
  RunBy(command, chosen, [release](const Context& context) {
    return Release(context, release->subject);
  });
}

}  // namespace shirube::cli
