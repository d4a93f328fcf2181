// shirube explain: why an indicator stands where it stands.
#include "client/cli/view/explain.h"

#include <memory>
#include <string>

#include "client/cli/commands/commands.h"
#include "client/cli/commands/reading.h"
#include "client/cli/output/messages.h"
#include "server/base/status_macros.h"

namespace shirube::cli {
namespace {

struct Typed {
  std::string indicator, flip_period;
  Reading reading;
};

absl::StatusOr<int> Show(const Context& context, const Typed& typed) {
  if (context.format == Format::kHtml) {
    return UsageError(context.Say("html は flags だけの出力形式です。",
                                  "html is a form of flags alone"));
  }
  Reading reading = typed.reading;
  SHIRUBE_RETURN_IF_ERROR(reading.Resolve(context));
  v1::ExplainVerdictRequest request;
  if (!typed.flip_period.empty()) {
    SHIRUBE_ASSIGN_OR_RETURN(Period period,
                             PeriodArgument(context, typed.flip_period));
    request.set_flip_period(period.ToId());
  }
  SHIRUBE_ASSIGN_OR_RETURN(v1::Indicator indicator,
                           FindIndicator(context, typed.indicator));
  request.set_name(indicator.name() + "/verdict");
  reading.Fill(&request);
  SHIRUBE_ASSIGN_OR_RETURN(v1::ExplainVerdictResponse response,
                           context.evaluation().ExplainVerdict(request));
  if (context.format == Format::kTable) {
    context.out << Explanation(
        response, {context.width, context.color, context.japanese});
  } else if (context.format == Format::kName) {
    context.out << response.verdict().name() << '\n';
  } else {
    PrintOne(context, response,
             [&] { return NumbersTable(response, context.japanese); });
  }
  bool lags = response.verdict().status() == v1::Verdict::STATUS_AT_RISK;
  return reading.fails_on_at_risk() && lags ? kLagging : kDone;
}

}  // namespace

void AddExplain(CLI::App& app, Chosen& chosen) {
  auto typed = std::make_shared<Typed>();
  auto* command = app.add_subcommand(
      "explain",
      "Why: the sentence, the numbers, the trend, what would flip "
      "it, what each year must bring");
  command->add_option("INDICATOR", typed->indicator, "Name, id or part")
      ->required();
  command
      ->add_option("--flip", typed->flip_period,
                   "Period of the flip points; else the one after the actual")
      ->type_name("PERIOD");
  typed->reading.Declare(command);
  command->callback([typed, &chosen] {
    chosen.run = [typed](Context& context) {
      absl::StatusOr<int> code = Show(context, *typed);
      return code.ok() ? *code : Fail(context, code.status());
    };
  });
}

}  // namespace shirube::cli
