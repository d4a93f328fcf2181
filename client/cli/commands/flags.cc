// shirube flags: the flagged tree of a plan, as a tree, a page or data.
#include <memory>
#include <string>
#include <vector>

#include "client/cli/commands/commands.h"
#include "client/cli/commands/reading.h"
#include "client/cli/output/messages.h"
#include "client/cli/view/flags_html.h"
#include "client/cli/view/flags_tree.h"
#include "server/base/status_macros.h"

namespace shirube::cli {
namespace {

struct Typed {
  RowChoice rows;
  Reading reading;
};

absl::StatusOr<v1::PlanTree> FetchTree(const Context& context,
                                       const std::string& plan,
                                       const Reading& reading) {
  v1::GetPlanTreeRequest request;
  request.set_plan(plan);
  reading.Fill(&request);
  return context.plans().GetPlanTree(request);
}

// Sentences and trends for the page. One that cannot be had costs the page its
// sentence, so it is said; the page is printed all the same.
Explanations FetchExplanations(const Context& context, const v1::PlanTree& tree,
                               const Reading& reading) {
  Explanations explanations;
  for (const v1::PlanTreeIndicator* item : IndicatorsOf(tree)) {
    v1::ExplainVerdictRequest request;
    request.set_name(item->indicator().name() + "/verdict");
    reading.Fill(&request);
    auto response = context.evaluation().ExplainVerdict(request);
    if (response.ok()) {
      explanations[item->indicator().name()] = *std::move(response);
    } else {
      Warn(context, item->indicator().display_name() + ": " +
                        std::string(response.status().message()));
    }
  }
  return explanations;
}

Table FlagsTable(const std::vector<v1::Flag>& flags) {
  Table table;
  for (const char* key :
       {"initiative", "title", "status", "reason", "marks", "total",
        "evaluated", "achieved", "on_track", "at_risk", "not_evaluated",
        "indeterminate", "oldest_period", "newest_period", "owner"}) {
    table.columns.push_back({key, key});
  }
  for (const v1::Flag& flag : flags) {
    std::string marks;
    for (const std::string& mark : flag.marks()) {
      marks += (marks.empty() ? "" : " ") + mark;
    }
    const v1::StatusCounts& counts = flag.counts();
    table.rows.push_back(
        {IdOf(flag.initiative()), flag.initiative_display_name(),
         v1::Verdict::Status_Name(flag.status()), flag.reason(), marks,
         std::to_string(counts.total()), std::to_string(counts.evaluated()),
         std::to_string(counts.achieved()), std::to_string(counts.on_track()),
         std::to_string(counts.at_risk()),
         std::to_string(counts.not_evaluated()),
         std::to_string(counts.indeterminate()), flag.oldest_period(),
         flag.newest_period(), flag.owner()});
  }
  return table;
}

absl::Status PrintFlagList(const Context& context, const std::string& plan,
                           const TreeFilter& filter, const Reading& reading) {
  v1::ListFlagsRequest request;
  request.set_parent(plan);
  request.set_page_size(1000);
  request.set_filter(ListFilter(filter.statuses, filter.owner));
  reading.Fill(&request);
  SHIRUBE_ASSIGN_OR_RETURN(std::vector<v1::Flag> flags,
                           context.evaluation().AllFlags(request).All());
  PrintList<v1::Flag>(context, "flags", flags,
                      [&] { return FlagsTable(flags); });
  return absl::OkStatus();
}

void PrintTree(const Context& context, const v1::PlanTree& tree,
               const TreeFilter& filter, const Reading& reading) {
  FlagsPage page{reading.as_of, !filter.empty()};
  if (context.format == Format::kHtml) {
    context.out << FlagsHtml(tree, page,
                             FetchExplanations(context, tree, reading),
                             context.japanese);
  } else {
    context.out << FlagsTree(tree, page,
                             {context.width, context.color, context.japanese});
  }
}

absl::StatusOr<int> Show(const Context& context, const Typed& typed) {
  Reading reading = typed.reading;
  SHIRUBE_RETURN_IF_ERROR(reading.Resolve(context));
  TreeFilter filter;
  SHIRUBE_ASSIGN_OR_RETURN(filter.statuses,
                           StatusesArgument(context, typed.rows.statuses));
  filter.owner = typed.rows.owner;
  SHIRUBE_ASSIGN_OR_RETURN(std::string plan,
                           PlanToRead(context, typed.rows.plan));

  bool as_tree =
      context.format == Format::kTable || context.format == Format::kHtml;
  v1::PlanTree tree;
  if (as_tree || reading.fails_on_at_risk()) {
    SHIRUBE_ASSIGN_OR_RETURN(v1::PlanTree whole,
                             FetchTree(context, plan, reading));
    tree = Filtered(whole, filter);
  }
  if (as_tree) {
    PrintTree(context, tree, filter, reading);
  } else {
    SHIRUBE_RETURN_IF_ERROR(PrintFlagList(context, plan, filter, reading));
  }
  return reading.fails_on_at_risk() && Lags(tree) ? kLagging : kDone;
}

}  // namespace

void AddFlags(CLI::App& app, Chosen& chosen) {
  auto typed = std::make_shared<Typed>();
  auto* command = app.add_subcommand(
      "flags",
      "What stands where: the plan's tree with its flags (-o html: "
      "one printable file)");
  typed->rows.Declare(command);
  typed->reading.Declare(command);
  command->callback([typed, &chosen] {
    chosen.run = [typed](Context& context) {
      absl::StatusOr<int> code = Show(context, *typed);
      return code.ok() ? *code : Fail(context, code.status());
    };
  });
}

}  // namespace shirube::cli
