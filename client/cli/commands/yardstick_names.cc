#include "client/cli/commands/yardstick_names.h"

#include <algorithm>
#include <utility>

#include "client/cli/commands/rule_names.h"
#include "client/cli/names.h"
#include "server/base/status_macros.h"

namespace shirube::cli {
namespace {

constexpr std::string_view kModules = "ruleModules/";
constexpr int kMostYears = 40;  // of one range; the server takes no more

// "ruleModules/x[/versions/v]" of x, x@v, "x v", x.so, x.lua.
std::string ModuleNameOf(std::string text) {
  if (text.starts_with(kModules)) return text;
  for (const std::string_view ending : {".so", ".lua"}) {
    if (text.ends_with(ending)) text.resize(text.size() - ending.size());
  }
  std::string name(kModules);
  const size_t between = text.find_first_of(" @");
  if (between == std::string::npos) return name + text;
  return name + text.substr(0, between) + "/versions/" +
         text.substr(between + 1);
}

// "x" of "ruleModules/x/versions/v".
std::string ModuleOf(const std::string& name) {
  const std::string rest = name.substr(kModules.size());
  return rest.substr(0, rest.find('/'));
}

absl::Status NoSuchYardstick(const Context& context,
                             const KnownModules& modules,
                             const std::string& text) {
  std::string known;
  for (const v1::RuleModule& module : modules) {
    const std::string& id = module.module();
    if (id.empty() || known.find(" " + id + ",") != std::string::npos) continue;
    known += " " + id + ",";
  }
  known = known.empty() ? " ―" : known.substr(0, known.size() - 1);
  return absl::NotFoundError(std::string(context.Say(
      "「" + text + "」という判定基準もモジュールもありません。モジュール:" +
          known + "。判定基準は shirube rule list --sets で確かめられます。",
      "there is neither a rule set nor a module \"" + text + "\". Modules:" +
          known + "; shirube rule list --sets lists the rule sets")));
}

// Of the rows of one module: what would be tried, and a file that would not.
struct OtherFile {
  const v1::RuleModule* registered = nullptr;
  const v1::RuleModule* file = nullptr;
};

OtherFile FindOtherFile(const KnownModules& modules, const std::string& id) {
  OtherFile found;
  for (const v1::RuleModule& row : modules) {
    if (row.module() != id) continue;
    if (!row.registered()) {
      if (row.state() != v1::RuleModule::STATE_REJECTED) found.file = &row;
    } else if (found.registered == nullptr ||
               found.registered->create_time().seconds() <=
                   row.create_time().seconds()) {
      found.registered = &row;
    }
  }
  return found;
}

bool IsYear(const Period& period) {
  return period.kind() == PeriodKind::kFiscalYear ||
         period.kind() == PeriodKind::kCalendarYear;
}

absl::Status AddRange(const Context& context, const std::string& text,
                      size_t dots, std::vector<std::string>* out) {
  SHIRUBE_ASSIGN_OR_RETURN(const Period first,
                           PeriodArgument(context, text.substr(0, dots)));
  SHIRUBE_ASSIGN_OR_RETURN(const Period last,
                           PeriodArgument(context, text.substr(dots + 2)));
  if (!IsYear(first) || first.kind() != last.kind() ||
      first.year() > last.year()) {
    return UsageError(context.Say(
        "--as-of " + text +
            ": 範囲は「R1..R4」のように、年で、古い方から指定"
            "してください。",
        "--as-of " + text +
            ": a range goes from an earlier to a later year (R1..R4)"));
  }
  if (last.year() - first.year() >= kMostYears) {
    return UsageError(context.Say("--as-of: 一度に40期間までです。",
                                  "--as-of: at most 40 periods at once"));
  }
  for (int year = first.year(); year <= last.year(); ++year) {
    SHIRUBE_ASSIGN_OR_RETURN(const Period period,
                             first.kind() == PeriodKind::kFiscalYear
                                 ? Period::FiscalYear(year)
                                 : Period::CalendarYear(year));
    out->push_back(period.ToId());
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<std::string> FindYardstick(const Context& context,
                                          const KnownModules& modules,
                                          const std::string& text) {
  if (text == "default" || text.starts_with("ruleSets/") ||
      text.starts_with("rs-")) {
    return FindRuleSet(context, text);
  }
  const std::string name = ModuleNameOf(text);
  const std::string id = ModuleOf(name);
  const bool known = std::any_of(
      modules.begin(), modules.end(),
      [&](const v1::RuleModule& row) { return row.module() == id; });
  if (known) return name;
  const absl::StatusOr<std::string> set = FindRuleSet(context, text);
  if (absl::IsNotFound(set.status())) {
    return NoSuchYardstick(context, modules, text);
  }
  return set;
}

void WarnOfOtherFiles(const Context& context, const KnownModules& modules,
                      const std::vector<std::string>& names) {
  for (const std::string& name : names) {
    if (!name.starts_with(kModules)) continue;
    const std::string id = ModuleOf(name);
    if (name.size() != kModules.size() + id.size()) continue;  // has a version
    const OtherFile other = FindOtherFile(modules, id);
    if (other.registered == nullptr || other.file == nullptr) continue;
    const std::string& old = other.registered->version();
    const std::string& now = other.file->version();
    const std::string how_ja =
        now == old ? "試すには、マニフェストの版を上げてください"
                   : "試すには " + id + "@" + now + " と指定してください";
    const std::string how_en =
        now == old ? "raise the version in its manifest to try it"
                   : "write " + id + "@" + now + " to try it";
    Warn(context,
         context.Say("登録済みの " + id + " " + old +
                         " を試します。フォルダーの " + other.file->file() +
                         "(" + now + ")は内容が異なります。" + how_ja + "。",
                     id + " " + old + " is tried as it is registered; " +
                         other.file->file() + " of the rules folder (" + now +
                         ") is another: " + how_en));
  }
}

absl::StatusOr<std::vector<std::string>> PeriodsArgument(
    const Context& context, const std::vector<std::string>& texts) {
  std::vector<std::string> ids;
  for (const std::string& text : texts) {
    const size_t dots = text.find("..");
    if (dots != std::string::npos) {
      SHIRUBE_RETURN_IF_ERROR(AddRange(context, text, dots, &ids));
      continue;
    }
    SHIRUBE_ASSIGN_OR_RETURN(const Period period,
                             PeriodArgument(context, text));
    ids.push_back(period.ToId());
  }
  return ids;
}

absl::StatusOr<std::vector<std::pair<std::string, std::string>>>
ParametersArgument(const Context& context,
                   const std::vector<std::string>& texts) {
  std::vector<std::pair<std::string, std::string>> parameters;
  for (const std::string& text : texts) {
    const size_t equals = text.find('=');
    if (equals == std::string::npos || equals == 0) {
      return UsageError(context.Say(
          "--parameter " + text + ": NAME=VALUE の形で指定してください。",
          "--parameter " + text + ": write NAME=VALUE"));
    }
    parameters.emplace_back(text.substr(0, equals), text.substr(equals + 1));
  }
  return parameters;
}

}  // namespace shirube::cli
