#include "client/cli/commands/rule_preview.h"

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "client/cli/commands/rule_names.h"
#include "client/cli/commands/yardstick_names.h"
#include "client/cli/names.h"
#include "client/cli/output/messages.h"
#include "client/cli/view/preview.h"
#include "client/cli/view/rule_words.h"
#include "server/base/status_macros.h"

namespace shirube::cli {
namespace {

// Everything is judged twice, for every period.
constexpr absl::Duration kPatience = absl::Hours(1);
constexpr std::string_view kSets = "ruleSets/";

struct Typed {
  std::vector<std::string> subjects, as_of, parameters;
  int max_changes = 0;
  bool allow_future = false, reworded = false;
};

// The set that judges the scope of the preview now.
absl::StatusOr<std::string> ActiveSet(const Context& context,
                                      const std::string& plan) {
  if (plan.empty()) return std::string(kSets) + "default";
  v1::GetPlanRequest request;
  request.set_name(plan);
  SHIRUBE_ASSIGN_OR_RETURN(const v1::Plan found,
                           context.plans().GetPlan(request));
  if (!found.rule_set().empty()) return found.rule_set();
  return std::string(kSets) + "default";
}

// A stored set with some of its parameters changed is one of its modules.
absl::Status NameModulesOf(
    const Context& context, const std::string& set,
    const std::vector<std::pair<std::string, std::string>>& parameters,
    v1::PreviewRuleSetRequest* request) {
  v1::GetRuleSetRequest get;
  get.set_name(set);
  SHIRUBE_ASSIGN_OR_RETURN(const v1::RuleSet found,
                           context.rules().GetRuleSet(get));
  for (const v1::RuleSetModule& member : found.modules()) {
    request->add_modules(member.module());
  }
  *request->mutable_parameters() = found.parameters();
  for (const auto& [name, value] : parameters) {
    (*request->mutable_parameters())[name] = value;
  }
  return absl::OkStatus();
}

absl::Status NameCandidate(const Context& context, const Typed& typed,
                           const KnownModules& modules, const std::string& plan,
                           v1::PreviewRuleSetRequest* request) {
  SHIRUBE_ASSIGN_OR_RETURN(const auto parameters,
                           ParametersArgument(context, typed.parameters));
  std::vector<std::string> names;
  for (const std::string& text : typed.subjects) {
    SHIRUBE_ASSIGN_OR_RETURN(std::string name,
                             FindYardstick(context, modules, text));
    names.push_back(std::move(name));
  }
  WarnOfOtherFiles(context, modules, names);
  if (names.empty() && parameters.empty()) {
    return UsageError(context.Say(
        "何を試すかを指定してください: 判定基準(rs-…)、モジュール、または "
        "--parameter(今の判定基準の値を変えて試します)。",
        "say what to try: a rule set (rs-…), modules, or --parameter, which "
        "tries the set that judges now with another value"));
  }
  if (names.empty()) {
    SHIRUBE_ASSIGN_OR_RETURN(std::string active, ActiveSet(context, plan));
    names.push_back(std::move(active));
  }
  if (names.size() == 1 && names[0].starts_with(kSets)) {
    if (!parameters.empty()) {
      return NameModulesOf(context, names[0], parameters, request);
    }
    request->set_rule_set(names[0]);
    return absl::OkStatus();
  }
  for (size_t i = 0; i < names.size(); ++i) {
    if (names[i].starts_with(kSets)) {
      return UsageError(context.Say(
          "「" + typed.subjects[i] +
              "」: 判定基準を1つ、またはモジュールを並べて指定してください。",
          "\"" + typed.subjects[i] + "\": name one rule set, or modules"));
    }
    request->add_modules(names[i]);
  }
  for (const auto& [name, value] : parameters) {
    (*request->mutable_parameters())[name] = value;
  }
  return absl::OkStatus();
}

// What the parts of a preview are put into, in the form that was asked for.
class Printer {
 public:
  Printer(const Context& context, const v1::PreviewRuleSetRequest& request)
      : context_(context),
        how_{{context.width, context.color, context.japanese},
             request.as_of_size() > 1,
             request.parent() == "plans/-"} {}

  // False once nobody reads any more.
  bool Take(const v1::PreviewRuleSetResponse& part) {
    ClearProgress();
    switch (context_.format) {
      case Format::kTable:
        TakeForPeople(part);
        break;
      case Format::kJsonl:
        TakeAsLines(part);
        break;
      case Format::kCsv:
        TakeAsCsv(part);
        break;
      case Format::kName:
        for (const v1::VerdictChange& change : part.verdict_changes()) {
          context_.out << change.indicator() << '\n';
        }
        break;
      default:
        break;
    }
    Keep(part);
    context_.out.flush();
    ShowProgress(part.progress());
    return context_.out.good();
  }

