// shirube verdicts: one row an indicator.
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "client/cli/commands/commands.h"
#include "client/cli/commands/reading.h"
#include "client/cli/output/messages.h"
#include "client/cli/view/verdict_rows.h"
#include "server/base/status_macros.h"

namespace shirube::cli {
namespace {

struct Typed {
  RowChoice rows;
  Reading reading;
};

// A verdict does not say what was promised; its indicator does.
absl::StatusOr<IndicatorsByName> FetchIndicators(const Context& context,
                                                 const std::string& plan) {
  v1::ListIndicatorsRequest request;
  request.set_parent(plan);
  request.set_page_size(1000);
  IndicatorsByName indicators;
  for (auto& row : context.plans().AllIndicators(request)) {
    if (!row.ok()) return row.status();
    std::string name = row->name();
    indicators[name] = *std::move(row);
  }
  return indicators;
}

absl::StatusOr<int> Show(const Context& context, const Typed& typed) {
  if (context.format == Format::kHtml) {
    return UsageError(context.Say("html は flags だけの出力形式です。",
                                  "html is a form of flags alone"));
  }
  Reading reading = typed.reading;
  SHIRUBE_RETURN_IF_ERROR(reading.Resolve(context));
  SHIRUBE_ASSIGN_OR_RETURN(std::vector<v1::Verdict::Status> statuses,
                           StatusesArgument(context, typed.rows.statuses));
  SHIRUBE_ASSIGN_OR_RETURN(std::string plan,
                           PlanToRead(context, typed.rows.plan));
  v1::ListVerdictsRequest request;
  request.set_parent(plan);
  request.set_page_size(1000);
  request.set_filter(ListFilter(statuses, typed.rows.owner));
  reading.Fill(&request);
  SHIRUBE_ASSIGN_OR_RETURN(std::vector<v1::Verdict> verdicts,
                           context.evaluation().AllVerdicts(request).All());
  IndicatorsByName indicators;
  if (context.format == Format::kTable || context.format == Format::kCsv) {
    SHIRUBE_ASSIGN_OR_RETURN(indicators, FetchIndicators(context, plan));
  }
  std::vector<const v1::Verdict*> rows;
  for (const v1::Verdict& verdict : verdicts) rows.push_back(&verdict);
  const Notes notes = WaitingNotes(rows, context.japanese);
  PrintList<v1::Verdict>(context, "verdicts", verdicts, [&] {
    return context.format == Format::kCsv
               ? VerdictsForPrograms(verdicts, indicators)
               : VerdictsForPeople(verdicts, indicators, notes,
                                   context.japanese);
  });
  for (size_t i = 0; i < notes.size() && context.format == Format::kTable;
       ++i) {
    context.out << NoteLine(notes, i) << '\n';
  }
  for (const v1::Verdict& verdict : verdicts) {
    if (reading.fails_on_at_risk() &&
        verdict.status() == v1::Verdict::STATUS_AT_RISK) {
      return kLagging;
    }
  }
  return kDone;
}

}  // namespace

void AddVerdicts(CLI::App& app, Chosen& chosen) {
  auto typed = std::make_shared<Typed>();
  auto* command = app.add_subcommand("verdicts",
                                     "One row an indicator: status, reason, "
                                     "figures");
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
