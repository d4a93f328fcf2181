// shirube compare: yardsticks side by side. Stores nothing.
#include <memory>
#include <string>
#include <vector>

#include "client/cli/commands/commands.h"
#include "client/cli/commands/reading.h"
#include "client/cli/commands/yardstick_names.h"
#include "client/cli/names.h"
#include "client/cli/output/messages.h"
#include "client/cli/view/comparison.h"
#include "server/base/status_macros.h"

namespace shirube::cli {
namespace {

// A module may have to be started first, a large plan judged several times.
constexpr absl::Duration kPatience = absl::Minutes(10);

struct Typed {
  std::string plan;
  std::vector<std::string> rules, indicators;
  std::string as_of, as_known_at;
  bool allow_future = false, only_disagreements = false;
};

absl::StatusOr<v1::CompareRuleSetsRequest> RequestOf(const Context& context,
                                                     const Typed& typed) {
  v1::CompareRuleSetsRequest request;
  SHIRUBE_ASSIGN_OR_RETURN(const std::string plan,
                           PlanToRead(context, typed.plan));
  request.set_parent(plan);
  SHIRUBE_ASSIGN_OR_RETURN(const KnownModules modules,
                           context.rules().AllRuleModules({}).All());
  for (const std::string& text : typed.rules) {
    SHIRUBE_ASSIGN_OR_RETURN(const std::string name,
                             FindYardstick(context, modules, text));
    request.add_rule_sets(name);
  }
  WarnOfOtherFiles(context, modules,
                   {request.rule_sets().begin(), request.rule_sets().end()});
  Context in_plan = context;
  in_plan.plan = plan;
  for (const std::string& text : typed.indicators) {
    SHIRUBE_ASSIGN_OR_RETURN(const v1::Indicator indicator,
                             FindIndicator(in_plan, text));
    request.add_indicators(indicator.name());
  }
  if (!typed.as_of.empty()) {
    SHIRUBE_ASSIGN_OR_RETURN(const Period period,
                             PeriodArgument(context, typed.as_of));
    request.set_as_of(period.ToId());
  }
  request.set_as_known_at(typed.as_known_at);
  request.set_allow_future(typed.allow_future);
  request.set_only_disagreements(typed.only_disagreements);
  return request;
}

absl::Status Show(const Context& context, const Typed& typed) {
  if (context.format == Format::kHtml) {
    return UsageError(context.Say("html は flags だけの出力形式です。",
                                  "html is a form of flags alone"));
  }
  SHIRUBE_ASSIGN_OR_RETURN(const v1::CompareRuleSetsRequest request,
                           RequestOf(context, typed));
  client::Options options = context.options;
  if (!context.timeout_typed) options.timeout = kPatience;
  SHIRUBE_ASSIGN_OR_RETURN(
      const v1::CompareRuleSetsResponse comparison,
      context.evaluation().CompareAllPages(request, options));
  switch (context.format) {
    case Format::kTable:
      context.out << ComparisonText(
          comparison, {context.width, context.color, context.japanese});
      break;
    case Format::kJson:
      context.out << ToJson(comparison) << '\n';
      break;
    case Format::kJsonl:
      for (const v1::ComparedIndicator& row : comparison.indicators()) {
        context.out << ToJson(row, false) << '\n';
      }
      break;
    case Format::kName:
      for (const v1::ComparedIndicator& row : comparison.indicators()) {
        context.out << row.indicator() << '\n';
      }
      break;
    default:
      ComparisonForPrograms(comparison).PrintCsv(context.out);
  }
  return absl::OkStatus();
}

}  // namespace

void AddCompare(CLI::App& app, Chosen& chosen) {
  auto typed = std::make_shared<Typed>();
  auto* command = app.add_subcommand(
      "compare", "Rule sets side by side on the same figures");
  command->add_option("PLAN", typed->plan, "The plan, or --plan");
  command
      ->add_option("--rules", typed->rules,
                   "By commas: default, a rule set (rs-…, or the beginning of "
                   "it), or a module, which stands for the set of it alone")
      ->delimiter(',')
      ->required()
      ->type_name("A,B,C");
  command
      ->add_option("--indicator", typed->indicators,
                   "Only this one (repeatable)")
      ->allow_extra_args(false);
  command->add_flag("--disagreements", typed->only_disagreements,
                    "Only indicators that are judged differently");
  command
      ->add_option("--as-of", typed->as_of,
                   "Judge by the figures up to this period (R4, FY2022)")
      ->type_name("PERIOD");
  command
      ->add_option("--as-known-at", typed->as_known_at,
                   "By what was known at a time (RFC 3339) or revision")
      ->type_name("TIME");
  command->add_flag("--allow-future", typed->allow_future,
                    "Take an --as-of after the current fiscal year");
  command->callback([typed, &chosen] {
    chosen.run = [typed](Context& context) {
      const absl::Status status = Show(context, *typed);
      return status.ok() ? static_cast<int>(kDone) : Fail(context, status);
    };
  });
}

}  // namespace shirube::cli