  void End() {
    ClearProgress();
    if (context_.format == Format::kJson) {
      context_.out << ToJson(all_) << '\n';
    } else if (context_.format == Format::kTable) {
      EndForPeople();
    }
  }

  void ClearProgress() {
    if (!progress_shown_) return;
    context_.err << "\r\x1b[K" << std::flush;
    progress_shown_ = false;
  }

  const v1::PreviewRuleSetResponse& all() const { return all_; }

 private:
  void TakeForPeople(const v1::PreviewRuleSetResponse& part) {
    if (part.modules_size() > 0) TellCandidate(part);
    for (const v1::VerdictChange& change : part.verdict_changes()) {
      context_.out << ChangeLine(change, how_) << '\n';
      ++listed_;
    }
    for (const v1::FlagChange& change : part.flag_changes()) {
      context_.out << ChangeLine(change, how_) << '\n';
    }
  }

  void TellCandidate(const v1::PreviewRuleSetResponse& part) {
    std::string modules;
    for (const std::string& module : part.modules()) {
      modules += (modules.empty() ? "" : ", ") + ModuleText(module);
    }
    context_.out << context_.Painted(std::string(context_.Say("試す判定基準: ",
                                                              "trying: ")) +
                                         modules + " (" +
                                         IdOf(part.rule_set()) + ")",
                                     Tone::kDim)
                 << '\n';
  }

  void TakeAsLines(const v1::PreviewRuleSetResponse& part) {
    const auto line = [this](const char* key,
                             const google::protobuf::Message& row) {
      context_.out << "{\"" << key << "\":" << ToJson(row, false) << "}\n";
    };
    for (const auto& change : part.verdict_changes()) {
      line("verdictChange", change);
    }
    for (const auto& change : part.flag_changes()) line("flagChange", change);
    for (const auto& summary : part.summaries()) line("summary", summary);
  }

  void TakeAsCsv(const v1::PreviewRuleSetResponse& part) {
    const Table table = ChangesForPrograms(
        {part.verdict_changes().begin(), part.verdict_changes().end()});
    std::ostringstream text;
    table.PrintCsv(text);
    std::string rows = text.str();
    if (header_printed_) rows = rows.substr(rows.find('\n') + 1);
    header_printed_ = true;
    context_.out << rows;
  }

  // Whole where it is printed at the end, else only what the end needs.
  void Keep(const v1::PreviewRuleSetResponse& part) {
    if (context_.format == Format::kJson) {
      all_.mutable_verdict_changes()->MergeFrom(part.verdict_changes());
      all_.mutable_flag_changes()->MergeFrom(part.flag_changes());
    }
    all_.mutable_summaries()->MergeFrom(part.summaries());
    all_.mutable_modules()->MergeFrom(part.modules());
    if (part.has_progress()) *all_.mutable_progress() = part.progress();
    all_.set_rule_set(part.rule_set());
    all_.set_revision(part.revision());
  }

  void EndForPeople() {
    const int64_t changed = all_.progress().changed_count();
    if (listed_ > 0 && listed_ < changed) {
      const std::string shown = Grouped(std::to_string(listed_));
      context_.out << context_.Say("(変わる判定の一覧はここまでの" + shown +
                                       "件です。--max で増やせます)",
                                   "(the list stops after " + shown +
                                       " verdicts; --max lists more)")
                   << '\n';
    }
    for (const v1::PreviewSummary& summary : all_.summaries()) {
      if (!how_.periods && listed_ > 0) context_.out << '\n';
      context_.out << SummaryText(summary, how_);
    }
  }

  void ShowProgress(const v1::PreviewProgress& progress) {
    if (!context_.progress || progress.total_count() == 0 ||
        progress.evaluated_count() >= progress.total_count()) {
      return;
    }
    context_.err << ProgressText(progress, context_.japanese) << std::flush;
    progress_shown_ = true;
  }

