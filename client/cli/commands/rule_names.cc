#include "client/cli/commands/rule_names.h"

#include <algorithm>

#include "client/cli/names.h"
#include "client/cli/view/rule_words.h"
#include "server/base/status_macros.h"

namespace shirube::cli {
namespace {

constexpr std::string_view kSets = "ruleSets/";

struct TypedModule {
  std::string id, version;  // version empty: any
};

TypedModule ParseModule(std::string text) {
  if (text.starts_with("ruleModules/")) text = ModuleText(text);
  for (const std::string_view suffix : {".so", ".lua"}) {
    if (text.ends_with(suffix)) text.resize(text.size() - suffix.size());
  }
  const size_t between = text.find_first_of(" @");
  if (between == std::string::npos) return {text, ""};
  return {text.substr(0, between), text.substr(between + 1)};
}

// "  rs-…  achieved 0.1.0 → …", for a list to choose from.
std::string Line(const v1::RuleSet& set) {
  std::string line = "\n  " + IdOf(set.name()) + " ";
  for (const v1::RuleSetModule& member : set.modules()) {
    line += " " + ModuleText(member.module());
  }
  return line;
}

absl::Status NoSuchSet(const Context& context, const std::string& text) {
  return absl::NotFoundError(std::string(context.Say(
      "判定基準「" + text +
          "」はありません。shirube rule list --sets で一覧を、登録は shirube "
          "rule register で。",
      "there is no rule set \"" + text +
          "\"; shirube rule list --sets lists them, shirube rule register "
          "makes one")));
}

// Of the sets that consist of this module alone, the one registered last.
const v1::RuleSet* SetOfModuleAlone(const std::vector<v1::RuleSet>& sets,
                                    const TypedModule& module) {
  const v1::RuleSet* found = nullptr;
  for (const v1::RuleSet& set : sets) {
    if (set.modules_size() != 1) continue;
    const TypedModule member = ParseModule(set.modules(0).module());
    if (member.id != module.id) continue;
    if (!module.version.empty() && member.version != module.version) continue;
    if (found == nullptr ||
        found->create_time().seconds() <= set.create_time().seconds()) {
      found = &set;
    }
  }
  return found;
}

}  // namespace

absl::StatusOr<std::vector<v1::RuleModule>> FindModules(
    const Context& context, const std::string& text) {
  const TypedModule typed = ParseModule(text);
  SHIRUBE_ASSIGN_OR_RETURN(std::vector<v1::RuleModule> rows,
                           context.rules().AllRuleModules({}).All());
  std::vector<v1::RuleModule> found;
  for (v1::RuleModule& row : rows) {
    if (row.module() != typed.id) continue;
    if (!typed.version.empty() && row.version() != typed.version) continue;
    found.push_back(std::move(row));
  }
  if (!found.empty()) return found;
  std::string known;
  for (const v1::RuleModule& row : rows) {
    if (!row.module().empty()) known += "\n  " + ModuleText(row.name());
  }
  return absl::NotFoundError(
      std::string(context.Say("モジュール「" + text + "」はありません。",
                              "there is no module \"" + text + "\"")) +
      (known.empty()
           ? ""
           : std::string(context.Say("あるもの:", "; there are:")) + known));
}

absl::StatusOr<std::string> FindRuleSet(const Context& context,
                                        const std::string& text) {
  std::string id = text;
  if (id.starts_with(kSets)) id = id.substr(kSets.size());
  if (id == "default") return std::string(kSets) + id;
  SHIRUBE_ASSIGN_OR_RETURN(std::vector<v1::RuleSet> sets,
                           context.rules().AllRuleSets({}).All());
  std::vector<const v1::RuleSet*> fits;
  for (const v1::RuleSet& set : sets) {
    const std::string known = IdOf(set.name());
    if (known == id) return set.name();
    if (!id.empty() &&
        (known.starts_with(id) || known.starts_with("rs-" + id))) {
      fits.push_back(&set);
    }
  }
  if (const v1::RuleSet* set = SetOfModuleAlone(sets, ParseModule(id))) {
    return set->name();
  }
  if (fits.size() == 1) return fits.front()->name();
  if (fits.empty()) return NoSuchSet(context, text);
  std::string message(context.Say(
      "「" + text + "」で始まる判定基準は複数あります。1つを指定してください:",
      "several rule sets begin with \"" + text + "\"; name one of them:"));
  for (const v1::RuleSet* set : fits) message += Line(*set);
  return UsageError(message);
}

absl::StatusOr<std::string> ScopeArgument(const Context& context) {
  if (context.plan.empty()) return std::string();
  SHIRUBE_ASSIGN_OR_RETURN(v1::Plan plan, FindPlan(context, context.plan));
  return plan.name();
}

}  // namespace shirube::cli
