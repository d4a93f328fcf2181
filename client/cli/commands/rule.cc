// shirube rule list: the modules of the server and the active rule set.
#include <map>

#include "client/cli/commands/resource.h"

namespace shirube::cli {
namespace {

std::string Text(const Context& context, const v1::LocalizedText& text) {
  return std::string(context.Say(text.ja(), text.en()));
}

Table ModuleTable(const Context& context,
                  const std::vector<v1::RuleModule>& rows) {
  Table table;
  table.columns = {
      {std::string(context.Say("モジュール", "MODULE")), "module"},
      {std::string(context.Say("版", "VERSION")), "version"},
      {std::string(context.Say("状態", "STATE")), "state"},
      {std::string(context.Say("理由", "REASON")), "reason"},
      {std::string(context.Say("名称", "TITLE")), "title", Align::kLeft, true}};
  for (const v1::RuleModule& row : rows) {
    const std::string state = v1::RuleModule::State_Name(row.state());
    const bool bad = row.state() == v1::RuleModule::STATE_REJECTED ||
                     row.state() == v1::RuleModule::STATE_QUARANTINED;
    table.rows.push_back(
        {row.module(), row.version(),
         Cell(state.substr(state.find('_') + 1),
              bad ? Tone::kRed : Tone::kGreen),
         row.reason(),
         bad ? Text(context, row.message()) : Text(context, row.title())});
  }
  return table;
}

// "achieved 1.0.0" of "ruleModules/achieved/versions/1.0.0".
std::string ModuleText(const std::string& name) {
  const size_t versions = name.find("/versions/");
  if (versions == std::string::npos) return name;
  return IdOf(name.substr(0, versions)) + " " + IdOf(name);
}

void PrintActiveSet(const Context& context, const v1::RuleSet& set) {
  context.out << '\n'
              << context.Say("有効な判定基準: ", "active rule set: ")
              << IdOf(set.name()) << '\n';
  const char* between = "  ";
  for (const auto& member : set.modules()) {
    context.out << between << ModuleText(member.module());
    between = " → ";
  }
  context.out << '\n';
  for (const auto& [name, value] : std::map<std::string, std::string>(
           set.parameters().begin(), set.parameters().end())) {
    context.out << "  " << name << " = " << value << '\n';
  }
}

int List(const Context& context) {
  v1::ListRuleModulesRequest request;
  auto rows = context.rules().AllRuleModules(request).All();
  if (!rows.ok()) return Fail(context, rows.status());
  PrintList<v1::RuleModule>(context, "ruleModules", *rows,
                            [&] { return ModuleTable(context, *rows); });
  if (context.format != Format::kTable) return kDone;
  v1::GetRuleSetRequest get;
  get.set_name("ruleSets/default");
  auto set = context.rules().GetRuleSet(get);
  if (!set.ok()) return Fail(context, set.status());
  PrintActiveSet(context, *set);
  return kDone;
}

}  // namespace

void AddRule(CLI::App& app, Chosen& chosen) {
  auto* group = app.add_subcommand("rule", "Rule modules (判定モジュール)");
  group->require_subcommand(1);
  group->add_subcommand("list", "Modules with their state, and the rule set")
      ->callback([&chosen] {
        chosen.run = [](Context& context) { return List(context); };
      });
}

}  // namespace shirube::cli