  const Context& context_;
  const PreviewLook how_;
  v1::PreviewRuleSetResponse all_;
  int64_t listed_ = 0;
  bool progress_shown_ = false, header_printed_ = false;
};

// What registering the modules takes: the file of one that is not registered.
std::string RegisterArguments(const v1::PreviewRuleSetRequest& request,
                              const v1::PreviewRuleSetResponse& all,
                              const KnownModules& modules) {
  std::string arguments;
  for (const std::string& name : all.modules()) {
    std::string argument = ModuleText(name);
    if (const size_t space = argument.find(' '); space != std::string::npos) {
      argument[space] = '@';
    }
    for (const v1::RuleModule& row : modules) {
      if (row.name() != name || row.registered() || row.file().empty()) {
        continue;
      }
      argument = row.file();
    }
    arguments += " " + argument;
  }
  // With those of a stored set that were not typed; always in one order.
  const std::map<std::string, std::string> parameters(
      request.parameters().begin(), request.parameters().end());
  for (const auto& [name, value] : parameters) {
    arguments += " --parameter " + name + "=" + value;
  }
  return arguments;
}

void TellNext(const Context& context, const v1::PreviewRuleSetRequest& request,
              const v1::PreviewRuleSetResponse& all,
              const KnownModules& modules) {
  const std::string plan =
      request.parent() == "plans/-" ? "" : " --plan " + IdOf(request.parent());
  std::string next;
  if (request.modules_size() == 0) {
    next = "shirube rule activate " + IdOf(all.rule_set()) + plan;
  } else {
    next = "shirube rule register" + RegisterArguments(request, all, modules) +
           " && shirube rule activate " + IdOf(all.rule_set()) + plan;
  }
  context.out << '\n'
              << context.Say("まだ何も変えていません。この判定基準にするには: ",
                             "Nothing was changed. To judge by it: ")
              << next << '\n';
}

absl::Status Preview(const Context& context, const Typed& typed) {
  if (context.format == Format::kHtml) {
    return UsageError(context.Say("html は flags だけの出力形式です。",
                                  "html is a form of flags alone"));
  }
  SHIRUBE_ASSIGN_OR_RETURN(const std::string plan, ScopeArgument(context));
  SHIRUBE_ASSIGN_OR_RETURN(const KnownModules modules,
                           context.rules().AllRuleModules({}).All());
  v1::PreviewRuleSetRequest request;
  request.set_parent(plan.empty() ? "plans/-" : plan);
  SHIRUBE_RETURN_IF_ERROR(
      NameCandidate(context, typed, modules, plan, &request));
  SHIRUBE_ASSIGN_OR_RETURN(const std::vector<std::string> periods,
                           PeriodsArgument(context, typed.as_of));
  for (const std::string& period : periods) request.add_as_of(period);
  request.set_allow_future(typed.allow_future);
  request.set_max_changes(typed.max_changes);
  request.set_include_reworded(typed.reworded);
  client::Options options = context.options;
  if (!context.timeout_typed) options.timeout = kPatience;
  Printer printer(context, request);
  const absl::Status status = context.rules().PreviewRuleSet(
      request,
      [&](const v1::PreviewRuleSetResponse& part) {
        return printer.Take(part);
      },
      options);
  printer.ClearProgress();
  SHIRUBE_RETURN_IF_ERROR(status);
  printer.End();
  if (context.format == Format::kTable) {
    TellNext(context, request, printer.all(), modules);
  }
  return absl::OkStatus();
}

}  // namespace

void AddRulePreview(CLI::App* group, Chosen& chosen) {
  auto typed = std::make_shared<Typed>();
  auto* command = group->add_subcommand(
      "preview", "What another rule set would change; nothing is stored");
  command->add_option(
      "SUBJECT", typed->subjects,
      "A rule set (rs-…, or the beginning of it), or modules, also ones that "
      "only lie in the rules folder");
  command
      ->add_option("--as-of", typed->as_of,
                   "By the figures up to this period; several by commas, "
                   "years also as R1..R4")
      ->delimiter(',')
      ->allow_extra_args(false)
      ->type_name("PERIOD");
  command
      ->add_option("--parameter", typed->parameters,
                   "Instead of the module's, or the set's, own value")
      ->allow_extra_args(false)
      ->type_name("NAME=VALUE");
  command
      ->add_option("--max", typed->max_changes,
                   "Most changes listed (1000); counts are complete anyway")
      ->check(CLI::Range(1, 1'000'000))
      ->type_name("N");
  command->add_flag("--reworded", typed->reworded,
                    "List verdicts of the same status for another reason, too");
  command->add_flag("--allow-future", typed->allow_future,
                    "Take an --as-of after the current fiscal year");
  command->callback([typed, &chosen] {
    chosen.run = [typed](Context& context) {
      const absl::Status status = Preview(context, *typed);
      return status.ok() ? static_cast<int>(kDone) : Fail(context, status);
    };
  });
}

}  // namespace shirube::cli
