// shirube indicator get|list|create|update|delete|link|unlink
#include "client/cli/commands/resource.h"
#include "client/cli/view/status.h"

namespace shirube::cli {
namespace {

std::string ValueText(const std::string& value, const std::string& unread,
                      const std::string& unit) {
  return value.empty() ? unread : value + unit;
}

Table IndicatorTable(const Context& context,
                     const std::vector<v1::Indicator>& rows) {
  Table table;
  table.columns = {
      {"ID", "id"},
      {std::string(context.Say("指標", "INDICATOR")), "title", Align::kLeft,
       true},
      {std::string(context.Say("基準値", "BASELINE")), "baseline",
       Align::kRight},
      {std::string(context.Say("目標値", "TARGET")), "target", Align::kRight},
      {std::string(context.Say("目標年度", "BY")), "target_period"},
      {std::string(context.Say("関連付け", "LINKS")), "links"}};
  for (const v1::Indicator& row : rows) {
    std::string links;
    for (const std::string& link : row.links()) {
      links += (links.empty() ? "" : " ") + IdOf(link);
    }
    std::string target =
        ValueText(row.target().value(), row.target().unread(), row.unit());
    if (!row.target_upper().empty()) {
      target += "–" + row.target_upper() + row.unit();
    }
    if (!row.target().words().empty()) target = row.target().words();
    table.rows.push_back(
        {IdOf(row.name()), row.display_name(),
         ValueText(row.baseline().value(), row.baseline().unread(), row.unit()),
         target, PeriodText(context, row.target().period()), links});
  }
  return table;
}

absl::StatusOr<std::vector<v1::Indicator>> ListIndicators(
    const Context& context, const std::string& plan, bool deleted) {
  v1::ListIndicatorsRequest request;
  request.set_parent(plan);
  request.set_show_deleted(deleted);
  return context.plans().AllIndicators(request).All();
}

std::vector<FieldOption> IndicatorFields() {
  return {
      {"--title", "display_name", FieldKind::kText, "Name as printed"},
      {"--unit", "unit", FieldKind::kText, "Unit (人, %, 億円)"},
      {"--kind", "kind", FieldKind::kWord,
       "level, cumulative, maintain, band or qualitative"},
      {"--quantity", "quantity", FieldKind::kWord, "rate or amount"},
      {"--direction", "direction", FieldKind::kWord, "up or down"},
      {"--operator", "operator", FieldKind::kWord, "以上 以下 未満 超 程度 約"},
      {"--baseline", "baseline.value", FieldKind::kText, "Baseline (基準値)"},
      {"--baseline-period", "baseline.period", FieldKind::kPeriod,
       "Its period (R1)"},
      {"--target", "target.value", FieldKind::kText,
       "Target (目標値); of a band the lower end"},
      {"--target-upper", "target_upper", FieldKind::kText,
       "Upper end of a band"},
      {"--target-period", "target.period", FieldKind::kPeriod,
       "Its period (R6)"},
      {"--target-words", "target.words", FieldKind::kText,
       "Target in words, of a qualitative one"},
      {"--effective-from", "target.effective_from", FieldKind::kPeriod,
       "The new target replaces the old one from this year on"},
      {"--window-start", "window_start", FieldKind::kPeriod,
       "First year that a cumulative one counts"},
      {"--noise-band", "noise_band", FieldKind::kText,
       "Moves back by at most this much are no regress"},
      {"--owner", "owner", FieldKind::kText, "Department that answers for it"},
      {"--source", "source", FieldKind::kText,
       "Where figures come from (出典)"},
      {"--definition", "definition", FieldKind::kText,
       "What exactly is measured"},
      {"--published-in", "publication.month", FieldKind::kInteger,
       "Month in which a year's figure is published"},
      {"--published-after", "publication.lag_years", FieldKind::kInteger,
       "Years after the period's end"},
      {"--note", "notes", FieldKind::kText, "A note"},
      {"--parameter", "parameters", FieldKind::kPairs,
       "Rule parameter (pace_threshold=0.9)"},
  };
}

std::shared_ptr<const ResourceKind<v1::Indicator>> IndicatorKind() {
  auto kind = std::make_shared<ResourceKind<v1::Indicator>>();
  kind->plural = "indicators";
  kind->argument = "INDICATOR";
  kind->fields = IndicatorFields();
  kind->find = [](const Context& context, const std::string& text) {
    return FindIndicator(context, text);
  };
  kind->list = ListIndicators;
  kind->create = [](const Context& context, const std::string& plan,
                    const std::string& id, v1::Indicator indicator) {
    v1::CreateIndicatorRequest request;
    request.set_parent(plan);
    request.set_indicator_id(id);
    *request.mutable_indicator() = std::move(indicator);
    return context.plans().CreateIndicator(request);
  };
  kind->update = [](const Context& context, v1::Indicator indicator,
                    google::protobuf::FieldMask mask) {
    v1::UpdateIndicatorRequest request;
    *request.mutable_indicator() = std::move(indicator);
    *request.mutable_update_mask() = std::move(mask);
    return context.plans().UpdateIndicator(request);
  };
  kind->remove = [](const Context& context, const v1::Indicator& indicator,
                    bool force) {
    v1::DeleteIndicatorRequest request;
    request.set_name(indicator.name());
    request.set_etag(indicator.etag());
    request.set_force(force);
    return context.plans().DeleteIndicator(request);
  };
  kind->table = IndicatorTable;
  return kind;
}

// Finds both ends of a link; the initiative in the indicator's plan.
template <typename Request>
absl::StatusOr<Request> LinkRequest(const Context& context,
                                    const std::string& indicator,
                                    const std::string& initiative) {
  auto from = FindIndicator(context, indicator);
  if (!from.ok()) return from.status();
  auto to = FindInitiative(context, initiative, PlanOf(from->name()));
  if (!to.ok()) return to.status();
  Request request;
  request.set_indicator(from->name());
  request.set_initiative(to->name());
  return request;
}

void AddLinks(CLI::App* group, Chosen& chosen) {
  struct Typed {
    std::string indicator, initiative;
  };
  for (bool link : {true, false}) {
    auto typed = std::make_shared<Typed>();
    auto* sub = group->add_subcommand(
        link ? "link" : "unlink",
        link ? "Tie an indicator to an initiative" : "Untie it again");
    sub->add_option("INDICATOR", typed->indicator, "Name, id or part")
        ->required();
    sub->add_option("INITIATIVE", typed->initiative,
                    "Name, id, part or path (第3/3)")
        ->required();
    sub->callback([=, &chosen] {
      chosen.run = [=](Context& context) {
        if (link) {
          auto request = LinkRequest<v1::LinkIndicatorRequest>(
              context, typed->indicator, typed->initiative);
          if (!request.ok()) return Fail(context, request.status());
          return Written(context, context.plans().LinkIndicator(*request));
        }
        auto request = LinkRequest<v1::UnlinkIndicatorRequest>(
            context, typed->indicator, typed->initiative);
        if (!request.ok()) return Fail(context, request.status());
        return Written(context, context.plans().UnlinkIndicator(*request));
      };
    });
  }
}

}  // namespace

void AddIndicator(CLI::App& app, Chosen& chosen) {
  auto* group = app.add_subcommand("indicator", "Indicators (目標指標)");
  group->require_subcommand(1);
  auto unlinked = std::make_shared<bool>(false);
  auto kind = std::make_shared<ResourceKind<v1::Indicator>>(*IndicatorKind());
  kind->list = [unlinked](
                   const Context& context, const std::string& plan,
                   bool deleted) -> absl::StatusOr<std::vector<v1::Indicator>> {
    auto rows = ListIndicators(context, plan, deleted);
    if (rows.ok() && *unlinked) {
      std::erase_if(*rows,
                    [](const auto& row) { return row.links_size() > 0; });
    }
    return rows;
  };
  AddResourceCommands<v1::Indicator>(group, chosen, kind);
  group->get_subcommand("list")->add_flag(
      "--unlinked", *unlinked, "Only those that nobody tied to an initiative");
  AddLinks(group, chosen);
}

}  // namespace shirube::cli
