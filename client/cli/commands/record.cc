// shirube record, correct, history: what was measured.
#include <memory>
#include <string>

#include "client/cli/commands/resource.h"
#include "client/cli/view/status.h"

namespace shirube::cli {
namespace {

struct Typed {
  std::string indicator, period, value;
  bool allow_decrease = false;
  Fields fields;
};

std::vector<FieldOption> ObservationFields() {
  return {
      {"--unit", "unit", FieldKind::kText, "Unit, if not the indicator's"},
      {"--state", "state", FieldKind::kWord,
       "final, provisional, restated or not-available"},
      {"--basis", "basis", FieldKind::kWord,
       "Of a cumulative one: to-date or period"},
      {"--note", "note", FieldKind::kText, "A note (速報値, 精査中)"},
      {"--source", "source", FieldKind::kText, "Where it comes from (出典)"},
  };
}

// The observation that was typed, its indicator in `indicator`.
absl::StatusOr<v1::Observation> TypedObservation(
    const Context& context, const Typed& typed, v1::Indicator* indicator,
    google::protobuf::FieldMask* mask) {
  auto found = FindIndicator(context, typed.indicator);
  if (!found.ok()) return found.status();
  auto period = PeriodArgument(context, typed.period);
  if (!period.ok()) return period.status();
  v1::Observation observation;
  observation.set_period(period->ToId());
  if (!typed.value.empty()) {
    observation.set_value(typed.value);
    mask->add_paths("value");
  }
  absl::Status applied = typed.fields.Apply(&observation, mask);
  if (!applied.ok()) return applied;
  if (found->kind() == v1::Indicator::KIND_CUMULATIVE &&
      observation.basis() == v1::Observation::BASIS_UNSPECIFIED) {
    observation.set_basis(v1::Observation::BASIS_TO_DATE);
  }
  *indicator = *std::move(found);
  return observation;
}

// What the indicator's verdict is now, on one line.
int PrintStored(const Context& context, const v1::Observation& stored,
                const v1::Indicator& indicator) {
  absl::Status judged =
      WaitJudged(context, PlanOf(stored.name()), stored.revision());
  if (!judged.ok()) return Fail(context, judged);
  if (context.format != Format::kTable) {
    PrintOne(context, stored,
             [&] { return FieldTable(stored, context.japanese); });
    return kDone;
  }
  context.out << indicator.display_name() << "  "
              << PeriodText(context, stored.period()) << "  " << stored.value()
              << (stored.unit().empty() ? indicator.unit() : stored.unit())
              << context.Say("  を記録しました", "  recorded") << '\n';
  if (context.no_wait) return kDone;
  v1::GetVerdictRequest request;
  request.set_name(indicator.name() + "/verdict");
  request.set_min_revision(stored.revision());
  auto verdict = context.evaluation().GetVerdict(request);
  if (!verdict.ok()) return Fail(context, verdict.status());
  context.out << context.Say("判定: ", "judged: ")
              << StatusText(context, *verdict) << '\n';
  return kDone;
}

int Record(const Context& context, const Typed& typed) {
  v1::Indicator indicator;
  google::protobuf::FieldMask mask;
  auto observation = TypedObservation(context, typed, &indicator, &mask);
  if (!observation.ok()) return Fail(context, observation.status());
  if (typed.value.empty() &&
      observation->state() != v1::Observation::STATE_NOT_AVAILABLE) {
    return FailUsage(
        context, "値がありません(未公表なら --state not-available)。",
        "the value is missing (--state not-available where there is none)");
  }
  v1::RecordObservationRequest request;
  request.set_parent(indicator.name());
  *request.mutable_observation() = *std::move(observation);
  request.set_allow_decrease(typed.allow_decrease);
  auto stored = context.observations().RecordObservation(request);
  if (!stored.ok()) return Fail(context, stored.status());
  return PrintStored(context, *stored, indicator);
}

std::string ObservationName(const v1::Indicator& indicator,
                            const v1::Observation& observation) {
  std::string name = indicator.name() + "/observations/" + observation.period();
  if (observation.basis() == v1::Observation::BASIS_TO_DATE) name += "-todate";
  if (observation.basis() == v1::Observation::BASIS_PERIOD) name += "-period";
  return name;
}

int Correct(const Context& context, const Typed& typed) {
  v1::Indicator indicator;
  google::protobuf::FieldMask mask;
  auto observation = TypedObservation(context, typed, &indicator, &mask);
  if (!observation.ok()) return Fail(context, observation.status());
  if (mask.paths_size() == 0) {
    return FailUsage(context, "訂正する内容がありません。",
                     "say what to correct");
  }
  observation->set_name(ObservationName(indicator, *observation));
  v1::CorrectObservationRequest request;
  *request.mutable_observation() = *std::move(observation);
  *request.mutable_update_mask() = std::move(mask);
  request.set_allow_decrease(typed.allow_decrease);
  auto stored = context.observations().CorrectObservation(request);
  if (!stored.ok()) return Fail(context, stored.status());
  return PrintStored(context, *stored, indicator);
}

Table HistoryTable(const Context& context,
                   const std::vector<v1::Observation>& rows) {
  Table table;
  table.columns = {
      {std::string(context.Say("時点", "PERIOD")), "period"},
      {std::string(context.Say("実績値", "VALUE")), "value", Align::kRight},
      {std::string(context.Say("状態", "STATE")), "state"},
      {std::string(context.Say("記録日時", "RECORDED")), "recorded"},
      {std::string(context.Say("記録者", "BY")), "actor"},
      {std::string(context.Say("版", "REVISION")), "revision"},
      {std::string(context.Say("備考", "NOTE")), "note", Align::kLeft, true}};
  for (const v1::Observation& row : rows) {
    const bool people = context.format == Format::kTable;
    table.rows.push_back(
        {people ? PeriodText(context, row.period()) : row.period(),
         (row.value().empty() ? row.unread() : row.value()) + row.unit(),
         ObservationStateText(context, row.state()),
         TimeText(context, row.update_time()), row.actor(),
         // The number of the revision; the store's history before it is noise.
         people ? row.revision().substr(row.revision().rfind('.') + 1)
                : row.revision(),
         row.note()});
  }
  return table;
}

int History(const Context& context, const Typed& typed) {
  auto indicator = FindIndicator(context, typed.indicator);
  if (!indicator.ok()) return Fail(context, indicator.status());
  v1::ListObservationRevisionsRequest request;
  request.set_name(indicator->name() + "/observations/-");
  auto rows = context.observations().AllObservationRevisions(request).All();
  if (!rows.ok()) return Fail(context, rows.status());
  if (!typed.period.empty()) {
    auto period = PeriodArgument(context, typed.period);
    if (!period.ok()) return Fail(context, period.status());
    std::erase_if(*rows, [&](const v1::Observation& row) {
      return row.period() != period->ToId();
    });
  }
  PrintList<v1::Observation>(context, "observations", *rows,
                             [&] { return HistoryTable(context, *rows); });
  return kDone;
}

CLI::App* AddWriting(CLI::App& app, Chosen& chosen, const char* name,
                     const char* help, bool value_required,
                     int (*run)(const Context&, const Typed&)) {
  auto typed = std::make_shared<Typed>();
  auto* sub = app.add_subcommand(name, help);
  sub->add_option("INDICATOR", typed->indicator, "Name, id or part")
      ->required();
  sub->add_option("PERIOD", typed->period, "R5, FY2023, 2023-12 …")->required();
  auto* value = sub->add_option("VALUE", typed->value, "The number measured");
  value->required(value_required);
  sub->add_flag("--allow-decrease", typed->allow_decrease,
                "A total to date may run back");
  typed->fields.Declare(sub, ObservationFields());
  sub->callback([=, &chosen] {
    chosen.run = [=](Context& context) { return run(context, *typed); };
  });
  return sub;
}

}  // namespace

void AddRecord(CLI::App& app, Chosen& chosen) {
  AddWriting(app, chosen, "record", "Record a figure (実績値)", false, Record);
}

void AddCorrect(CLI::App& app, Chosen& chosen) {
  AddWriting(app, chosen, "correct",
             "Correct a stored figure; the old one stays in its history", false,
             Correct);
}

void AddHistory(CLI::App& app, Chosen& chosen) {
  auto typed = std::make_shared<Typed>();
  auto* sub = app.add_subcommand(
      "history", "Every figure of an indicator, with its corrections");
  sub->add_option("INDICATOR", typed->indicator, "Name, id or part")
      ->required();
  sub->add_option("PERIOD", typed->period, "Only this period");
  sub->callback([=, &chosen] {
    chosen.run = [=](Context& context) { return History(context, *typed); };
  });
}

}  // namespace shirube::cli
